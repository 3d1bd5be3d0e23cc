import { newId } from '../../src/core/id.js';
import type { Actor } from '../../src/core/actor.js';
import { update } from '../../src/core/statement.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import { Role } from '../../src/identity/roles.js';
import { importForTest } from '../kit/deal.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { read } from '../rules/handoff.kit.js';

let suite: Suite;
let world: World;
let sales: Persona;
let handoffId: string;

beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());
beforeEach(async () => {
  world = await suite.tenant();
  sales = await world.as('SALES_MANAGER');
  handoffId = await sales.done(importForTest, read('managed-network-healthy'));
});

const WHOLE = `query ($id: ID!) { handoff(id: $id) {
  id number stage revision termsRevision tier tierSources { type version } startOn
  deal { externalId title client { name externalId } snapshots { revision } currentSnapshot { revision } }
  snapshot { revision currency wonOn purchaseOrder total { amount currency } oneOffTotal { amount } recurringTotal { amount } totalCost { amount }
    findings { code } lines { position unitPrice unitCost total { amount } cost { amount } } }
  client { name } owner { handle } deliveryManager { handle }
  stakeholders { side role name email } assumptions { text } risks { text level } statements { kind text source }
  outOfScope: statements(kind: OUT_OF_SCOPE) { text }
  answers { key value } availableActions } }`;

const ADD = `mutation ($input: AddStakeholderInput!) { addStakeholder(input: $input) { __typename
  ... on Handoff { revision stakeholders { name } } ... on Refused { findings { code path } } } }`;
const REVISE = `mutation ($input: ReviseStakeholderInput!) { reviseStakeholder(input: $input) { kind: __typename } }`;

const onStage = (stage: Stage): Promise<void> =>
  suite.gateway.transaction(world.tenantId, (tx) => tx.commit([update(Handoff, { id: handoffId }, { stage })]));

/** A program of the tenant with these scopes. */
function program(...scopes: string[]): Persona {
  const actor: Actor = {
    kind: 'SERVICE',
    tenantId: world.tenantId,
    id: newId(),
    roles: [Role.INTEGRATOR],
    scopes,
    authTime: null,
    accountId: null,
  };
  return world.acting(actor);
}

/** What asking for fields of the handoff comes to. */
const denied = async (who: Persona, fields: string): Promise<unknown> => {
  const { errors } = await who.graphql(`query ($id: ID!) { handoff(id: $id) { ${fields} } }`, { id: handoffId });
  return errors[0]?.extensions.code ?? 'SEEN';
};

describe('reading', () => {
  test('sales sees the whole handoff, in few flushes', async () => {
    suite.statements.length = 0;
    const { data, errors } = await sales.graphql(WHOLE, { id: handoffId });
    expect(errors).toEqual([]);
    const { handoff } = data!;
    expect(handoff).toMatchObject({
      number: 'H-2205',
      stage: 'DRAFT',
      deal: { externalId: '2205', client: { name: 'Acme Ltd', externalId: '12' }, snapshots: [{ revision: 1 }] },
      snapshot: { revision: 1, currency: 'GBP', wonOn: '2026-09-30' },
      client: { name: 'Acme Ltd' },
      owner: { handle: world.configuration.people.find((p) => p.id === sales.actor.id)!.key },
      deliveryManager: null,
      outOfScope: [],
      answers: [],
    });
    const { total, oneOffTotal, recurringTotal, lines } = handoff.snapshot;
    expect(Number(total.amount)).toBeCloseTo(Number(oneOffTotal.amount) + Number(recurringTotal.amount), 2);
    expect(lines[0]).toMatchObject({ position: 1, total: { amount: '1760.00' }, cost: { amount: '992.00' } });
    expect(handoff.stakeholders).toHaveLength(2);
    expect(handoff.availableActions).toContain('WITHDRAW');
    expect(suite.statements.filter((text) => text.startsWith('begin')).length).toBeLessThanOrEqual(4);
  });

  test('a list costs the same number of statements for one row and for many', async () => {
    const LIST = `{ handoffs(first: 50) { edges { node { number client { name } risks { text } snapshot { total { amount } } availableActions } } } }`;
    const count = async (): Promise<number> => {
      suite.statements.length = 0;
      expect((await sales.graphql(LIST)).errors).toEqual([]);
      return suite.statements.length;
    };
    const one = await count();
    const { raw, parsed } = read('managed-network-healthy');
    for (const externalId of ['1', '2', '3', '4']) {
      await sales.done(importForTest, { raw, parsed: { ...parsed, deal: { ...parsed.deal, externalId } } });
    }
    expect(await count()).toBe(one);
  });

  test('by number, and by filter', async () => {
    const byNumber = 'query ($number: String!) { handoffByNumber(number: $number) { id } }';
    expect((await sales.graphql(byNumber, { number: 'H-2205' })).data?.handoffByNumber).toEqual({ id: handoffId });
    expect((await sales.graphql(byNumber, { number: 'H-1' })).data?.handoffByNumber).toBeNull();
    const list = 'query ($filter: HandoffFilter) { handoffs(filter: $filter) { edges { node { id } } } }';
    const found = async (filter: object | null): Promise<number> =>
      (await sales.graphql(list, { filter })).data?.handoffs.edges.length as number;
    expect(await found(null)).toBe(1);
    expect(await found({ stage: 'DRAFT', ownerId: sales.actor.id })).toBe(1);
    expect(await found({ stage: 'IN_REVIEW' })).toBe(0);
    expect(await found({ deliveryManagerId: sales.actor.id })).toBe(0);
    expect((await sales.graphql(list, { filter: { ownerId: 'me' } })).errors[0]?.extensions.code).toBe(
      'BAD_USER_INPUT',
    );
  });

  test('a page has the size that was asked for', async () => {
    const { raw, parsed } = read('managed-network-healthy');
    await sales.done(importForTest, { raw, parsed: { ...parsed, deal: { ...parsed.deal, externalId: '9' } } });
    const list =
      'query ($after: String) { handoffs(first: 1, after: $after) { edges { node { number } } pageInfo { hasNextPage endCursor } } }';
    const first = (await sales.graphql(list)).data!.handoffs;
    expect([first.edges[0].node.number, first.pageInfo.hasNextPage]).toEqual(['H-9', true]);
    const second = (await sales.graphql(list, { after: first.pageInfo.endCursor })).data!.handoffs;
    expect([second.edges[0].node.number, second.pageInfo.hasNextPage]).toEqual(['H-2205', false]);
  });

  test('a delivery manager reads what was handed over, and drafts that are theirs', async () => {
    const manager = await world.as('DELIVERY_MANAGER');
    const ask = 'query ($id: ID!) { handoff(id: $id) { id availableActions } }';
    const seen = async (): Promise<unknown> => {
      const { data, errors } = await manager.graphql(ask, { id: handoffId });
      return data?.handoff?.id ?? errors[0]?.extensions.code;
    };
    expect(await seen()).toBe('NOT_FOUND');
    await onStage(Stage.IN_REVIEW);
    expect(await seen()).toBe(handoffId);
  });

  test('cost, prices and people only for those who may see them', async () => {
    const admin = await world.as('REVOPS_ADMIN');
    const auditor = await world.as('AUDITOR');
    const manager = await world.as('DELIVERY_MANAGER');
    expect(await denied(admin, 'snapshot { lines { unitPrice } }')).toBe('FORBIDDEN');
    expect(await denied(admin, 'snapshot { total { amount } }')).toBe('FORBIDDEN');
    expect(await denied(admin, 'billingTerms')).toBe('FORBIDDEN');
    expect(await denied(manager, 'snapshot { totalCost { amount } }')).toBe('FORBIDDEN');
    expect(await denied(auditor, 'stakeholders { name }')).toBe('FORBIDDEN');
    expect(await denied(auditor, 'stakeholders { notes }')).toBe('FORBIDDEN');
    expect(await denied(auditor, 'stakeholders { role } snapshot { totalCost { amount } }')).toBe('SEEN');
  });

  test('a program reads only with the scope, and another tenant not at all', async () => {
    const ask = 'query ($id: ID!) { handoff(id: $id) { number risks { level } deal { title } } }';
    // Who imports sees which handoff the answer is about, and nothing inside it.
    expect((await program('deals:import').graphql(ask, { id: handoffId })).data?.handoff).toMatchObject({
      risks: [],
      deal: null,
    });
    expect((await program('handoffs:read').graphql(ask, { id: handoffId })).data?.handoff.risks).toHaveLength(1);
    const stranger = await (await suite.tenant()).as('SALES_MANAGER');
    const { errors } = await stranger.graphql(ask, { id: handoffId });
    expect(errors[0]?.extensions).toMatchObject({ code: 'NOT_FOUND' });
    expect(
      (await stranger.graphql('query { handoffByNumber(number: "H-2205") { id } }')).data?.handoffByNumber,
    ).toBeNull();
  });

  test('a program imports only with that scope', async () => {
    const { raw, parsed } = read('managed-network-healthy');
    const key = newId();
    const work = program('handoffs:read').run(importForTest, { raw, parsed }, key);
    await expect(work).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('writing', () => {
  const person = { side: 'CLIENT', role: 'CHAMPION', name: 'Ida' };
  const input = (change: object = {}): { input: object } => ({
    input: { handoffId, expectedRevision: 1, ...person, ...change },
  });

  test('the answer is the handoff with its new revision', async () => {
    const { data } = await sales.graphql(ADD, input());
    expect(data?.addStakeholder).toMatchObject({ __typename: 'Handoff', revision: 2 });
    expect(data?.addStakeholder.stakeholders).toHaveLength(3);
  });

  test('a refusal is data', async () => {
    await onStage(Stage.IN_REVIEW);
    const { data } = await sales.graphql(ADD, input());
    expect(data?.addStakeholder).toEqual({
      __typename: 'Refused',
      findings: [{ code: 'NOT_EDITABLE', path: 'handoff.stage' }],
    });
  });

  test.each([
    ['a blank name', { name: '   ' }, 'name'],
    ['a name that is too long', { name: 'x'.repeat(121) }, 'name'],
    ['no mail address', { email: 'ida at acme' }, 'email'],
    ['no id', { handoffId: '42' }, 'handoffId'],
    ['no revision', { expectedRevision: 0 }, 'expectedRevision'],
  ])('%s is refused and names the field', async (_name, change, field) => {
    const { errors } = await sales.graphql(ADD, input(change));
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });

  test('what must be there cannot be emptied; what is left out stays', async () => {
    const rows = await world.rows('select id from stakeholder where tenant_id = $1 limit 1');
    const revise = async (change: object): Promise<unknown> => {
      const variables = { input: { handoffId, expectedRevision: 1, stakeholderId: rows[0]!.id, ...change } };
      const { data, errors } = await sales.graphql(REVISE, variables);
      return data?.reviseStakeholder?.kind ?? errors[0]?.extensions.field;
    };
    expect(await revise({ name: null })).toBe('name');
    expect(await revise({ role: null })).toBe('role');
    expect(await revise({ title: 'CTO' })).toBe('Handoff');
  });

  test('fields of a change that are left out stay, null empties', async () => {
    const EDIT = `mutation ($input: EditHandoffInput!) { editHandoff(input: $input) { ... on Handoff { revision context billingTerms startOn answers { key value } } } }`;
    const question = world.configuration.questions.find(({ type }) => type === 'BOOLEAN')!.key;
    const edit = async (expectedRevision: number, change: object): Promise<unknown> =>
      (await sales.graphql(EDIT, { input: { handoffId, expectedRevision, ...change } })).data?.editHandoff;
    const answers = [{ key: question, value: 'false' }];
    await edit(1, { context: 'Grows', billingTerms: '30 days', startOn: '2026-12-01', answers });
    expect(await edit(2, { context: null })).toEqual({
      revision: 3,
      context: null,
      billingTerms: '30 days',
      startOn: '2026-12-01',
      answers,
    });
  });
});
