import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../core/config.js';
import { projectRoot } from './project-root.js';

/** Where a running sandbox says at which address it listens, so that `token` finds it whatever its port. */
const NOTE = 'address';

/** Where the running server is: COUNTERSIGN_URL; this machine at PORT; where the sandbox says that it is. */
export function serverAddress(): string {
  if (process.env.COUNTERSIGN_URL) return process.env.COUNTERSIGN_URL.replace(/\/+$/, '');
  const { port, dataRoot } = readConfig(process.env, projectRoot());
  const note = join(dataRoot, NOTE);
  return !process.env.PORT && existsSync(note) ? readFileSync(note, 'utf8') : `http://127.0.0.1:${port}`;
}

/** Notes the address; answers how to take the note away. */
export function noteAddress(dataRoot: string, address: string): () => Promise<void> {
  const note = join(dataRoot, NOTE);
  writeFileSync(note, address);
  return async () => rmSync(note, { force: true });
}
