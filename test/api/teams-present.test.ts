import { createRemoteJWKSet, jwtVerify } from 'jose';
import { selectRequired } from '../../src/core/statement.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { SANDBOX_IDENTITY_PATH } from '../../src/sandbox/identity/constants.js';
import { startMicrosoft } from '../../src/sandbox/microsoft/mount.js';
import { importForTest } from '../kit/deal.js';
import { operation } from '../kit/operation.js';
import { submitForTest } from '../kit/project.js';
import { startServer, type TestServer } from '../kit/server.js';
import { openSuite, type Suite } from '../kit/suite.js';
import { read } from '../rules/handoff.kit.js';

let suite: Suite;
let server: TestServer;
let microsoft: Awaited<ReturnType<typeof startMicrosoft>>;

beforeAll(async () => {
  suite = await openSuite();
  // As the sandbox has it: assertions are checked with the keys of the identity provider.
  microsoft = await startMicrosoft({
    verifyAssertion: async (token) => {
      const issuer = `${server.address}${SANDBOX_IDENTITY_PATH}`;
      const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
      return (await jwtVerify(token, keys, { issuer })).payload;
    },
  });
  const { origin } = new URL(microsoft.base);
  server = await startServer(suite, { MICROSOFT_SIMULATOR: origin, PUBLIC_URL: 'https://cs.example' });
});
afterAll(async () => {
  await server.close();
  await microsoft.close();
  await suite.close();
});

test('a decision opened over HTTP stands in the channel in the name of who opened it; their token is kept nowhere', async () => {
  const world = await suite.tenant();
  const { simulator } = microsoft;
  const people = world.configuration.people.map(({ key, name, accounts }) => ({
    oid: accounts[0]!.oid,
    name,
    handle: key,
  }));
  const sample = simulator.seed({ tid: world.configuration.tenant.entraTid, slug: 'northwind-managed', people });
  const sales = await world.as('SALES_MANAGER');
  const handoffId = await sales.done(importForTest, read('managed-network-healthy'));
  await sales.done(submitForTest, { handoffId });
  const ask = async (keyOrRole: string, name: string, input: unknown): Promise<string> => {
    const token = await server.token(world, keyOrRole);
    const body = { query: operation(name), variables: { input } };
    const { json } = await server.send(body, { authorization: `Bearer ${token}` });
    expect(json).not.toHaveProperty('errors');
    expect(JSON.stringify(json)).not.toContain('findings');
    return token;
  };
  const settings = { topics: 'DECISIONS', delegated: 'ON', teamId: sample.teamId, channelId: sample.channelId };
  await ask('REVOPS_ADMIN', 'connect-integration', {
    vendor: 'TEAMS',
    name: 'Handoffs',
    baseUrl: 'https://teams.microsoft.com',
    settings: Object.entries(settings).map(([name, value]) => ({ name, value })),
    credentials: [{ name: 'webhookUrl', value: sample.workflowUrl }],
  });
  const { row } = await world.read({ row: selectRequired(Handoff, handoffId) });
  const token = await ask('dana.delivery', 'open-decision', {
    handoffId,
    expectedRevision: row.revision,
    kind: 'QUESTION',
    question: 'Who pays for the second firewall?',
    context: null,
    assumptionId: null,
    ownerId: await world.idOf('sofia.sales'),
    dueOn: '2030-11-27',
    escalationContactId: await world.idOf('ravi.revops'),
    blocksKickoff: false,
  });
  const messages = () => simulator.world.store.all('message');
  for (let left = 100; left > 0 && messages().length === 0; left--) await new Promise((next) => setTimeout(next, 50));
  const dana = people.find(({ handle }) => handle === 'dana.delivery')!;
  expect(messages()).toMatchObject([{ from: { kind: 'user', id: dana.oid, name: dana.name } }]);
  expect(messages()[0]!.attachments[0]!.content).toContain(`https://cs.example/handoffs/${handoffId}`);
  expect(server.logged.join('\n')).not.toContain(token);
  const tables = await world.rows(
    "select table_name from information_schema.tables where table_schema = 'public' and $1::uuid is not null",
  );
  for (const { table_name: table } of tables) {
    const [found] = await world.rows(
      `select 1 as found from ${table as string} t where $1::uuid is not null and position($2 in t::text) > 0 limit 1`,
      [token],
    );
    expect([table, found]).toEqual([table, undefined]);
  }
});
