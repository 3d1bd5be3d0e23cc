import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { Client } from 'pg';
import { Dispatcher } from '../../src/core/outbox/dispatcher.js';
import { EffectState, OutboxEffect } from '../../src/core/outbox/effect.entity.js';
import { select } from '../../src/core/statement.js';
import { CheckState, IntegrationSecret, Vendor } from '../../src/integrations/connection/connection.entity.js';
import { type ConnectionProbe, connectionTestHandler } from '../../src/integrations/connection/connection.handler.js';
import { Connections, openSecret, sealedSecret } from '../../src/integrations/connection/connection.secret.js';
import { VendorHttp } from '../../src/integrations/http/client.js';
import { newId } from '../../src/core/id.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';

const SECRET = 'canary-secret-7f3a91';

let suite: Suite;
let world: World;
let admin: Persona;
let vendor: Server;
let origin: string;
let http: VendorHttp;
let answer: (response: ServerResponse, authorization: string | undefined) => void;

beforeAll(async () => {
  suite = await openSuite();
  vendor = createServer((request, response) => answer(response, request.headers.authorization));
  await new Promise<void>((listening) => vendor.listen(0, '127.0.0.1', listening));
  origin = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`;
  http = new VendorHttp({ loopback: () => [origin], hosts: null });
});
beforeEach(async () => {
  world = await suite.tenant();
  admin = await world.as('REVOPS_ADMIN');
  answer = (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
});
afterAll(async () => {
  await http.close();
  await new Promise((closed) => vendor.close(closed));
  await suite.close();
});

const vaultOf = (): ConstructorParameters<typeof Connections>[0] =>
  (suite.pipeline as unknown as { options: { vault: ConstructorParameters<typeof Connections>[0] } }).options.vault;

const connected = {
  vendor: 'HALOPSA',
  name: 'Main',
  settings: [{ name: 'mode', value: 'FLAG' }],
  credentials: [
    { name: 'clientId', value: 'client-1' },
    { name: 'clientSecret', value: SECRET },
  ],
};

const FIELDS = `__typename
  ... on Integration { id state revision secretVersion reason remedy checks { name state remedy } settings { name value } }
  ... on Refused { findings { code path remedy } }`;

interface Answer {
  __typename: string;
  id: string;
  revision: number;
  findings: { code: string; path: string; remedy: string }[];
  [field: string]: unknown;
}

async function mutate(field: string, type: string, input: Record<string, unknown>, who = admin): Promise<Answer> {
  const { data, errors } = await who.graphql(`mutation ($input: ${type}!) { ${field}(input: $input) { ${FIELDS} } }`, {
    input,
  });
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return data![field] as Answer;
}

const connect = (more: Record<string, unknown> = {}): Promise<Answer> =>
  mutate('connectIntegration', 'ConnectIntegrationInput', { ...connected, baseUrl: origin, ...more });

async function read(): Promise<Answer> {
  const { data } = await admin.graphql(
    `{ integrations { edges { node { ${FIELDS.split('\n')[1]!.replace('... on Integration', '... on Integration')} } } } }`,
  );
  return (data!.integrations as { edges: { node: Answer }[] }).edges[0]!.node;
}

/** A probe as a connector has it: one cheap authenticated call, one check a permission. */
const probe: ConnectionProbe = async ({ baseUrl, credentials }, signal) => {
  await http.send({
    vendor: 'HaloPSA',
    method: 'GET',
    url: `${baseUrl}/api/whoami`,
    headers: { authorization: `Bearer ${credentials.clientSecret}` },
    signal,
  });
  return [
    { name: 'SIGN_IN', state: CheckState.OK, remedy: null },
    { name: 'admin', state: CheckState.EXCESS, remedy: 'Take it back.' },
  ];
};

async function work(): Promise<void> {
  const dispatcher = new Dispatcher({
    gateway: suite.gateway,
    clock: suite.clock,
    pipeline: suite.pipeline,
    handlers: { 'integration.test': connectionTestHandler(new Connections(vaultOf()), { [Vendor.HALOPSA]: probe }) },
    tenants: async () => [world.tenantId],
    log: pino({ level: 'silent' }),
  });
  while ((await dispatcher.pass()) > 0);
}

const secrets = async (): Promise<IntegrationSecret[]> =>
  (await world.read({ found: select(IntegrationSecret, {}) })).found;

test('a connection is made, tested with its own credentials, rotated and ended', async () => {
  let authorization: string | undefined;
  answer = (response, given) => {
    authorization = given;
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  };
  const made = await connect();
  expect(made).toMatchObject({
    state: 'CONNECTED',
    revision: 1,
    secretVersion: 1,
    checks: [],
    settings: connected.settings,
  });
  await work();
  expect(authorization).toBe(`Bearer ${SECRET}`);
  expect(await read()).toMatchObject({
    state: 'CONNECTED',
    checks: [
      { name: 'SIGN_IN', state: 'OK', remedy: null },
      { name: 'admin', state: 'EXCESS', remedy: 'Take it back.' },
    ],
  });
  const integrationId = made.id;
  const credentials = [connected.credentials[0], { name: 'clientSecret', value: 'another' }];
  const rotated = await mutate('rotateIntegrationSecret', 'RotateIntegrationSecretInput', {
    integrationId,
    credentials,
    expectedRevision: 1,
  });
  expect(rotated).toMatchObject({ secretVersion: 2, revision: 2 });
  await work();
  expect(authorization).toBe('Bearer another');
  expect(await secrets()).toHaveLength(1);
  const ended = await mutate('disconnectIntegration', 'IntegrationChangeInput', { integrationId, expectedRevision: 2 });
  expect(ended).toMatchObject({ state: 'DISCONNECTED', revision: 3 });
  expect(await secrets()).toEqual([]);
  const { data } = await admin.graphql('{ outboxStatus { pauses { vendor reason until } } }');
  expect(data!.outboxStatus.pauses).toEqual([{ vendor: 'HALOPSA', reason: 'DISCONNECTED', until: null }]);
  for (const [field, type] of [
    ['testIntegration', 'IntegrationInput'],
    ['disconnectIntegration', 'IntegrationChangeInput'],
  ] as const) {
    const input = { integrationId, ...(field === 'testIntegration' ? {} : { expectedRevision: 3 }) };
    expect((await mutate(field, type, input)).findings.map(({ code }) => code)).toEqual(['INTEGRATION_DISCONNECTED']);
  }
  expect(await connect()).toMatchObject({ id: integrationId, state: 'CONNECTED', secretVersion: 3, revision: 4 });
  expect((await admin.graphql('{ outboxStatus { pauses { vendor } } }')).data!.outboxStatus.pauses).toEqual([]);
});

test.each([
  { why: 'credentials that are not valid', status: 401, reason: 'VENDOR_CREDENTIALS' },
  { why: 'a missing permission', status: 403, reason: 'VENDOR_FORBIDS' },
  { why: 'a vendor that fails', status: 500, reason: 'VENDOR_FAILED' },
])('a test that meets $why says so, with a remedy', async ({ status, reason }) => {
  answer = (response) => void response.writeHead(status).end();
  await connect();
  await work();
  const found = await read();
  expect(found).toMatchObject({
    state: 'ERROR',
    reason,
    checks: [expect.objectContaining({ name: 'SIGN_IN', state: 'FAILED' })],
  });
  expect(found.remedy).toEqual(expect.any(String));
  answer = (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  await mutate('testIntegration', 'IntegrationInput', { integrationId: found.id });
  await work();
  expect(await read()).toMatchObject({ state: 'CONNECTED', reason: null, remedy: null });
});

test('a sound test ends the pause of a vendor whose credentials were refused', async () => {
  const { id } = await connect();
  await work();
  await suite.gateway.transaction(world.tenantId, (tx) =>
    tx.commit([
      {
        text: "insert into vendor_pause (tenant_id, vendor, until, reason, failures, since, remedy) values ($1, 'HALOPSA', null, 'DISCONNECTED', 1, now(), 'r')",
        values: [],
      },
    ]),
  );
  await mutate('testIntegration', 'IntegrationInput', { integrationId: id });
  await work();
  expect((await admin.graphql('{ outboxStatus { pauses { vendor } } }')).data!.outboxStatus.pauses).toEqual([]);
});

test.each([
  { given: { baseUrl: 'ftp://example.com' }, paths: ['baseUrl'] },
  { given: { baseUrl: 'http://example.com' }, paths: ['baseUrl'] },
  { given: { baseUrl: 'https://user:pw@example.com' }, paths: ['baseUrl'] },
  { given: { baseUrl: 'https://example.com/?key=1' }, paths: ['baseUrl'] },
  { given: { settings: [{ name: 'mode', value: 'LOUD' }] }, paths: ['settings.mode'] },
  { given: { settings: [{ name: 'colour', value: 'red' }] }, paths: ['settings.0'] },
  { given: { settings: [{ name: 'wonStatusIds', value: '1,two' }] }, paths: ['settings.wonStatusIds'] },
  { given: { credentials: [{ name: 'clientId', value: 'x' }] }, paths: ['credentials.clientSecret'] },
  { given: { credentials: [...connected.credentials, connected.credentials[0]] }, paths: ['credentials.clientId'] },
  {
    given: { vendor: 'TEAMS', settings: [], credentials: [{ name: 'webhookUrl', value: 'http://x.test' }] },
    paths: ['credentials.webhookUrl'],
  },
  {
    given: { vendor: 'SHAREPOINT', settings: [{ name: 'directoryId', value: 'x' }], credentials: [] },
    paths: ['settings.directoryId', 'credentials.clientId'],
  },
  {
    given: { baseUrl: 'nowhere', settings: [{ name: 'mode', value: '?' }], credentials: [] },
    paths: ['baseUrl', 'settings.mode', 'credentials.clientId', 'credentials.clientSecret'],
  },
])('$given is refused by $paths, with what to give instead', async ({ given, paths }) => {
  const { findings } = await connect(given);
  expect(findings.map(({ path }) => path)).toEqual(paths);
  for (const { remedy } of findings) expect(remedy.length).toBeGreaterThan(10);
  expect(JSON.stringify(findings)).not.toContain(SECRET);
});

test('a name is one connection of its vendor, also for two who connect at once', async () => {
  const both = await Promise.all([connect(), connect()]);
  expect(both.map(({ __typename }) => __typename).toSorted()).toEqual(['Integration', 'Refused']);
  expect((await connect()).findings.map(({ code }) => code)).toEqual(['INTEGRATION_EXISTS']);
});

test('a change of another revision is stale', async () => {
  const { id } = await connect();
  const input = { integrationId: id, expectedRevision: 7, baseUrl: origin, settings: [] };
  await expect(mutate('updateIntegrationSettings', 'UpdateIntegrationSettingsInput', input)).rejects.toThrow(
    'STALE_REVISION',
  );
});

test('no secret can be read anywhere: not by any role, not in the database, not in the ledger, the outbox or a log', async () => {
  await connect();
  await work();
  answer = (response) => void response.writeHead(403).end(SECRET);
  await mutate('testIntegration', 'IntegrationInput', { integrationId: (await read()).id });
  await work();
  const database = new Client({ connectionString: suite.superuserUrl });
  await database.connect();
  try {
    const { rows: tables } = await database.query<{ name: string }>(
      "select quote_ident(relname) as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'",
    );
    expect(tables.length).toBeGreaterThan(30);
    for (const { name } of tables) {
      const { rows } = await database.query<{ row: string }>(`select t::text as row from ${name} t`);
      expect(rows.filter(({ row }) => row.includes(SECRET))).toEqual([]);
    }
  } finally {
    await database.end();
  }
});

test('a secret opens for its own connection alone', async () => {
  await connect();
  const [secret] = await secrets();
  const vault = vaultOf();
  expect(openSecret(vault, secret!)).toEqual({ clientId: 'client-1', clientSecret: SECRET });
  const moved = (changes: Partial<IntegrationSecret>): IntegrationSecret =>
    Object.assign(new IntegrationSecret(), secret, changes);
  for (const changes of [{ tenantId: newId() }, { integrationId: newId() }, { version: 2 }, { id: newId() }])
    expect(() => openSecret(vault, moved(changes))).toThrow(expect.objectContaining({ fault: 'DAMAGED' }));
  const of = { tenantId: world.tenantId, integrationId: secret!.integrationId, version: 1 };
  const again = sealedSecret(vault, of, { clientSecret: SECRET }, { id: secret!.id, now: new Date() });
  expect(() => openSecret(vault, moved({ sealed: again.sealed! }))).toThrow(
    expect.objectContaining({ fault: 'DAMAGED' }),
  );
});

test('without a connection an effect waits, and goes on when there is one', async () => {
  const connections = new Connections(vaultOf());
  const tools = { read: world.read.bind(world) };
  await expect(connections.of(tools, Vendor.HALOPSA)).rejects.toMatchObject({
    kind: 'DISCONNECTED',
    code: 'NOT_CONNECTED',
  });
  const { id } = await connect();
  expect(await connections.of(tools, Vendor.HALOPSA)).toMatchObject({
    id,
    baseUrl: origin,
    settings: { mode: 'FLAG' },
    secretVersion: 1,
  });
  const stranger = await suite.tenant();
  await expect(connections.byId({ read: stranger.read.bind(stranger) }, id)).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('a test of a connection that was ended before its turn does nothing', async () => {
  const { id } = await connect();
  await mutate('disconnectIntegration', 'IntegrationChangeInput', { integrationId: id, expectedRevision: 1 });
  await work();
  expect(await read()).toMatchObject({ state: 'DISCONNECTED', checks: [] });
  const { effects } = await world.read({ effects: select(OutboxEffect, { state: EffectState.DONE }) });
  expect(effects.map(({ receipt }) => receipt)).toEqual(['DISCONNECTED']);
});
