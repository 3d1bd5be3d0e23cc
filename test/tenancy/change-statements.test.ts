import { getNamedType, type GraphQLObjectType, isCompositeType, isRequiredArgument } from 'graphql';
import { ABILITIES } from '../../src/abilities.js';
import { abilityOf, allows } from '../../src/core/ability.js';
import { sensitiveFields } from '../../src/core/graphql/rights.js';
import { Role } from '../../src/identity/roles.js';
import { multiplyChildren } from '../kit/multiply.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { calls, dealPayload, make, revisionOf, schema } from './population.js';

/** What the larger handoff has of everything of which a handoff may have many. */
const MANY = 100;
/** Changes of a draft that a sales manager makes. */
const CHANGES = ['addStakeholder', 'addRisk', 'addAssumption', 'addStatement', 'editHandoff', 'submitHandoff'] as const;

let suite: Suite;
let world: World;
let sales: Persona;
let few: string;
let many: string;

async function draft(): Promise<string> {
  const { document, variables } = calls.call('importDeal', {
    values: (name) => (name === 'payload' ? dealPayload() : undefined),
    selection: '{ ... on Handoff { id } }',
  });
  const { data } = await sales.graphql(document, variables);
  const id = data!.importDeal.id as string;
  const lead = await world.idOf(Role.SERVICE_DELIVERY_LEAD);
  for (const name of ['declareNoCommitments', 'addStakeholder', 'addRisk', 'addAssumption', 'addStatement'])
    await make(sales, world, name, id);
  await make(sales, world, 'openDecision', id, { ownerId: sales.actor.id, escalationContactId: lead });
  return id;
}

beforeAll(async () => {
  suite = await openSuite();
  world = await suite.tenant();
  sales = await world.as(Role.SALES_MANAGER);
  few = await draft();
  many = await draft();
  await multiplyChildren(suite.superuserUrl, { tenantId: world.tenantId, handoffId: many, rows: MANY });
}, 120_000);
afterAll(() => suite.close());

/** What a change sends, and which type answered. */
async function cost(name: string, handoffId: string, selection: string): Promise<string> {
  const known: Record<string, unknown> = { handoffId, expectedRevision: await revisionOf(world, handoffId) };
  const optional: Record<string, unknown> = { madeById: null, assumptionId: null, personId: null };
  const { document, variables } = calls.call(name, {
    values: (field) => (field in optional ? optional[field] : known[field]),
    selection: `{ __typename ... on Handoff ${selection} ... on Refused { findings { code } } }`,
  });
  suite.statements.length = 0;
  const { data, errors } = await sales.graphql(document, variables);
  const sent = suite.statements.length;
  if (errors.length > 0) return JSON.stringify(errors);
  return `${sent} statements, ${(data![name] as { __typename: string }).__typename}`;
}

it('has two handoffs, of which one has a hundred more of everything', async () => {
  for (const table of ['stakeholder', 'risk', 'assumption', 'handoff_statement', 'decision']) {
    const [counted] = await world.rows(
      `select count(*) filter (where handoff_id = $2)::int as few, count(*) filter (where handoff_id = $3)::int as many
        from ${table} where tenant_id = $1`,
      [few, many],
    );
    expect([table, (counted!.many as number) - (counted!.few as number)]).toEqual([table, MANY]);
  }
});

it.each(CHANGES)('%s costs as many statements with one child of a kind as with a hundred', async (name) => {
  const small = await cost(name, few, '{ id }');
  expect(small).toMatch(/^\d+ statements, (Handoff|Refused)$/);
  expect(await cost(name, many, '{ id }')).toBe(small);
});

describe('a change answers as much of its handoff by as many statements', () => {
  const classes = new Map(sensitiveFields(schema).map(({ path, fieldClass }) => [path, fieldClass]));
  const handoff = schema.getType('Handoff') as GraphQLObjectType;
  const fields = Object.values(handoff.getFields()).filter(
    ({ type, args }) => isCompositeType(getNamedType(type)) && !args.some(isRequiredArgument),
  );

  it.each(fields.map(({ name }) => name))('%s', async (name) => {
    const ability = abilityOf(sales.actor, ABILITIES);
    const leave = (path: string): boolean => classes.has(path) && !allows(ability, 'see', classes.get(path)!);
    if (leave(`Handoff.${name}`)) return;
    const type = getNamedType(handoff.getFields()[name]!.type);
    const selection = `{ ${name} ${calls.selection(type, 1, leave, ['Handoff'])} }`;
    const small = await cost('addStakeholder', few, selection);
    expect(small).toMatch(/^\d+ statements, Handoff$/);
    expect(await cost('addStakeholder', many, selection)).toBe(small);
  });
});
