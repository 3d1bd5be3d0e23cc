import { CAST } from './cast.js';
import type { Tale } from './chapters.js';
import { audit, type AuditChapter } from './audit-chapter.js';
import { demoDeal } from './deal-files.js';
import { declareEmergency } from './emergency-chapter.js';
import { type Asked, readInbox, revokeAndGiveAgain, usedOnce, voteByDelegation } from './finance-chapters.js';
import { changePolicy, type PolicyChapter } from './policy-chapter.js';
import { peopleByHandle, type StoryOptions } from './story.js';
import { Teller } from './teller.js';
import { arrive } from './workplace.js';

export interface SequelOptions extends StoryOptions, Omit<PolicyChapter, 'teller'>, Omit<AuditChapter, 'teller'> {
  /** The request of the story before, whose approval was used. */
  readonly usedRequestId: string;
}

/**
 * What happens after the story, for the same client: approvals as finance gives them, an emergency, a change of the
 * policy, and what an auditor finds. `opportunityId` is that of the story; the two numbers after it are free as well.
 */
export async function playSequel(options: SequelOptions): Promise<void> {
  const teller = new Teller(options);
  const people = await peopleByHandle(teller);
  const { now } = options;
  await usedOnce(teller, options.usedRequestId);
  const asked = await ask(await open(options, teller, 1));
  await readInbox(teller, asked);
  const delegationId = await voteByDelegation(teller, asked, people, now);
  await revokeAndGiveAgain(teller, asked);
  await changePolicy({ ...options, teller }, asked);
  await declareEmergency(await open(options, teller, 2), people);
  await comeBack(teller, delegationId);
  await audit({ ...options, teller }, asked);
}

/** A further deal of the story's client. */
async function open(options: StoryOptions, teller: Teller, nth: number): Promise<Tale> {
  const { sample, opportunityId, now, workplace = null } = options;
  const { won } = demoDeal(sample, opportunityId + nth, opportunityId);
  const told = 'The same client buys again.';
  return { teller, handoffId: await arrive(teller, workplace, won, { byHand: told, byItself: told }), now };
}

async function ask({ teller, handoffId }: Tale): Promise<Asked> {
  const { id, digest } = await teller.done(
    CAST.sales,
    'request-margin-exception',
    { handoffId, expectedRevision: 1, reason: 'The second site of the same contract, at the same price.' },
    'Sales asks for an exception before anything else.',
  );
  return { requestId: id as string, digest: digest as string };
}

async function comeBack(teller: Teller, delegationId: string): Promise<void> {
  const ended = { delegationId, expectedRevision: 2 };
  await teller.done(CAST.awayFinance, 'end-delegation', ended, 'The approver is back: the delegation ends.');
}
