import { grantQueries, holdDelegations, holdVotersAbout } from '../approval/approval.queries.js';
import { approversOf, ballotsOf } from '../approval/approval.rules.js';
import { type Cover, coveringGrant, type GrantFacts } from '../approval/grant.rules.js';
import { approversNeeded } from '../approval/need.rules.js';
import { type ApprovalRequest, ApprovalState } from '../approval/request.entity.js';
import { standingOf } from '../approval/standing.rules.js';
import { useGrant } from '../approval/vote.effects.js';
import { configurationOf, lockVersions, rulingAmong } from '../catalogue/catalogue.queries.js';
import {
  configurationSource,
  ConfigurationState,
  ConfigurationVersion,
} from '../catalogue/configuration-version.entity.js';
import { command, done, refused } from '../core/command.js';
import { notFound } from '../core/error.js';
import { type Finding, finding } from '../core/finding.js';
import type { OutboxMessage } from '../core/outbox/message.js';
import { update } from '../core/statement.js';
import { peopleByHandle } from '../identity/identity.queries.js';
import type { EnactConfigurationInput } from './governance.input.js';
import { settleProposals } from './proposal.effects.js';
import { lockProposalRequests } from './proposal.queries.js';
import { changeNeed, CONFIGURATION_CHANGE, stateOf, versionSubject } from './proposal.rules.js';
import { POLICY_TIGHTEN } from './tighten.handler.js';

/** The mutation's name, and what the approval was used for. */
const ENACT = 'enactConfiguration';

/**
 * Lets an approved version rule from its date; a date that has passed means now. Under the lock of all versions and of
 * the request, with the voters held: the approval is asked for with what the policy asks that rules at this moment
 * (approvals rules 7 and 13), and is used once.
 */
export const enactConfiguration = command({
  name: ENACT,
  action: 'enact',
  subject: 'ConfigurationVersion',
  services: false,
  facts: ({ versionId }: EnactConfigurationInput) => ({
    versions: lockVersions(),
    requests: lockProposalRequests(),
    held: holdVotersAbout(versionSubject(versionId)),
    ...grantQueries(versionSubject(versionId)),
    delegations: holdDelegations(),
    handleIds: peopleByHandle(),
  }),
  decide: ({ versions, handleIds, people, merged, ...known }, { versionId, digest }, moment) => {
    const { now } = moment;
    const version = versions.find(({ id }) => id === versionId);
    if (!version) throw notFound('ConfigurationVersion', versionId);
    const subject = versionSubject(versionId);
    const base = rulingAmong(versions, now)!;
    const facts: GrantFacts = { ...known, standing: standingOf(people, merged) };
    const request = facts.requests.find(({ subjectId }) => subjectId === versionId) ?? null;
    const need = changeNeed(configurationOf(base), handleIds);
    const question = {
      kind: CONFIGURATION_CHANGE,
      digest: version.digest,
      contentRevision: version.version,
      need,
      breakGlass: null,
    };
    const cover = coveringGrant(facts, question, now);
    const state = stateOf(version, request, base.id, now);
    const findings = [
      ...(state === ConfigurationState.PROPOSED ? [] : [notProposed(version, state, base)]),
      ...(version.digest === digest ? [] : [staleContent()]),
      ...(state === ConfigurationState.PROPOSED && request && !cover ? [notApproved(request, facts, now)] : []),
    ];
    if (findings.length > 0 || !cover) return refused(findings, { subject });
    const effectiveFrom = version.effectiveFrom > now ? version.effectiveFrom : now;
    const { grant } = cover;
    const enacted = { state: ConfigurationState.EFFECTIVE, effectiveFrom, decidedBy: deciderOf(cover, facts, now) };
    const others = versions.filter(({ id }) => id !== versionId);
    return done({
      id: versionId,
      subject,
      body: {
        version: version.version,
        digest,
        effectiveFrom: effectiveFrom.toISOString(),
        replaces: base.version,
        requestId: grant.requestId,
        grantId: grant.id,
        approvers: approversOf({ ...facts, request: cover.request }, now),
      },
      sources: [configurationSource(version), configurationSource(base)],
      messages: [tightenFrom(versionId, effectiveFrom)],
      writes: [
        ...useGrant(grant, cover.request, ENACT, moment),
        update(ConfigurationVersion, { id: versionId }, { ...enacted, decidedAt: now, grantId: grant.id }),
        ...settleProposals(others, facts.requests, effectiveFrom <= now ? versionId : base.id, moment),
      ],
    });
  },
});

/** The person whose approval was the last of those that count. */
function deciderOf({ request }: Cover, facts: GrantFacts, now: Date): string {
  return ballotsOf({ ...facts, request }, now).at(-1)!.voterId;
}

/** Open requests are weighed again when the version begins to rule; the gates judge by it whether or not that is done. */
function tightenFrom(versionId: string, notBefore: Date): OutboxMessage {
  return {
    kind: POLICY_TIGHTEN,
    aggregate: versionSubject(versionId),
    effectKey: `${POLICY_TIGHTEN}/${versionId}`,
    payload: { versionId },
    notBefore,
  };
}

function notProposed(
  { version, baseVersionId }: ConfigurationVersion,
  state: ConfigurationState,
  base: ConfigurationVersion,
): Finding {
  const overtaken = state === ConfigurationState.LAPSED && baseVersionId !== base.id;
  return finding({
    code: overtaken ? 'SUPERSEDED' : 'NOT_PROPOSED',
    path: 'versionId',
    message: overtaken
      ? `Version ${base.version} has come to rule since version ${version} was proposed: what its approvers saw as the change is not the change any more.`
      : `Version ${version} is ${state}.`,
    facts: { state, ruling: base.version },
    remedy: overtaken
      ? 'Make the same change in the file that rules now and propose that.'
      : 'Enact a proposed version; propose anew what has lapsed or was rejected.',
  });
}

function staleContent(): Finding {
  return finding({
    code: 'STALE_CONTENT',
    path: 'digest',
    message: 'You read another content than this version has.',
    facts: {},
    remedy: 'Read the version again and send its digest.',
  });
}

function notApproved(request: ApprovalRequest, facts: GrantFacts, now: Date): Finding {
  const approvals = approversOf({ ...facts, request }, now).length;
  const asked = approversNeeded(request.need);
  const message =
    request.state === ApprovalState.APPROVED
      ? 'Its approval does not hold any more: those who gave it do not reach what is asked now.'
      : `${approvals} of ${asked} people have approved it.`;
  return finding({
    code: 'NOT_APPROVED',
    path: 'approvalRequest',
    message,
    facts: { requestId: request.id, state: request.state, approvals, approversNeeded: asked },
    remedy: 'Have its request answered (castVote) by people whom the ruling policy names, then enact it.',
  });
}
