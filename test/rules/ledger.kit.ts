import { createHash, generateKeyPairSync } from 'node:crypto';
import { canonicalJson } from '../../src/core/canonical.js';
import { leafHash } from '../../src/core/ledger/entry.js';
import {
  type CheckpointLine,
  type EndLine,
  endText,
  EXPORT_FORMAT,
  type EntryLine,
  type ExportLine,
  FORMAT_VERSION,
  type HeaderLine,
  type SourcesLine,
} from '../../src/core/ledger/format.js';
import { lineText } from '../../src/core/ledger/lines.js';
import { type SigningKey, signingKey, signNote, trustedKey } from '../../src/core/ledger/note.js';
import { checkpointOf, EMPTY_HEAD, type Head, seal } from '../../src/core/ledger/seal.rules.js';
import { type Trust, type Verdict, verifyExport } from '../../src/core/ledger/verify.js';

export const TENANT = '019ab000-0000-7000-8000-000000000001';
export const newKey = (): SigningKey => signingKey('countersign-ledger', generateKeyPairSync('ed25519').privateKey);
export const KEY = newKey();
export const TRUST: Trust = { keys: [trustedKey(KEY.verifierKey)!], checkpoints: [] };
const START = Date.parse('2026-11-23T14:00:00.000Z');

/** The content of entry n: every third names a source. */
export function contentOf(n: number, more: Record<string, unknown> = {}): string {
  const id = `019ab000-0000-7000-8000-${String(n).padStart(12, '0')}`;
  const source = { type: 'CONFIGURATION', id, version: '1', hash: leafHash(String(n % 5)) };
  return canonicalJson({
    tenant: TENANT,
    id,
    action: 'test',
    body: { n },
    sources: n % 3 === 0 ? [source] : [],
    ...more,
  });
}

export interface SampleOptions {
  readonly key?: SigningKey;
  /** The entries of the whole ledger. */
  readonly contents?: readonly string[];
  /** The export begins at this number; 1 when left out. */
  readonly from?: number;
  /** A checkpoint and a line of sources after every so many entries. */
  readonly every?: number;
  readonly period?: HeaderLine['period'];
}

/** The lines of a sound export, as objects; the end is made anew by `written`. */
export function sample(options: SampleOptions = {}): ExportLine[] {
  const { contents = Array.from({ length: 20 }, (_, n) => contentOf(n + 1)), from = 1, every = 6, key = KEY } = options;
  let head: Head = EMPTY_HEAD;
  let start = { chain: head.chainHash, frontier: head.frontier };
  const lines: ExportLine[] = [];
  let sources: SourcesLine['references'] = [];
  for (const [index, content] of contents.entries()) {
    const now = new Date(START + index * 1000);
    const step = seal(head, [{ id: '', leafHash: leafHash(content) }], now);
    head = step.head;
    const { seq, leafHash: leaf, chainHash: chain } = step.seals[0]!;
    if (seq < from) {
      start = { chain: head.chainHash, frontier: head.frontier };
      continue;
    }
    lines.push({ type: 'entry', seq, content, leaf, chain });
    const named = (JSON.parse(content) as { sources: SourcesLine['references'] }).sources;
    sources = [...sources, ...named.map((source) => ({ ...source, status: 'UNCHANGED' as const }))];
    if (seq % every !== 0 && seq !== contents.length) continue;
    if (sources.length > 0) lines.push({ type: 'sources', to: seq, references: sources });
    sources = [];
    lines.push({ type: 'checkpoint', size: seq, note: checkpointOf(TENANT, head, now, key).checkpoint.note });
  }
  const header: HeaderLine = {
    type: 'header',
    format: EXPORT_FORMAT,
    version: FORMAT_VERSION,
    tenant: TENANT,
    from,
    to: contents.length,
    entries: contents.length - from + 1,
    period: options.period ?? { from: null, to: null },
    start,
    unsealed: [],
    clock: 'test',
    exportedAt: new Date(START).toISOString(),
  };
  return [header, ...lines];
}

/** The file of these lines, with an end that signs exactly them. */
export function written(lines: readonly ExportLine[], key: SigningKey = KEY): string {
  const text = lines.map(lineText).join('');
  const digest = createHash('sha256').update(text).digest();
  const end: EndLine = { type: 'end', lines: lines.length, note: signNote(endText(TENANT, lines.length, digest), key) };
  return text + lineText(end);
}

/** Verifies a text as if it came in pieces of some bytes. */
export function verified(text: string | Buffer, trust: Trust = TRUST, piece = 1000): Promise<Verdict> {
  const bytes = Buffer.from(text as string, 'utf8');
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  }
  return verifyExport(pieces(), trust);
}

export const isEntry = (line: ExportLine): line is EntryLine => line.type === 'entry';
export const isCheckpoint = (line: ExportLine): line is CheckpointLine => line.type === 'checkpoint';
export const isSources = (line: ExportLine): line is SourcesLine => line.type === 'sources';
export const headerOf = (lines: readonly ExportLine[]): HeaderLine => lines[0] as HeaderLine;
