import { CAST } from './cast.js';
import { onHandoff, proveChecklist, type Tale, writeContent } from './chapters.js';
import { decideAndRelease, giveDate, kickoffOf, signOff } from './delivery-chapters.js';
import type { Json } from './teller.js';

/** A second handoff passes its margin gate by an emergency, and gets no date until somebody independent has reviewed it. */
export async function declareEmergency(tale: Tale, people: Readonly<Record<string, string>>): Promise<void> {
  const { teller } = tale;
  const quietly: Tale = { ...tale, teller: teller.quiet() };
  await writeContent(quietly, people);
  await proveChecklist(quietly, false);
  const request = await teller.done(
    CAST.sales,
    'request-margin-exception',
    await onHandoff(tale, { reason: 'The incumbent switches the network off on Monday.' }),
    'A further handoff is complete but for its margin, and cannot wait for its approvers.',
  );
  const emergency = {
    requestId: request.id,
    digest: request.digest,
    reason: 'The client has no network from Monday on; finance is at the auditors until then.',
    ticket: 'INC-4711',
  };
  await teller.refused(
    CAST.secondFinance,
    'break-glass',
    emergency,
    ['NOT_ON_THE_LIST'],
    'Only whom the policy names declares an emergency.',
  );
  await teller.done(CAST.lead, 'break-glass', emergency, 'The first of the two who are named declares it.');
  await teller.done(
    CAST.finance,
    'break-glass',
    emergency,
    ({ state, expiresAt }) => `So does the second: ${String(state)}, until ${String(expiresAt)} and no longer.`,
  );
  await seeAlerts(tale);
  await teller.done(CAST.sales, 'submit-handoff', await onHandoff(tale), 'The handoff passes.');
  await signOff(quietly);
  await decideAndRelease(quietly);
  await teller.refused(
    CAST.delivery,
    'schedule-kickoff',
    await onHandoff(tale, kickoffOf(tale)),
    ['BREAK_GLASS_UNREVIEWED'],
    'Signed off, and still no date: the emergency has to be reviewed first.',
  );
  await review(tale, request.id as string);
  await giveDate(tale, 'Now the kickoff is scheduled.');
}

async function seeAlerts({ teller }: Tale): Promise<void> {
  const { alerts } = await teller.read(
    CAST.revops,
    'alerts',
    { open: true, first: 100, after: null },
    ({ alerts: { edges } }) => `Each declaration raised an alert at once; ${(edges as Json[]).length} are open.`,
  );
  for (const { node } of (alerts as Json).edges as Json[]) {
    const input = { alertId: node.id, expectedRevision: node.revision };
    await teller.done(CAST.revops, 'acknowledge-alert', input, `RevOps has seen ${String(node.code)}.`);
  }
}

async function review({ teller }: Tale, requestId: string): Promise<void> {
  const { afterReviews } = await teller.read(CAST.secondRevops, 'after-reviews', {
    state: 'OPEN',
    first: 100,
    after: null,
  });
  const { node } = ((afterReviews as Json).edges as Json[]).find((edge) => edge.node.request.id === requestId) as Json;
  const input = {
    reviewId: node.id as string,
    expectedRevision: node.revision as number,
    justified: true,
    note: 'Ticket INC-4711 and the call records bear it out.',
  };
  await teller.refused(
    CAST.finance,
    'review-break-glass',
    input,
    ['SELF_REVIEW'],
    'Whoever declared an emergency does not review it.',
  );
  await teller.done(
    CAST.secondRevops,
    'review-break-glass',
    input,
    ({ state }) => `Somebody who had no part in it reviews it: ${String(state)}.`,
  );
}
