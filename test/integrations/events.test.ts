import { newId } from '../../src/core/id.js';
import { MemoryKeyRing, newKeyBytes } from '../../src/core/keys.js';
import { rewrapKeys } from '../../src/core/rewrap.js';
import { select } from '../../src/core/statement.js';
import { Vault } from '../../src/core/vault.js';
import { createApiKey } from '../../src/identity/tenant.commands.js';
import { DeliveryState } from '../../src/integrations/events/delivery.entity.js';
import {
  deleteEventEndpoint,
  disableEventEndpoint,
  enableEventEndpoint,
  rotateEventSecret,
  updateEventEndpoint,
} from '../../src/integrations/events/endpoint.commands.js';
import { EndpointState, EventSecret } from '../../src/integrations/events/endpoint.entity.js';
import { openEventSecret } from '../../src/integrations/events/event.secret.js';
import { EventType } from '../../src/integrations/events/event-type.js';
import { replayEvents, sendTestEvent } from '../../src/integrations/events/replay.commands.js';
import { playStory } from '../kit/story.js';
import { EventsBench } from './events.kit.js';

const bench = new EventsBench();
const HOUR = 3_600_000;
const later = (ms: number): void => void (bench.suite.clock.at = new Date(bench.suite.clock.at.getTime() + ms));

beforeAll(() => bench.open());
beforeEach(() => bench.fresh());
afterAll(() => bench.close());

test('the whole path of a handoff is told, verified by the public library, and holds nobody and no money', async () => {
  const { secret } = await bench.endpoint('/all');
  const { handoffId } = await playStory(bench.world);
  await bench.flow();
  const payloads = bench.at('/all').map((arrived) => bench.verified(secret, arrived));
  expect([...new Set(payloads.map(({ type }) => type))]).toEqual(
    expect.arrayContaining([
      'handoff.opened',
      'approval.requested',
      'exception.requested',
      'approval.granted',
      'exception.approved',
      'exception.used',
      'handoff.submitted',
      'baseline.created',
      'brief.drafted',
      'evidence.verified',
      'handoff.signed_off',
      'kickoff.scheduled',
    ]),
  );
  const submitted = payloads.find(({ type }) => type === 'handoff.submitted')!;
  expect(submitted).toEqual({
    type: 'handoff.submitted',
    timestamp: expect.stringMatching(/^2026-11-23T/),
    data: {
      eventId: expect.stringMatching(/^evt_[0-9a-f]{32}$/),
      tenantId: bench.world.tenantId,
      subject: { type: 'Handoff', id: handoffId },
      stage: 'IN_REVIEW',
    },
  });
  // Ids, codes and small numbers: no value is free text, and none a figure of the deal.
  const values = (one: unknown): unknown[] =>
    typeof one === 'object' && one !== null ? Object.values(one).flatMap(values) : [one];
  const odd = payloads
    .flatMap(({ data }) => values(data))
    .filter(
      (value) =>
        !/^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|evt_\w{32}|[A-Z][A-Z_]+|[A-Z][A-Za-z]+|\d{1,2})$/.test(
          String(value),
        ),
    );
  expect(odd).toEqual([]);
  const ids = bench.at('/all').map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(ids.length);
});

test('the library refuses what was tampered with, is old, or was signed for somebody else', async () => {
  const { secret } = await bench.endpoint('/one');
  const other = await bench.endpoint('/other');
  await bench.happen();
  await bench.flow();
  const [arrived] = bench.at('/one');
  expect(arrived!.headers['content-type']).toBe('application/json');
  expect(bench.verified(secret, arrived!).type).toBe('integration.connected');
  const { headers, body } = arrived!;
  for (const forged of [
    { ...arrived!, body: body.replace('integration.connected', 'integration.error') },
    { ...arrived!, headers: { ...headers, 'webhook-id': 'evt_1' } },
    { ...arrived!, headers: { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) } },
  ])
    expect(() => bench.verified(secret, forged)).toThrow('No matching signature');
  expect(() => bench.verified(other.secret, arrived!)).toThrow('No matching signature');
  expect(() => bench.verified(secret, arrived!, 301_000)).toThrow('too old');
});

test('a rotated secret signs beside its successor for a day; secrets are told once, kept sealed, and wrapped anew', async () => {
  const { id, secret: old } = await bench.endpoint('/r');
  const key = newId();
  const rotated = await bench.admin.run(rotateEventSecret, { endpointId: id, expectedRevision: 1 }, key);
  const secret = (rotated as { secret: string }).secret;
  const again = await bench.admin.run(rotateEventSecret, { endpointId: id, expectedRevision: 1 }, key);
  expect(again).toEqual({ kind: 'done', id, replayed: true });
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  await bench.happen();
  await bench.flow();
  const [both] = bench.at('/r');
  expect(String(both!.headers['webhook-signature']).split(' ')).toHaveLength(2);
  for (const known of [old, secret]) expect(bench.verified(known, both!).type).toBe('integration.connected');
  later(24 * HOUR);
  await bench.happen();
  await bench.flow();
  const alone = bench.at('/r')[1]!;
  expect(bench.verified(secret, alone).type).toBe('integration.connected');
  expect(() => bench.verified(old, alone)).toThrow('No matching signature');
  const kept = async (): Promise<EventSecret[]> =>
    (await bench.world.read({ found: select(EventSecret, { endpointId: id }, { orderBy: ['version'] }) })).found;
  expect(JSON.stringify(await kept())).not.toContain(secret.slice(6));
  // The next rotations clear away what signs no more; only so many sign at once.
  for (const expectedRevision of [2, 3, 4])
    await bench.admin.done(rotateEventSecret, { endpointId: id, expectedRevision });
  expect((await kept()).map(({ version }) => version)).toEqual([2, 3, 4, 5]);
  const refused = await bench.admin.refused(rotateEventSecret, { endpointId: id, expectedRevision: 5 });
  expect(refused.map(({ code }) => code)).toEqual(['EVENT_SECRET_ROTATED_OFTEN']);
  const before = bench.suite.vault;
  const ring = (before as unknown as { ring: { keks: Map<string, Buffer> } }).ring;
  const rotatedVault = new Vault(new MemoryKeyRing([newKeyBytes(), ...ring.keks.values()]));
  expect(await rewrapKeys(bench.suite.gateway, rotatedVault, bench.world.tenantId, 'event_secret')).toBe(4);
  expect(openEventSecret(rotatedVault, (await kept())[0]!)).toBe(secret);
});

test('a replay has the same ids: one event, a time, and what happened while the endpoint was disabled', async () => {
  const { id, secret } = await bench.endpoint('/replay', [EventType.INTEGRATION_CONNECTED]);
  const since = bench.suite.clock.at;
  await bench.happen();
  await bench.flow();
  const [first] = bench.at('/replay');
  const eventId = first!.headers['webhook-id'] as string;
  await bench.admin.done(replayEvents, { endpointId: id, eventId });
  await bench.flow();
  const second = bench.at('/replay')[1]!;
  expect(second.headers['webhook-id']).toBe(eventId);
  expect(second.body).toBe(first!.body);
  expect(bench.verified(secret, second).data.eventId).toBe(eventId);
  later(60_000);
  await bench.admin.done(disableEventEndpoint, { endpointId: id, expectedRevision: 1 });
  for (let n = 0; n < 3; n++) await bench.happen();
  await bench.flow();
  expect(bench.at('/replay')).toHaveLength(2);
  const codes = async (input: Parameters<typeof replayEvents.facts>[0]): Promise<string[]> =>
    (await bench.admin.refused(replayEvents, input)).map(({ code, path }) => `${code} ${path}`);
  expect(await codes({ endpointId: id, eventId })).toEqual(['EVENT_ENDPOINT_DISABLED endpointId']);
  await bench.admin.done(enableEventEndpoint, { endpointId: id, expectedRevision: 2 });
  await bench.flow();
  expect(bench.at('/replay')).toHaveLength(2);
  later(60_000);
  await bench.admin.done(replayEvents, { endpointId: id, since });
  await bench.flow();
  const replayed = bench
    .at('/replay')
    .slice(2)
    .map(({ headers }) => headers['webhook-id']);
  expect(replayed).toHaveLength(4);
  expect(replayed[0]).toBe(eventId);
  await bench.admin.done(replayEvents, { endpointId: id, since, until: new Date(since.getTime() + 1) });
  await bench.flow();
  expect(bench.at('/replay')).toHaveLength(7);
  expect(await codes({ endpointId: id })).toEqual(['EVENT_REPLAY_RANGE since']);
  expect(await codes({ endpointId: id, eventId, since })).toEqual(['EVENT_REPLAY_RANGE since']);
  expect(await codes({ endpointId: id, since: new Date(since.getTime() - 31 * 24 * HOUR) })).toEqual([
    'EVENT_REPLAY_RANGE since',
  ]);
  expect(await codes({ endpointId: id, since, until: since })).toEqual(['EVENT_REPLAY_RANGE since']);
  expect(await codes({ endpointId: id, eventId: `evt_${'0'.repeat(32)}` })).toEqual(['EVENT_UNKNOWN eventId']);
});

test('an endpoint is changed, tested alone, disabled and deleted; what waits for it is never sent', async () => {
  const { id } = await bench.endpoint('/a');
  await bench.endpoint('/b');
  await bench.admin.done(sendTestEvent, { endpointId: id });
  await bench.flow();
  expect(bench.arrived.map(({ path, body }) => [path, (JSON.parse(body) as { type: string }).type])).toEqual([
    ['/a', 'endpoint.test'],
  ]);
  await bench.admin.done(updateEventEndpoint, {
    endpointId: id,
    expectedRevision: 1,
    url: 'https://receiver.example/c',
    eventTypes: [EventType.INTEGRATION_DISCONNECTED],
  });
  await bench.happen();
  await bench.flow();
  expect(bench.at('/c')).toEqual([]);
  await expect(bench.admin.run(disableEventEndpoint, { endpointId: id, expectedRevision: 1 })).rejects.toMatchObject({
    code: 'STALE_REVISION',
  });
  await bench.admin.done(updateEventEndpoint, { endpointId: id, expectedRevision: 2, eventTypes: [] });
  await bench.happen();
  await bench.seal();
  await bench.relay().pass(bench.world.tenantId);
  await bench.admin.done(deleteEventEndpoint, { endpointId: id, expectedRevision: 3 });
  await bench.flow();
  expect(bench.at('/c')).toEqual([]);
  expect((await bench.deliveries(id)).at(-1)!.state).toBe(DeliveryState.CANCELLED);
  expect(await bench.row(id)).toMatchObject({ state: EndpointState.DELETED, url: 'https://receiver.example' });
  await expect(bench.admin.run(sendTestEvent, { endpointId: id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const secrets = await bench.world.rows('select 1 from event_secret where tenant_id = $1 and endpoint_id = $2', [id]);
  expect(secrets).toEqual([]);
});

test('a program manages endpoints with the scope alone, and gets the secret of what it has made', async () => {
  const make =
    'mutation ($url: String!) { createEventEndpoint(input: { url: $url }) { __typename ... on EventEndpoint { id secret url } ... on Refused { findings { code path remedy } } } }';
  const program = async (scopes: string[]) => {
    const id = await bench.admin.done(createApiKey, { name: 'program', scopes, days: 1 });
    const service = { kind: 'SERVICE' as const, id, roles: ['INTEGRATOR'], scopes, authTime: null, accountId: null };
    return bench.world.acting({ ...service, tenantId: bench.world.tenantId });
  };
  const may = await program(['events:manage']);
  const { data } = await may.graphql(make, { url: 'https://receiver.example/p' });
  expect(data!.createEventEndpoint.secret).toMatch(/^whsec_/);
  const listed = await may.graphql('{ eventEndpoints { edges { node { id secret } } } }');
  expect(listed.data!.eventEndpoints.edges).toEqual([{ node: { id: data!.createEventEndpoint.id, secret: null } }]);
  const mayNot = await program(['handoffs:read']);
  for (const who of [mayNot, await bench.world.as('SALES_MANAGER'), await bench.world.as('AUDITOR')]) {
    const { errors } = await who.graphql(make, { url: 'https://receiver.example/p' });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
  }
  for (let n = 1; n < 10; n++) await bench.endpoint(`/p${n}`);
  const full = await may.graphql(make, { url: 'http://10.0.0.1/p' });
  expect(full.data!.createEventEndpoint.findings.map(({ code }: { code: string }) => code)).toEqual([
    'EVENT_ENDPOINTS_FULL',
    'EVENT_ADDRESS',
  ]);
});
