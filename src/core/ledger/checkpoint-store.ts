import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { EffectHandler } from '../outbox/handler.js';
import { mapQuery, selectFirst } from '../statement.js';
import { notFound } from '../error.js';
import { LedgerCheckpoint } from './seal.entity.js';

/** Where signed checkpoints are kept out of the reach of whoever owns the database. */
export interface CheckpointStore {
  /** Keeps a note; the same one again is kept once. Answers where. */
  keep(tenantId: string, note: string): Promise<string>;
}

/** How much of the file's end is looked at: more than the notes of an hour. */
const TAIL = 64 * 1024;

/** The file of a tenant's signed checkpoints, in the folder of its documents. */
export const CHECKPOINTS_FILE = 'checkpoints.txt';

/** The embedded default: `<folder>/<tenant>/checkpoints.txt`, one note after the other, as `ledger verify` reads them. */
export class LocalCheckpointFile implements CheckpointStore {
  constructor(private readonly folder: string) {}

  async keep(tenantId: string, note: string): Promise<string> {
    const location = `${tenantId}/${CHECKPOINTS_FILE}`;
    await mkdir(join(this.folder, tenantId), { recursive: true, mode: 0o700 });
    const file = await open(join(this.folder, location), 'a+', 0o600);
    try {
      const { size } = await file.stat();
      const start = Math.max(0, size - TAIL);
      const tail = Buffer.alloc(size - start);
      await file.read(tail, 0, tail.length, start);
      // A crash may have cut the last note: it is written again whole.
      const whole = wholeNotes(tail);
      if (whole < tail.length) await file.truncate(start + whole);
      if (!tail.subarray(0, whole).includes(note)) await file.appendFile(note);
      await file.sync();
    } finally {
      await file.close();
    }
    return location;
  }
}

/** The bytes up to the end of the last signature line. */
function wholeNotes(tail: Buffer): number {
  const line = tail.lastIndexOf('\n— ');
  if (line === -1) return 0;
  const end = tail.indexOf('\n', line + 1);
  return end === -1 ? wholeNotes(tail.subarray(0, line)) : end + 1;
}

/** Keeps the checkpoint that an effect `ledger.checkpoint` names. */
export function checkpointHandler(store: CheckpointStore): EffectHandler {
  return async ({ payload }, { tenantId, read }) => {
    const size = payload.size ?? '';
    const { note } = await read({
      note: mapQuery(selectFirst(LedgerCheckpoint, { size: Number(size) }), (found) => {
        if (!found) throw notFound('LedgerCheckpoint', size);
        return found.note;
      }),
    });
    return { receipt: await store.keep(tenantId, note), writes: [] };
  };
}
