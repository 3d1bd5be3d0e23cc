#!/usr/bin/env node
// The command line of a fresh clone: installs what is missing and compiles what has changed, with Node and npm alone,
// before it hands over to the compiled program.
import { prepare, root } from '../scripts/prepare.mjs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

try {
  await prepare();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
await import(pathToFileURL(join(root, 'dist/src/main.js')).href);
