import { type Finding, finding } from '../core/finding.js';
import { daysBetween, localDay } from '../core/local-day.js';
import { Side, type Stakeholder } from '../handoff/content.entity.js';
import type { ChecklistItem } from './checklist.entity.js';
import { type Evidence, EvidenceForm, type SignerType } from './evidence.entity.js';
import type { EvidenceContext } from './status.rules.js';

/** What of a piece of evidence its soundness depends on. */
export type EvidenceDraft = Pick<
  Evidence,
  'kind' | 'documentUrl' | 'documentId' | 'statement' | 'signers' | 'certificateUrl' | 'documentDate'
> & {
  /** Null while it was not computed here nor given. */
  readonly contentHash: string | null;
};

const SHA256 = /^[0-9a-f]{64}$/;
const LONGEST_URL = 2_048;
const SHORTEST_STATEMENT = 10;

/** Everything that is wrong with evidence as it is given: its content, its links and hash, and its dates. */
export function entryFindings(item: ChecklistItem, draft: EvidenceDraft, context: EvidenceContext): Finding[] {
  return [
    ...contentFindings(item, draft, context.signers),
    ...formFindings(item, draft),
    ...dateFindings(item, draft, context),
  ];
}

/**
 * What the evidence lacks of what its item demands: form, document, certificate, signatures (issue 2, "checklist with
 * evidence"; document 004, "Fully Executed"). Asked again by the gate, since a signer may be named afterwards.
 */
export function contentFindings(item: ChecklistItem, draft: EvidenceDraft, signers: readonly Stakeholder[]): Finding[] {
  const path = `checklist.${item.code}`;
  const lacks = (code: string, message: string, remedy: string, facts: Finding['facts'] = {}): Finding =>
    finding({ code, path, message: `${item.label}: ${message}`, facts: { item: item.code, ...facts }, remedy });
  const findings: Finding[] = [];
  if (!item.kinds.includes(draft.kind)) {
    const accepted = item.kinds.join(', ');
    findings.push(
      lacks('EVIDENCE_KIND_NOT_ACCEPTED', `${draft.kind} proves nothing here.`, `Give one of: ${accepted}.`, {
        kind: draft.kind,
        accepted: [...item.kinds],
      }),
    );
  }
  const documentary = draft.kind === EvidenceForm.DOCUMENT || draft.kind === EvidenceForm.CERTIFICATE;
  if ((item.needsDocument || documentary) && (!draft.documentUrl || !draft.contentHash)) {
    findings.push(
      lacks(
        'DOCUMENT_MISSING',
        'a document link with its content hash is missing.',
        'Give documentUrl and contentHash.',
      ),
    );
  }
  if (draft.kind === EvidenceForm.RECORD && !draft.documentId) {
    findings.push(
      lacks(
        'RECORD_MISSING',
        'the id of the record is missing.',
        'Give documentId: the id of the record in its system.',
      ),
    );
  }
  if (draft.kind === EvidenceForm.STATEMENT && (draft.statement?.trim().length ?? 0) < SHORTEST_STATEMENT) {
    findings.push(
      lacks(
        'STATEMENT_MISSING',
        'the statement is missing or says nothing.',
        `Write a statement of at least ${SHORTEST_STATEMENT} characters.`,
      ),
    );
  }
  if (needsCertificate(item, draft) && !draft.certificateUrl) {
    findings.push(lacks('CERTIFICATE_MISSING', 'the e-signature certificate is missing.', 'Give certificateUrl.'));
  }
  return [...findings, ...signatureFindings(item, draft.signers, signers, lacks)];
}

/** A contract that all have signed is "Fully Executed" only with its certificate (004), where the item knows such. */
function needsCertificate(item: ChecklistItem, draft: EvidenceDraft): boolean {
  return (
    draft.kind === EvidenceForm.CERTIFICATE || (item.needsAllSigners && item.kinds.includes(EvidenceForm.CERTIFICATE))
  );
}

type Lacks = (code: string, message: string, remedy: string, facts?: Finding['facts']) => Finding;

function signatureFindings(
  item: ChecklistItem,
  given: readonly SignerType[],
  named: readonly Stakeholder[],
  lacks: Lacks,
): Finding[] {
  const signed = given.filter(({ signedOn }) => signedOn !== null);
  if (!item.needsAllSigners) {
    if (!item.needsSigner || signed.some(({ side }) => side === Side.CLIENT)) return [];
    const remedy = "Give at least one signer of the client's side with the day of signature.";
    return [lacks('SIGNER_MISSING', 'nobody of the client has signed.', remedy, { side: Side.CLIENT })];
  }
  const findings: Finding[] = [];
  const unsigned = given.length - signed.length;
  if (unsigned > 0) {
    findings.push(
      lacks(
        'SIGNATURE_MISSING',
        `${unsigned} of ${given.length} signers have not signed.`,
        'Give the day of signature of every signer.',
        {
          unsigned,
          signers: given.length,
        },
      ),
    );
  }
  if (!given.some(({ side }) => side === Side.CLIENT)) {
    findings.push(
      lacks('SIGNER_MISSING', 'no signer of the client is named.', "Name every signer of the client's side.", {
        side: Side.CLIENT,
      }),
    );
  }
  if (!given.some(({ side }) => side === Side.PROVIDER)) {
    findings.push(
      lacks('COUNTERSIGNATURE_MISSING', 'the counter-signature is missing.', 'Name who signed for your MSP.', {
        side: Side.PROVIDER,
      }),
    );
  }
  // By id: names are personal data, and the ledger keeps findings.
  const absent = named.filter(
    (person) => !given.some((signer) => signer.side === person.side && sameName(signer.name, person.name)),
  );
  if (absent.length > 0) {
    findings.push(
      lacks(
        'SIGNER_MISSING',
        `${absent.length} of the stakeholders who are to sign are not among the signers.`,
        'Give every stakeholder with the role SIGNER as a signer, or correct the stakeholders.',
        { stakeholderIds: absent.map(({ id }) => id) },
      ),
    );
  }
  return findings;
}

function sameName(one: string, other: string): boolean {
  return plain(one) === plain(other);
}

function plain(name: string): string {
  return name.normalize('NFC').trim().replaceAll(/\s+/g, ' ').toLowerCase();
}

/** Links that are none, and a hash that is none. */
function formFindings(item: ChecklistItem, draft: EvidenceDraft): Finding[] {
  const links = (['documentUrl', 'certificateUrl'] as const)
    .filter((field) => draft[field] !== null && !isLink(draft[field]))
    .map((field) =>
      finding({
        code: 'URL_NOT_ACCEPTED',
        path: field,
        message: `${field} is not an https link of at most ${LONGEST_URL} characters without credentials.`,
        facts: { item: item.code, field },
        remedy: 'Give the https link to the document, such as its SharePoint address.',
      }),
    );
  if (draft.contentHash === null || SHA256.test(draft.contentHash)) return links;
  const hash = finding({
    code: 'CONTENT_HASH_INVALID',
    path: 'contentHash',
    message: 'contentHash is not a SHA-256 in lower-case hex.',
    facts: { item: item.code },
    remedy: 'Give the 64 hexadecimal digits of the SHA-256 of the document, in lower case.',
  });
  return [...links, hash];
}

/** Whether a text is an https link that names no credentials. */
function isLink(text: string): boolean {
  if (text.length > LONGEST_URL || /\s/.test(text) || !URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return protocol === 'https:' && username === '' && password === '';
}

function dateFindings(item: ChecklistItem, draft: EvidenceDraft, context: EvidenceContext): Finding[] {
  const today = localDay(context.timeZone, context.now);
  const dates = [
    { path: 'documentDate', day: draft.documentDate },
    ...draft.signers.map(({ signedOn }, index) => ({ path: `signers.${index}.signedOn`, day: signedOn })),
  ];
  const future = dates
    .filter(({ day }) => day !== null && day > today)
    .map(({ path, day }) =>
      finding({
        code: 'FUTURE_DATE',
        path,
        message: `${path} is ${day}, after today.`,
        facts: { item: item.code, day, today },
        remedy: 'Give the day on which it happened.',
      }),
    );
  const age = draft.documentDate === null ? 0 : daysBetween(draft.documentDate, today);
  if (item.validityDays === null || age <= item.validityDays) return future;
  const old = finding({
    code: 'EVIDENCE_STALE',
    path: 'documentDate',
    message: `${item.label}: information of ${draft.documentDate} is ${age} days old; ${item.validityDays} are allowed.`,
    facts: { item: item.code, ageDays: age, validityDays: item.validityDays },
    remedy: 'Give evidence that is current.',
  });
  return [...future, old];
}
