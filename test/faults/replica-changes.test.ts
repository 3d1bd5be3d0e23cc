import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '../../src/core/id.js';
import { newKeyBytes } from '../../src/core/keys.js';
import { Role } from '../../src/identity/roles.js';
import { startServer, type TestServer } from '../kit/server.js';
import { type Pair, replicaEnvironment, startPair } from '../kit/standby.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';

/** Changes that another process serves while its replica stands still: judged, and answered, by what the primary knows. */
let pair: Pair;
let suite: Suite;
let folder: string;
let here: TestServer;
let there: TestServer;
let world: World;
const shared = process.env.COUNTERSIGN_TEST_CLUSTER!;

beforeAll(async () => {
  pair = await startPair();
  process.env.COUNTERSIGN_TEST_CLUSTER = pair.clusterFile;
  suite = await openSuite();
  folder = mkdtempSync(join(tmpdir(), 'countersign-replica-'));
  writeFileSync(join(folder, 'kek'), newKeyBytes());
  const environment = replicaEnvironment(pair, suite, join(folder, 'kek'));
  [here, there] = [await startServer(suite, environment), await startServer(suite, environment)];
});
beforeEach(async () => {
  world = await suite.tenant((configuration) => void (configuration.tenant.slug = newId()));
  await pair.caughtUp();
});
afterEach(() => pair.standby('select pg_wal_replay_resume()'));
afterAll(async () => {
  process.env.COUNTERSIGN_TEST_CLUSTER = shared;
  await Promise.all([here.close(), there.close()]);
  rmSync(folder, { recursive: true });
  await suite.close();
  await pair.close();
});

const MAKE = `mutation { createApiKey(input: { name: "a key", scopes: ["handoffs:read"], days: 30 }) {
  __typename ... on ApiKey { name } } }`;
const MADE = { data: { createApiKey: { __typename: 'ApiKey', name: 'a key' } } };

type Ask = (server: TestServer, query: string, idempotencyKey?: string) => Promise<any>; // oxlint-disable-line typescript/no-explicit-any -- a test reads whatever it asked for

/** Both processes know the person, and the other one reads on its replica, which stands still. */
async function stood(key: string): Promise<Ask> {
  const tokens = new Map<TestServer, string>();
  for (const server of [here, there]) tokens.set(server, await server.token(world, key));
  const ask: Ask = async (server, query, idempotencyKey = newId()) => {
    const response = await fetch(`${server.address}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${tokens.get(server)!}`,
        'idempotency-key': idempotencyKey,
      },
      body: JSON.stringify({ query }),
      signal: AbortSignal.timeout(10_000),
    });
    return response.json();
  };
  for (const server of [there, here, there]) {
    expect((await ask(server, '{ me { handle } }')).data.me.handle).toBe(key);
    // How far the replica is, is asked while somebody reads.
    await pause(300);
  }
  await pair.standby('select pg_wal_replay_pause()');
  return ask;
}

const grant = async (key: string, role: Role): Promise<void> =>
  suite.gateway.transaction(world.tenantId, async (tx) =>
    tx.commit([
      {
        text: "insert into role_grant (tenant_id, id, person_id, role, granted_by, granted_at) values ($1, $2, $3, $4, 'x', $5)",
        values: [newId(), await world.idOf(key), role, suite.clock.at],
      },
    ]),
  );
const denied = async (): Promise<number> =>
  (await world.rows("select 1 from ledger_entry where tenant_id = $1 and outcome = 'DENIED'")).length;

it('a change by whose rights have just changed runs again once, by the rights of now', async () => {
  const ask = await stood('ravi.revops');
  await grant('ravi.revops', Role.FINANCE_APPROVER);
  expect(await ask(there, MAKE)).toEqual(MADE);
});

it('a change by a role of just now is made, and no denial is on record', async () => {
  const ask = await stood('sofia.sales');
  await grant('sofia.sales', Role.REVOPS_ADMIN);
  expect(await ask(there, MAKE)).toEqual(MADE);
  expect(await denied()).toBe(0);
});

it('a change that is still denied is on record once', async () => {
  const ask = await stood('sofia.sales');
  expect((await ask(there, MAKE)).errors[0].extensions.code).toBe('FORBIDDEN');
  expect(await denied()).toBe(1);
});

it('a change that is repeated elsewhere is answered with the row that it made', async () => {
  const ask = await stood('ravi.revops');
  const key = newId();
  expect(await ask(here, MAKE, key)).toEqual(MADE);
  expect(await ask(there, MAKE, key)).toEqual(MADE);
});
