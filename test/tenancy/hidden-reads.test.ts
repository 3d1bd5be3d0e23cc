import { getNamedType } from 'graphql';
import pg from 'pg';
import { ABILITIES } from '../../src/abilities.js';
import { accessMatrix } from '../../src/cli/access-matrix.js';
import { abilityOf, allows } from '../../src/core/ability.js';
import { sensitiveFields } from '../../src/core/graphql/rights.js';
import { tableOf } from '../../src/core/table.js';
import { ENTITIES } from '../../src/entities.js';
import { Role } from '../../src/identity/roles.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona } from '../kit/world.js';
import { calls, populate, type Population, schema } from './population.js';
import { valueOf } from './sources.js';

const matrix = accessMatrix();
const classes = new Map(sensitiveFields(schema).map(({ path, fieldClass }) => [path, fieldClass]));
const roots = calls.roots().filter(({ operation }) => operation === 'query');
const QUERIES = roots
  .map(({ field }) => field.name)
  .filter((name) => matrix.find((row) => row.name === name)!.allowed[Role.DELIVERY_MANAGER] !== 'no');

/** What names handoffs that somebody cannot see, and why it may. */
const NAMES_THEM: Readonly<Record<string, string>> = {
  approvalRequest: 'every person reads approval requests: the policy may have any role answer them',
  approvalRequests: 'as above',
  rollout: 'the exceptions of the pilot, which are approval requests',
  sample: "what the weekly control drew, whose evidence is every person's",
  samples: 'as above',
  controlRuns: 'as above',
  kpiCases: 'the handoffs behind a figure, which counts all of them',
  reportedExceptions: 'as above',
  scopeChanges: 'only of what was kicked off, which nobody is kept from',
  ledger: 'what they did themselves',
  myNotices: 'what they have been told themselves',
};

let suite: Suite;
let ours: Population;
let superuser: pg.Client;
let delivery: Persona;
/** Every row that belongs to a handoff, and the handoffs. */
let ids: readonly string[];

beforeAll(async () => {
  suite = await openSuite();
  ours = await populate(await suite.tenant(), { closed: true });
  delivery = await ours.world.as(Role.DELIVERY_MANAGER);
  superuser = new pg.Client({ connectionString: suite.superuserUrl });
  await superuser.connect();
  // Past the triggers: nobody is asked whether a handoff may become a draft again.
  await superuser.query("set session_replication_role = 'replica'");
  const tables = ENTITIES.map(tableOf).filter(
    ({ name, byProperty }) => byProperty.has('id') && (byProperty.has('handoffId') || name === 'handoff'),
  );
  const texts = tables.map(
    ({ name }) =>
      `select id::text from ${name} where tenant_id = $1${name === 'handoff' ? '' : ' and handoff_id is not null'}`,
  );
  const { rows } = await superuser.query<{ id: string }>(texts.join(' union '), [ours.world.tenantId]);
  ids = rows.map(({ id }) => id);
  await makeDraftsOf(null);
});
afterAll(async () => {
  await superuser.end();
  await suite.close();
});

/** Every handoff becomes a draft of this delivery manager, or of none. */
async function makeDraftsOf(deliveryManagerId: string | null): Promise<void> {
  await superuser.query("update handoff set stage = 'DRAFT', delivery_manager_id = $2 where tenant_id = $1", [
    ours.world.tenantId,
    deliveryManagerId,
  ]);
}

/** Whether an answer to the root field names anything of a handoff, whatever is asked of it. */
async function namesAny(persona: Persona, root: string): Promise<boolean> {
  const ability = abilityOf(persona.actor, ABILITIES);
  const { field } = roots.find((one) => one.field.name === root)!;
  const names: string[] = [];
  calls.call(root, { values: (name) => void names.push(name) });
  const own: Record<string, unknown> = {};
  for (const name of names) own[name] = await valueOf(ours, ours.story, root, name);
  const leaving = (path: string): boolean => classes.has(path) && !allows(ability, 'see', classes.get(path)!);
  const answers: string[] = [];
  for (const selection of calls.selections(getNamedType(field.type), 2, leaving))
    for (const call of calls.variants(root, { values: (name) => own[name], selection, first: 3 }))
      answers.push(JSON.stringify((await persona.graphql(call.document, call.variables)).data));
  return ids.some((id) => answers.some((answer) => answer.includes(id)));
}

describe('drafts that are hidden from a delivery manager', () => {
  it.each(QUERIES.filter((root) => !NAMES_THEM[root]))('are named by no answer to %s', async (root) => {
    expect(await namesAny(delivery, root)).toBe(false);
  });

  it.each(Object.keys(NAMES_THEM))('are named by %s, for a reason', async (root) => {
    expect(await namesAny(delivery, root)).toBe(true);
  });

  const LISTS = ['decisions', 'actionItems', 'handoffMeetings', 'spotChecks', 'remediations', 'misfires', 'psaDrifts'];

  it.each(LISTS)('are in %s for whoever leads delivery', async (root) => {
    expect(await namesAny(await ours.world.as(Role.SERVICE_DELIVERY_LEAD), root)).toBe(true);
  });

  it.each(LISTS)('are in %s again once they are theirs', async (root) => {
    await makeDraftsOf(delivery.actor.id);
    expect(await namesAny(delivery, root)).toBe(true);
  });
});
