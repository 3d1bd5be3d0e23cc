// What telemetry costs an operation, in microseconds of processor time: everything that the product calls for one query
// (begin, wait for a connection, one flush, name, codes, end) with telemetry off, with metrics, with metrics and traces.
// No database and no HTTP: what is measured is what is added to them. node bench/telemetry.mjs [--json] [--smoke].
import { createServer } from 'node:http';
import { parse } from 'graphql';
import { pino } from 'pino';
import { flag, load } from './kit/product.mjs';

const { OperationNames } = await load('src/core/telemetry/operation-names');
const { OperationObserver } = await load('src/core/telemetry/operation-observer');
const { openTelemetry } = await load('src/core/telemetry/open');
const { readTelemetry } = await load('src/core/telemetry/settings');

const OPERATIONS = flag('smoke') ? 2_000 : 50_000;
const ROUNDS = flag('smoke') ? 3 : 12;
const TEXT = 'query Handoffs { handoffs(first: 50) { edges { node { id } } } }';
const FLUSH = { statements: 4, rows: 1, ms: 1.2, isFailed: false };

const log = pino({ level: 'silent' });
const document = parse(TEXT);
const operation = document.definitions[0];
const collector = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
});
await new Promise((resolve) => void collector.listen(0, '127.0.0.1', resolve));
const endpoint = `http://127.0.0.1:${collector.address().port}`;

const metrics = { METRICS_PORT: '0' };
const variants = {
  'off, slow log on': {},
  metrics,
  'metrics and traces, one in ten': {
    ...metrics,
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_TRACES_SAMPLER_ARG: '0.1',
  },
  'metrics and traces, all': { ...metrics, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint },
};

const opened = {};
for (const [name, env] of Object.entries(variants)) {
  const { telemetry } = await openTelemetry(readTelemetry(env), log);
  const observer = new OperationObserver({ telemetry, log, slowMs: 1000 });
  opened[name] = { telemetry, observer, names: new OperationNames((text) => text === TEXT), took: [] };
}

/** One operation as the listener, the gateway and the plugin tell it. */
function once({ observer, names }) {
  const request = { id: 'request', headers: {} };
  observer.begin(request);
  const watch = observer.of(request);
  watch.named({ operation: names.classOf(document, operation, TEXT), cost: () => 1 });
  watch.waited(0.01);
  watch.flushed(FLUSH);
  watch.answered([], true);
  observer.end(request, 200);
}

for (let round = 0; round <= ROUNDS; round++) {
  for (const one of Object.values(opened)) {
    const before = process.cpuUsage();
    for (let count = 0; count < OPERATIONS; count++) {
      once(one);
      // The exporter gets its turns, as between requests.
      if (count % 100 === 99) await new Promise((resolve) => setImmediate(resolve));
    }
    const { user, system } = process.cpuUsage(before);
    // The first round warms up.
    if (round > 0) one.took.push((user + system) / OPERATIONS);
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const found = Object.fromEntries(
  Object.entries(opened).map(([name, { took }]) => [name, { microseconds: Number(median(took).toFixed(2)) }]),
);
if (flag('json')) console.log(JSON.stringify(found));
else console.table(found);
for (const { telemetry } of Object.values(opened)) await telemetry.close();
collector.closeAllConnections();
collector.close();
