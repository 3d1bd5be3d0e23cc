import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './prepare.mjs';

/** The file of a program of node_modules; `package#program` where a package has several. */
function programOf(name) {
  const folder = join(root, 'node_modules', name.split('#')[0]);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const program = join(folder, typeof bin === 'string' ? bin : bin[name.split('#')[1] ?? name]);
  if (!existsSync(program)) throw new Error(`${name} is not installed`);
  return program;
}

/** Runs a program of node_modules with this Node; ends the process when it fails. */
export function tool(name, args, options = {}) {
  const result = spawnSync(process.execPath, [programOf(name), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...options.env },
  });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** Runs programs of node_modules side by side; ends the process when all have ended and one has failed. */
export async function together(runs) {
  const codes = await Promise.all(
    runs.map(
      ([name, args]) =>
        new Promise((done) =>
          spawn(process.execPath, [programOf(name), ...args], { cwd: root, stdio: 'inherit' }).on('close', done),
        ),
    ),
  );
  const failed = codes.find((code) => code !== 0);
  if (failed !== undefined) process.exit(failed ?? 1);
}
