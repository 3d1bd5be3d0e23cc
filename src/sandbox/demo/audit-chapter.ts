import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import { CAST } from './cast.js';
import type { Asked } from './finance-chapters.js';
import type { Json, Teller } from './teller.js';

/** What the chapter needs beside its teller. */
export interface AuditChapter {
  readonly teller: Teller;
  readonly now: Date;
  readonly document: (operation: string) => string;
  /** Fetches a file of the server with a persona's token; null when it is not given out. */
  readonly download: (persona: string, path: string) => Promise<Uint8Array | null>;
}

/** The auditor reads on record, asks who could have approved, and takes the evidence of one request away. */
export async function audit(chapter: AuditChapter, asked: Asked): Promise<void> {
  await readOnRecord(chapter, asked);
  await couldHaveApproved(chapter, asked);
  await takeEvidence(chapter, asked);
}

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

async function readOnRecord({ teller, document }: AuditChapter, { requestId }: Asked): Promise<void> {
  await teller.read(CAST.auditor, 'approval-history', { id: requestId }, ({ approvalRequest }) => {
    const { votes, rounds } = approvalRequest as Json;
    return `The auditor reads a request: rounds: ${(rounds as Json[]).length}, votes: ${(votes as Json[]).length}.`;
  });
  // What was read stands under the digest of the question.
  const subjectId = sha256(document('approval-history'));
  await teller.read(CAST.auditor, 'ledger', { subjectId, first: 1, after: null }, ({ ledger }) => {
    const [entry] = ledger.edges as Json[];
    const { action, content } = (entry?.node ?? {}) as Json;
    if (action !== 'readRecords' || !String(content).includes(requestId))
      throw new Error('The reading of the request is not in the ledger');
    return `That very reading is an entry of the ledger (${action}): who, when, which ids.`;
  });
}

async function couldHaveApproved({ teller }: AuditChapter, { requestId }: Asked): Promise<void> {
  const { approvalRequest } = await teller.read(CAST.auditor, 'approval-history', { id: requestId });
  const at = ((approvalRequest as Json).rounds as Json[])[0]!.openedAt as string;
  await teller.read(CAST.auditor, 'could-have-approved', { requestId, at }, (data) => {
    const members = (data.couldHaveApproved as Json).members as Json[];
    const able = members.filter(({ could }) => could).map(({ person }) => String(person.handle));
    return `Who could have approved it when it was opened: ${able.join(', ')}; for each of the other ${members.length - able.length} the reason why not.`;
  });
}

async function takeEvidence({ teller, now, download }: AuditChapter, asked: Asked): Promise<void> {
  const DAY = 86_400_000;
  const period = {
    population: 'APPROVAL_REQUESTS',
    from: new Date(now.getTime() - 30 * DAY).toISOString(),
    to: new Date(now.getTime() + DAY).toISOString(),
  };
  await teller.refused(
    CAST.auditor,
    'export-population',
    period,
    ['PERIOD_NOT_OVER'],
    'All requests of a period are exported once it is over: before, it could still grow.',
  );
  const { url } = await teller.done(
    CAST.auditor,
    'make-evidence-pack',
    { requestId: asked.requestId },
    'The auditor asks for the evidence of one request.',
  );
  const pack = await download(CAST.auditor, url as string);
  if (!pack || (await download(CAST.auditor, url as string)))
    throw new Error('The evidence was not handed out exactly once');
  const files = unzipSync(pack);
  const content = files[`requests/${asked.requestId}/round-1/content.json`];
  if (!content || sha256(content) !== asked.digest) throw new Error('What was packed is not what was voted on');
  teller.note(
    CAST.auditor,
    'GET /exports',
    `Fetched once: ${Object.keys(files).length} files; the content's own SHA-256 is the digest of every vote.`,
  );
}
