import { lineText } from '../core/ledger/lines.js';
import { type Edition, nameOf, provenance, WITHHELD } from './edition.js';
import type { KpiLine } from './facts.kpi.js';
import type { ProofFacts, ProvenApproval } from './facts.proof.js';
import { change, shownValue, STATE_WORDS } from './figure.format.js';
import { PdfPaper } from './pdf.js';
import { count, trackerTitle } from './sentences.js';

/** The names of what travels inside of the brief. */
export const PROOFS_FILE = 'ledger-proofs.ndjson';
export const CHECKPOINT_FILE = 'checkpoint.txt';

/** What the brief is made of. */
export interface ProofBriefFacts {
  readonly kpis: readonly KpiLine[];
  readonly proof: ProofFacts;
}

/**
 * proof-brief.pdf ("Portable evidence summary for governance and commercial review", document 002): the signed checkpoint,
 * the newest approvals with a proof for every entry about them, and how to check them from this file alone. The proofs
 * travel as an attachment in the format of docs/ledger.md.
 */
export function proofBrief(edition: Edition, { kpis, proof }: ProofBriefFacts): Promise<Uint8Array> {
  const paper = new PdfPaper(edition, 'Proof brief');
  paper.head(edition.tenantName, finding(edition, proof));
  paper.text('Portable evidence summary for governance and commercial review.');
  paper.small(provenance(edition));
  checkpointPart(paper, edition);
  figuresPart(paper, edition, kpis);
  approvalsPart(paper, edition, proof);
  verificationPart(paper, edition, proof);
  attachments(paper, edition, proof);
  return paper.bytes();
}

function finding({ checkpoint }: Edition, { approvals, proofs }: ProofFacts): string {
  if (!checkpoint) return 'Nothing is signed yet: ask again when the first checkpoint is there.';
  if (approvals.length > 0 && proofs.lines.length + proofs.unproven.length === 0)
    return `The ledger of ${checkpoint.size} signed entries holds none about the newest approvals.`;
  const proven = `${count(proofs.lines.length, 'entry', 'entries')} about ${count(approvals.length, 'approval')} proven under a checkpoint over ${checkpoint.size}`;
  return proofs.unproven.length === 0
    ? `${proven}; none is missing.`
    : `${proven}; ${proofs.unproven.length} not signed yet.`;
}

function checkpointPart(paper: PdfPaper, { checkpoint }: Edition): void {
  paper.heading('The signed checkpoint');
  if (!checkpoint) {
    paper.text('There is none yet.');
    return;
  }
  paper.table(
    [
      { title: 'What', share: 0.2 },
      { title: 'Value', share: 0.8, mono: true },
    ],
    [
      ['Entries covered', String(checkpoint.size)],
      ['Root (RFC 6962)', checkpoint.rootHash],
      ['Link of the chain', checkpoint.chainHash],
      ['Key id', checkpoint.keyId],
      ['Signed at', checkpoint.at.toISOString()],
    ],
  );
  paper.small(`The signed note (C2SP tlog-checkpoint), as it stands in the attachment ${CHECKPOINT_FILE}:`);
  // The dash of the signature line is U+2014, which the fonts of this page have.
  paper.verbatim(checkpoint.note.trimEnd().split('\n'));
}

function figuresPart(paper: PdfPaper, { currency, period, sees }: Edition, kpis: readonly KpiLine[]): void {
  paper.heading(trackerTitle(kpis));
  paper.small(
    `${period.fromOn} to ${period.toOn}. A value stands beside what it is made of; no case is no 0.${sees.has('MARGIN') ? '' : ` ${WITHHELD}`}`,
  );
  paper.table(
    [
      { title: 'KPI', share: 0.33 },
      { title: 'Value', share: 0.15, align: 'right' },
      { title: 'Numerator', share: 0.13, align: 'right' },
      { title: 'Denominator', share: 0.13, align: 'right' },
      { title: 'Improvement', share: 0.13, align: 'right' },
      { title: 'Target', share: 0.13 },
    ],
    kpis.map(({ definition, now }) => [
      definition.name,
      shownValue(now.value, definition.unit, currency),
      now.numerator,
      now.denominator,
      now.improvementBps === null ? '–' : change(now.improvementBps),
      STATE_WORDS[now.target],
    ]),
  );
}

function approvalsPart(paper: PdfPaper, edition: Edition, { approvals, proofs, total }: ProofFacts): void {
  paper.heading('Approvals');
  paper.text(
    approvals.length === 0
      ? 'Nothing was approved yet.'
      : `The newest ${approvals.length} of ${total}. Every vote names the SHA-256 of the exact content that its voter saw; the requester never votes.`,
  );
  for (const approval of approvals) approvalPart(paper, edition, approval, proofs);
}

function approvalPart(
  paper: PdfPaper,
  edition: Edition,
  approval: ProvenApproval,
  { lines }: ProofFacts['proofs'],
): void {
  const { id, kind, state, requesterId, digest, round, openedAt, decidedAt, votes, entryIds } = approval;
  paper.subheading(`${kind}, ${state.toLowerCase()} ${decidedAt?.toISOString() ?? ''}`);
  paper.small(
    `Request ${id}; asked by ${nameOf(edition, requesterId)} at ${openedAt.toISOString()}; round ${round}; content SHA-256 ${digest}`,
  );
  paper.table(
    [
      { title: 'Vote of', share: 0.26 },
      { title: 'Answer', share: 0.14 },
      { title: 'Cast at', share: 0.24 },
      { title: 'Same content', share: 0.14 },
      { title: 'Not the requester', share: 0.22 },
    ],
    votes.map((vote) => [
      nameOf(edition, vote.voterId),
      vote.decision,
      vote.castAt.toISOString(),
      vote.digest === digest ? 'yes' : 'NO',
      vote.voterId === requesterId ? 'NO' : 'yes',
    ]),
  );
  const own = lines.filter((line) => entryIds.some((entryId) => line.content.includes(`"id":"${entryId}"`)));
  if (own.length === 0) {
    paper.text('No signed entry of the ledger is about it.');
    return;
  }
  paper.table(
    [
      { title: 'Entry', share: 0.1, align: 'right' },
      { title: 'Action', share: 0.24 },
      { title: 'Leaf hash (SHA-256 of 0x00 and the content)', share: 0.66, mono: true },
    ],
    own.map((line) => [String(line.seq), actionOf(line.content), line.leaf]),
  );
}

const actionOf = (content: string): string => {
  const { action, outcome } = JSON.parse(content) as { action: string; outcome: string };
  return outcome === 'DONE' ? action : `${action} ${outcome}`;
};

function verificationPart(paper: PdfPaper, { checkpoint }: Edition, { proofs }: ProofFacts): void {
  paper.heading('How to check it from this file alone');
  paper.text(
    `1. Save the attachments of this document (the reader's list of attachments, or pdfdetach -saveall): ${PROOFS_FILE} holds ${count(proofs.lines.length, 'proof')}, one a line.`,
  );
  paper.text(
    `2. Get the verifier key${checkpoint ? ` with the id ${checkpoint.keyId}` : ''} from whoever runs Countersign, by another way than this file.`,
  );
  paper.text('3. Let the product check signature, leaf and path of every entry:');
  paper.verbatim([`countersign ledger check-proof ${PROOFS_FILE} --key <verifier key>`]);
  paper.text('4. Or by hand, with the tools of any machine, for each line of the attachment:');
  paper.verbatim([
    'leaf   = SHA-256( 0x00 || content )                        must be the leaf of the line',
    'node   = SHA-256( 0x01 || left || right )                  upwards along the path (RFC 6962, 2.1.1)',
    'root   = the last node                                     must be line 3 of the checkpoint, base64',
    'sign   = Ed25519 over the note up to its empty line        by the key whose id the signature names',
  ]);
  paper.text(
    '5. The digest of this file stands in the ledger, in the entry of whoever fetched it (takeReportFile or recordArtefact).',
  );
}

function attachments(paper: PdfPaper, { checkpoint }: Edition, { proofs }: ProofFacts): void {
  if (!checkpoint) return;
  const { note } = checkpoint;
  paper.attach({
    name: CHECKPOINT_FILE,
    type: 'text/plain',
    description: 'The signed checkpoint',
    bytes: Buffer.from(note, 'utf8'),
  });
  if (proofs.lines.length === 0) return;
  paper.attach({
    name: PROOFS_FILE,
    type: 'application/x-ndjson',
    description: 'An inclusion proof for every entry about the approvals, one a line',
    bytes: Buffer.from(proofs.lines.map(lineText).join(''), 'utf8'),
  });
}
