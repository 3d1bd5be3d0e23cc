// How the product grows: npm run bench -- --scale [--handoffs 1000000] [--each 1000] [--seconds 20] [--minutes 60]
// [--effects 600] [--only growth,memory,processes] [--smoke] [--report] [--json]. Tenants of --each handoffs, ten times as
// many a step, up to --handoffs in all: pages that an operation reads, requests a second, start-up; then --minutes of load
// on the largest for the memory of the process; then two API processes and three workers on one database. --report writes
// docs/reports/scale.md. Ends with 1 when a promise is broken. --smoke takes sizes at which it runs in about a minute.
import { cpus, totalmem } from 'node:os';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askFor } from './kit/ask.mjs';
import { buffersOf } from './kit/buffers.mjs';
import { operation, send, shipped } from './kit/graphql.mjs';
import { copyTenants } from './kit/growth.mjs';
import { openHouse } from './kit/house.mjs';
import { argument, flag, load, root } from './kit/product.mjs';
import { memoryOf } from './kit/servers.mjs';
import { reportOf, verdictsOf } from './kit/scale-report.mjs';
import { sharedWork } from './kit/shared-work.mjs';

/** Whether it works, in a minute: what it finds of growth at such sizes breaks no promise. */
const isSmoke = flag('smoke');
const EACH = argument('each', isSmoke ? 200 : 1000);
const HANDOFFS = argument('handoffs', isSmoke ? 2000 : 1_000_000);
const SECONDS = argument('seconds', isSmoke ? 1 : 20);
const MINUTES = argument('minutes', isSmoke ? 0.1 : 60);
const EFFECTS = argument('effects', isSmoke ? 120 : 600);
const CONNECTIONS = 32;
/** Tenants whose people ask, spread over all of them. */
const MOST_ASKING = 64;
/** Tenants in which one request is explained. */
const EXPLAINED = 3;
/** Tenants of the part with several processes. */
const SHARED = 6;
const READS = ['page', 'one', 'inbox'];

const at = process.argv.indexOf('--only');
const parts = at === -1 ? ['growth', 'memory', 'processes'] : process.argv[at + 1].split(',');
const tell = (line) => flag('json') || console.log(line);

const { demoDeal } = await load('src/sandbox/demo/deal-files');

/** So many items of a list, evenly spread. */
const spread = (items, most) =>
  items.length <= most ? items : Array.from({ length: most }, (_, n) => items[Math.trunc((n * items.length) / most)]);

/** What a tenant's service delivery lead asks, by operation. */
async function requestsOf(stage, tenant) {
  const person = tenant.people.find(({ roles }) => roles.includes('SERVICE_DELIVERY_LEAD'));
  const headers = { authorization: `Bearer ${await stage.token(tenant, person)}` };
  const { rows } = await stage.asSuperuser((client) =>
    client.query('select id from handoff where tenant_id = $1 order by id desc offset 20 limit 1', [tenant.id]),
  );
  const request = (name, variables = {}) => ({
    headers,
    body: JSON.stringify({ query: operation(name), variables }),
  });
  return { page: request('page'), one: request('one', { id: rows[0].id }), inbox: request('inbox') };
}

/** One size: pages and requests a second of each operation, and how long an API process takes to its first answer. */
async function measure(stage, tenants) {
  const asking = await Promise.all(
    spread(tenants, MOST_ASKING).map(async (tenant) => ({ tenant, requests: await requestsOf(stage, tenant) })),
  );
  const started = performance.now();
  const server = await stage.api('api');
  try {
    await send(server.url, asking[0].requests.inbox);
    const startSeconds = (performance.now() - started) / 1000;
    const operations = {};
    for (const name of READS) {
      const pages = [];
      for (const { tenant, requests } of spread(asking, EXPLAINED)) {
        const request = requests[name];
        for (let times = 0; times < 3; times++) {
          const { status, text } = await send(server.url, request);
          if (status !== 200 || text.includes('"errors":')) throw new Error(`${name}: ${status} ${text.slice(0, 500)}`);
        }
        pages.push(await buffersOf({ server, appUrl: stage.appUrl, tenantId: tenant.id, request }));
      }
      const load = (seconds) =>
        askFor({
          urls: [server.url],
          connections: CONNECTIONS,
          seconds,
          next: () => asking[Math.trunc(Math.random() * asking.length)].requests[name],
        });
      await load(Math.min(SECONDS, 3));
      const { rate, p50, p99 } = await load(SECONDS);
      const mean = pages.reduce((sum, one) => sum + one.pages, 0) / pages.length;
      operations[name] = { pages: mean, statements: pages[0].statements, rate, p50, p99 };
    }
    return { tenants: tenants.length, handoffs: tenants.length * stage.each, startSeconds, operations };
  } finally {
    await server.stop();
  }
}

/** Every size, on one database that grows. */
async function growth(stage) {
  const tenants = [...stage.tenants];
  const sizes = [];
  for (let count = 1; count * stage.each <= HANDOFFS; count *= 10) {
    if (count > tenants.length)
      tenants.push(
        ...(await stage.asSuperuser((client) => copyTenants(client, stage.tenants[0], count - tenants.length, tell))),
      );
    const size = await measure(stage, tenants);
    sizes.push(size);
    const rates = READS.map(
      (name) => `${name} ${Math.round(size.operations[name].rate)}/s, ${Math.round(size.operations[name].pages)} pages`,
    );
    tell(
      `${size.tenants} tenants, ${size.handoffs} handoffs: ${rates.join('; ')}; start ${size.startSeconds.toFixed(1)} s`,
    );
  }
  return { sizes, tenants };
}

/** The memory of an API process under load of all reads, second by second. */
async function memory(stage, tenants) {
  const asking = await Promise.all(spread(tenants, MOST_ASKING).map((tenant) => requestsOf(stage, tenant)));
  const server = await stage.api('api');
  const held = [];
  try {
    const { answered } = await askFor({
      urls: [server.url],
      connections: CONNECTIONS,
      seconds: MINUTES * 60,
      next: () => asking[Math.trunc(Math.random() * asking.length)][READS[Math.trunc(Math.random() * READS.length)]],
      onSecond: () => held.push(memoryOf(server.pid).now),
    });
    const mean = (values) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
    const tenth = Math.max(1, Math.trunc(held.length / 10));
    // The first tenth is warming up: what is compared is the second and the last.
    const found = {
      minutes: MINUTES,
      answered,
      early: mean(held.slice(tenth, 2 * tenth)),
      late: mean(held.slice(-tenth)),
      most: memoryOf(server.pid).most,
    };
    tell(
      `${MINUTES} minutes of load: ${Math.round(found.early)} MB early, ${Math.round(found.late)} MB late, ${found.most} MB at most`,
    );
    return found;
  } finally {
    await server.stop();
  }
}

/** Two API processes and three workers. */
async function processes() {
  const stage = await openHouse({ log: tell, handoffs: SHARED * Math.min(EACH, 200), tenants: SHARED });
  const apis = [];
  try {
    apis.push(await stage.api('api-1'), await stage.api('api-2'));
    const reads = [];
    for (const tenant of stage.tenants)
      for (const [name, request] of Object.entries(await requestsOf(stage, tenant))) reads.push({ name, request });
    const sample = readFileSync(join(root, 'samples', 'halopsa', 'managed-network-below-floor.json'), 'utf8');
    const changes = await Promise.all(
      stage.tenants.map((tenant, n) => importOf(stage, tenant, demoDeal(sample, 9_100_000 + n).won)),
    );
    const found = await sharedWork({ stage, apis, reads, changes, effects: EFFECTS, log: tell });
    tell(`two APIs and three workers: ${JSON.stringify(found)}`);
    return found;
  } finally {
    for (const api of apis) await api.stop();
    await stage.close();
  }
}

/** A deal that is brought in: the change, and how many deals the tenant has. */
async function importOf(stage, tenant, payload) {
  const person = tenant.people.find(({ roles }) => roles.includes('SALES_MANAGER'));
  return {
    request: {
      headers: { authorization: `Bearer ${await stage.token(tenant, person)}` },
      body: JSON.stringify({ query: shipped('import-deal'), variables: { input: { payload } } }),
    },
    count: () =>
      stage.asSuperuser(async (client) => {
        const { rows } = await client.query('select count(*)::int as n from deal where tenant_id = $1', [tenant.id]);
        return rows[0].n;
      }),
  };
}

const result = {
  takenAt: new Date().toISOString(),
  machine: { cpu: cpus()[0].model, cores: cpus().length, memoryGb: Math.round(totalmem() / 1e9) },
  node: process.version,
  connections: CONNECTIONS,
  seconds: SECONDS,
  each: EACH,
};
if (parts.includes('growth') || parts.includes('memory')) {
  const stage = await openHouse({ log: tell, handoffs: EACH, tenants: 1 });
  try {
    result.postgresql = stage.version;
    const grown = parts.includes('growth') ? await growth(stage) : { tenants: stage.tenants };
    if (grown.sizes) result.sizes = grown.sizes;
    if (parts.includes('memory')) result.memory = await memory(stage, grown.tenants);
  } finally {
    await stage.close();
  }
}
if (parts.includes('processes')) result.processes = await processes();
result.verdicts = verdictsOf(result);
if (flag('report')) writeFileSync(join(root, 'docs', 'reports', 'scale.md'), reportOf(result));
console.log(
  flag('json')
    ? JSON.stringify(result)
    : result.verdicts.map(({ what, isKept, found }) => `${isKept ? 'kept' : 'BROKEN'}: ${what}: ${found}`).join('\n'),
);
const isBroken = isSmoke ? result.processes?.faults.length > 0 : result.verdicts.some(({ isKept }) => !isKept);
if (isBroken) process.exitCode = 1;
