// What a tenant, or a client, that takes more than its part costs the others: p50 and p99 of tenant B's requests, and the
// memory of the API process, while tenant A is calm, sends 200 costly pages at once, then 16 of the deepest documents,
// asks for pages of 100,000 and sends lists of 10,000 ids, stops reading its answers, and sends drop by drop. The benchmark's
// data (bench/kit), over HTTP.
// node bench/misuse.mjs [--json] [--smoke] [--handoffs 10000] [--seconds 10]
import { connect } from 'node:net';
import { Agent } from 'node:http';
import { ask } from './kit/ask.mjs';
import { operation, shipped } from './kit/graphql.mjs';
import { argument, flag } from './kit/product.mjs';
import { memoryOf } from './kit/servers.mjs';
import { openStage } from './kit/stage.mjs';

const isSmoke = flag('smoke');
const handoffs = Number(argument('handoffs', isSmoke ? '400' : '10000'));
const seconds = Number(argument('seconds', isSmoke ? '3' : '10'));
const FLOOD = 200;
const DEEP = 16;
const STALLED = 50;
const DRIPPING = 100;

const stage = await openStage({ handoffs, tenants: 4, changes: [], log: (text) => console.error(text) });
const server = await stage.ours();
const { hostname, port } = new URL(server.url);
const [a, b] = [stage.readers[0], stage.readers.find(({ tenant }) => tenant !== stage.readers[0].tenant)];
const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
const requestOf = (query, reader, variables) => ({
  headers: { authorization: `Bearer ${reader.token}` },
  body: JSON.stringify({ query, variables }),
});
const deepest = (reader) => requestOf(operation('deepest'), reader, {});
/** The list page of fifty handoffs with everything on it. */
const costly = (reader) => requestOf(operation('page'), reader, {});
const list = (reader, variables) => requestOf(shipped('handoffs'), reader, variables);
const answers = new Map();
const count = (name) => answers.set(name, (answers.get(name) ?? 0) + 1);

/** Sends it again and again until the time is over; counts what is answered. */
async function lane(until, request) {
  while (performance.now() < until()) {
    const { status, text } = await ask(agent, server.url, request).catch(() => ({ status: 0, text: '' }));
    const code = text.startsWith('{"errors"') ? /"code":"([A-Z_]+)"/.exec(text)?.[1] : null;
    count(code ? `${status} ${code}` : String(status));
    if (status === 503) await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** A raw connection that does as `act` says, until the time is over. */
async function raw(until, text, act) {
  while (performance.now() < until()) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(text);
    const timer = act(socket);
    await new Promise((resolve) => {
      const end = setInterval(() => performance.now() >= until() && socket.destroy(), 100);
      socket.once('close', () => {
        clearInterval(end);
        clearInterval(timer);
        count('cut off');
        resolve();
      });
    });
  }
}

const httpText = ({ headers, body }) =>
  `POST ${new URL(server.url).pathname} HTTP/1.1\r\nHost: ${hostname}\r\n${Object.entries({
    'content-type': 'application/json',
    ...headers,
  })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

const PHASES = {
  calm: () => [],
  '200 costly pages at once': (until) => Array.from({ length: FLOOD }, () => lane(until, costly(a))),
  '16 of the deepest documents at once': (until) => Array.from({ length: DEEP }, () => lane(until, deepest(a))),
  'pages of 100,000, lists of 10,000': (until) =>
    Array.from({ length: 20 }, (_, n) =>
      lane(
        until,
        list(
          a,
          n % 2
            ? { first: 100_000 }
            : { first: 10, filter: { ownerId: Array.from({ length: 10_000 }, () => a.person.id) } },
        ),
      ),
    ),
  'clients that stop reading': (until) =>
    Array.from({ length: STALLED }, () => raw(until, httpText(costly(a)).repeat(20), (socket) => void socket.pause())),
  'requests drop by drop': (until) =>
    Array.from({ length: DRIPPING }, () =>
      raw(until, httpText(costly(a)).slice(0, -40), (socket) =>
        setInterval(() => socket.writable && socket.write('x'), 1000),
      ),
    ),
};

const rows = [];
const quantile = (sorted, share) =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.trunc(sorted.length * share))] * 10) / 10;
try {
  for (const [name, misuse] of Object.entries(PHASES)) {
    answers.clear();
    let end = performance.now() + 600_000;
    const until = () => end;
    const busy = misuse(until);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const times = [];
    const stop = performance.now() + seconds * 1000;
    const neighbour = async () => {
      while (performance.now() < stop) {
        const since = performance.now();
        const { status } = await ask(agent, server.url, list(b, { first: 5 }));
        if (status !== 200) throw new Error(`the neighbour was answered ${status}`);
        times.push(performance.now() - since);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    await Promise.all([neighbour(), neighbour()]);
    const { now, most } = memoryOf(server.pid);
    end = performance.now();
    await Promise.all(busy);
    times.sort((x, y) => x - y);
    rows.push({
      phase: name,
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      rssMb: now,
      mostMb: most,
      answers: Object.fromEntries(answers),
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
