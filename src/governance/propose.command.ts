import { openRequest } from '../approval/approval.effects.js';
import { mergedPeople } from '../approval/approval.queries.js';
import { quorumFindings } from '../approval/request.rules.js';
import { standingOf } from '../approval/standing.rules.js';
import { workingTimesFrom } from '../catalogue/calendar.rules.js';
import { configurationOf, lockVersions, rulingAmong } from '../catalogue/catalogue.queries.js';
import { diffConfigurations } from '../catalogue/configuration-diff.js';
import { type FileFault, parseConfigurationFile } from '../catalogue/configuration-file.js';
import {
  configurationSource,
  ConfigurationState,
  ConfigurationVersion,
} from '../catalogue/configuration-version.entity.js';
import type { TenantConfiguration } from '../catalogue/configuration.js';
import { templateFindings } from '../catalogue/documents.rules.js';
import { storeConfiguration } from '../catalogue/stored-configuration.js';
import { canonicalJson } from '../core/canonical.js';
import { command, done, type Moment, refused } from '../core/command.js';
import { AppError } from '../core/error.js';
import { type Finding, finding } from '../core/finding.js';
import { insert } from '../core/statement.js';
import { sharedKeys } from '../core/vault.js';
import { eligiblePeople, peopleByHandle } from '../identity/identity.queries.js';
import type { ProposeConfigurationInput } from './governance.input.js';
import { settleProposals } from './proposal.effects.js';
import { lockProposalRequests } from './proposal.queries.js';
import { changeNeed, CONFIGURATION_CHANGE, reachFindings, stateOf, versionSubject } from './proposal.rules.js';

/** The reason that a request about a version carries: what changes stands on the version itself. */
const REASON = 'A new version of the configuration. See what it changes before you vote.';

/**
 * Proposes a new version of the tenant's configuration and asks for its approval, by the policy that rules (approvals
 * rule 13). A bad file is refused whole, with line and reason for every fault; and so is a policy whose quorums the
 * members of today could not reach. Decided within the hours that the ruling policy gives a margin exception.
 */
export const proposeConfiguration = command({
  name: 'proposeConfiguration',
  action: 'propose',
  subject: 'ConfigurationVersion',
  services: false,
  facts: (_input: ProposeConfigurationInput) => ({
    versions: lockVersions(),
    requests: lockProposalRequests(),
    keys: sharedKeys('PERSON'),
    people: eligiblePeople(),
    merged: mergedPeople(),
    handleIds: peopleByHandle(),
  }),
  decide: ({ versions, requests, keys, people, merged, handleIds }, input, moment) => {
    const { now, actor, newId } = moment;
    const parsed = parseConfigurationFile(input.payload);
    if (!parsed.ok) return refused(parsed.faults.map(faultFinding));
    const base = rulingAmong(versions, now);
    if (!base)
      throw new AppError('UNAVAILABLE', 'The tenant has no configuration yet.', { remedy: 'Apply its file first.' });
    const ruling = configurationOf(base);
    const id = newId();
    const made = storeConfiguration(parsed.configuration, id, keys, moment);
    const { stored, content, digest } = made;
    const standing = standingOf(people, merged);
    const need = changeNeed(ruling, handleIds);
    const same = versions.find((version) => {
      const request = requests.find(({ subjectId }) => subjectId === version.id) ?? null;
      return version.digest === digest && stateOf(version, request, base.id, now) === ConfigurationState.PROPOSED;
    });
    const findings = [
      ...made.findings,
      ...fileFindings(parsed.configuration, actor.tenantId),
      ...(base.digest === digest ? [nothingChanged(base)] : []),
      ...(same ? [alreadyProposed(same)] : []),
      ...templateFindings(ruling, stored),
      ...dateFindings(input.effectiveFrom, now),
      ...reachFindings(stored, standing, handleIds),
      ...quorumFindings(need, [actor.id], standing),
    ];
    if (findings.length > 0) return refused(findings);
    const version = (versions[0]?.version ?? 0) + 1;
    const effectiveFrom = input.effectiveFrom ?? now;
    const { marginException: hours, configurationChange } = ruling.approvalPolicy;
    const asked = openRequest(
      {
        subject: versionSubject(id),
        kind: CONFIGURATION_CHANGE,
        reason: REASON,
        digest,
        contentRevision: version,
        need,
        strictest: need,
        // A change of policy is never so urgent that nobody else may look at it.
        breakGlass: null,
        configurationVersionId: base.id,
        policy: canonicalJson({ level: configurationChange }),
        sources: [configurationSource(base)],
        pendingHours: hours.pendingExpiryBusinessHours,
        grantHours: hours.grantExpiryBusinessHours,
        workingTimes: (from, count) => workingTimesFrom(ruling.calendar, from, count),
        contributors: [],
      },
      moment,
    );
    const proposal = { id, version, state: ConfigurationState.PROPOSED, content, digest, effectiveFrom };
    return done({
      id,
      subject: versionSubject(id),
      body: {
        version,
        digest,
        requestId: asked.id,
        base: base.version,
        effectiveFrom: effectiveFrom.toISOString(),
        changes: diffConfigurations(ruling, stored).map(({ path }) => withoutPeople(path)),
      },
      sources: [configurationSource(base)],
      writes: [
        ...settleProposals(versions, requests, base.id, moment),
        ...made.writes,
        insert(ConfigurationVersion, { ...proposal, baseVersionId: base.id, ...proposed(moment) }),
        ...asked.statements,
      ],
    });
  },
});

const proposed = ({ actor, now }: Moment) => ({ proposedBy: actor.id, proposedAt: now });

/** Everything about a sound file that keeps it from being this tenant's. */
export function fileFindings({ tenant }: TenantConfiguration, tenantId: string): Finding[] {
  if (tenant.id === tenantId) return [];
  const message = 'The file is for another tenant.';
  return [
    finding({
      code: 'OTHER_TENANT',
      path: 'tenant.id',
      message,
      facts: {},
      remedy: 'Use the file of your own tenant.',
    }),
  ];
}

function dateFindings(effectiveFrom: Date | null, now: Date): Finding[] {
  if (effectiveFrom === null || effectiveFrom >= now) return [];
  return [
    finding({
      code: 'DATE_IN_THE_PAST',
      path: 'effectiveFrom',
      message: 'A configuration cannot rule the past.',
      facts: {},
      remedy: 'Give a later instant, or leave it out.',
    }),
  ];
}

function nothingChanged({ version }: ConfigurationVersion): Finding {
  return finding({
    code: 'NOTHING_CHANGED',
    path: 'payload',
    message: 'This is the configuration that rules already.',
    facts: { version },
    remedy: 'Change something first.',
  });
}

function alreadyProposed({ id, version }: ConfigurationVersion): Finding {
  return finding({
    code: 'ALREADY_PROPOSED',
    path: 'payload',
    message: `Version ${version} has exactly this content and awaits its votes.`,
    facts: { versionId: id, version },
    remedy: 'Have its request answered; to ask anew, its proposer withdraws it first (withdrawRequest).',
  });
}

/** A fault of the file as a finding: the line is part of the path and of the facts. */
export function faultFinding({ line, column, path, message, remedy }: FileFault): Finding {
  return finding({
    code: 'BAD_CONFIGURATION',
    path: `line ${line}: ${path}`,
    message,
    facts: { line, column },
    remedy,
  });
}

/** The ledger holds no names: a change of people says that, not of whom. */
function withoutPeople(path: string): string {
  return path.replace(/^people\[[^\]]*\]/, 'people[*]');
}
