import { CAST } from './cast.js';
import { onHandoff, proveChecklist, type Tale, writeContent } from './chapters.js';
import { decideAndRelease, giveDate, signOff } from './delivery-chapters.js';
import { countersign, peopleByHandle } from './story.js';
import { type Json, Teller, type TellerOptions } from './teller.js';
import { arrived, seeProject, type Workplace } from './workplace.js';

/** A deal that stands in the simulated HaloPSA, to be taken all the way by the sample people. */
export interface DealOptions extends TellerOptions {
  readonly workplace: Workplace;
  readonly opportunityId: number;
  readonly now: Date;
}

/**
 * One deal of HaloPSA's own, from the win to the client's date, without any detour: for whoever has marked it as won in
 * the browser and wants to see the rest. Answers the handoff's number.
 */
export async function playDeal({ workplace, opportunityId, now, ...options }: DealOptions): Promise<string> {
  const teller = new Teller(options);
  await workplace.winStanding(opportunityId);
  const told = `Opportunity ${opportunityId} is won in HaloPSA, and the handoff arrives by itself.`;
  const tale: Tale = { teller, handoffId: await arrived(teller, workplace, opportunityId, told), now };
  const { handoff } = await teller.read(CAST.auditor, 'handoff-step', { id: tale.handoffId });
  const { number, stage } = handoff as { number: string; stage: string };
  if (stage !== 'DRAFT') throw new Error(`${number} is ${stage} already: take another opportunity`);
  await writeContent(tale, await peopleByHandle(teller));
  await proveChecklist(tale, false);
  if (await missesFloor(tale)) await countersign(tale);
  await teller.done(CAST.sales, 'submit-handoff', await onHandoff(tale), 'The gate passes: the handoff is submitted.');
  await seeProject(teller, workplace, number, opportunityId);
  await signOff(tale);
  await decideAndRelease(tale);
  await giveDate(tale, 'The kickoff is scheduled.');
  return number;
}

async function missesFloor({ teller, handoffId }: Tale): Promise<boolean> {
  const { handoff } = await teller.read(CAST.sales, 'handoff-readiness', { id: handoffId, gate: 'SUBMIT' });
  const { findings } = (handoff as Json).readiness as { findings: readonly { code: string }[] };
  return findings.some(({ code }) => code === 'MARGIN_BELOW_FLOOR');
}
