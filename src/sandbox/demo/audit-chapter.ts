import { createHash } from 'node:crypto';
import { CAST } from './cast.js';
import type { Json, Teller } from './teller.js';

/** The auditor reads one request, and finds their own reading in the ledger. */
export async function readOnRecord(
  teller: Teller,
  requestId: string,
  document: (operation: string) => string,
): Promise<void> {
  await teller.read(CAST.auditor, 'approval-history', { id: requestId }, ({ approvalRequest }) => {
    const { votes, rounds } = approvalRequest as Json;
    return `The auditor reads a request: rounds: ${(rounds as Json[]).length}, votes: ${(votes as Json[]).length}, who cast and took back each.`;
  });
  // What was read stands under the digest of the question.
  const subjectId = createHash('sha256').update(document('approval-history')).digest('hex');
  await teller.read(CAST.auditor, 'ledger', { subjectId, first: 1, after: null }, ({ ledger }) => {
    const [entry] = ledger.edges as Json[];
    const { action, content } = (entry?.node ?? {}) as Json;
    if (action !== 'readRecords' || !String(content).includes(requestId))
      throw new Error('The reading of the request is not in the ledger');
    return `That very reading is an entry of the ledger (${action}): who, when, which ids.`;
  });
}
