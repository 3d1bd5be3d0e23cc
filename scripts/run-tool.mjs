import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './prepare.mjs';

/** Runs a program of node_modules with this Node; ends the process when it fails. */
export function tool(name, args, options = {}) {
  const folder = join(root, 'node_modules', name.split('#')[0]);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const program = typeof bin === 'string' ? bin : bin[name.split('#')[1] ?? name];
  if (!existsSync(join(folder, program))) throw new Error(`${name} is not installed`);
  const result = spawnSync(process.execPath, [...(options.node ?? []), join(folder, program), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...options.env },
  });
  if (result.status !== 0) process.exit(result.status ?? 1);
}
