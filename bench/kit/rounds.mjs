// The rounds of a run: slices of every server at every operation, in an order that chance makes anew each time.
import { changeRequest, COMPARED } from './comparison.mjs';
import { isChange, requestsOf } from './field.mjs';
import { pairedRatios, quantile, spread } from './figures.mjs';
import { slice } from './load.mjs';
import { memoryOf } from './servers.mjs';
import { copyUnits } from './units.mjs';

/** Requests a second that a change is thought to have before it was measured. */
const FIRST_GUESS = 500;

/** Seconds that a server is asked before each slice: it has waited for minutes, longer than people stay known to it. */
const SETTLING = 1;

/** A server is asked in steps of so many seconds before anything counts. */
const STEP = 5;

/** Its compiled code is taken to have come to rest when this many steps, one after the other, have cost hardly less. */
const RESTING = 2;
const HARDLY_LESS = 0.95;

/** Servers that others are held against have a second slice in a round of many. */
const MANY = 4;

function shuffled(list) {
  const mixed = [...list];
  for (let at = mixed.length - 1; at > 0; at--) {
    const other = Math.floor(Math.random() * (at + 1));
    [mixed[at], mixed[other]] = [mixed[other], mixed[at]];
  }
  return mixed;
}

/**
 * Asks a server until a request of it costs its processor no less than before, for at most so many seconds: what V8 has not
 * compiled yet costs twice as much, and who is asked less often would be measured colder.
 */
async function warm(ask, longest) {
  let least = Infinity;
  let resting = 0;
  for (let asked = 0; asked < longest && resting < RESTING; asked += STEP) {
    const { serverCpu } = await ask(Math.min(STEP, longest));
    resting = serverCpu < least * HARDLY_LESS ? 0 : resting + 1;
    least = Math.min(least, serverCpu);
  }
}

/** Measures; answers the slices by operation, and the memory of our server at first, at last and at most. */
export async function measure({ field, operations, rounds, seconds, warmUp, log }) {
  const { stage, servers, connections } = field;
  const slices = Object.fromEntries(operations.map((name) => [name, []]));
  const rates = {};
  const take = async (server, name, lasting) => {
    const options = { server: servers[server], connections, seconds: lasting, dataDirectory: stage.dataDirectory };
    if (!isChange(name)) {
      let next = 0;
      return slice({ ...options, requests: () => requestsOf(field, server, name, next++) });
    }
    const rate = rates[`${name} ${server}`] ?? FIRST_GUESS;
    const supply = await supplyOf(stage, server, name, Math.ceil(rate * lasting * 1.6) + 2 * connections);
    const taken = await slice({ ...options, take: supply });
    rates[`${name} ${server}`] = taken.rate;
    return taken;
  };
  // Plans, compiled code and pools are made before anything counts: a server runs for weeks, and a slice is short.
  for (const name of operations)
    for (const server of COMPARED[name]) await warm((lasting) => take(server, name, lasting), warmUp);
  const start = memoryOf(servers.ours.pid).now;
  for (let round = 1; round <= rounds; round++) {
    for (const name of shuffled(operations)) {
      const twice = COMPARED[name].length > MANY ? ['ours', 'limit'] : [];
      for (const server of shuffled([...COMPARED[name], ...twice])) {
        await take(server, name, SETTLING);
        slices[name].push({ round, ...(await take(server, name, seconds)) });
      }
    }
    log(`round ${round} of ${rounds}`);
  }
  const { now: end, most } = memoryOf(servers.ours.pid);
  return { slices, memory: { start, end, most } };
}

/** Requests of a change, each for a copy of its own, made before the slice begins; null when all were taken. */
async function supplyOf(stage, server, name, count) {
  const units = stage.units[name];
  const each = Math.ceil(count / units.length);
  const ready = [];
  await stage.asSuperuser(async (client) => {
    for (const [at, unit] of units.entries())
      for (const copy of await copyUnits(client, unit, each)) ready.push({ at, unit, copy });
  });
  // One tenant after the other, as people of several would ask.
  const order = ready.toSorted((a, b) => (a.copy % each) - (b.copy % each));
  let next = 0;
  return () => {
    if (next === order.length) return null;
    const { at, unit, copy } = order[next++];
    return { method: 'POST', ...changeRequest(server, unit, at, copy) };
  };
}

const median = (values) => quantile(values, 0.5);

/** The slices of each operation as a line a server, in the order of the comparison. */
export function resultsOf(slices, counts) {
  return Object.entries(slices).map(([operation, taken]) => ({
    operation,
    servers: COMPARED[operation].map((server) => {
      const own = taken.filter((one) => one.server === server);
      const of = (property) => median(own.map((one) => one[property]).filter((value) => value !== null));
      return {
        server,
        ratio: server === 'limit' ? { q1: 1, median: 1, q3: 1 } : spread(pairedRatios(taken, server, 'limit')),
        rate: of('rate'),
        p50: of('p50'),
        p99: of('p99'),
        serverCpu: of('serverCpu'),
        databaseCpu: of('databaseCpu'),
        memory: Math.max(...own.map(({ memory }) => memory)),
        statements: counts[operation]?.[server] ?? null,
      };
    }),
  }));
}
