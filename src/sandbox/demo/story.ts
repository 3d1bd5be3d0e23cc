import { createHash } from 'node:crypto';
import { CAST } from './cast.js';
import { scheduleKickoff, signOff } from './delivery-chapters.js';
import { onHandoff, proveChecklist, type Tale, writeContent } from './chapters.js';
import { type DemoDeal, demoDeal } from './deal-files.js';
import { type Json, Teller, type TellerOptions } from './teller.js';
import { arrive, seeFlag, seeProject, type Workplace } from './workplace.js';

export interface StoryOptions extends TellerOptions {
  /** The text of samples/halopsa/managed-network-below-floor.json. */
  readonly sample: string;
  /** A number that no opportunity has yet. */
  readonly opportunityId: number;
  readonly now: Date;
  /** The vendors' systems beside it; null where deals are brought in by hand, as in an instance without simulators. */
  readonly workplace?: Workplace | null;
}

/** One handoff all the way, as the personas would walk it: through every refusal on the way to a scheduled kickoff. */
export async function playStory(
  options: StoryOptions,
): Promise<{ readonly handoffId: string; readonly number: string; readonly requestId: string }> {
  const teller = new Teller(options);
  const deal = demoDeal(options.sample, options.opportunityId);
  const people = await peopleByHandle(teller);
  const { workplace = null } = options;
  const handoffId = await arrive(teller, workplace, deal.won, {
    byHand: 'Sales brings the won opportunity in, as HaloPSA exports it.',
    byItself: 'Sales marks the opportunity as won in HaloPSA, and the handoff arrives by itself.',
  });
  const tale: Tale = { teller, handoffId, now: options.now };
  if (workplace) await seeFlag(teller, workplace, options.opportunityId);
  else await importAgain(teller, deal.won);
  await teller.denied(
    CAST.stranger,
    'handoff-step',
    { id: tale.handoffId },
    'NOT_FOUND',
    'Another MSP does not see it at all.',
  );
  const gaps = await teller.refused(
    CAST.sales,
    'submit-handoff',
    await onHandoff(tale),
    ['EVIDENCE_MISSING', 'MARGIN_BELOW_FLOOR'],
    'Submitting at once is refused, with every gap and its remedy.',
  );
  if (gaps.length < 10) throw new Error('The refusal did not list every gap');
  await writeContent(tale, people);
  await proveChecklist(tale, true);
  await teller.refused(
    CAST.sales,
    'submit-handoff',
    await onHandoff(tale),
    ['MARGIN_BELOW_FLOOR'],
    'With everything proven, the margin alone stands in the way.',
  );
  const requestId = await countersign(tale);
  await submit(tale, 1);
  const { handoff } = await teller.read(CAST.delivery, 'handoff-step', { id: handoffId });
  const number = (handoff as Json).number as string;
  if (workplace) await seeProject(teller, workplace, number, options.opportunityId);
  await returnAndCorrect(tale, workplace, deal, requestId);
  await submit(tale, 2);
  await signOff(tale);
  await scheduleKickoff(tale);
  await verifyLedger(tale);
  return { handoffId, number, requestId };
}

async function importAgain(teller: Teller, deal: string): Promise<void> {
  const told = 'The same export again makes no second snapshot.';
  await teller.done(CAST.sales, 'import-deal', { payload: deal }, told);
}

/** The ids of the tenant's people by their short names. */
export async function peopleByHandle(teller: Teller): Promise<Record<string, string>> {
  const { people } = await teller.read(CAST.revops, 'people', { first: 100 });
  return Object.fromEntries((people.edges as Json[]).map(({ node }) => [node.handle as string, node.id as string]));
}

/** The exception: asked by sales, answered by two others, and refused to everyone who may not. */
export async function countersign(tale: Tale): Promise<string> {
  const { teller } = tale;
  const reason = 'The client signs for three years and brings two further sites next spring.';
  const request = await teller.done(
    CAST.sales,
    'request-margin-exception',
    await onHandoff(tale, { reason }),
    'Sales asks for an exception to the floor; above materiality two people must answer.',
  );
  const ballot = {
    requestId: request.id,
    digest: request.digest,
    decision: 'APPROVE',
    reason: 'The lifetime value carries it.',
  };
  await teller.refused(CAST.sales, 'cast-vote', ballot, ['SELF_APPROVAL'], 'The requester cannot approve.');
  await teller.done(CAST.finance, 'cast-vote', ballot, 'The first approver says yes.');
  await teller.refused(CAST.finance, 'cast-vote', ballot, ['ALREADY_VOTED'], 'The same person does not count twice.');
  const approved = await teller.done(
    CAST.secondFinance,
    'cast-vote',
    ballot,
    'A second person says yes: the exception holds for exactly these terms.',
  );
  if (approved.state !== 'APPROVED') throw new Error(`The request is ${String(approved.state)}`);
  return request.id as string;
}

async function submit(tale: Tale, baselineVersion: number): Promise<void> {
  const { teller, handoffId } = tale;
  await teller.done(
    CAST.sales,
    'submit-handoff',
    await onHandoff(tale),
    `Submitted: project, task pack and brief are made, the budget baseline is frozen as version ${baselineVersion}.`,
  );
  const { handoff } = await teller.read(
    CAST.delivery,
    'handoff-for-delivery',
    { id: handoffId },
    'Delivery reads the handoff with its plan.',
  );
  const version = (handoff as Json).project?.currentBaseline?.version as number | undefined;
  if (version !== baselineVersion) throw new Error(`The baseline is version ${String(version)}`);
}

/** Delivery names a gap; sales corrects the terms, so every vote falls and the same two people answer again. */
async function returnAndCorrect(
  tale: Tale,
  workplace: Workplace | null,
  deal: DemoDeal,
  requestId: string,
): Promise<void> {
  const { teller } = tale;
  const gaps = [
    { path: 'terms.lines', text: 'The monthly price does not cover the spare firewall that was promised.' },
  ];
  await teller.done(
    CAST.delivery,
    'return-handoff',
    await onHandoff(tale, { gaps }),
    'Delivery returns it, naming the gap; sales has 24 hours.',
  );
  await correct(tale, workplace, deal, requestId);
  const { approvalRequest } = await teller.read(
    CAST.auditor,
    'approval-history',
    { id: requestId },
    'The auditor sees both rounds and every vote.',
  );
  const request = approvalRequest as Json;
  if (request.state !== 'PENDING' || request.round !== 2)
    throw new Error(`The request is ${String(request.state)} in round ${String(request.round)}`);
  await teller.refused(
    CAST.sales,
    'submit-handoff',
    await onHandoff(tale),
    ['MARGIN_BELOW_FLOOR'],
    'The old approval does not cover the new terms.',
  );
  await proveChecklist(tale, false);
  const ballot = {
    requestId,
    digest: request.digest,
    decision: 'APPROVE',
    reason: 'Better than before; still worth it.',
  };
  await teller.done(CAST.finance, 'cast-vote', ballot, 'The first approver answers again, for the new terms.');
  await teller.done(CAST.secondFinance, 'cast-vote', ballot, 'So does the second.');
}

/** The quote is corrected where it stands. */
async function correct(
  { teller }: Tale,
  workplace: Workplace | null,
  { won, corrected }: DemoDeal,
  requestId: string,
): Promise<void> {
  const told = 'Sales corrects the quote: new terms, so the votes fall and a new round opens.';
  if (!workplace) {
    await teller.done(CAST.sales, 'import-deal', { payload: corrected }, told);
    return;
  }
  await workplace.reprice(won, corrected);
  await workplace.until('the new round', async () => {
    const { approvalRequest } = await teller.read(CAST.auditor, 'approval-history', { id: requestId });
    return (approvalRequest as Json).round === 2 ? true : null;
  });
  teller.note(CAST.sales, 'HaloPSA: quotation', told, 'DONE');
}

/** The auditor recomputes every hash from what the API gives. */
async function verifyLedger({ teller, handoffId }: Tale): Promise<void> {
  let entries = 0;
  for (let after: string | null = null; ;) {
    const { ledger } = await teller.read(CAST.auditor, 'ledger', { subjectId: handoffId, first: 100, after });
    const { edges, pageInfo } = ledger as { edges: Json[]; pageInfo: Json };
    for (const { node } of edges) {
      const hash = createHash('sha256')
        .update(Buffer.of(0))
        .update(node.content as string, 'utf8')
        .digest('hex');
      if (hash !== node.leafHash) throw new Error(`Ledger entry ${String(node.id)} does not match its hash`);
      entries += 1;
    }
    if (!pageInfo.hasNextPage) break;
    after = pageInfo.endCursor as string;
  }
  await teller.read(
    CAST.auditor,
    'ledger',
    { subjectId: handoffId, first: 1, after: null },
    `The auditor verifies ${entries} ledger entries of this handoff: every hash holds.`,
  );
}
