import { CAST } from './cast.js';
import { workingDay } from './calendar.js';
import { type Json, type Teller } from './teller.js';

/** An approval request that the chapters go on with. */
export interface Asked {
  readonly requestId: string;
  readonly digest: string;
}

/** A vote on exactly the content that was asked about. */
export const ballotOf = ({ requestId, digest }: Asked, reason: string): Json => ({
  requestId,
  digest,
  decision: 'APPROVE',
  reason,
});

/** Finance sees what waits, and one request with everything that a vote is weighed by. */
export async function readInbox(teller: Teller, { requestId }: Asked): Promise<void> {
  await teller.read(
    CAST.finance,
    'approval-worklist',
    { filter: null, first: 10, after: null },
    ({ approvalInbox }) => {
      const { counts } = approvalInbox as Json;
      return `The inbox: ${counts.awaitingMe} for this approver, ${counts.total} in all, ${counts.dueWithin24h} of them due within a day.`;
    },
  );
  await teller.read(CAST.finance, 'approval-request', { id: requestId }, ({ approvalRequest }) => {
    const { exception, history, approversNeeded } = approvalRequest as Json;
    const { scope, marginBps, floorBps, shortfall } = exception.worst as Json;
    const prior = (exception.weighing as Json).priorShortfall as Json;
    return [
      `On one screen: ${String(scope)} has ${marginBps} bps against a floor of ${floorBps} bps,`,
      `${shortfall.amount} ${shortfall.currency} short; ${prior.amount} of the same client's other exceptions count with it;`,
      `asked for this client within a year: ${history.client.asked}; ${approversNeeded} people must answer.`,
    ].join(' ');
  });
}

/** Somebody is away: another person votes in their name, once a third has confirmed it. Answers the delegation's id. */
export async function voteByDelegation(
  teller: Teller,
  asked: Asked,
  people: Readonly<Record<string, string>>,
  now: Date,
): Promise<string> {
  await endDelegations(teller.quiet());
  const delegation = await teller.done(
    CAST.awayFinance,
    'delegate-votes',
    {
      delegatorId: people[CAST.awayFinance],
      delegateId: people[CAST.lead],
      fromAt: now.toISOString(),
      untilAt: `${workingDay(now, 7)}T17:00:00Z`,
      kinds: ['MARGIN_EXCEPTION'],
      reason: 'Out of office.',
    },
    'An approver is away and lets the delivery lead vote for them.',
  );
  const ballot = { ...ballotOf(asked, 'Agreed with finance before the leave.'), onBehalfOf: people[CAST.awayFinance] };
  await teller.refused(
    CAST.lead,
    'cast-vote',
    ballot,
    ['NOT_DELEGATED'],
    'It holds for nothing until it is confirmed.',
  );
  const confirmation = { delegationId: delegation.id, expectedRevision: delegation.revision };
  await teller.refused(
    CAST.lead,
    'confirm-delegation',
    confirmation,
    ['SELF_APPROVAL'],
    'Whoever gets a vote does not confirm it.',
  );
  await teller.done(CAST.revops, 'confirm-delegation', confirmation, 'A third person confirms it.');
  await teller.done(CAST.lead, 'cast-vote', ballot, 'The delivery lead votes for the approver who is away.');
  await teller.read(CAST.finance, 'approval-request', { id: asked.requestId }, ({ approvalRequest }) => {
    const [vote] = (approvalRequest as Json).votes as Json[];
    return `The vote shows as ${vote?.voter.handle} for ${vote?.onBehalfOf?.handle}: one approval, and a part of both.`;
  });
  await teller.refused(
    CAST.awayFinance,
    'cast-vote',
    ballotOf(asked, 'I am back.'),
    ['ALREADY_VOTED'],
    'Whoever was voted for does not count a second time.',
  );
  return delegation.id as string;
}

/** A story that was broken off may have left one behind. */
async function endDelegations(teller: Teller): Promise<void> {
  const { delegations } = await teller.read(CAST.awayFinance, 'delegations', { first: 100, after: null });
  for (const { node } of (delegations as Json).edges as Json[]) {
    if (node.endedAt !== null || node.delegator.handle !== CAST.awayFinance) continue;
    const input = { delegationId: node.id as string, expectedRevision: node.revision as number };
    await teller.done(CAST.awayFinance, 'end-delegation', input, 'It is over.');
  }
}

/** An approval is taken back before its effect, and another person gives theirs. */
export async function revokeAndGiveAgain(teller: Teller, asked: Asked): Promise<void> {
  const approved = await teller.done(
    CAST.finance,
    'cast-vote',
    ballotOf(asked, 'The lifetime value carries it.'),
    ({ state }) => `The second approval: the request is ${String(state)}.`,
  );
  await teller.done(
    CAST.finance,
    'revoke-vote',
    {
      requestId: asked.requestId,
      expectedRevision: approved.revision,
      reason: 'The client asked for a further discount.',
    },
    ({ state }) => `A call later it is taken back: the request is ${String(state)} again.`,
  );
  await teller.done(
    CAST.secondFinance,
    'cast-vote',
    ballotOf(asked, 'The discount was declined; it holds.'),
    ({ state }) => `Another approver says yes instead: ${String(state)}.`,
  );
}

/** What an approval was given for has happened: it is neither withdrawn nor taken back any more. */
export async function usedOnce(teller: Teller, requestId: string): Promise<void> {
  const { approvalRequest } = await teller.read(
    CAST.finance,
    'approval-request',
    { id: requestId },
    (data) =>
      `The first handoff's approval is ${String((data.approvalRequest as Json).state)}: its effect happened once.`,
  );
  const input = { requestId, expectedRevision: (approvalRequest as Json).revision as number };
  await teller.refused(CAST.sales, 'withdraw-request', input, ['NOT_OPEN'], 'It cannot be withdrawn any more.');
  await teller.refused(
    CAST.finance,
    'revoke-vote',
    { ...input, reason: 'Second thoughts.' },
    ['ALREADY_USED'],
    'Nor can a vote be taken back.',
  );
}
