import { type Checkpoint, openCheckpoint, signCheckpoint } from '../../src/core/ledger/checkpoint.js';
import type { ExportLine, HeaderLine, SourcesLine } from '../../src/core/ledger/format.js';
import { lineText } from '../../src/core/ledger/lines.js';
import { trustedKey } from '../../src/core/ledger/note.js';
import {
  contentOf,
  headerOf,
  isCheckpoint,
  isEntry,
  isSources,
  KEY,
  newKey,
  sample,
  TENANT,
  TRUST,
  verified,
  written,
} from './ledger.kit.js';

const LINES = sample();
const FILE = written(LINES);
const OTHER = newKey();
const contents = (count: number, change: (n: number) => string = contentOf): string[] =>
  Array.from({ length: count }, (_, n) => change(n + 1));
const replace = (lines: readonly ExportLine[], at: number, line: ExportLine): ExportLine[] =>
  lines.map((one, n) => (n === at ? line : one));
const header = (change: Partial<HeaderLine>): ExportLine[] => replace(LINES, 0, { ...headerOf(LINES), ...change });
const indexOfEntry = (seq: number): number => LINES.findIndex((line) => isEntry(line) && line.seq === seq);

/** The checkpoints of an export, as somebody kept them. */
function kept(lines: readonly ExportLine[]): Checkpoint[] {
  return lines.filter(isCheckpoint).map(({ note }) => {
    const opened = openCheckpoint(note, TRUST.keys);
    if (!opened.ok) throw new Error(opened.why);
    return opened.checkpoint;
  });
}

describe('a sound export', () => {
  it.each([{ piece: 1 }, { piece: 7 }, { piece: 64 }, { piece: 1_000_000 }])(
    'is sound in pieces of $piece bytes',
    async ({ piece }) => {
      expect(await verified(FILE, TRUST, piece)).toMatchObject({
        kind: 'sound',
        summary: { tenant: TENANT, from: 1, to: 20, checkpoints: 4, sources: 6, unchecked: 0, keyId: KEY.id },
      });
    },
  );

  it('of a period begins anywhere, since the header says chain and frontier', async () => {
    for (let from = 1; from <= 20; from++)
      expect(await verified(written(sample({ from })))).toMatchObject({ kind: 'sound', summary: { from, to: 20 } });
  });

  it('may have been signed by a former key and its successor', async () => {
    const keys = [...TRUST.keys, trustedKey(OTHER.verifierKey)!];
    expect(await verified(written(LINES, OTHER), { ...TRUST, keys })).toMatchObject({ kind: 'sound' });
    expect(await verified(written(LINES, OTHER))).toMatchObject({ kind: 'tampered' });
  });

  it('agrees with checkpoints that were kept elsewhere', async () => {
    const checkpoints = kept(LINES);
    expect(await verified(FILE, { ...TRUST, checkpoints })).toMatchObject({
      kind: 'sound',
      summary: { kept: 4, compared: 4 },
    });
    const cut = written(sample({ contents: contents(12) }));
    expect(await verified(cut)).toMatchObject({ kind: 'sound' });
    expect(await verified(cut, { ...TRUST, checkpoints })).toMatchObject({
      kind: 'tampered',
      what: expect.stringMatching(/covers 20 entries: this export was cut at 12/),
    });
    const fork = written(sample({ contents: contents(20, (n) => contentOf(n, n === 3 ? { action: 'other' } : {})) }));
    expect(await verified(fork)).toMatchObject({ kind: 'sound' });
    expect(await verified(fork, { ...TRUST, checkpoints })).toMatchObject({
      kind: 'tampered',
      seq: 6,
      what: expect.stringMatching(/kept elsewhere of 6 entries has another root/),
    });
  });
});

describe('the export of a period', () => {
  const checkpoints = kept(LINES);
  const signed = checkpoints.at(-1)!.at;
  const until = (ms: number) => ({ from: null, to: new Date(signed.getTime() + ms).toISOString() });
  const cut = (period: HeaderLine['period']) => written(sample({ contents: contents(12), period }));

  it('is cut when it ends before a checkpoint that was signed in it', async () => {
    expect(await verified(cut(until(1)), { ...TRUST, checkpoints })).toMatchObject({
      kind: 'tampered',
      what: expect.stringMatching(/covers 20 entries: this export was cut at 12/),
    });
  });

  it('may end before what was signed after it, and says how many checkpoints it was compared with', async () => {
    expect(await verified(cut(until(0)), { ...TRUST, checkpoints: checkpoints.slice(-1) })).toMatchObject({
      kind: 'sound',
      summary: { kept: 1, compared: 0 },
    });
    const late = written(sample({ from: 8 }));
    expect(await verified(late, { ...TRUST, checkpoints })).toMatchObject({
      kind: 'sound',
      summary: { kept: 4, compared: checkpoints.filter(({ size }) => size >= 8).length },
    });
  });
});

describe('unreadable is', () => {
  it.each([
    { name: 'an empty file', text: '' },
    { name: 'another file', text: 'not json\n' },
    { name: 'another format', text: lineText({ ...headerOf(LINES), format: 'other' }) },
    { name: 'a later version', text: written(header({ version: 2 })) },
  ])('$name', async ({ text }) => {
    expect(await verified(text)).toMatchObject({ kind: 'unreadable' });
  });

  it('a checkpoint of another tenant that is brought along', async () => {
    const held = {
      tenantId: '019ab000-0000-7000-8000-000000000002',
      size: 1,
      root: Buffer.alloc(32),
      chain: Buffer.alloc(32),
      at: new Date(0),
    };
    expect(await verified(FILE, { ...TRUST, checkpoints: [held] })).toMatchObject({ kind: 'unreadable' });
  });
});

/** Each is signed by the right key as a whole: what finds it is the one check that it is named after. */
const FORGED: readonly { name: string; lines: () => ExportLine[]; what: RegExp; seq?: number | null }[] = [
  {
    name: 'a content without its leaf',
    lines: () => entry(5, { content: contentOf(99) }),
    what: /does not match its leaf/,
    seq: 5,
  },
  {
    name: 'a content with a leaf of its own',
    lines: () => rehashed(5, contentOf(99)),
    what: /chain is broken/,
    seq: 5,
  },
  { name: 'a re-hashed tail under the old checkpoints', lines: () => tail(5), what: /has another root/, seq: 6 },
  { name: 'another chain', lines: () => entry(7, { chain: '0'.repeat(64) }), what: /chain is broken/, seq: 7 },
  {
    name: 'a gap',
    lines: () => LINES.filter((_, n) => n !== indexOfEntry(4)),
    what: /entry 5 stands where 4 belongs/,
    seq: 3,
  },
  { name: 'two swapped entries', lines: () => swapped(8, 9), what: /entry 9 stands where 8 belongs/ },
  {
    name: 'an entry twice',
    lines: () => LINES.flatMap((line) => (isEntry(line) && line.seq === 2 ? [line, line] : [line])),
    what: /entry 2 stands where 3 belongs/,
  },
  { name: 'entries beyond the count', lines: () => header({ to: 19, entries: 19 }), what: /entry 20 is beyond the 19/ },
  {
    name: 'fewer entries than counted',
    lines: () => header({ to: 21, entries: 21 }),
    what: /ends at entry 20; its header says 21/,
  },
  { name: 'a count that is none', lines: () => header({ entries: 19 }), what: /header counts 19 entries from 1 to 20/ },
  {
    name: 'entries that were kept from the sealer',
    lines: () => header({ unsealed: ['x'] }),
    what: /kept from the sealer: x/,
  },
  {
    name: 'a chain that begins elsewhere',
    lines: () => header({ start: { chain: '1'.repeat(64), frontier: [] } }),
    what: /does not begin at its beginning/,
  },
  {
    name: 'a frontier of another size',
    lines: () => header({ start: { chain: '0'.repeat(64), frontier: ['0'.repeat(64)] } }),
    what: /frontier is none of 0 entries/,
  },
  {
    name: 'content of another tenant',
    lines: () => sample({ contents: contents(20, (n) => contentOf(n, n === 2 ? { tenant: 'x' } : {})) }),
    what: /of another tenant/,
    seq: 2,
  },
  {
    name: 'content that is not canonical',
    lines: () => sample({ contents: contents(20, (n) => (n === 2 ? contentOf(n).replace('{', '{ ') : contentOf(n))) }),
    what: /not in canonical form/,
    seq: 2,
  },
  {
    name: 'content with a name twice',
    lines: () =>
      sample({
        contents: contents(20, (n) =>
          n === 2 ? contentOf(n).replace('{"action"', '{"action":"x","action"') : contentOf(n),
        ),
      }),
    what: /not in canonical form/,
    seq: 2,
  },
  {
    name: 'no checkpoint at the end',
    lines: () => LINES.filter((line) => !(isCheckpoint(line) && line.size === 20)),
    what: /no checkpoint covers the export's end/,
  },
  {
    name: 'a checkpoint of another key',
    lines: () => checkpoint(12, OTHER),
    what: /not to be trusted: no trusted key has signed it/,
    seq: 12,
  },
  {
    name: 'a checkpoint in another place',
    lines: () => moved(),
    what: /checkpoint of 12 entries stands after entry 18/,
  },
  {
    name: 'a checkpoint that says another size',
    lines: () => LINES.map((line) => (isCheckpoint(line) && line.size === 6 ? { ...line, size: 7 } : line)),
    what: /checkpoint of 6 entries stands after entry 6/,
  },
  {
    name: 'a checkpoint twice',
    lines: () => LINES.flatMap((line) => (isCheckpoint(line) && line.size === 6 ? [line, line] : [line])),
    what: /stands twice/,
  },
  {
    name: 'a checkpoint with another chain',
    lines: () => checkpoint(6, KEY, { chain: Buffer.alloc(32) }),
    what: /has another chain/,
    seq: 6,
  },
  {
    name: 'a checkpoint of another tenant',
    lines: () => checkpoint(6, KEY, { tenantId: '019ab000-0000-7000-8000-000000000002' }),
    what: /checkpoint is of another tenant/,
  },
  { name: 'a checkpoint before the first entry', lines: () => early(), what: /stands before the first entry/ },
  {
    name: 'sources that are not listed',
    lines: () => LINES.filter((line) => !isSources(line)),
    what: /a source that an entry names is not listed/,
  },
  { name: 'a source left out', lines: () => references((list) => list.slice(1)), what: /is not listed/, seq: 6 },
  {
    name: 'a source that nobody named',
    lines: () => references((list) => [...list, { ...list[0]!, id: 'other' }]),
    what: /no entry names the source CONFIGURATION other/,
  },
  {
    name: 'a source with another hash',
    lines: () => references((list) => list.map((one) => ({ ...one, hash: 'f'.repeat(64) }))),
    what: /no entry names the source/,
  },
  {
    name: 'a source that has changed',
    lines: () => references((list) => list.map((one) => ({ ...one, status: 'CHANGED' as const }))),
    what: /of a decision is changed/,
  },
  {
    name: 'a source that is gone',
    lines: () => references((list) => list.map((one) => ({ ...one, status: 'MISSING' as const }))),
    what: /of a decision is missing/,
  },
  {
    name: 'sources in another place',
    lines: () => LINES.map((line) => (isSources(line) ? { ...line, to: line.to - 1 } : line)),
    what: /stand after entry/,
  },
  { name: 'a member too many', lines: () => entry(3, { more: 1 }), what: /not one that an export has/ },
  {
    name: 'a line of another kind',
    lines: () => [...LINES.slice(0, 4), { type: 'other' } as never, ...LINES.slice(4)],
    what: /not one that an export has/,
  },
];

function entry(seq: number, change: Record<string, unknown>): ExportLine[] {
  const at = indexOfEntry(seq);
  return replace(LINES, at, { ...LINES[at]!, ...change });
}

function rehashed(seq: number, content: string): ExportLine[] {
  const [, line] = sample({ contents: [content] });
  if (!isEntry(line!)) throw new Error('no entry');
  return entry(seq, { content, leaf: line.leaf });
}

/** Everything from an entry on made anew, with the checkpoints that were signed before. */
function tail(seq: number): ExportLine[] {
  const forged = sample({ contents: contents(20, (n) => contentOf(n, n === seq ? { action: 'other' } : {})) });
  return forged.map((line, n) => (isCheckpoint(line) ? LINES[n]! : line));
}

function swapped(one: number, two: number): ExportLine[] {
  const [a, b] = [indexOfEntry(one), indexOfEntry(two)];
  return replace(replace(LINES, a, LINES[b]!), b, LINES[a]!);
}

function checkpoint(size: number, key = KEY, change: object = {}): ExportLine[] {
  return LINES.map((line) => {
    if (!isCheckpoint(line) || line.size !== size) return line;
    const opened = openCheckpoint(line.note, TRUST.keys);
    if (!opened.ok) throw new Error(opened.why);
    return { ...line, note: signCheckpoint({ ...opened.checkpoint, ...change }, key) };
  });
}

function moved(): ExportLine[] {
  const twelve = LINES.find((line) => isCheckpoint(line) && line.size === 12)!;
  return LINES.filter((line) => line !== twelve).flatMap((line) =>
    isCheckpoint(line) && line.size === 18 ? [twelve, line] : [line],
  );
}

function early(): ExportLine[] {
  const part = sample({ from: 7 });
  return [part[0]!, LINES.find((line) => isCheckpoint(line) && line.size === 6)!, ...part.slice(1)];
}

function references(change: (list: SourcesLine['references']) => SourcesLine['references']): ExportLine[] {
  return LINES.map((line) => (isSources(line) ? { ...line, references: change(line.references) } : line));
}

describe('tampered with, though the end signs it, is', () => {
  it.each(FORGED)('$name', async ({ lines, what, seq }) => {
    const verdict = await verified(written(lines()));
    expect(verdict).toMatchObject({ kind: 'tampered', what: expect.stringMatching(what) });
    if (seq !== undefined) expect(verdict).toMatchObject({ seq });
  });
});
