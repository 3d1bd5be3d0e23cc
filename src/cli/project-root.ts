import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { StartupError } from '../core/startup-error.js';

/** The folder of the project: where package.json, tenants/ and schema/ stand, whatever the current folder is. */
export function projectRoot(): string {
  for (let folder = resolve(dirname(process.argv[1] ?? '.')); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'tenants'))) return folder;
    if (folder === dirname(folder)) break;
  }
  if (existsSync('tenants')) return resolve('.');
  throw new StartupError('The project folder was not found: run countersign from inside it.');
}
