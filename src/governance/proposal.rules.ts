import { isOpen } from '../approval/deadline.rules.js';
import type { ApprovalNeed } from '../approval/need.rules.js';
import { quorumFindings } from '../approval/request.rules.js';
import { type ApprovalRequest, ApprovalState } from '../approval/request.entity.js';
import type { Standing } from '../approval/standing.rules.js';
import { ConfigurationState, type ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import type {
  ApprovalLevel,
  ApprovalRule,
  ApprovalRuleChange,
  RuledConfiguration,
} from '../catalogue/configuration.js';
import type { Finding } from '../core/finding.js';
import type { LedgerSubject } from '../core/ledger/entry.js';
import { needOfLevel } from '../margin/materiality.rules.js';

/** The approval request's kind for a change of the tenant's configuration. */
export const CONFIGURATION_CHANGE = 'CONFIGURATION_CHANGE';

/** A version as the ledger and the approval engine name it. */
export const versionSubject = (id: string): LedgerSubject => ({ type: 'ConfigurationVersion', id });

/** What of a version says whether it may still come to rule. */
export type Proposal = Pick<ConfigurationVersion, 'id' | 'state' | 'baseVersionId'>;

/**
 * Where a version stands at an instant, whatever was written down: nobody is told when a request ends, so it is asked
 * here (gates pull). A proposal lapses with its request, and when another version has come to rule since it was made:
 * its approvers were shown the difference from one that rules no more.
 */
export function stateOf(
  { state, baseVersionId }: Proposal,
  request: Pick<ApprovalRequest, 'state' | 'expiresAt'> | null,
  rulingId: string | null,
  now: Date,
): ConfigurationState {
  if (state !== ConfigurationState.PROPOSED) return state;
  if (request?.state === ApprovalState.REJECTED) return ConfigurationState.REJECTED;
  if (!request || !isOpen(request, now) || baseVersionId !== rulingId) return ConfigurationState.LAPSED;
  return ConfigurationState.PROPOSED;
}

/** What a change of the configuration needs, by the policy that rules: never by the one that is proposed (rule 13). */
export function changeNeed(ruling: RuledConfiguration, handleIds: ReadonlyMap<string, string>): ApprovalNeed {
  return needOfLevel(ruling.approvalPolicy.configurationChange, ruling, handleIds);
}

/**
 * A finding for each level of a proposed policy that the people who hold its roles now could not reach, whoever of them
 * asks (approvals rule 11). The members of a tenant may differ from the people in its file.
 */
export function reachFindings(
  proposed: RuledConfiguration,
  standing: Standing,
  handleIds: ReadonlyMap<string, string>,
): Finding[] {
  return levelsOf(proposed).flatMap(({ path, level }) => {
    const need = needOfLevel(level, proposed, handleIds);
    // Who asks does not answer, so that a quorum must stand without any one of its people.
    const short = [[], ...standing.people.map((person) => [person])]
      .map((barred) => quorumFindings(need, barred, standing))
      .find((findings) => findings.length > 0);
    return short ? [unreachable(path, short)] : [];
  });
}

/** Every level that a policy states, with its path in the file. */
export function levelsOf({ approvalPolicy }: RuledConfiguration): { path: string; level: ApprovalLevel }[] {
  const { marginException, rebaseline, configurationChange } = approvalPolicy;
  const ofRule = (rule: ApprovalRule, path: string): { path: string; level: ApprovalLevel }[] => [
    ...stated(rule, path),
    ...Object.entries(rule.byDealType ?? {}).flatMap(([dealType, change]) =>
      stated(change, `${path}.byDealType.${dealType}`),
    ),
  ];
  return [
    ...ofRule(marginException, 'approvalPolicy.marginException'),
    ...ofRule(rebaseline, 'approvalPolicy.rebaseline'),
    { path: 'approvalPolicy.configurationChange', level: configurationChange },
  ];
}

function stated({ below, above, grave }: ApprovalRuleChange, path: string): { path: string; level: ApprovalLevel }[] {
  return [
    ...(below ? [{ path: `${path}.below`, level: below }] : []),
    ...(above ? [{ path: `${path}.above`, level: above }] : []),
    ...(grave ? [{ path: `${path}.grave.level`, level: grave.level }] : []),
  ];
}

/** One finding a level: the first step that is short, with the names and figures of all that are. */
function unreachable(path: string, short: readonly Finding[]): Finding {
  const [first] = short as [Finding];
  return {
    ...first,
    path,
    message: short.map(({ message }) => message).join(' '),
    facts: { ...first.facts, steps: short.map(({ facts }) => facts.step!) },
  };
}
