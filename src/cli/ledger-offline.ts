import { createReadStream, readFileSync } from 'node:fs';
import { type Checkpoint, openCheckpoint } from '../core/ledger/checkpoint.js';
import { type TrustedKey, trustedKey } from '../core/ledger/note.js';
import { checkProofs } from '../core/ledger/proof.js';
import { verifyExport } from '../core/ledger/verify.js';
import { StartupError } from '../core/startup-error.js';

/** What the exit codes of `ledger verify` and `ledger check-proof` mean. */
export const EXIT = { SOUND: 0, TAMPERED: 1, UNREADABLE: 2 } as const;

/** What cannot be read, or not be judged: exit code 2, never 0. */
class UnreadableError extends StartupError {}

/** Verifies an export from its file, the trusted keys and checkpoints kept elsewhere alone; answers the exit code. */
export async function verifyFile(
  file: string,
  options: { readonly key: readonly string[]; readonly checkpoints?: string },
): Promise<number> {
  return judged(async () => {
    const keys = readKeys(options.key);
    const checkpoints = options.checkpoints === undefined ? [] : readCheckpoints(options.checkpoints, keys);
    const verdict = await verifyExport(readable(file), { keys, checkpoints });
    if (verdict.kind === 'unreadable') throw new UnreadableError(`${file}: ${verdict.what}`);
    if (verdict.kind === 'tampered') {
      const where = verdict.seq === null ? '' : `, at entry ${verdict.seq}`;
      console.log(`${file}: tampered with. Line ${verdict.line}${where}: ${verdict.what}.`);
      return EXIT.TAMPERED;
    }
    const { tenant, from, to, period, kept, compared, coveredAt, keyId, sources, unchecked } = verdict.summary;
    console.log(`${file}: sound.`);
    console.log(`Tenant ${tenant}, entries ${from} to ${to} without a gap (${to - from + 1}).`);
    if (period.from !== null || period.to !== null)
      console.log(`Asked for: ${period.from ?? 'the beginning'} to ${period.to ?? 'the end'}.`);
    console.log(`Covered by ${verdict.summary.checkpoints} checkpoints, the last of ${coveredAt}, key ${keyId}.`);
    if (options.checkpoints !== undefined)
      console.log(
        `Compared with ${compared} of ${kept} checkpoints kept elsewhere; the others cover no entry of it, or were signed after its period.`,
      );
    console.log(`${sources} sources of decisions listed, ${unchecked} of a kind that the export could not look at.`);
    return EXIT.SOUND;
  });
}

/** Checks a file of proofs; answers the exit code. */
export async function checkProofFile(file: string, options: { readonly key: readonly string[] }): Promise<number> {
  return judged(async () => {
    const verdict = await checkProofs(readable(file), readKeys(options.key));
    if (verdict.kind === 'unreadable') throw new UnreadableError(`${file}: ${verdict.what}`);
    if (verdict.kind === 'tampered') {
      console.log(`${file}: tampered with. Line ${verdict.line}: ${verdict.what}.`);
      return EXIT.TAMPERED;
    }
    for (const told of verdict.told) console.log(`${file}: sound, ${told}.`);
    return EXIT.SOUND;
  });
}

/** The checkpoints of a file of signed notes, such as checkpoints.txt. */
export function readCheckpoints(file: string, keys: readonly TrustedKey[]): Checkpoint[] {
  return notesOf(file).map((note) => {
    const opened = openCheckpoint(note, keys);
    if (!opened.ok) throw new UnreadableError(`${file}: a checkpoint cannot be trusted: ${opened.why}.`);
    return opened.checkpoint;
  });
}

/** The signed notes of a file, one after the other: a line that is empty ends each text, signatures follow. */
export function notesOf(file: string): string[] {
  const text = readText(file);
  const notes = text.match(/(?:[^\n]+\n)+\n(?:— [^\n]+\n)+/g) ?? [];
  if (notes.length === 0 || notes.join('') !== text)
    throw new UnreadableError(`${file}: this is no file of signed checkpoints.`);
  return notes;
}

/** Keys as given: verifier key lines, or files of such lines. */
function readKeys(given: readonly string[]): TrustedKey[] {
  const keys = given.flatMap((one) => {
    const key = trustedKey(one);
    if (key) return [key];
    const lines = readText(one)
      .split('\n')
      .filter((line) => line.trim() !== '');
    return lines.map((line) => {
      const read = trustedKey(line);
      if (!read)
        throw new UnreadableError(`--key ${one}: this is no verifier key, such as \`countersign ledger key\` prints.`);
      return read;
    });
  });
  if (keys.length === 0)
    throw new UnreadableError(
      'Without a key that you trust nothing can be said: give --key with the line that `countersign ledger key` prints, from whoever runs Countersign, not from the export.',
    );
  return keys;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new UnreadableError(`${file} cannot be read: give a file, or a verifier key line.`);
  }
}

async function* readable(file: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>;
  } catch {
    throw new UnreadableError(`${file} cannot be read.`);
  }
}

/** What cannot be judged has an exit code of its own. */
async function judged(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    console.error(error.message);
    return EXIT.UNREADABLE;
  }
}
