import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { StartupError } from '../../core/startup-error.js';

/**
 * The port to listen on: the wished one; else that of the last start, so that other tools' connections last; else one
 * that is free.
 * @throws StartupError when the wished one is taken.
 */
export async function choosePort(wish: number | undefined, file: string): Promise<number> {
  if (wish !== undefined) {
    if ((await freePort(wish)) !== undefined) return wish;
    throw new StartupError(`Port ${wish} for PostgreSQL is taken: stop what listens there, or choose another.`);
  }
  const last = existsSync(file) ? Number(await readFile(file, 'utf8')) : 0;
  const port = (await freePort(last)) ?? (await freePort(0));
  if (port === undefined) throw new StartupError('No port is free on 127.0.0.1 for PostgreSQL.');
  return port;
}

/** Remembers the port that the server has come up on. */
export async function rememberPort(port: number, file: string): Promise<void> {
  await writeFile(file, `${port}\n`);
}

function freePort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(undefined));
    probe.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = probe.address();
      probe.close(() => resolve(address !== null && typeof address === 'object' ? address.port : undefined));
    });
  });
}
