import { createHash, type Hash } from 'node:crypto';
import { type Checkpoint, openCheckpoint } from './checkpoint.js';
import {
  type CheckpointLine,
  type EndLine,
  endText,
  type EntryLine,
  EXPORT_FORMAT,
  FORMAT_VERSION,
  type HeaderLine,
  isLine,
  sourceKey,
  sourcesIn,
  type SourcesLine,
} from './format.js';
import { canonicalValue, linesOf, lineValue, type RawLine } from './lines.js';
import { openNote, type TrustedKey } from './note.js';
import { appendLeaf, CHAIN_START, type Frontier, frontierEnds, leafOf, linkOf, rootOf } from './tree.js';

/** What was verified, for a person to read. */
export interface ExportSummary {
  readonly tenant: string;
  readonly from: number;
  readonly to: number;
  readonly period: HeaderLine['period'];
  readonly checkpoints: number;
  /** How many checkpoints were kept elsewhere, and how many of them the export reaches: only those say anything of it. */
  readonly kept: number;
  readonly compared: number;
  /** When the covering checkpoint was signed, and by which key. */
  readonly coveredAt: string;
  readonly keyId: string;
  readonly sources: number;
  readonly unchecked: number;
}

/** What came of verifying an export; `line` counts from 1. */
export type Verdict =
  | { readonly kind: 'sound'; readonly summary: ExportSummary }
  | { readonly kind: 'tampered'; readonly line: number; readonly seq: number | null; readonly what: string }
  | { readonly kind: 'unreadable'; readonly what: string };

/** What whoever verifies brings along: nothing of it comes from the export. */
export interface Trust {
  readonly keys: readonly TrustedKey[];
  /** Checkpoints that were kept elsewhere: the export must agree with them and not end before them. */
  readonly checkpoints: readonly Checkpoint[];
}

class Tampered extends Error {}
class Unreadable extends Error {}

/**
 * Verifies an export from its bytes alone, line by line in flat memory: canonical form, leaves, sequence without gaps,
 * chain, tenant, every checkpoint's signature, root and link, the checkpoint that covers the end, the sources that the
 * entries name, the counts, and the signed digest of all bytes. Stops at the first fault.
 */
export async function verifyExport(chunks: AsyncIterable<Buffer>, trust: Trust): Promise<Verdict> {
  const walk = new ExportWalk(trust);
  try {
    for await (const line of linesOf(chunks)) walk.take(line);
    return { kind: 'sound', summary: walk.finish() };
  } catch (error) {
    if (error instanceof Unreadable) return { kind: 'unreadable', what: error.message };
    if (error instanceof Tampered || error instanceof RangeError)
      return { kind: 'tampered', line: walk.line, seq: walk.seq || null, what: error.message };
    throw error;
  }
}

/** Walks through an export and keeps what the next line must follow from. */
class ExportWalk {
  line = 0;
  seq = 0;
  private header: HeaderLine | null = null;
  private chain: Buffer = CHAIN_START;
  private frontier: Frontier = [];
  private readonly digest: Hash = createHash('sha256');
  /** Sources that entries have named and no line has listed yet. */
  private unlisted = new Set<string>();
  private covering: { readonly checkpoint: Checkpoint; readonly keyId: string } | null = null;
  private counts = { checkpoints: 0, compared: 0, sources: 0, unchecked: 0 };
  private isEnded = false;
  /** Checkpoints kept elsewhere, by size. */
  private readonly held = new Map<number, Checkpoint[]>();

  constructor(private readonly trust: Trust) {
    for (const checkpoint of trust.checkpoints)
      this.held.set(checkpoint.size, [...(this.held.get(checkpoint.size) ?? []), checkpoint]);
  }

  take({ bytes, isEnded }: RawLine): void {
    this.line += 1;
    const value = lineValue(bytes);
    if (this.line === 1) this.begin(value);
    else this.follow(value);
    if (!isEnded) throw new Tampered('the file is cut: its last line has no end');
    this.digest.update(bytes).update('\n');
  }

  finish(): ExportSummary {
    const { header, covering } = this;
    if (!header) throw new Unreadable('The file is empty.');
    if (!this.isEnded || !covering) throw new Tampered('the file is cut: its end is missing');
    const { tenant, from, to, period } = header;
    const { checkpoint, keyId } = covering;
    const kept = this.trust.checkpoints.length;
    return { tenant, from, to, period, kept, ...this.counts, coveredAt: checkpoint.at.toISOString(), keyId };
  }

  private begin(value: unknown): void {
    if (!isLine<HeaderLine>(value, 'header') || value.format !== EXPORT_FORMAT)
      throw new Unreadable('The file does not begin like an export of the ledger.');
    if (value.version !== FORMAT_VERSION)
      throw new Unreadable(`The export has format version ${value.version}; this program reads ${FORMAT_VERSION}.`);
    const { from, to, entries, start, unsealed } = value;
    if (from < 1 || to < from || entries !== to - from + 1)
      throw new Tampered(`the header counts ${entries} entries from ${from} to ${to}`);
    if (start.frontier.length !== frontierEnds(from - 1).length)
      throw new Tampered(`the header's frontier is none of ${from - 1} entries`);
    if (from === 1 && start.chain !== CHAIN_START.toString('hex'))
      throw new Tampered('the chain does not begin at its beginning');
    if (unsealed.length > 0)
      throw new Tampered(`entries were kept from the sealer: ${unsealed.slice(0, 5).join(', ')} (${unsealed.length})`);
    for (const { tenantId } of this.trust.checkpoints)
      if (tenantId !== value.tenant) throw new Unreadable(`A checkpoint kept elsewhere is of the tenant ${tenantId}.`);
    this.header = value;
    this.seq = from - 1;
    this.chain = Buffer.from(start.chain, 'hex');
    this.frontier = start.frontier.map((hash) => Buffer.from(hash, 'hex'));
  }

  private follow(value: unknown): void {
    if (this.isEnded) throw new Tampered('something stands behind the end');
    if (isLine<EntryLine>(value, 'entry')) this.entry(value);
    else if (isLine<CheckpointLine>(value, 'checkpoint')) this.checkpoint(value);
    else if (isLine<SourcesLine>(value, 'sources')) this.sources(value);
    else if (isLine<EndLine>(value, 'end')) this.end(value);
    else throw new Tampered('the line is not one that an export has, in canonical form');
  }

  private entry(line: EntryLine): void {
    const { seq, content } = line;
    if (seq !== this.seq + 1) throw new Tampered(`entry ${seq} stands where ${this.seq + 1} belongs`);
    this.seq = seq;
    if (seq > this.header!.to) throw new Tampered(`entry ${seq} is beyond the ${this.header!.to} of the header`);
    const leaf = leafOf(content);
    if (leaf.toString('hex') !== line.leaf) throw new Tampered('the content does not match its leaf hash');
    this.chain = linkOf(this.chain, leaf);
    if (this.chain.toString('hex') !== line.chain) throw new Tampered('the chain is broken');
    const said = canonicalValue(content) as { tenant?: unknown } | undefined;
    if (said === undefined) throw new Tampered('the content is not in canonical form (RFC 8785)');
    if (said?.tenant !== this.header!.tenant) throw new Tampered('the content is of another tenant');
    this.frontier = appendLeaf(this.frontier, seq - 1, leaf);
    for (const source of sourcesIn(said)) this.unlisted.add(sourceKey(source));
    for (const held of this.held.get(seq) ?? []) {
      this.agree(held, 'a checkpoint kept elsewhere');
      this.counts.compared += 1;
    }
  }

  private checkpoint({ size, note }: CheckpointLine): void {
    const opened = openCheckpoint(note, this.trust.keys);
    if (!opened.ok) throw new Tampered(`the checkpoint of ${size} entries is not to be trusted: ${opened.why}`);
    const { checkpoint } = opened;
    if (checkpoint.size !== size || size !== this.seq)
      throw new Tampered(`a checkpoint of ${checkpoint.size} entries stands after entry ${this.seq}`);
    if (checkpoint.tenantId !== this.header!.tenant) throw new Tampered('the checkpoint is of another tenant');
    if (size < this.header!.from) throw new Tampered('a checkpoint stands before the first entry');
    if (size === this.covering?.checkpoint.size) throw new Tampered('the checkpoint stands twice');
    this.agree(checkpoint, 'the checkpoint');
    this.covering = opened;
    this.counts.checkpoints += 1;
  }

  /** A checkpoint and the entries before it say the same. */
  private agree({ size, root, chain }: Checkpoint, which: string): void {
    if (!rootOf(this.frontier).equals(root))
      throw new Tampered(`${which} of ${size} entries has another root: the entries before it are not those it signs`);
    if (!this.chain.equals(chain)) throw new Tampered(`${which} of ${size} entries has another chain`);
  }

  private sources({ to, references }: SourcesLine): void {
    if (to !== this.seq) throw new Tampered(`sources up to ${to} stand after entry ${this.seq}`);
    for (const reference of references) {
      const { type, id, version, status } = reference;
      if (!this.unlisted.delete(sourceKey(reference)))
        throw new Tampered(`no entry names the source ${type} ${id} version ${version} as it is listed`);
      if (status === 'CHANGED' || status === 'MISSING')
        throw new Tampered(`the source ${type} ${id} version ${version} of a decision is ${status.toLowerCase()}`);
      this.counts.sources += 1;
      if (status === 'UNCHECKED') this.counts.unchecked += 1;
    }
    if (this.unlisted.size > 0) throw new Tampered('a source that an entry names is not listed');
  }

  private end({ lines, note }: EndLine): void {
    const { tenant, to, period } = this.header!;
    if (this.seq !== to) throw new Tampered(`the export ends at entry ${this.seq}; its header says ${to}`);
    if (this.covering?.checkpoint.size !== to) throw new Tampered(`no checkpoint covers the export's end at ${to}`);
    if (this.unlisted.size > 0) throw new Tampered('a source that an entry names is not listed');
    // What was signed before the period ended covers entries that were made before, so none beyond the period's last.
    const before = period.to === null ? Infinity : Date.parse(period.to);
    const within = this.trust.checkpoints.filter(({ at }) => !(at.getTime() >= before));
    const last = within.reduce((most, { size }) => Math.max(most, size), 0);
    if (last > to)
      throw new Tampered(`a checkpoint kept elsewhere covers ${last} entries: this export was cut at ${to}`);
    const opened = openNote(note, this.trust.keys);
    if (!opened.ok) throw new Tampered(`the end is not to be trusted: ${opened.why}`);
    if (lines !== this.line - 1 || opened.text !== endText(tenant, lines, this.digest.copy().digest()))
      throw new Tampered('the end signs other lines than stand before it');
    this.isEnded = true;
  }
}
