import { CAST } from './cast.js';
import { ballotOf, type Asked } from './finance-chapters.js';
import type { Json, Teller } from './teller.js';

/** The threshold of the sample policy that the chapter lowers: from GBP 25,000 to GBP 4,000. */
const AS_IT_IS = 'beyond: { shortfallMinor: 2500000,';
const STRICTER = 'beyond: { shortfallMinor: 400000,';

/** What the chapter needs beside its teller. */
export interface PolicyChapter {
  readonly teller: Teller;
  /** The text of tenants/northwind-managed.yaml. */
  readonly tenantFile: string;
  /** Lets a moment pass in which the worker works. */
  readonly pause: () => Promise<void>;
}

/**
 * A change of the policy is proposed, approved by another and enacted; the open request asks for more at once. Put back
 * afterwards, it does not ask for less again. Left out where the tenant's configuration is not the sample file's.
 */
export async function changePolicy(chapter: PolicyChapter, asked: Asked): Promise<void> {
  const { teller, tenantFile, pause } = chapter;
  if (!(await isSample(teller, tenantFile))) return;
  const stricter = tenantFile.replace(AS_IT_IS, STRICTER);
  if (stricter === tenantFile) throw new Error('The sample policy has no threshold for grave exceptions');
  const version = await propose(teller, stricter, 'RevOps proposes a stricter policy');
  const request = version.approvalRequest as Json;
  const change = { requestId: request.id as string, digest: request.digest as string };
  await teller.refused(
    CAST.revops,
    'cast-vote',
    ballotOf(change, 'It is my own.'),
    ['SELF_APPROVAL'],
    'Who proposes does not approve.',
  );
  const input = { versionId: version.id, digest: version.digest };
  await teller.refused(CAST.revops, 'enact-configuration', input, ['NOT_APPROVED'], 'Nor does it rule by itself.');
  await teller.done(CAST.secondRevops, 'cast-vote', ballotOf(change, 'Agreed.'), 'A second administrator approves it.');
  await teller.done(CAST.revops, 'enact-configuration', input, 'Now it rules.');
  await raised(teller, asked, pause);
  await teller.done(
    CAST.secondLead,
    'cast-vote',
    ballotOf(asked, 'Delivery can carry it.'),
    ({ state, approversNeeded }) =>
      `A delivery lead is the third of ${String(approversNeeded)} people: the request is ${String(state)}.`,
  );
  await putBack(teller, tenantFile, asked);
}

async function isSample(teller: Teller, payload: string): Promise<boolean> {
  const same = await teller.mutate(CAST.revops, 'propose-configuration', { payload, effectiveFrom: null });
  if (same.__typename === 'Refused') return true;
  const request = same.approvalRequest as Json;
  const input = { requestId: request.id as string, expectedRevision: 1 };
  await teller.done(
    CAST.revops,
    'withdraw-request',
    input,
    "The tenant's configuration is not the sample file's: the chapter of the policy is left out.",
  );
  return false;
}

async function propose(teller: Teller, payload: string, told: string): Promise<Json> {
  return teller.done(CAST.revops, 'propose-configuration', { payload, effectiveFrom: null }, ({ policyChanges }) => {
    const changes = (policyChanges as Json[]).map(
      ({ path, before, after, effect }) => `${path} ${before} -> ${after} (${effect})`,
    );
    return `${told}: ${changes.join(', ')}.`;
  });
}

const WAITS = 100;

/** The worker weighs open requests again; an approval that does not reach what is asked now is undecided again. */
async function raised(teller: Teller, { requestId }: Asked, pause: () => Promise<void>): Promise<void> {
  const question = { id: requestId };
  for (let waited = 0; ; waited += 1) {
    const { approvalRequest } = await teller.read(CAST.finance, 'approval-request', question);
    if ((approvalRequest as Json).state === 'PENDING') break;
    if (waited === WAITS) throw new Error('The open request was not weighed again');
    await pause();
  }
  await teller.read(CAST.finance, 'approval-request', question, ({ approvalRequest }) => {
    const { state, approversNeeded, steps } = approvalRequest as Json;
    const missing = (steps as Json[]).filter((step) => step.missing > 0).map(({ name }) => String(name));
    return `The open request was weighed again: ${String(state)}, ${approversNeeded} people, missing: ${missing.join(', ')}.`;
  });
}

async function putBack(teller: Teller, payload: string, { requestId }: Asked): Promise<void> {
  const version = await propose(teller, payload, 'The former policy is proposed again');
  const { id, digest } = version.approvalRequest as Json;
  const ballot = ballotOf({ requestId: id as string, digest: digest as string }, 'Agreed.');
  await teller.done(CAST.finance, 'cast-vote', ballot, 'Finance approves it.');
  const input = { versionId: version.id, digest: version.digest };
  await teller.done(CAST.secondRevops, 'enact-configuration', input, 'It rules for what is asked from now on.');
  await teller.read(CAST.finance, 'approval-request', { id: requestId }, ({ approvalRequest }) => {
    const { approversNeeded } = approvalRequest as Json;
    return `What was open still asks for ${approversNeeded}: a looser policy lowers nothing that was asked before.`;
  });
}
