// Whether the feed streams in flat memory: node bench/odata.mjs [--rows 1000000] [--json]: starts its own PostgreSQL in a
// temporary folder, puts so many rows into the largest set, reads all of it by its nextLinks over HTTP while other readers
// have stopped in the middle of an answer, and prints rows a second and the memory that the process held, client included.
import { request } from 'node:http';
import Fastify from 'fastify';
import { openCluster } from './kit/cluster.mjs';
import { argument, flag, load } from './kit/product.mjs';

const ROWS = argument('rows', 1_000_000);
const STOPPED = 3;

const { actorByHandle } = await load('src/identity/actor.queries');
const { createFeedKey } = await load('src/odata/keys/feed-key.commands');
const { userOfKey } = await load('src/odata/keys/feed-key.secret');
const { mountFeed } = await load('src/odata/mount');
const { KPI_CASES } = await load('src/reporting/datasets.kpi-cases');

const cluster = await openCluster();

/** A value of the n-th row for a column, by its type. */
const VALUES = {
  'Edm.Guid': 'md5(n::text)::uuid',
  'Edm.String': "'WORD_' || n % 20",
  'Edm.Boolean': 'false',
  'Edm.Int64': 'n',
  'Edm.Date': "date '2026-01-01' + n % 365",
  'Edm.DateTimeOffset': "timestamptz '2026-01-01' + make_interval(secs => n)",
};

/** As no constraint ties the rows to handoffs that are not there. */
const seed = (tenantId) =>
  cluster.asSuperuser(async (client) => {
    await client.query("set session_replication_role = 'replica'");
    const columns = KPI_CASES.columns.map(({ column }) => column);
    const values = KPI_CASES.columns.map(({ type }) => VALUES[type]);
    await client.query(
      `insert into ${KPI_CASES.relation} (tenant_id, ${columns}) select $1, ${values} from generate_series(1, $2::int) n`,
      [tenantId, ROWS],
    );
    await client.query(`analyze ${KPI_CASES.relation}`);
  });

/** Reads one page; answers its rows, its bytes and the address of the next one. Keeps nothing of it but the end. */
function page(url, headers) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
      let rows = 0;
      let bytes = 0;
      let tail = '';
      response.setEncoding('utf8');
      response.on('data', (part) => {
        bytes += part.length;
        const text = tail + part;
        rows += text.split('{"Id":').length - tail.split('{"Id":').length;
        tail = text.slice(-2000);
      });
      response.on('end', () => resolve({ rows, bytes, next: /"@odata.nextLink":"([^"]+)"}$/.exec(tail)?.[1] }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** A reader that asks for a page and takes nothing of it. */
const stopped = (url, headers) =>
  new Promise((resolve, reject) => {
    const sent = request(url, { headers, agent: false }, (response) => resolve(response.pause()));
    sent.on('error', reject);
    sent.end();
  });

try {
  const gateway = cluster.gateway();
  const pipeline = cluster.pipeline(gateway);
  const { id: tenantId, people } = await cluster.provision(pipeline);
  await seed(tenantId);

  const finance = people.find(({ roles }) => roles.includes('FINANCE_APPROVER'));
  const { actor } = await gateway.read(tenantId, { actor: actorByHandle(tenantId, finance.key) });
  const once = { idempotencyKey: null, path: 'bench' };
  const made = await pipeline.run(actor, createFeedKey, { name: 'bench', sees: ['MARGIN'], days: 1 }, once);
  const user = userOfKey(tenantId, made.id);
  const headers = { authorization: `Basic ${Buffer.from(`${user}:${made.secret}`).toString('base64')}` };

  const listener = Fastify();
  let address = '';
  const none = async () => null;
  await mountFeed(listener, {
    gateway,
    pipeline,
    poolSize: 10,
    publicUrl: () => address,
    contextOf: none,
    spend: none,
  });
  address = await listener.listen({ port: 0, host: '127.0.0.1' });
  const first = `${address}/odata/v4/${KPI_CASES.name}`;

  const readers = await Promise.all(Array.from({ length: STOPPED }, () => stopped(first, headers)));
  const memory = [];
  let rows = 0;
  let bytes = 0;
  let pages = 0;
  let longest = 0;
  const started = performance.now();
  for (let next = first; next; pages++) {
    const asked = performance.now();
    const answer = await page(next, headers);
    longest = Math.max(longest, performance.now() - asked);
    rows += answer.rows;
    bytes += answer.bytes;
    next = answer.next;
    memory.push(process.memoryUsage().rss / 1e6);
  }
  const seconds = (performance.now() - started) / 1000;
  for (const reader of readers) reader.destroy();
  await listener.close();

  const mean = (part) => Math.trunc(part.reduce((sum, one) => sum + one, 0) / part.length);
  const tenth = Math.ceil(memory.length / 10);
  const result = {
    rows,
    pages,
    megabytes: Math.trunc(bytes / 1e6),
    seconds: Math.trunc(seconds * 10) / 10,
    rowsPerSecond: Math.trunc(rows / seconds),
    slowestPageMs: Math.trunc(longest),
    stoppedReaders: STOPPED,
    rssMb: {
      firstTenth: mean(memory.slice(0, tenth)),
      lastTenth: mean(memory.slice(-tenth)),
      most: Math.trunc(Math.max(...memory)),
    },
  };
  console.log(flag('json') ? JSON.stringify(result) : result);
  if (rows !== ROWS) process.exitCode = 1;
} finally {
  await cluster.close();
}
