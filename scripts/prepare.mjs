// What a fresh clone lacks: the packages of package-lock.json, and the compiled program. Uses Node's own modules alone.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const [major, minor] = process.versions.node.split('.').map(Number);

/** The versions of package.json's `engines`. */
function isSupported() {
  return major > 24 || (major === 24 && minor >= 11) || (major === 22 && minor >= 13) || (major === 20 && minor >= 19);
}

function run(command, args, purpose) {
  // All of it to standard error: standard output is the command's own, such as a token or JSON.
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (result.status !== 0) throw new Error(`${purpose} did not work (${command} ${args.join(' ')}).`);
}

/** Installs the packages when the lock file is not the one that was installed. */
export function install() {
  if (!isSupported())
    throw new Error(`Countersign needs Node 20.19, 22.13, 24.11 or newer; this is ${process.version}.`);
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const mark = join(root, 'node_modules', '.countersign-lock');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return;
  console.error('Installing packages (npm ci): a minute or so, from the npm registry ...');
  // The compiler is a development dependency, which npm leaves out where NODE_ENV says production.
  run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], 'Installing the packages');
  writeFileSync(mark, lock);
}

function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

/** Compiles when a source is newer than the last compilation. */
export function build() {
  const mark = join(root, 'dist', '.built');
  const sources = Math.max(newest(join(root, 'src')), newest(join(root, 'migrations')));
  if (existsSync(mark) && statSync(mark).mtimeMs > sources) return;
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], 'Compiling');
  mkdirSync(dirname(mark), { recursive: true });
  writeFileSync(mark, '');
}

/** Bundles the reports page when a source of it is newer than the last bundle. */
export function buildEmbed() {
  const mark = join(root, 'dist', 'embed', '.built');
  const folders = [join(root, 'powerbi', 'embed'), join(root, 'schema', 'operations'), join(root, 'pages')];
  const sources = Math.max(...folders.map(newest), statSync(join(root, 'package-lock.json')).mtimeMs);
  if (existsSync(mark) && statSync(mark).mtimeMs > sources) return;
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  run(process.execPath, [vite, 'build', join(root, 'powerbi', 'embed')], 'Bundling the reports page');
  writeFileSync(mark, '');
}

/** Everything that a command needs before it can run. */
export async function prepare() {
  install();
  build();
  buildEmbed();
}
