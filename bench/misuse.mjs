// What a tenant, or a client, that takes more than its part costs the others: p50 and p99 of tenant B's requests, and the
// memory of the API process, while tenant A is calm, sends 200 costly pages at once, 200 handoffs in full, then 16 of the
// deepest documents, asks for pages of 100,000 and sends lists of 10,000 ids, stops reading its answers, and sends drop by
// drop. B asks for a short list and for one handoff by turns. The benchmark's data (bench/kit), over HTTP. Tenant A has a
// thread of its own, so that B's times are those of its answers alone.
// node bench/misuse.mjs [--json] [--smoke] [--handoffs 10000] [--seconds 10]
import { Worker } from 'node:worker_threads';
import { Agent } from 'node:http';
import { ask } from './kit/ask.mjs';
import { operation, shipped } from './kit/graphql.mjs';
import { PHASES } from './kit/misuse-phases.mjs';
import { argument, flag } from './kit/product.mjs';
import { memoryOf } from './kit/servers.mjs';
import { openStage } from './kit/stage.mjs';

const isSmoke = flag('smoke');
const handoffs = Number(argument('handoffs', isSmoke ? '400' : '10000'));
const seconds = Number(argument('seconds', isSmoke ? '3' : '10'));

const stage = await openStage({ handoffs, tenants: 4, changes: [], log: (text) => console.error(text) });
const server = await stage.ours();
const [a, b] = [stage.readers[0], stage.readers.find(({ tenant }) => tenant !== stage.readers[0].tenant)];
const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
const requestOf = (query, reader, variables) => ({
  headers: { authorization: `Bearer ${reader.token}` },
  body: JSON.stringify({ query, variables }),
});
/** The newest handoff of a reader's own tenant. */
async function newestOf(reader) {
  const { text } = await ask(agent, server.url, requestOf(shipped('handoffs'), reader, { first: 1 }));
  return { id: JSON.parse(text).data.handoffs.edges[0].node.id };
}
/** What the phases send: the list page with everything on it, the deepest document, and pages and lists beyond the bounds. */
const requests = {
  costly: requestOf(operation('page'), a, {}),
  deepest: requestOf(operation('deepest'), a, {}),
  inFull: requestOf(operation('one'), a, await newestOf(a)),
  longPage: requestOf(shipped('handoffs'), a, { first: 100_000 }),
  longList: requestOf(shipped('handoffs'), a, {
    first: 10,
    filter: { ownerId: Array.from({ length: 10_000 }, () => a.person.id) },
  }),
};
const neighbours = [requestOf(shipped('handoffs'), b, { first: 5 }), requestOf(operation('one'), b, await newestOf(b))];

/** Tenant A does as the phase says until `end` is called, which answers how often it was told what. */
function misuse(phase) {
  const worker = new Worker(new URL('./kit/misuse-phases.mjs', import.meta.url), {
    workerData: { phase, url: server.url, requests },
  });
  const told = new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  return {
    end: () => {
      worker.postMessage('end');
      return told;
    },
  };
}

const rows = [];
const quantile = (sorted, share) =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.trunc(sorted.length * share))] * 10) / 10;
try {
  for (const name of Object.keys(PHASES)) {
    const busy = misuse(name);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const times = [];
    const stop = performance.now() + seconds * 1000;
    const neighbour = async () => {
      for (let turn = 0; performance.now() < stop; turn++) {
        const since = performance.now();
        const { status } = await ask(agent, server.url, neighbours[turn % neighbours.length]);
        if (status !== 200) throw new Error(`the neighbour was answered ${status}`);
        times.push(performance.now() - since);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    await Promise.all([neighbour(), neighbour()]);
    const { now, most } = memoryOf(server.pid);
    const answers = await busy.end();
    times.sort((x, y) => x - y);
    rows.push({
      phase: name,
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      rssMb: now,
      mostMb: most,
      answers,
    });
    if (!flag('json')) console.log(JSON.stringify(rows.at(-1)));
  }
} finally {
  agent.destroy();
  await server.stop();
  await stage.close();
}
if (flag('json')) console.log(JSON.stringify({ node: process.version, handoffs, seconds, rows }));
process.exit(0);
