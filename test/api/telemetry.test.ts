import { pino } from 'pino';
import { createHash } from 'node:crypto';
import { METRICS, type MetricSpec } from '../../src/core/telemetry/metrics.js';
import { openMetricsListener } from '../../src/core/telemetry/metrics-endpoint.js';
import { openTelemetry, type OpenedTelemetry } from '../../src/core/telemetry/open.js';
import { readTelemetry } from '../../src/core/telemetry/settings.js';
import { type Collector, type SeenSpan, startCollector } from '../kit/collector.js';
import { importForTest } from '../kit/deal.js';
import { type Family, readExposition } from '../kit/exposition.js';
import { operation } from '../kit/operation.js';
import { startServer, type TestServer } from '../kit/server.js';
import { RawSocket } from '../kit/socket.js';
import { openSuite, type Suite } from '../kit/suite.js';
import { read } from '../rules/handoff.kit.js';

/** Stands wherever a sender may put a word: it must be in no span, no metric and no line of the log. */
const CANARY = 'Canaria';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const TOKEN = 'a-scraper-token-of-a-test';
const SECRET = 'Bearer collector-secret';

const LIST = operation('handoffs');
const CHANGED = operation('approval-inbox-changed');
const ADD = operation('add-stakeholder');
const FREE = `query ${CANARY} { ${CANARY}: me { handle } }`;

let suite: Suite;
let collector: Collector;
let opened: OpenedTelemetry;
let server: TestServer;
let token: string;
let handoffId: string;
let statements = 0;
let ofList = 0;
let families: Map<string, Family>;

const send = (query: string, variables: object = {}, headers: Record<string, string> = {}) =>
  server.send({ query, variables }, { authorization: `Bearer ${token}`, ...headers });

beforeAll(async () => {
  suite = await openSuite();
  collector = await startCollector();
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.address,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=${encodeURIComponent(SECRET)}`,
    METRICS_TOKEN: TOKEN,
    SLOW_OPERATION_MS: '1',
  };
  opened = await openTelemetry(readTelemetry(env), pino({ level: 'silent' }));
  const onStatement = (): void => void (statements += 1);
  server = await startServer(suite, env, { telemetry: opened.telemetry, onStatement });
  const world = await suite.tenant();
  token = await server.token(world, 'SALES_MANAGER');
  handoffId = await (await world.as('SALES_MANAGER')).done(importForTest, read('managed-network-healthy'));
  await send(LIST, { first: 5 });
  statements = 0;
  await send(LIST, { first: 5 }, { traceparent: `00-${TRACE}-${PARENT}-00` });
  ofList = statements;
  const input = {
    handoffId,
    expectedRevision: 1,
    side: 'CLIENT',
    role: 'CHAMPION',
    name: CANARY,
    email: `${CANARY}@a.example`,
  };
  const added = await send(ADD, { input });
  expect(added.json.errors).toBeUndefined();
  await send(FREE);
  await send(`query { ${CANARY} }`);
  await send(`query { handoff(id: "${CANARY}") { number } }`);
  await server.send({ query: LIST }, { authorization: `Bearer ${CANARY}` });
  const socket = await RawSocket.signedIn(server.address, token);
  socket.subscribe('1', CHANGED);
  socket.subscribe('2', `subscription ${CANARY} { ${CANARY}: approvalInboxChanged { total } }`);
  for (const id of ['1', '2']) await socket.heard((message) => message.type === 'next' && message.id === id);
  socket.socket.close();
  await socket.closed;
  families = readExposition(await opened.scrape!());
  await opened.telemetry.close();
});
afterAll(async () => {
  await server.close();
  await collector.close();
  await suite.close();
});

const named = (name: string): SeenSpan[] => collector.spans.filter((span) => span.name === name);
const partsOf = ({ traceId, spanId }: SeenSpan): SeenSpan[] =>
  collector.spans.filter((span) => span.traceId === traceId && span.parentSpanId === spanId);
const value = (metric: string, labels: Record<string, string>): number | undefined =>
  [...families.values()]
    .flatMap(({ samples }) => samples)
    .find((sample) => sample.name === metric && Object.entries(labels).every(([key, v]) => sample.labels[key] === v))
    ?.value;

describe('a trace', () => {
  it('has the operation with its SQL, under the span of whoever asked', () => {
    const span = named('query Handoffs').find(({ traceId }) => traceId === TRACE)!;
    expect(span).toMatchObject({ parentSpanId: PARENT, kind: 2, status: 0 });
    expect(span.attributes).toMatchObject({
      'graphql.operation.type': 'query',
      'graphql.operation.name': 'Handoffs',
      'countersign.root_fields': ['handoffs'],
      'countersign.document.sha256': createHash('sha256').update(LIST).digest('hex'),
      'countersign.outcome': 'ok',
      'countersign.codes': [],
      'countersign.sql.statements': ofList,
    });
    expect(ofList).toBeGreaterThan(2);
    expect(span.attributes['countersign.sql.ms']).toBeGreaterThan(0);
    expect(span.attributes['countersign.sql.rows']).toBeGreaterThan(0);
    const flushes = partsOf(span).filter(({ name }) => name === 'flush');
    expect(flushes).toHaveLength(span.attributes['countersign.sql.flushes'] as number);
    const sent = flushes.map(({ attributes }) => attributes['countersign.sql.statements'] as number);
    expect(sent.reduce((sum, each) => sum + each)).toBe(ofList);
  });

  it('has the command and the two flushes of a mutation within it', () => {
    const [span] = named('mutation AddStakeholder');
    const parts = partsOf(span!);
    expect(parts.map(({ name }) => name).toSorted()).toEqual(['command addStakeholder', 'flush', 'flush']);
    const command = parts.find(({ name }) => name.startsWith('command'))!;
    expect(command.attributes).toEqual({ 'countersign.outcome': 'DONE' });
    expect(command.ms).toBeLessThanOrEqual(span!.ms + 1);
    expect(span!.attributes['countersign.sql.flushes']).toBe(2);
  });

  it('calls an operation of its sender other, whatever its sender calls it', () => {
    const [span] = named('query other').filter(({ attributes }) => attributes['countersign.outcome'] === 'ok');
    expect(span!.attributes).toMatchObject({ 'graphql.operation.name': 'other', 'countersign.root_fields': ['me'] });
  });

  it('has every look of a subscription with its SQL', () => {
    const [span] = named('subscription ApprovalInboxChanged');
    expect(span!.attributes).toMatchObject({
      'graphql.operation.type': 'subscription',
      'countersign.root_fields': ['approvalInboxChanged'],
      'countersign.document.sha256': createHash('sha256').update(CHANGED).digest('hex'),
      'countersign.outcome': 'ok',
      'countersign.codes': [],
    });
    const flushes = partsOf(span!).filter(({ name }) => name === 'flush');
    expect(flushes.length).toBeGreaterThan(1);
    expect(flushes).toHaveLength(span!.attributes['countersign.sql.flushes'] as number);
    expect(named('subscription other')[0]!.attributes['countersign.root_fields']).toEqual(['approvalInboxChanged']);
  });

  it('says how a refused request ended, and nothing of it', () => {
    const failed = collector.spans.filter(({ attributes }) => attributes['countersign.outcome'] === 'error');
    expect(failed.map(({ status, attributes }) => [status, attributes['countersign.codes']])).toEqual(
      expect.arrayContaining([
        [2, ['GRAPHQL_VALIDATION_FAILED']],
        [2, ['BAD_USER_INPUT']],
        [2, ['UNAUTHENTICATED']],
      ]),
    );
    expect(failed).toHaveLength(3);
  });

  it('is sent with the header of the setting', () => {
    expect(new Set(collector.authorizations)).toEqual(new Set([SECRET]));
  });
});

describe('metrics', () => {
  it('count operations by name, kind and outcome, and errors by code', () => {
    const list = { operation: 'Handoffs', kind: 'query' };
    expect(value('countersign_operation_duration_seconds_count', list)).toBe(2);
    expect(value('countersign_operation_duration_seconds_bucket', { ...list, le: '+Inf' })).toBe(2);
    expect(value('countersign_operation_statements_total', list)).toBeGreaterThan(ofList);
    expect(value('countersign_operation_duration_seconds_count', { operation: 'other', kind: 'query' })).toBeDefined();
    expect(value('countersign_operations_total', { kind: 'mutation', outcome: 'ok' })).toBe(1);
    expect(value('countersign_operations_total', { kind: 'subscription', outcome: 'ok' })).toBeGreaterThan(1);
    expect(value('countersign_operation_errors_total', { code: 'BAD_USER_INPUT' })).toBe(1);
    expect(value('countersign_operation_errors_total', { code: 'UNAUTHENTICATED' })).toBe(1);
    expect(value('countersign_commands_total', { command: 'addStakeholder', outcome: 'DONE' })).toBe(1);
  });

  it('tell the process, its pool and its plans', () => {
    // Whether subscriptions look again just now is a matter of chance.
    const [idle, inUse] = ['idle', 'in_use'].map((state) => value('countersign_pool_connections', { state })!);
    expect(idle! + inUse!).toBeGreaterThan(0);
    expect(idle! + inUse!).toBeLessThanOrEqual(10);
    expect(value('countersign_pool_limit', {})).toBe(10);
    expect(value('countersign_plan_answers_total', { answer: 'compiled' })).toBeDefined();
    expect(value('countersign_resident_memory_bytes', {})).toBeGreaterThan(50_000_000);
    expect(value('countersign_event_loop_delay_seconds', { quantile: 'p99' })).toBeGreaterThanOrEqual(0);
  });

  it('are those that are listed, with their labels, in both formats', () => {
    const listed = new Map<string, MetricSpec>(Object.values(METRICS).map((metric) => [metric.name, metric]));
    expect([...families.keys()].filter((name) => !listed.has(name))).toEqual([]);
    expect([...collector.metrics].filter((name) => !listed.has(name))).toEqual([]);
    expect(collector.metrics.has('countersign_operation_duration_seconds')).toBe(true);
    for (const [name, { type, help, samples }] of families) {
      const spec = listed.get(name)!;
      expect([name, type, help]).toEqual([name, spec.kind, spec.description]);
      const labels = new Set(samples.flatMap((sample) => Object.keys(sample.labels).filter((label) => label !== 'le')));
      expect([...labels].filter((label) => !spec.labels.includes(label))).toEqual([]);
    }
  });
});

describe('a slow operation', () => {
  it('is warned of with figures and the digest of its document', () => {
    const lines = server.logged.map((line) => JSON.parse(line) as Record<string, unknown>);
    const slow = lines.filter(({ msg }) => msg === 'a slow operation');
    const list = slow.find(({ operation }) => operation === 'Handoffs')!;
    expect(list).toMatchObject({
      level: 40,
      kind: 'query',
      rootFields: ['handoffs'],
      documentHash: createHash('sha256').update(LIST).digest('hex'),
      outcome: 'ok',
      codes: [],
    });
    for (const figure of ['ms', 'sqlMs', 'statements', 'rows', 'cost', 'flushes', 'waitedMs'])
      expect([figure, typeof list[figure]]).toEqual([figure, 'number']);
    expect(list.ms).toBeGreaterThanOrEqual(1);
    expect(list.cost).toBeGreaterThan(5);
  });
});

it('tells nobody what a sender wrote: no variable, name, alias, literal, token or secret', async () => {
  const told = [...collector.bodies, JSON.stringify([...families]), ...server.logged].join('\n');
  expect(told).not.toContain(CANARY);
  expect(told).not.toContain('Sofia');
  expect(told).not.toContain(token);
  expect(told).not.toContain('collector-secret');
  expect(told).not.toContain(suite.appUrl);
  expect(told).not.toContain(handoffId);
});

describe('/metrics', () => {
  it('answers the scraper with its token and nobody else', async () => {
    const again = await openTelemetry(
      readTelemetry({ METRICS_PORT: '0', METRICS_TOKEN: TOKEN }),
      pino({ level: 'silent' }),
    );
    const settings = { host: '127.0.0.1', port: 0, token: TOKEN };
    const endpoint = await openMetricsListener(settings, again.scrape!, pino({ level: 'silent' }));
    const ask = (headers: Record<string, string>) => fetch(`${endpoint.address}/metrics`, { headers });
    try {
      for (const headers of [{}, { authorization: `Bearer ${TOKEN}x` }, { authorization: TOKEN }]) {
        const refused = await ask(headers as Record<string, string>);
        expect(refused.status).toBe(401);
        expect(await refused.text()).not.toContain('countersign_');
      }
      const answer = await ask({ authorization: `Bearer ${TOKEN}` });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(readExposition(await answer.text()).has('countersign_resident_memory_bytes')).toBe(true);
    } finally {
      await endpoint.close();
      await again.telemetry.close();
    }
  });
});
