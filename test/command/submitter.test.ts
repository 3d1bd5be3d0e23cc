import pg from 'pg';
import { SubmittedBy1700000000058 } from '../../migrations/0058-submitted-by.js';
import { assignOwner } from '../../src/handoff/handoff.commands.js';
import { DealType } from '../../src/handoff/handoff.entity.js';
import { mergeMember } from '../../src/identity/member.commands.js';
import { assignDeliveryManager } from '../../src/passage/assign.command.js';
import { Acceptance, GapCategory } from '../../src/passage/gate.entity.js';
import { classifyHandoff } from '../../src/passage/intake.commands.js';
import { returnHandoff, revokeSignOff, signOffFeasibility } from '../../src/passage/review.commands.js';
import { playStory } from '../kit/story.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';

let suite: Suite;
let world: World;
let handoffId: string;
let sales: Persona;
let delivery: Persona;
let dylan: Persona;

beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());

beforeEach(async () => {
  world = await suite.tenant((configuration) => {
    // Two people who deliver and sell.
    for (const { key, roles } of configuration.people)
      if (key === 'dana.delivery' || key === 'dylan.delivery') roles.push('SALES_MANAGER');
  });
  ({ handoffId } = await playStory(world));
  sales = await world.as('sofia.sales');
  delivery = await world.as('dana.delivery');
  dylan = await world.as('dylan.delivery');
});

const on = async <I extends object>(input: I) => {
  const [handoff] = await world.rows('select revision from handoff where tenant_id = $1 and id = $2', [handoffId]);
  return { handoffId, expectedRevision: handoff!.revision as number, ...input };
};
const findingsOfSignOff = async (by = delivery): Promise<string[]> => {
  const input = await on({ acceptedRiskIds: [], statement: 'Feasible as far as we can see.' });
  return (await by.refused(signOffFeasibility, input)).map(({ code }) => code);
};
const own = async ({ actor }: Persona): Promise<string> => sales.done(assignOwner, await on({ personId: actor.id }));

test('who handed it over does not sign it off, though somebody else owns it since', async () => {
  await delivery.done(revokeSignOff, await on({ reason: 'The engineer has left.' }));
  const sam = await world.as('sam.sales');
  await sales.done(assignOwner, await on({ personId: sam.actor.id }));
  const people = 'query($id: ID!) { handoff(id: $id) { owner { handle } submitter { handle } } }';
  const { data } = await delivery.graphql(people, { id: handoffId });
  expect(data!.handoff).toEqual({ owner: { handle: 'sam.sales' }, submitter: { handle: 'sofia.sales' } });
  expect(await findingsOfSignOff()).not.toContain('SELF_APPROVAL');
  const admin = await world.as('REVOPS_ADMIN');
  await admin.done(mergeMember, { personId: sales.actor.id, intoPersonId: delivery.actor.id, expectedRevision: 1 });
  expect(await findingsOfSignOff()).toContain('SELF_APPROVAL');
});

test('nor who owned it before, though somebody else owns it and handed it over', async () => {
  await own(dylan);
  await own(sales);
  await sales.done(assignDeliveryManager, await on({ personId: dylan.actor.id }));
  expect(await findingsOfSignOff(dylan)).toContain('SELF_APPROVAL');
  await sales.done(assignDeliveryManager, await on({ personId: delivery.actor.id }));
  expect(await findingsOfSignOff()).not.toContain('SELF_APPROVAL');
});

test('nor who wrote its terms, under whatever record, and never owned it', async () => {
  const sam = await world.as('sam.sales');
  await delivery.done(revokeSignOff, await on({ reason: 'The engineer has left.' }));
  const gaps = [{ path: 'terms.lines', text: 'A line is missing.', category: GapCategory.MAJOR_GAP }];
  await delivery.done(returnHandoff, await on({ gaps, verdict: Acceptance.NEEDS_REVISION }));
  await sam.done(classifyHandoff, await on({ dealType: DealType.EXPANSION }));
  expect(await findingsOfSignOff()).not.toContain('SELF_APPROVAL');
  const admin = await world.as('REVOPS_ADMIN');
  await admin.done(mergeMember, { personId: sam.actor.id, intoPersonId: delivery.actor.id, expectedRevision: 1 });
  expect(await findingsOfSignOff()).toContain('SELF_APPROVAL');
});

test('nobody comes to own it under their own live sign-off, under whatever record', async () => {
  const [found, ...others] = await sales.refused(assignOwner, await on({ personId: delivery.actor.id }));
  expect([found!.code, others]).toEqual(['SELF_APPROVAL', []]);
  expect(found!.remedy).toContain('assignDeliveryManager');
  const admin = await world.as('REVOPS_ADMIN');
  const merge = { personId: delivery.actor.id, intoPersonId: dylan.actor.id, expectedRevision: 1 };
  await admin.done(mergeMember, merge);
  const again = await sales.refused(assignOwner, await on({ personId: dylan.actor.id }));
  expect(again.map(({ code }) => code)).toEqual(['SELF_APPROVAL']);
});

test('who has taken their sign-off back may own it, and signs it off no more', async () => {
  await delivery.done(revokeSignOff, await on({ reason: 'The engineer has left.' }));
  await own(delivery);
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
