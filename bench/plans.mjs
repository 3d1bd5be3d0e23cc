// The plans of every list and every relation over tables of 100,000 rows a tenant, two tenants: that each goes by an index that
// leads with the tenant and reads no more than its page, and what page 1 and page 1,000 cost in blocks. It is the test
// test/tenancy/plans.test.ts with as many rows as it otherwise lets the planner believe in; some minutes and 10 GB.
// node bench/plans.mjs [--rows 100000]
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const at = process.argv.indexOf('--rows');
const rows = at < 0 ? '100000' : process.argv[at + 1];
const { status } = spawnSync('npx', ['jest', 'test/tenancy/plans.test.ts'], {
  cwd: dirname(dirname(fileURLToPath(import.meta.url))),
  env: { ...process.env, PLANS_ROWS: rows, SHOW_PLANS: '1' },
  stdio: 'inherit',
});
process.exit(status ?? 1);
