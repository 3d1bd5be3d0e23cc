// A slice of load: so many connections ask one server for so many seconds, and what it cost.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { root } from './product.mjs';
import { cpuOf, cpuOfPostgres, memoryOf } from './servers.mjs';

/**
 * Asks `server` for `seconds`. Of a read each connection goes round its own `requests`; of a change each request takes the next
 * one of `take()`, because none can be made twice; when there are no more (null) the slice ends there. An answer that is an
 * error or a refusal ends the run.
 */
export async function slice({ server, connections, seconds, requests = null, take = null, dataDirectory }) {
  const autocannon = createRequire(join(root, 'bench', 'rivals', 'package.json'))('autocannon');
  const before = { server: cpuOf(server.pid), database: cpuOfPostgres(dataDirectory) };
  const started = performance.now();
  const options = { url: server.url, connections, duration: seconds, timeout: 30, method: 'POST' };
  let failure = null;
  let answered = 0;
  let last = null;
  let endedAt = null;
  const check = (status, body) => {
    if (endedAt !== null) return;
    answered += 1;
    if (status !== 200 || body.includes('"errors":') || body.includes('"Refused"'))
      failure ??= `${status} ${body.slice(0, 500)}`;
  };
  const next = (request) => {
    const taken = endedAt === null ? take() : null;
    if (!taken && endedAt === null) {
      endedAt = performance.now();
      run.stop();
    }
    // Until it has stopped something must be sent: what counts no more.
    last = taken ?? last;
    return { ...request, ...last };
  };
  const run = autocannon(
    take
      ? { ...options, requests: [{ setupRequest: next, onResponse: check }] }
      : {
          ...options,
          setupClient: (client) => {
            const own = requests(client);
            client.setRequests(own.map((request, at) => (at === 0 ? { ...request, onResponse: check } : request)));
          },
        },
  );
  const result = await run;
  const lasted = ((endedAt ?? performance.now()) - started) / 1000;
  if (failure) throw new Error(`${server.name}: ${failure}`);
  if (!take) answered = result['2xx'];
  const lost = result.errors + result.timeouts + (endedAt === null ? result.non2xx : 0);
  if (lost > 0) throw new Error(`${server.name}: ${lost} requests failed: ${server.complaint()}`);
  const after = { server: cpuOf(server.pid), database: cpuOfPostgres(dataDirectory) };
  await settled(server);
  const each = (now, then) => (answered === 0 ? null : (now - then) / answered);
  return {
    server: server.name,
    rate: answered / (endedAt === null ? result.duration : lasted),
    answered,
    p50: result.latency.p50,
    p99: result.latency.p99,
    serverCpu: each(after.server, before.server),
    databaseCpu: each(after.database, before.database),
    memory: memoryOf(server.pid).now,
  };
}

/** How long a server may work on what the load tool has given up, in milliseconds. */
const SETTLES_WITHIN = 15_000;

/** Waits until a server has done what was still under way: the next slice is another server's, or begins with an empty queue. */
async function settled(server) {
  const until = performance.now() + SETTLES_WITHIN;
  for (let idle = 0; idle < 3 && performance.now() < until;) {
    const before = cpuOf(server.pid);
    await pause(50);
    idle = cpuOf(server.pid) > before ? 0 : idle + 1;
  }
}
