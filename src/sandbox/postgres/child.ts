import { spawn } from 'node:child_process';
import type { Identity } from './identity.js';

/** What a short-lived program answered; `code` is null when it was killed or could not be started. */
export interface Answer {
  code: number | null;
  output: string;
  /** The last line that it wrote, or why it could not be started: the part that fits into one sentence. */
  lastLine: string;
}

/** PostgreSQL's own settings in the environment (PGDATA, PGPORT, locale) must not reach the embedded server. */
export const CLEAN_ENVIRONMENT = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** Runs a program to its end as `identity`, standing in `directory`, which that identity must be able to reach. */
export function run(
  program: string,
  args: string[],
  identity: Identity | undefined,
  directory: string,
): Promise<Answer> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      ...identity,
      cwd: directory,
      env: CLEAN_ENVIRONMENT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', (error) => resolve({ code: null, output, lastLine: error.message }));
    child.once('close', (code) => resolve({ code, output, lastLine: output.trim().split('\n').at(-1) ?? '' }));
  });
}
