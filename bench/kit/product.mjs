// The compiled product, for benchmarks: compiles what is newer than its last compilation, then loads modules of `dist`.
import 'reflect-metadata';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from '../../scripts/prepare.mjs';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

build();

/** A module of the product by its path from the root without ending, such as `src/core/gateway`. */
export const load = (path) => import(`../../dist/${path}.js`);

/** The number after `--name` on the command line, or the fallback. */
export function argument(name, fallback) {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? fallback : Number(process.argv[at + 1]);
}

/** Whether `--name` stands on the command line. */
export const flag = (name) => process.argv.includes(`--${name}`);
