// `npm test`: everything that needs npm alone. `npm run test:system`: what needs Debian's packages; names what it skips.
import { existsSync } from 'node:fs';
import { build, buildEmbed, install } from './prepare.mjs';
import { tool } from './run-tool.mjs';

install();
if (process.argv[2] === 'system') {
  const needs = { chromium: '/usr/bin/chromium', pgbouncer: '/usr/sbin/pgbouncer' };
  for (const [name, path] of Object.entries(needs))
    if (!existsSync(path)) console.log(`SKIPPED: tests with ${name}, which is not installed (Debian package ${name})`);
  buildEmbed();
  tool('jest', ['--selectProjects', 'browser', 'debian', '--passWithNoTests']);
} else {
  build();
  buildEmbed();
  tool('typescript#tsc', ['--noEmit']);
  tool('typescript#tsc', ['--noEmit', '-p', 'powerbi/embed']);
  tool('oxlint', ['--type-aware', '--deny-warnings']);
  tool('prettier', ['--check', '--cache', '--log-level', 'warn', '.']);
  tool('jest', [
    '--selectProjects',
    'unit',
    'system',
    'attacks',
    '--maxWorkers=100%',
    '--workerIdleMemoryLimit=1GB',
    ...process.argv.slice(2),
  ]);
  if (process.argv.length === 2)
    console.log('SKIPPED here: tests that need Debian packages; npm run test:system has them.');
}
