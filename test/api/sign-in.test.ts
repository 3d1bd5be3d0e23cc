import fc from 'fast-check';
import { newId } from '../../src/core/id.js';
import { createApiKey } from '../../src/identity/tenant.commands.js';
import { Role } from '../../src/identity/roles.js';
import { importForTest } from '../kit/deal.js';
import type { World } from '../kit/world.js';
import { read } from '../rules/handoff.kit.js';
import { ask, type Asked, ME, type Process, Two, WHO } from './sign-in.kit.js';
import { pause, type Stage } from './subscriptions.kit.js';

const ALERTS = '{ alerts(first: 1) { edges { node { id } } } }';
const OPEN = `mutation ($input: OpenDecisionInput!) { openDecision(input: $input) {
  ... on Decision { id number state question handoff { id stage } } ... on Refused { findings { code } } } }`;
const OPEN_WITH_MARGIN = `mutation ($input: OpenDecisionInput!) { openDecision(input: $input) {
  ... on Decision { id handoff { margin { meetsFloor } } } ... on Refused { findings { code } } } }`;

let two: Two;
let stage: Stage;
let world: World;
let processes: readonly [Process, Process];
let pid: number;
beforeAll(async () => {
  two = await Two.open();
  ({ stage, processes } = two);
  pid = (await stage.database.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid;
});
beforeEach(async () => {
  world = await stage.suite.tenant();
});
afterAll(() => two.close());

/** What a process says to somebody it has never seen: another token of the same person. */
const firstAnswer = async (process: Process, query: string): Promise<Asked> =>
  ask(process, await stage.provider.token(world, WHO, 500 + Math.floor(Math.random() * 5000)), query);

/** Changes made by another process, or in the database. */
const sql = (text: string, values: unknown[] = []): Promise<unknown> => stage.database.query(text, values);
const idOf = (key: string): Promise<string> => world.idOf(key);
const revoke = async (key: string, role: Role): Promise<unknown> =>
  sql(
    "update role_grant set revoked_at = granted_at, revoked_by = 'x' where tenant_id = $1 and person_id = $2 and role = $3 and revoked_at is null",
    [world.tenantId, await idOf(key), role],
  );
const grant = async (key: string, role: Role, endsAt: Date | null = null): Promise<unknown> =>
  sql(
    "insert into role_grant (tenant_id, id, person_id, role, granted_by, granted_at, ends_at) values ($1, $2, $3, $4, 'x', $5, $6)",
    [world.tenantId, newId(), await idOf(key), role, stage.suite.clock.at, endsAt],
  );
const setState = (id: string, state: string): Promise<unknown> =>
  sql('update person set state = $3 where tenant_id = $1 and id = $2', [world.tenantId, id, state]);

/** A handoff, and a question about it. */
async function question(): Promise<{ input: Record<string, unknown> }> {
  const sales = await world.as(WHO);
  const handoffId = await sales.done(importForTest, read('managed-network-healthy'));
  const [row] = await world.rows('select revision from handoff where tenant_id = $1 and id = $2', [handoffId]);
  return {
    input: {
      handoffId,
      expectedRevision: row!.revision,
      kind: 'QUESTION',
      question: 'Which site first?',
      dueOn: '2026-12-01',
      ownerId: sales.actor.id,
      escalationContactId: await idOf(Role.SERVICE_DELIVERY_LEAD),
    },
  };
}
/** Those who wait for what the test's own connection holds. */
const blocked = async (): Promise<number> =>
  (await stage.suite.gateway.global('select pid from pg_stat_activity where $1 = any(pg_blocking_pids(pid))', [pid]))
    .length;

const decisions = async (): Promise<number> =>
  (await world.rows("select 1 from ledger_entry where tenant_id = $1 and action = 'openDecision'")).length;

describe('what a request costs', () => {
  it('is one round trip for a query of a token that is known, which confirms the actor in it', async () => {
    const token = await stage.provider.token(world, WHO);
    const [process] = processes;
    expect((await ask(process, token, ME)).transactions).toBe(2);
    const second = await ask(process, token, ME);
    expect(second.json.data.me.handle).toBe(WHO);
    expect(second.transactions).toBe(1);
    expect(process.statements.filter((text) => text.includes('from membership_stamp'))).toHaveLength(1);
    const { transactions, json } = await ask(process, token, '{ __typename }');
    expect({ transactions, json }).toEqual({ transactions: 1, json: { data: { __typename: 'Query' } } });
  });

  it('is two flushes in all for a change that answers with its row and the rows that it names', async () => {
    const token = await stage.provider.token(world, WHO);
    const [process] = processes;
    const variables = await question();
    await two.know(token);
    const { json, transactions } = await ask(process, token, OPEN, variables);
    const handoff = { id: variables.input.handoffId, stage: 'DRAFT' };
    expect(json.data.openDecision).toMatchObject({ state: 'OPEN', question: 'Which site first?', handoff });
    expect(transactions).toBe(1);
    const asked = process.statements.slice(-3).map((text) => text.split(' from ')[1]);
    expect(asked[0]).toMatch(/^decision where .*id = \$2/);
    expect(asked[1]).toMatch(/^handoff where .*id = \(select h.handoff_id/);
  });

  it('is two flushes for a change that the business refuses', async () => {
    const token = await stage.provider.token(world, WHO);
    const { input } = await question();
    await two.know(token);
    const { json, transactions } = await ask(processes[0], token, OPEN, { input: { ...input, dueOn: '2020-01-01' } });
    expect(json.data.openDecision.findings).not.toEqual([]);
    expect(transactions).toBe(1);
  });
});

describe('whoever has changed between two requests of one token', () => {
  it.each([
    { how: 'suspended', query: ME, change: async () => setState(await idOf(WHO), 'SUSPENDED'), code: 'FORBIDDEN' },
    {
      how: 'unlinked',
      query: ME,
      change: async () =>
        sql('update account set unlinked_at = linked_at where tenant_id = $1 and person_id = $2', [
          world.tenantId,
          await idOf(WHO),
        ]),
      code: 'FORBIDDEN',
    },
    {
      how: 'without the tenant, which is suspended',
      query: '{ __typename }',
      change: () => sql("update tenant_profile set state = 'SUSPENDED' where tenant_id = $1", [world.tenantId]),
      code: 'FORBIDDEN',
    },
    {
      how: 'without the role',
      query: '{ handoffs(first: 1) { edges { node { margin { meetsFloor } } } } }',
      change: () => revoke(WHO, Role.SALES_MANAGER),
      code: 'FORBIDDEN',
    },
    {
      how: 'suspended, and asks what is no document',
      query: '{ me { nothing } }',
      warm: ME,
      change: async () => setState(await idOf(WHO), 'SUSPENDED'),
      code: 'FORBIDDEN',
    },
  ])('is answered as at a first request, by every process: $how', async ({ query, warm = query, change, code }) => {
    const token = await stage.provider.token(world, WHO);
    await two.know(token, warm);
    await change();
    for (const process of processes) {
      const { status, json } = await ask(process, token, query);
      const first = await firstAnswer(process, query);
      expect({ status, json }).toEqual({ status: first.status, json: first.json });
      expect(json.errors[0].extensions.code).toBe(code);
    }
  });

  it('is refused with the end of the seat once it has come', async () => {
    const token = await stage.provider.token(world, WHO);
    const { clock } = stage.suite;
    await revoke(WHO, Role.SALES_MANAGER);
    await grant(WHO, Role.AUDITOR, new Date(clock.at.getTime() + 3_600_000));
    await two.know(token);
    clock.advanceHours(2);
    for (const process of processes) {
      const { status, json } = await ask(process, token, ME);
      expect(status).toBe(403);
      expect(json.errors[0].message).toMatch(/^Your seat ended on /);
    }
  });

  it('is refused with a key that was revoked', async () => {
    const admin = await world.as(Role.REVOPS_ADMIN);
    const input = { name: 'script', scopes: ['handoffs:read', 'documents:free'], days: 30 };
    const made = await admin.run(createApiKey, input);
    const { id, secret } = made as { id: string; secret: string };
    const query = '{ handoffs(first: 1) { edges { cursor } } }';
    await two.know(secret, query);
    expect((await ask(processes[0], secret, query)).transactions).toBe(1);
    await sql('update api_key set revoked_at = created_at where tenant_id = $1 and id = $2', [world.tenantId, id]);
    for (const process of processes) {
      const { status, json } = await ask(process, secret, query);
      expect([status, json.errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
    }
  });

  it('is refused with a token that has ended', async () => {
    // Sixty seconds of tolerance are over within the next one.
    const token = await stage.provider.token(world, WHO, -59);
    await two.know(token);
    await pause(1_100);
    for (const process of processes) {
      const { status, json } = await ask(process, token, ME);
      expect([status, json.errors[0].extensions.reason]).toEqual([401, 'EXPIRED']);
    }
  });

  it('may do at once what a new role allows, and leaves no denial behind', async () => {
    const token = await stage.provider.token(world, WHO);
    await two.know(token);
    const refused = await ask(processes[0], token, ALERTS);
    expect(refused.json.errors[0].extensions.code).toBe('FORBIDDEN');
    await grant(WHO, Role.FINANCE_APPROVER);
    for (const process of processes) {
      expect((await ask(process, token, ALERTS)).json).toEqual({ data: { alerts: { edges: [] } } });
    }
    const variables = await question();
    await revoke(WHO, Role.SALES_MANAGER);
    await two.know(token);
    await grant(WHO, Role.SALES_MANAGER);
    const { json } = await ask(processes[0], token, OPEN, variables);
    expect(json.data.openDecision.state).toBe('OPEN');
    expect(await world.rows("select 1 from ledger_entry where tenant_id = $1 and outcome = 'DENIED'")).toEqual([]);
  });
});

describe('a change by whoever has changed', () => {
  it('is not made without the role, and the denial is on record', async () => {
    const token = await stage.provider.token(world, WHO);
    const variables = await question();
    await two.know(token);
    await revoke(WHO, Role.SALES_MANAGER);
    await grant(WHO, Role.FINANCE_APPROVER);
    const { json } = await ask(processes[0], token, OPEN, variables);
    expect(json.errors[0].extensions.code).toBe('FORBIDDEN');
    expect(
      await world.rows("select outcome from ledger_entry where tenant_id = $1 and action = 'openDecision'"),
    ).toEqual([{ outcome: 'DENIED' }]);
  });

  it('is not made when the answer would show what they may no longer see', async () => {
    const token = await stage.provider.token(world, WHO);
    const variables = await question();
    await two.know(token);
    await revoke(WHO, Role.SALES_MANAGER);
    await grant(WHO, Role.DELIVERY_MANAGER);
    const { status, json } = await ask(processes[0], token, OPEN_WITH_MARGIN, variables);
    expect([status, json.errors[0].extensions.fields]).toEqual([403, ['Handoff.margin', 'MarginSummary.meetsFloor']]);
    expect(await decisions()).toBe(0);
    await sql('update handoff set delivery_manager_id = $2 where tenant_id = $1', [world.tenantId, await idOf(WHO)]);
    const { json: plain } = await ask(processes[0], token, OPEN, variables);
    expect(plain.data.openDecision.state).toBe('OPEN');
  });

  it.each([
    { seen: 'for the first time', times: 0 },
    { seen: 'again', times: 1 },
  ])(
    'is judged by the role that is left when it was taken while the change waited: a token seen $seen',
    async ({ times }) => {
      const token = await stage.provider.token(world, WHO);
      const variables = await question();
      for (let n = 0; n < times; n++) await two.know(token);
      await sql('begin');
      const { handoffId } = variables.input;
      await sql('select 1 from handoff where tenant_id = $1 and id = $2 for update', [world.tenantId, handoffId]);
      const asked = ask(processes[0], token, OPEN_WITH_MARGIN, variables);
      // It waits for the lock: its actor was read, or assumed, before.
      while ((await blocked()) === 0) await pause(10);
      await revoke(WHO, Role.SALES_MANAGER);
      await grant(WHO, Role.DELIVERY_MANAGER);
      await sql('commit');
      const { status, json } = await asked;
      expect([status, json.errors[0].extensions.fields]).toEqual([403, ['Handoff.margin', 'MarginSummary.meetsFloor']]);
      expect(await decisions()).toBe(0);
    },
  );
});

describe('no answer is for the actor of the past', () => {
  /** A query that needs each role, and what an actor without it gets. */
  const RIGHTS = [
    { role: Role.SALES_MANAGER, query: '{ handoffs(first: 1) { edges { node { margin { meetsFloor } } } } }' },
    { role: Role.FINANCE_APPROVER, query: ALERTS },
  ] as const;
  const MAY: Readonly<Record<number, readonly Role[]>> = {
    0: [Role.SALES_MANAGER, Role.FINANCE_APPROVER],
    1: [Role.FINANCE_APPROVER],
  };

  it('whatever happens between the requests, in whichever process', async () => {
    const step = fc.record({
      what: fc.constantFrom('ask', 'ask', 'ask', 'state', 'role'),
      n: fc.integer({ min: 0, max: 1 }),
      process: fc.integer({ min: 0, max: 1 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 16 }), async (steps) => {
        world = await stage.suite.tenant();
        const token = await stage.provider.token(world, WHO);
        const id = await idOf(WHO);
        let isActive = true;
        const roles = new Set<Role>([Role.SALES_MANAGER]);
        for (const { what, n, process } of steps) {
          const { role, query } = RIGHTS[n]!;
          if (what === 'state') {
            isActive = !isActive;
            await setState(id, isActive ? 'ACTIVE' : 'SUSPENDED');
          } else if (what === 'role' && isActive) {
            if (roles.delete(role)) await revoke(WHO, role);
            else {
              roles.add(role);
              await grant(WHO, role);
            }
          } else if (what === 'ask') {
            const { json } = await ask(processes[process]!, token, query);
            const may = isActive && MAY[n]!.some((one) => roles.has(one));
            expect(json.errors?.[0].extensions.code ?? 'ANSWERED').toBe(may ? 'ANSWERED' : 'FORBIDDEN');
          }
        }
      }),
      { numRuns: 6 },
    );
  });
});
