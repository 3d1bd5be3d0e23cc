import { newId } from '../../src/core/id.js';
import { insert, type Statement } from '../../src/core/statement.js';
import { HandoffStatement, StatementKind } from '../../src/handoff/content.entity.js';
import { CAST } from '../../src/sandbox/demo/cast.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import { dealOf, Desk, work } from '../kit/variants.js';
import type { World } from '../kit/world.js';

let suite: Suite;
let world: World;
beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  suite.clock.at = START;
  world = await suite.tenant();
});
afterAll(() => suite.close());

/** A handoff with everything proven, ready to be submitted. */
async function ready(): Promise<Desk> {
  const desk = await Desk.open(world, { payload: dealOf(), segment: 'enterprise' });
  await desk.write();
  await desk.prove();
  return desk;
}

const statement = (kind: string, topic: string): object => ({
  kind,
  topic,
  text: `What is said of ${topic}.`,
  source: 'Proposal v3',
});
const promise = (more: object = {}): object => ({
  text: 'A second leased line.',
  channel: 'VERBAL',
  madeOn: '2026-11-20',
  promisedTo: 'Priya Nair',
  source: 'Call of 20 November',
  ...more,
});
const log = async (desk: Desk): Promise<string[]> => {
  const { people } = world.configuration;
  const rows = await world.rows(
    "select cause_key, state, owner_id, blocks_kickoff, due_on, opened_by from decision where tenant_id = $1 and handoff_id = $2 and kind = 'CONFLICT' order by id",
    [desk.handoffId],
  );
  return rows.map((row) => {
    const owner = people.find(({ id }) => id === row.owner_id)!.key;
    expect([row.blocks_kickoff, row.opened_by]).toEqual([true, null]);
    return `${String(row.cause_key).split(':')[0]} ${String(row.state)} ${owner} ${String(row.due_on)}`;
  });
};
const commit = (desk: Desk, ...statements: Statement[]): Promise<void> =>
  desk.world.suite.gateway.transaction(world.tenantId, (tx) => tx.commit(statements));
/** What no command of ours does: a sync, an import, a script. */
const plant = (desk: Desk, kind: StatementKind, topic: string): Promise<void> =>
  commit(
    desk,
    insert(HandoffStatement, {
      id: newId(),
      handoffId: desk.handoffId,
      kind,
      topic,
      text: `Planted ${topic}`,
      source: 'A sync',
      createdAt: suite.clock.at,
    }),
  );

it('opens one decision for each conflict when the handoff is submitted, each with owner, sources and day', async () => {
  const desk = await ready();
  await desk.done(CAST.sales, 'add-statement', statement('IN_SCOPE', 'wifi'));
  await desk.done(CAST.sales, 'add-statement', statement('OUT_OF_SCOPE', 'wifi'));
  await desk.done(CAST.sales, 'add-statement', statement('OUT_OF_SCOPE', 'leased-line'));
  const add = async (more: object, state = 'SCOPE_LINE'): Promise<void> => {
    await desk.done(CAST.sales, 'add-commitment', promise(more));
    const [row] = await world.rows(
      'select id from commitment where tenant_id = $1 and handoff_id = $2 order by id desc',
      [desk.handoffId],
    );
    await desk.done(CAST.sales, 'resolve-commitment', {
      commitmentId: row!.id,
      state,
      reference: 'Line 2',
      reason: 'It was refused on the phone.',
    });
  };
  await add({ topic: 'leased-line' });
  await add({ topic: 'leased-line', text: 'Nobody keeps this one.' }, 'DECLINED');
  await add({ text: 'Go-live before the start.', dueOn: '2026-12-01' });
  await add({ text: 'Very many hours.', promisedHours: '99999' }, 'TASK');
  await add({ text: 'Very much money.', promisedAmount: '999999999' });
  expect(await desk.submit()).toMatchObject({ stage: 'IN_REVIEW' });
  const opened = await log(desk);
  expect(opened).toEqual(
    [
      'COMMITMENT_EXCLUDED OPEN sofia.sales 2026-11-26',
      'PROMISED_TOO_EARLY OPEN dana.delivery 2026-11-26',
      'PROMISE_BEYOND_CONTRACT OPEN sofia.sales 2026-11-26',
      'PROMISE_BEYOND_CONTRACT OPEN sofia.sales 2026-11-26',
      'SCOPE_CONTRADICTED OPEN dana.delivery 2026-11-26',
    ].toSorted(),
  );
  const sources = await world.rows(
    "select sources from decision where tenant_id = $1 and handoff_id = $2 and cause_key like 'COMMITMENT_EXCLUDED%'",
    [desk.handoffId],
  );
  expect((JSON.parse(sources[0]!.sources as string) as { type: string }[]).map(({ type }) => type)).toEqual([
    'COMMITMENT',
    'HANDOFF_STATEMENT',
  ]);
  // Whoever looks, and however often: the same ones.
  await work(world, 2);
  expect(await log(desk)).toEqual(opened);
});

it('finds what came by any other path once, marks what is gone, and opens it again when it returns', async () => {
  const desk = await ready();
  await desk.submit();
  expect(await desk.signOff()).toMatchObject({ stage: 'SIGNED_OFF' });
  await plant(desk, StatementKind.IN_SCOPE, 'printers');
  await plant(desk, StatementKind.OUT_OF_SCOPE, 'printers');
  const [decision] = await world.rows(
    "select id from decision where tenant_id = $1 and handoff_id = $2 and state = 'OPEN'",
    [desk.handoffId],
  );
  if (decision)
    await desk.done(CAST.delivery, 'resolve-decision', {
      decisionId: decision.id,
      outcome: 'It stays.',
      reason: 'The carrier has confirmed it.',
    });
  const date = { startsAt: '2026-12-02T11:00:00Z', durationMinutes: 45 };
  const kickoff = async (): Promise<readonly string[]> =>
    (await desk.send(CAST.delivery, 'schedule-kickoff', date)).codes;
  // Nothing slips through before the worker has looked ...
  expect(await kickoff()).toEqual(expect.arrayContaining(['CONFLICT_UNLOGGED']));
  await work(world, 2);
  expect(await log(desk)).toEqual(['SCOPE_CONTRADICTED OPEN dana.delivery 2026-11-26']);
  // ... and afterwards it is the decision that holds the date back.
  expect(await kickoff()).toEqual(expect.arrayContaining(['DECISION_OPEN']));
  const remove = {
    text: "delete from handoff_statement where tenant_id = $1 and handoff_id = $2 and topic = 'printers' and kind = 'IN_SCOPE'",
    values: [desk.handoffId],
  };
  await commit(desk, remove);
  await work(world, 2);
  expect(await log(desk)).toEqual(['SCOPE_CONTRADICTED OBSOLETE dana.delivery 2026-11-26']);
  const [gone] = await world.rows(
    "select reason, decided_by from decision where tenant_id = $1 and cause_key = 'SCOPE_CONTRADICTED:printers'",
  );
  expect(gone).toMatchObject({ reason: expect.stringContaining('gone'), decided_by: null });
  // A day of downtime, and the conflict is back: the same entry, with days from now.
  suite.clock.at = new Date('2026-11-25T14:00:00Z');
  await plant(desk, StatementKind.IN_SCOPE, 'printers');
  await work(world, 2);
  expect(await log(desk)).toEqual(['SCOPE_CONTRADICTED OPEN dana.delivery 2026-11-30']);
  await commit(desk, remove);
  await work(world);
  await plant(desk, StatementKind.IN_SCOPE, 'printers');
  await work(world);
  expect(await log(desk)).toEqual(['SCOPE_CONTRADICTED OPEN dana.delivery 2026-11-30']);
  // Undecided it climbs the ladder; once a person has decided it, it stays decided.
  suite.clock.at = new Date('2026-11-30T17:31:00Z');
  await work(world);
  expect(await desk.count('escalation', "and cause = 'DECISION' and step >= 1")).toBeGreaterThan(0);
  const [open] = await world.rows(
    "select id from decision where tenant_id = $1 and cause_key = 'SCOPE_CONTRADICTED:printers'",
  );
  await desk.done(CAST.delivery, 'resolve-decision', {
    decisionId: open!.id,
    outcome: 'Printers are out.',
    reason: 'The client has agreed to it.',
  });
  await commit(desk, remove);
  await work(world);
  await plant(desk, StatementKind.IN_SCOPE, 'printers');
  await work(world);
  expect(await log(desk)).toEqual(['SCOPE_CONTRADICTED RESOLVED dana.delivery 2026-11-30']);
});

it('asks again what a promise is worth when the terms have changed, and what follows from a refuted belief', async () => {
  const payload = dealOf();
  const desk = await Desk.open(world, { payload, segment: 'enterprise' });
  await desk.write();
  await desk.done(CAST.sales, 'add-commitment', promise());
  const [made] = await world.rows(
    'select id from commitment where tenant_id = $1 and handoff_id = $2 order by id desc',
    [desk.handoffId],
  );
  const answer = { commitmentId: made!.id, state: 'SCOPE_LINE', reference: 'Line 2', reason: null };
  await desk.done(CAST.sales, 'resolve-commitment', answer);
  await desk.prove();
  await desk.submit();
  const assumption = { text: 'The roof can be reached.', source: 'Call', impact: 'Without it two weeks more.' };
  await desk.done(CAST.delivery, 'add-assumption', assumption);
  const [belief] = await world.rows("select id from assumption where tenant_id = $1 and text like 'The roof%'");
  await desk.done(CAST.delivery, 'resolve-assumption', {
    assumptionId: belief!.id,
    state: 'REFUTED',
    resolution: 'There is no ladder.',
  });
  await work(world, 2);
  expect(await log(desk)).toEqual(['ASSUMPTION_REFUTED OPEN dana.delivery 2026-11-26']);
  await desk.done(CAST.delivery, 'return-handoff', {
    gaps: [{ path: 'terms.lines', text: 'The scope text is not what was agreed.' }],
  });
  const changed = payload.replace('"scope":"', '"scope":"Also: ');
  expect(changed).not.toBe(payload);
  await Desk.open(world, { payload: changed });
  await desk.prove();
  expect(await desk.submit()).toMatchObject({ stage: 'IN_REVIEW' });
  expect(await log(desk)).toEqual([
    'ASSUMPTION_REFUTED OPEN dana.delivery 2026-11-26',
    'TERMS_CHANGED OPEN sofia.sales 2026-11-26',
  ]);
});
