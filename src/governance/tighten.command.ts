import { tightenNeed } from '../approval/approval.effects.js';
import { grantQueries, lockRequestsOf } from '../approval/approval.queries.js';
import { approversNeeded } from '../approval/need.rules.js';
import { type ApprovalRequest, ApprovalState } from '../approval/request.entity.js';
import { standingOf } from '../approval/standing.rules.js';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import { configurationSource } from '../catalogue/configuration-version.entity.js';
import { command, done } from '../core/command.js';
import { notFound } from '../core/error.js';
import { snapshotSource } from '../deal/deal.entity.js';
import { termsOf } from '../deal/deal.queries.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { handoffSubject } from '../handoff/handoff.rules.js';
import { judgeMargin, needOf } from '../margin/margin.gate.js';
import { marginFacts } from '../margin/margin.queries.js';
import { tighten, type Tightened } from './tighten.rules.js';

/** An open margin exception that is to be weighed again. */
export interface TightenInput {
  readonly requestId: string;
  readonly handoffId: string;
}

/**
 * Weighs an open margin exception again under the policy that rules now, and raises what it asks for where that policy
 * asks for more (approvals rule 13). Votes stay; an approval that they do not reach any more is undecided again. Run
 * twice it changes nothing the second time. The worker's alone.
 */
export const tightenException = command({
  name: 'tightenException',
  action: 'tighten',
  subject: 'ApprovalRequest',
  facts: ({ handoffId }: TightenInput) => ({
    handoff: lockHandoff(handoffId),
    requests: lockRequestsOf(handoffSubject(handoffId)),
    ...marginFacts(handoffId),
    ...grantQueries(handoffSubject(handoffId)),
  }),
  decide: (facts, { requestId }, { now }) => {
    const { handoff, requests, snapshot, version, ruling, priors, people, merged } = facts;
    const request = requests.find(({ id }) => id === requestId);
    if (!request) throw notFound('ApprovalRequest', requestId);
    const policies = { configuration: configurationOf(version), ruling: configurationOf(ruling), handoff, now };
    const verdict = judgeMargin({ terms: termsOf(snapshot), ...policies });
    // What was asked for later counts this one, not the other way round.
    const earlier = priors.filter(({ openedAt }) => openedAt < request.openedAt);
    const asked = needOf(verdict, { ...policies, priors: earlier, handleIds: facts.handleIds });
    const raised = tighten({ ...facts, request, standing: standingOf(people, merged) }, asked, now);
    const { kind, subjectType, subjectId, need } = request;
    const state = raised ? stateAfter(request, raised) : request.state;
    return done({
      id: requestId,
      subject: { type: 'ApprovalRequest', id: requestId },
      body: {
        kind,
        subjectType,
        subjectId,
        tightened: raised !== null,
        approversNeeded: approversNeeded(raised?.terms.need ?? need),
        before: approversNeeded(need),
        state,
        gravity: asked?.weighing.gravity ?? null,
      },
      sources: [configurationSource(ruling), configurationSource(version), snapshotSource(snapshot)],
      writes: raised ? [tightenNeed(request, raised.terms, raised.stillApproved)] : [],
    });
  },
});

function stateAfter({ state }: ApprovalRequest, { stillApproved }: Tightened): ApprovalState {
  return state === ApprovalState.APPROVED && !stillApproved ? ApprovalState.PENDING : state;
}
