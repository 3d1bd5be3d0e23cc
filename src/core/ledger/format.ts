import type { SourceReference } from '../source.js';

/**
 * The lines of an export, one JSON object each in canonical form (RFC 8785), in this order: the header; the entries,
 * with each checkpoint right after the last entry that it covers and a line of sources after at most so many entries;
 * the end. docs/ledger.md says it for those who write a verifier of their own.
 */
export const EXPORT_FORMAT = 'countersign-ledger' as const;
export const PROOF_FORMAT = 'countersign-ledger-proof' as const;
export const FORMAT_VERSION = 1;

/** What is exported, and where its chain and tree begin. */
export interface HeaderLine {
  readonly type: 'header';
  readonly format: typeof EXPORT_FORMAT;
  readonly version: number;
  readonly tenant: string;
  /** First and last sequence number. */
  readonly from: number;
  readonly to: number;
  /** to - from + 1: sequence numbers have no gaps. */
  readonly entries: number;
  /** What was asked for: instants, null where the ledger's own beginning or end. */
  readonly period: { readonly from: string | null; readonly to: string | null };
  /** Link and frontier after entry from - 1. */
  readonly start: { readonly chain: string; readonly frontier: readonly string[] };
  /** Entries of the tenant that were neither sealed nor waiting at the export: somebody deleted their waiting. */
  readonly unsealed: readonly string[];
  /** Whose clock the instants are of. */
  readonly clock: string;
  readonly exportedAt: string;
}

/** One entry: its content, and what the sealer made of it. */
export interface EntryLine {
  readonly type: 'entry';
  readonly seq: number;
  readonly content: string;
  readonly leaf: string;
  readonly chain: string;
}

/** A signed checkpoint. */
export interface CheckpointLine {
  readonly type: 'checkpoint';
  readonly size: number;
  readonly note: string;
}

/**
 * Whether the record behind a decision is still what the decision was made on. UNCHECKED: the product does not know
 * how to look at this kind.
 */
export type SourceStatus = 'UNCHANGED' | 'CHANGED' | 'MISSING' | 'UNCHECKED';

/** Every distinct source that the entries since the last such line refer to, in order of appearance. */
export interface SourcesLine {
  readonly type: 'sources';
  /** The last entry that it speaks of. */
  readonly to: number;
  readonly references: readonly (SourceReference & { readonly status: SourceStatus })[];
}

/** The end: how many lines stand before, and a signed note over all their bytes. */
export interface EndLine {
  readonly type: 'end';
  readonly lines: number;
  readonly note: string;
}

export type ExportLine = HeaderLine | EntryLine | CheckpointLine | SourcesLine | EndLine;

/** That one entry stands in the ledger that a checkpoint signs. */
export interface InclusionLine {
  readonly type: 'inclusion';
  readonly format: typeof PROOF_FORMAT;
  readonly version: number;
  readonly tenant: string;
  readonly seq: number;
  readonly content: string;
  readonly leaf: string;
  /** The audit path of RFC 6962 section 2.1.1, from the leaf upwards. */
  readonly path: readonly string[];
  readonly checkpoint: string;
}

/** That the ledger of an older checkpoint is the beginning of that of a newer one. */
export interface ConsistencyLine {
  readonly type: 'consistency';
  readonly format: typeof PROOF_FORMAT;
  readonly version: number;
  readonly tenant: string;
  readonly older: string;
  readonly newer: string;
  /** The proof of RFC 6962 section 2.1.2. */
  readonly path: readonly string[];
}

export type ProofLine = InclusionLine | ConsistencyLine;

/** What the end of an export signs: the number of lines before it and the SHA-256 of their bytes. */
export function endText(tenantId: string, lines: number, digest: Buffer): string {
  return `countersign-export/${tenantId}\n${lines}\n${digest.toString('base64')}\n`;
}

/** The one text by which sources are told apart. */
export function sourceKey({ type, id, version, hash }: SourceReference): string {
  return JSON.stringify([type, id, version, hash]);
}

/** The sources that the content of an entry names. */
export function sourcesIn(content: unknown): readonly SourceReference[] {
  const { sources } = (content ?? {}) as { sources?: unknown };
  return Array.isArray(sources) ? (sources as SourceReference[]) : [];
}

type Member = 'text' | 'count' | 'hash' | 'hashes' | 'texts' | 'sources' | 'period' | 'start';

/** The members that each line has, and nothing else. */
const MEMBERS: Readonly<Record<string, Readonly<Record<string, Member>>>> = {
  header: {
    type: 'text',
    format: 'text',
    version: 'count',
    tenant: 'text',
    from: 'count',
    to: 'count',
    entries: 'count',
    period: 'period',
    start: 'start',
    unsealed: 'texts',
    clock: 'text',
    exportedAt: 'text',
  },
  entry: { type: 'text', seq: 'count', content: 'text', leaf: 'hash', chain: 'hash' },
  checkpoint: { type: 'text', size: 'count', note: 'text' },
  sources: { type: 'text', to: 'count', references: 'sources' },
  end: { type: 'text', lines: 'count', note: 'text' },
  inclusion: {
    type: 'text',
    format: 'text',
    version: 'count',
    tenant: 'text',
    seq: 'count',
    content: 'text',
    leaf: 'hash',
    path: 'hashes',
    checkpoint: 'text',
  },
  consistency: {
    type: 'text',
    format: 'text',
    version: 'count',
    tenant: 'text',
    older: 'text',
    newer: 'text',
    path: 'hashes',
  },
};

const STATUSES: readonly unknown[] = ['UNCHANGED', 'CHANGED', 'MISSING', 'UNCHECKED'] satisfies SourceStatus[];

const isText = (value: unknown): value is string => typeof value === 'string';
const isHash = (value: unknown): boolean => isText(value) && /^[0-9a-f]{64}$/.test(value);
const isOptionalText = (value: unknown): boolean => value === null || isText(value);
const isListOf = (value: unknown, isOne: (one: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(isOne);

const CHECKS: Readonly<Record<Member, (value: unknown) => boolean>> = {
  text: isText,
  count: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  hash: isHash,
  hashes: (value) => isListOf(value, isHash),
  texts: (value) => isListOf(value, isText),
  sources: (value) =>
    isListOf(
      value,
      (one) =>
        hasMembers(one, { type: isText, id: isText, version: isText, hash: isText }, ['status']) &&
        STATUSES.includes((one as { status: unknown }).status),
    ),
  period: (value) => hasMembers(value, { from: isOptionalText, to: isOptionalText }),
  start: (value) => hasMembers(value, { chain: isHash, frontier: (list) => isListOf(list, isHash) }),
};

function hasMembers(
  value: unknown,
  checks: Readonly<Record<string, (value: unknown) => boolean>>,
  others: readonly string[] = [],
): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const names = [...Object.keys(checks), ...others];
  return (
    Object.keys(value).length === names.length &&
    names.every((name) => Object.hasOwn(value, name)) &&
    Object.entries(checks).every(([name, isRight]) => isRight((value as Record<string, unknown>)[name]))
  );
}

const LINES = Object.fromEntries(
  Object.entries(MEMBERS).map(([type, members]) => [
    type,
    Object.fromEntries(Object.entries(members).map(([name, member]) => [name, CHECKS[member]])),
  ]),
);

/** Whether a value is a line of this kind: its members with their types, and nothing else. */
export function isLine<T extends ExportLine | ProofLine>(value: unknown, type: T['type']): value is T {
  return hasMembers(value, LINES[type]!) && (value as { type: unknown }).type === type;
}
