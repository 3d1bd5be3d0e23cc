// How long `ledger verify` takes over a large export, and in how much memory.
// node bench/ledger-verify.mjs [--rows 1000000] [--json]: makes the export in a temporary folder, verifies it in a
// process of its own with 64 MiB of heap for old objects, and removes it.
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { compiledLedger, ledgerSample } from '../scripts/ledger-sample.mjs';
import { build } from '../scripts/prepare.mjs';

const HEAP_MB = 64;

if (process.argv[2] === '--verify') {
  const { verifyFile } = await import('../dist/src/cli/ledger-offline.js');
  const started = performance.now();
  process.exitCode = await verifyFile(process.argv[3], { key: [process.argv[4]] });
  const megabytes = Math.trunc(process.resourceUsage().maxRSS / 1024);
  console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000, megabytes }));
} else {
  build();
  const { closed, contentOf, linesOf, newKey } = ledgerSample(await compiledLedger());
  const at = process.argv.indexOf('--rows');
  const rows = at === -1 ? 1_000_000 : Number(process.argv[at + 1]);
  const folder = mkdtempSync(join(tmpdir(), 'countersign-verify-'));
  const file = join(folder, 'ledger.ndjson');
  const key = newKey();
  function* contents() {
    for (let n = 1; n <= rows; n++) yield contentOf(n);
  }
  const lines = closed(linesOf(contents(), rows, key), key);
  await pipeline(Readable.from(lines, { objectMode: false, highWaterMark: 1 << 20 }), createWriteStream(file));
  const bytes = statSync(file).size;
  const self = fileURLToPath(import.meta.url);
  const child = spawnSync(
    process.execPath,
    [`--max-old-space-size=${HEAP_MB}`, self, '--verify', file, key.verifierKey],
    { encoding: 'utf8' },
  );
  rmSync(folder, { recursive: true, force: true });
  if (child.status !== 0) throw new Error(`The export was not found sound: ${child.stdout}${child.stderr}`);
  const { seconds, megabytes } = JSON.parse(child.stdout.trim().split('\n').at(-1));
  const result = {
    node: process.version,
    rows,
    megabytesOfFile: Math.trunc(bytes / 1e6),
    seconds: Number(seconds.toPrecision(3)),
    rowsPerSecond: Math.trunc(rows / seconds),
    megabytesOfMemory: megabytes,
  };
  console.log(
    process.argv.includes('--json')
      ? JSON.stringify(result)
      : `ledger verify: ${rows} entries (${result.megabytesOfFile} MB) in ${result.seconds} s, ${result.rowsPerSecond} a second, at most ${megabytes} MB of memory (Node ${result.node})`,
  );
}
