import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { openTelemetry, type OpenedTelemetry } from '../../src/core/telemetry/open.js';
import { readTelemetry } from '../../src/core/telemetry/settings.js';
import { Sounder } from '../../src/core/telemetry/sounder.js';
import { EffectClass, EffectState, OutboxEffect } from '../../src/core/outbox/effect.entity.js';
import { update } from '../../src/core/statement.js';
import { VendorHttp } from '../../src/integrations/http/client.js';
import { reportingLag } from '../../src/reporting/sounding.js';
import { type Collector, startCollector } from '../kit/collector.js';
import { importForTest } from '../kit/deal.js';
import { readExposition } from '../kit/exposition.js';
import { sealerOf } from '../kit/sealer.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { read } from '../rules/handoff.kit.js';
import { ask, dispatcherOf, KIND } from './outbox.kit.js';

const silent = pino({ level: 'silent' });

let suite: Suite;
let world: World;
let collector: Collector;
let opened: OpenedTelemetry;
let http: VendorHttp;
let vendorUrl: string;
let status = 200;
const vendor = createServer((request, response) => {
  // What a trace is called is nobody's business outside.
  expect(request.headers).not.toHaveProperty('traceparent');
  response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
});

beforeAll(async () => {
  suite = await openSuite();
  world = await suite.tenant();
  collector = await startCollector();
  await new Promise<void>((resolve) => void vendor.listen(0, '127.0.0.1', resolve));
  vendorUrl = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`;
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.address, METRICS_PORT: '0' };
  opened = await openTelemetry(readTelemetry(env), silent);
  const onCall = (call: Parameters<typeof opened.telemetry.vendorCalled>[0]): void =>
    opened.telemetry.vendorCalled(call);
  http = new VendorHttp({ loopback: () => [vendorUrl], hosts: [], onCall });
});
afterAll(async () => {
  await http.close();
  vendor.closeAllConnections();
  await new Promise((resolve) => void vendor.close(resolve));
  await collector.close();
  await suite.close();
});

it('tells attempts with the vendor calls in them, passes that did something, and what waits', async () => {
  const { telemetry } = opened;
  const handler = async () => {
    const url = `${vendorUrl}/people/anna.canaria@a.example?name=Canaria`;
    await http.send({ vendor: 'HaloPSA', method: 'POST', url, json: { name: 'Canaria' } });
    return { receipt: 'Canaria', writes: [] };
  };
  const dispatcher = dispatcherOf(suite, [world.tenantId], handler, { telemetry });
  await ask(suite, world.tenantId, { vendor: 'HALOPSA', effectClass: EffectClass.PUT });
  await dispatcher.pass();
  status = 503;
  const failing = await ask(suite, world.tenantId, { vendor: 'HALOPSA', effectClass: EffectClass.PUT });
  await dispatcher.pass();
  await suite.gateway.transaction(world.tenantId, (tx) =>
    tx.commit([update(OutboxEffect, { effectKey: failing }, { state: EffectState.DEAD })]),
  );
  await ask(suite, world.tenantId, { vendor: 'HALOPSA', effectClass: EffectClass.PUT });
  suite.clock.advanceHours(2);
  await (await world.as('SALES_MANAGER')).done(importForTest, read('managed-network-healthy'));
  await telemetry.during(
    { kind: 'plan', name: 'nothing' },
    async () => 0,
    () => ({ outcome: 'DONE', isIdle: true }),
  );
  await telemetry.during(
    { kind: 'seal', name: 'sealer' },
    async () => 3,
    () => ({ outcome: 'DONE', isIdle: false }),
  );
  const tenants = async (): Promise<string[]> => [world.tenantId];
  const sounder = new Sounder({ gateway: suite.gateway, tenants, reporting: reportingLag, telemetry, log: silent });
  const before = await sounder.pass();
  expect(before).toMatchObject({ effects: { DUE: expect.any(Number), DEAD: 1, UNKNOWN: 0, PARKED: 0 }, tenants: 1 });
  expect(before.effects.DUE).toBeGreaterThanOrEqual(1);
  expect(before.oldestEffectSeconds).toBeGreaterThanOrEqual(7200);
  expect(before.unsealedEntries).toBeGreaterThan(0);
  expect(before.unreportedEntries).toBe(0);
  await sealerOf(world, [world.tenantId]).pass();
  const after = await sounder.pass();
  expect(after).toMatchObject({ unsealedEntries: 0, oldestUnsealedSeconds: 0 });
  expect(after.unreportedEntries).toBe(before.unsealedEntries);
  telemetry.sounded(after);
  const families = readExposition(await opened.scrape!());
  const samples = [...families.values()].flatMap((family) => family.samples);
  const found = (name: string, labels: Record<string, string>): number | undefined =>
    samples.find((one) => one.name === name && Object.entries(labels).every(([key, v]) => one.labels[key] === v))
      ?.value;
  expect(found('countersign_outbox_effects', { state: 'DEAD' })).toBe(1);
  expect(found('countersign_reporting_unprojected_entries', {})).toBe(after.unreportedEntries);
  expect(found('countersign_effect_duration_seconds_count', { vendor: 'HALOPSA', outcome: 'DONE' })).toBe(1);
  expect(found('countersign_vendor_call_duration_seconds_count', { vendor: 'HaloPSA', outcome: '2xx' })).toBe(1);
  expect(
    found('countersign_vendor_call_duration_seconds_count', { vendor: 'HaloPSA', outcome: '5xx' }),
  ).toBeGreaterThan(0);
  expect(found('countersign_pass_duration_seconds_count', { pass: 'nothing', outcome: 'DONE' })).toBe(1);
  await telemetry.close();
  const [effect, failed] = collector.spans.filter(({ name }) => name === `effect ${KIND}`);
  expect(effect!.attributes).toEqual({ 'countersign.outcome': 'DONE', 'countersign.vendor': 'HALOPSA' });
  expect(failed).toMatchObject({ status: 2 });
  const call = collector.spans.find(({ parentSpanId }) => parentSpanId === effect!.spanId)!;
  expect(call).toMatchObject({ traceId: effect!.traceId, name: 'vendor HaloPSA', kind: 3 });
  expect(call.attributes).toEqual({
    'countersign.vendor': 'HaloPSA',
    'server.address': '127.0.0.1',
    'http.request.method': 'POST',
    'http.response.status_code': 200,
    'countersign.outcome': '2xx',
  });
  expect(collector.spans.map(({ name }) => name)).toContain('seal sealer');
  expect(collector.spans.map(({ name }) => name)).not.toContain('plan nothing');
  const told = [...collector.bodies, JSON.stringify([...families])].join('\n');
  expect(told.toLowerCase()).not.toContain('canaria');
  expect(told).not.toContain(world.tenantId);
});
