import { newId } from '../../src/core/id.js';
import { Role } from '../../src/identity/roles.js';
import type { World } from '../kit/world.js';
import { ask, ME, type Process, startProcess, Two, WHO } from './sign-in.kit.js';
import type { Stage } from './subscriptions.kit.js';

const TWO_KEYS = `mutation ($input: CreateApiKeyInput!) {
  one: createApiKey(input: $input) { __typename }
  two: createApiKey(input: $input) { __typename } }`;

let two: Two;
let stage: Stage;
let world: World;
let processes: readonly [Process, Process];
beforeAll(async () => {
  two = await Two.open();
  ({ stage, processes } = two);
});
beforeEach(async () => {
  world = await stage.suite.tenant();
});
afterAll(() => two.close());

describe('a change of somebody else of the tenant', () => {
  it('costs whoever is known one look at who they are, once, and changes no answer', async () => {
    const token = await stage.provider.token(world, WHO);
    await two.know(token);
    await stage.database.query(
      "insert into role_grant (tenant_id, id, person_id, role, granted_by, granted_at) values ($1, $2, $3, 'FINANCE_APPROVER', 'x', $4)",
      [world.tenantId, newId(), await world.idOf(Role.REVOPS_ADMIN), stage.suite.clock.at],
    );
    for (const process of processes) {
      expect(await ask(process, token, ME)).toMatchObject({ json: { data: { me: { handle: WHO } } }, transactions: 3 });
      expect(await ask(process, token, ME)).toMatchObject({ json: { data: { me: { handle: WHO } } }, transactions: 1 });
    }
  });

  it('lets whoever makes it go on in the same request', async () => {
    const admin = world.configuration.people.find(({ roles }) => roles.includes(Role.REVOPS_ADMIN))!;
    const token = await stage.provider.token(world, admin.key);
    await two.know(token);
    const variables = { input: { name: 'sync', scopes: ['handoffs:read'] } };
    const { json } = await ask(processes[0], token, TWO_KEYS, variables);
    expect(json.errors).toBeUndefined();
    expect(json.data).toEqual({ one: { __typename: 'ApiKey' }, two: { __typename: 'ApiKey' } });
  });
});

describe('a database that gives no stamps', () => {
  it('has every actor confirmed by all of their rows', async () => {
    await stage.database.query('alter table person disable trigger membership_changed');
    const process = await startProcess(stage);
    try {
      const token = await stage.provider.token(world, WHO);
      expect((await ask(process, token, ME)).status).toBe(200);
      expect(await ask(process, token, ME)).toMatchObject({ status: 200, transactions: 1 });
      expect(process.statements.filter((text) => text.includes('from account'))).toHaveLength(1);
      await stage.database.query("update person set state = 'SUSPENDED' where tenant_id = $1 and id = $2", [
        world.tenantId,
        await world.idOf(WHO),
      ]);
      expect((await ask(process, token, ME)).json.errors[0].extensions.code).toBe('FORBIDDEN');
    } finally {
      await stage.database.query('alter table person enable trigger membership_changed');
      await process.server.close();
    }
  });
});
