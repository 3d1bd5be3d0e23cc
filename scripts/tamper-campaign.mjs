// Tampers with exports of a ledger, one change a run, and counts what verifying them finds.
import { ledgerSample } from './ledger-sample.mjs';

const COUNT = 60;
const SIZES = { page: 16, every: 10 };

/**
 * So many tamperings of every kind in turn; the same seed makes the same changes. `ledger` is the product's code, compiled
 * (compiledLedger) or its sources. Answers what was found of each kind, and each tampering that was missed.
 */
export async function tamper(ledger, { runs, seed }) {
  const { lineText, openCheckpoint, trustedKey, verifyExport } = ledger;
  const { closed, contentOf, linesOf, newKey } = ledgerSample(ledger);

  /** Mulberry32: small, and the same everywhere. */
  let state = seed >>> 0;
  function random(below) {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  }
  const pick = (list) => list[random(list.length)];

  const key = newKey();
  const thief = newKey();
  const contents = Array.from({ length: COUNT }, (_, n) => contentOf(n + 1));
  const lines = [...linesOf(contents, COUNT, key, SIZES)];
  const file = [...closed(lines, key)];
  const trust = { keys: [trustedKey(key.verifierKey)], checkpoints: [] };
  const parsed = (line) => JSON.parse(line);
  const indexes = (type, of = file) => of.flatMap((line, n) => (parsed(line).type === type ? [n] : []));
  const without = (list, at) => list.filter((_, n) => n !== at);
  /** The checkpoints that somebody kept out of the forger's reach. */
  const held = indexes('checkpoint').map((n) => openCheckpoint(parsed(file[n]).note, trust.keys).checkpoint);

  /** The export of the ledger with some contents, made anew from the first on: as somebody would who owns everything. */
  const remade = (list, signer) => [...linesOf(list, list.length, signer, SIZES)];
  const forgedContents = () => {
    const at = random(COUNT);
    return contents.map((content, n) =>
      n === at ? contentOf(n + 1, { outcome: pick(['REFUSED', 'DENIED']) }) : content,
    );
  };

  /** What a forger does without the key. The end, which they cannot sign, stays as it was. */
  const WITHOUT_KEY = {
    'a flipped bit': () => {
      const bytes = Buffer.from(file.join(''), 'utf8');
      bytes[random(bytes.length)] ^= 1 << random(8);
      return bytes;
    },
    'a line dropped': () => without(file, random(file.length)),
    'two lines swapped': () => {
      const one = random(file.length);
      const two = (one + 1 + random(file.length - 1)) % file.length;
      return file.map((line, n) => (n === one ? file[two] : n === two ? file[one] : line));
    },
    'a line inserted twice': () => file.toSpliced(random(file.length + 1), 0, pick(file)),
    'a tail cut': () => file.slice(0, 1 + random(file.length - 1)),
    'bytes cut': () => Buffer.from(file.join('').slice(0, random(file.join('').length)), 'utf8'),
    'a count changed': () => [
      lineText({
        ...parsed(file[0]),
        ...pick([{ to: COUNT - 1 - random(9) }, { entries: random(COUNT) }, { from: 2 }]),
      }),
      ...file.slice(1),
    ],
    'a count changed with the tail cut to it': () => {
      const at = pick(indexes('checkpoint').slice(0, -1));
      const { size } = parsed(file[at]);
      return [lineText({ ...parsed(file[0]), to: size, entries: size }), ...file.slice(1, at + 1), file.at(-1)];
    },
    'a checkpoint dropped': () => without(file, pick(indexes('checkpoint'))),
    'a line of sources dropped': () => without(file, pick(indexes('sources'))),
    'a source rewritten': () => {
      const at = pick(indexes('sources'));
      const line = parsed(file[at]);
      line.references[random(line.references.length)].hash = 'f'.repeat(64);
      return file.with(at, lineText(line));
    },
    'a fork signed by another key': () => [...closed(remade(forgedContents(), thief), thief)],
    'a fork under the old end': () => [...remade(forgedContents(), thief), file.at(-1)],
    'a re-hashed tail, a later checkpoint signed by another key': () => {
      const forged = remade(forgedContents(), thief);
      const keep = 1 + random(forged.length - 2);
      // Checkpoints before the change stay as they were signed; those after it are the thief's.
      return [...closed([...file.slice(0, keep), ...forged.slice(keep)], thief)];
    },
    'a re-hashed tail under the old checkpoints': () => [
      ...remade(forgedContents(), thief).map((line, n) => (parsed(line).type === 'checkpoint' ? file[n] : line)),
      file.at(-1),
    ],
  };

  /**
   * What a forger does who has got an honest end over the forged lines, so that only the checks behind it can find it:
   * the key has signed the end, and nothing else.
   */
  const WITH_END = {
    'an entry rewritten, its leaf too': () => {
      const at = pick(indexes('entry', lines));
      const { seq } = parsed(lines[at]);
      const one = parsed([...linesOf([contentOf(seq, { outcome: 'DENIED' })], 1, thief)][1]);
      return lines.with(at, lineText({ ...parsed(lines[at]), content: one.content, leaf: one.leaf }));
    },
    'an entry dropped': () => without(lines, pick(indexes('entry', lines))),
    'an entry inserted': () => lines.toSpliced(1 + random(lines.length - 1), 0, lines[pick(indexes('entry', lines))]),
    'the chain made anew under the old checkpoints': () =>
      remade(forgedContents(), thief).map((line, n) => (parsed(line).type === 'checkpoint' ? lines[n] : line)),
    'a fork with checkpoints of another key': () => remade(forgedContents(), thief),
    'the covering checkpoint dropped': () => lines.slice(0, -1),
    'sources removed': () => lines.filter((line) => parsed(line).type !== 'sources'),
    'a count changed': () => [lineText({ ...parsed(lines[0]), to: COUNT + 1 + random(5) }), ...lines.slice(1)],
  };

  /** What even the key's owner cannot do: deny what was signed before and is kept elsewhere. */
  const AGAINST_HELD = {
    'a fork signed by the right key': () => remade(forgedContents(), key),
    'a cut tail signed by the right key': () => remade(contents.slice(0, 10 * (1 + random(5))), key),
  };

  async function verdictOf(made, checkpoints = []) {
    const bytes = Buffer.isBuffer(made) ? made : Buffer.from(made.join(''), 'utf8');
    async function* chunks() {
      yield bytes;
    }
    return verifyExport(chunks(), { ...trust, checkpoints });
  }

  const original = Buffer.from(file.join(''), 'utf8');
  const same = (made) => (Buffer.isBuffer(made) ? made : Buffer.from(made.join(''), 'utf8')).equals(original);
  const KINDS = [
    ...Object.entries(WITHOUT_KEY).map(([name, change]) => ({ name, change, checkpoints: [] })),
    ...Object.entries(WITH_END).map(([name, change]) => ({
      name: `${name} (end signed)`,
      change: () => [...closed(change(), key)],
      checkpoints: [],
    })),
    ...Object.entries(AGAINST_HELD).map(([name, change]) => ({
      name: `${name} (against kept checkpoints)`,
      change: () => [...closed(change(), key)],
      checkpoints: held,
    })),
  ];

  const sound = await verdictOf(file, held);
  if (sound.kind !== 'sound') throw new Error(`The export that nobody changed is not sound: ${JSON.stringify(sound)}`);
  const found = new Map(KINDS.map(({ name }) => [name, { runs: 0, tampered: 0, unreadable: 0, missed: 0 }]));
  const missed = [];
  const started = performance.now();
  for (let run = 0; run < runs; run++) {
    const { name, change, checkpoints } = KINDS[run % KINDS.length];
    let made = change();
    // Swapping equal lines changes nothing: that is no tampering.
    while (same(made)) made = change();
    const verdict = await verdictOf(made, checkpoints);
    const count = found.get(name);
    count.runs += 1;
    count[verdict.kind === 'sound' ? 'missed' : verdict.kind] += 1;
    if (verdict.kind === 'sound') missed.push({ run, name });
  }
  const seconds = Number(((performance.now() - started) / 1000).toPrecision(3));
  return { runs, seed, missed, seconds, kinds: Object.fromEntries(found) };
}
