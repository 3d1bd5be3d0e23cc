import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import pg from 'pg';
import { SubmittedBy1700000000058 } from '../../migrations/0058-submitted-by.js';
import { assignOwner } from '../../src/handoff/handoff.commands.js';
import { mergeMember } from '../../src/identity/member.commands.js';
import { playStory } from '../kit/story.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';

const operation = (name: string): string => readFileSync(resolve(`schema/operations/${name}.graphql`), 'utf8');

let suite: Suite;
let world: World;
let handoffId: string;
let sales: Persona;
let delivery: Persona;

beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());

beforeEach(async () => {
  world = await suite.tenant();
  ({ handoffId } = await playStory(world));
  sales = await world.as('sofia.sales');
  delivery = await world.as('dana.delivery');
});

const revision = async (): Promise<number> => {
  const { data } = await delivery.graphql(operation('handoff-step'), { id: handoffId });
  return data!.handoff.revision as number;
};
const on = async (input: object) => ({ handoffId, expectedRevision: await revision(), ...input });
const findingsOfSignOff = async (): Promise<string[]> => {
  const input = await on({ acceptedRiskIds: [], statement: 'Feasible as far as we can see.' });
  const { data } = await delivery.graphql(operation('sign-off-feasibility'), { input });
  return data!.signOffFeasibility.findings.map(({ code }: { code: string }) => code);
};

test('who handed it over does not sign it off, though somebody else owns it since', async () => {
  await delivery.graphql(operation('revoke-sign-off'), { input: await on({ reason: 'The engineer has left.' }) });
  const sam = await world.as('sam.sales');
  await sales.done(assignOwner, { handoffId, expectedRevision: await revision(), personId: sam.actor.id });
  const people = 'query($id: ID!) { handoff(id: $id) { owner { handle } submitter { handle } } }';
  const { data } = await delivery.graphql(people, { id: handoffId });
  expect(data!.handoff).toEqual({ owner: { handle: 'sam.sales' }, submitter: { handle: 'sofia.sales' } });
  expect(await findingsOfSignOff()).not.toContain('SELF_APPROVAL');
  const admin = await world.as('REVOPS_ADMIN');
  await admin.done(mergeMember, { personId: sales.actor.id, intoPersonId: delivery.actor.id, expectedRevision: 1 });
  expect(await findingsOfSignOff()).toContain('SELF_APPROVAL');
});

test('of handoffs from before it is who asked when the gate last let them pass', async () => {
  const client = new pg.Client({ connectionString: suite.ownerUrl });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('alter table handoff drop column submitted_by');
    // The contract of a review before the close passes the gate once more, and is recorded by anybody.
    await client.query('alter table gate_evaluation no force row level security');
    for (const [gate, askedBy, at] of [
      ['PRE_CLOSE', sales.actor.id, '2026-11-30T10:00:00Z'],
      ['SUBMIT', delivery.actor.id, '2026-11-30T11:00:00Z'],
    ])
      await client.query(
        `insert into gate_evaluation select (json_populate_record(e, json_build_object('id', gen_random_uuid(),
          'gate', $2::text, 'asked_by', $3::text, 'evaluated_at', $4::text))).* from gate_evaluation e
          where e.handoff_id = $1 and e.gate = 'SUBMIT' and e.verdict = 'PASSED' limit 1`,
        [handoffId, gate, askedBy, at],
      );
    await client.query('alter table gate_evaluation force row level security');
    const runner = { query: async (text: string) => (await client.query(text)).rows };
    await new SubmittedBy1700000000058().up(runner as never);
    await client.query('alter table handoff no force row level security');
    const { rows } = await client.query('select id, submitted_by from handoff where tenant_id = $1', [world.tenantId]);
    expect(rows).toEqual([{ id: handoffId, submitted_by: sales.actor.id }]);
  } finally {
    await client.query('rollback');
    await client.end();
  }
});
