// Exports of ledgers that never were, made in memory with the product's own pure code: for tampering with, and for
// measuring how fast one is verified.
import { createHash, generateKeyPairSync } from 'node:crypto';

export const TENANT = '019ab000-0000-7000-8000-000000000001';
const START = Date.parse('2026-11-23T14:00:00.000Z');
const hex = (text) => createHash('sha256').update(text).digest('hex');
const uuid = (n) => `019ab000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** What of the product makes and verifies an export, out of the compiled program: needs dist/. */
export async function compiledLedger() {
  const core = new URL('../dist/src/core/', import.meta.url);
  const files = ['canonical', 'ledger/checkpoint', 'ledger/format', 'ledger/lines', 'ledger/note', 'ledger/seal.rules'];
  const loaded = [...files, 'ledger/tree', 'ledger/verify'].map((path) => import(new URL(`${path}.js`, core)));
  return Object.assign({}, ...(await Promise.all(loaded)));
}

/** Makes exports with the product's code (compiledLedger, or its sources). */
export function ledgerSample(ledger) {
  const { canonicalJson, checkpointOf, EMPTY_HEAD, endText, leafOf, lineText, seal, signingKey, signNote, sourceKey } =
    ledger;

  /** A key that signs. */
  const newKey = () => signingKey('countersign-ledger', generateKeyPairSync('ed25519').privateKey);

  /** The content of entry n, as large as a typical one. */
  function contentOf(n, more = {}) {
    const source = { type: 'CONFIGURATION', id: uuid(n % 7), version: '1', hash: hex(`source ${n % 7}`) };
    return canonicalJson({
      tenant: TENANT,
      id: uuid(n),
      at: new Date(START + n * 100).toISOString(),
      actor: { kind: 'PERSON', id: uuid(n % 11) },
      action: 'submitHandoff',
      outcome: 'DONE',
      subject: { type: 'Handoff', id: uuid(n % 13) },
      body: { revision: n, digest: hex(`body ${n}`), stage: 'IN_REVIEW' },
      sources: n % 4 === 0 ? [source] : [],
      ...more,
    });
  }

  /** The lines of an export without its end, one text each; `contents` is an iterable of contents. */
  function* linesOf(contents, count, key, { page = 500, every = 500 } = {}) {
    yield lineText({
      type: 'header',
      format: 'countersign-ledger',
      version: 1,
      tenant: TENANT,
      from: 1,
      to: count,
      entries: count,
      period: { from: null, to: null },
      start: { chain: EMPTY_HEAD.chainHash, frontier: [] },
      unsealed: [],
      clock: 'made in memory',
      exportedAt: new Date(START).toISOString(),
    });
    let head = EMPTY_HEAD;
    let sources = new Map();
    for (const content of contents) {
      const now = new Date(START + head.seq * 100);
      const step = seal(head, [{ id: '', leafHash: leafOf(content).toString('hex') }], now);
      head = step.head;
      const { seq, leafHash: leaf, chainHash: chain } = step.seals[0];
      yield lineText({ type: 'entry', seq, content, leaf, chain });
      for (const source of JSON.parse(content).sources)
        sources.set(sourceKey(source), { ...source, status: 'UNCHANGED' });
      const isLast = seq === count;
      if ((isLast || seq % page === 0) && sources.size > 0) {
        yield lineText({ type: 'sources', to: seq, references: [...sources.values()] });
        sources = new Map();
      }
      if (isLast || seq % every === 0)
        yield lineText({ type: 'checkpoint', size: seq, note: checkpointOf(TENANT, head, now, key).checkpoint.note });
    }
  }

  /** Closes lines with an end that signs them. */
  function* closed(lines, key) {
    const digest = createHash('sha256');
    let count = 0;
    for (const line of lines) {
      digest.update(line);
      count += 1;
      yield line;
    }
    yield lineText({ type: 'end', lines: count, note: signNote(endText(TENANT, count, digest.digest()), key) });
  }

  return { closed, contentOf, linesOf, newKey };
}
