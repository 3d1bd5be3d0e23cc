import { CAST } from '../../src/sandbox/demo/cast.js';
import type { Json } from '../../src/sandbox/demo/teller.js';
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
  world = await suite.tenant((configuration) => {
    const checkpoints = [
      { key: 'designed', name: 'Design accepted', dueBusinessDays: 10, milestones: ['design'] },
      { key: 'live', name: 'Go-live accepted', dueBusinessDays: 20, checklistItems: ['SUPPORT_ENTITLEMENT'] },
    ];
    configuration.variants = {
      phases: [{ tiers: ['HIGH_TOUCH'], serviceTemplates: ['managed-network'], checkpoints }],
    };
  });
});
afterAll(() => suite.close());

async function signedOff(): Promise<Desk> {
  const desk = await Desk.open(world, { payload: dealOf(), segment: 'enterprise', serviceTemplate: 'managed-network' });
  await desk.write();
  await desk.prove();
  await desk.submit();
  expect((await desk.read()).checkpoints).toEqual([]);
  expect(await desk.signOff()).toMatchObject({ stage: 'SIGNED_OFF' });
  return desk;
}
const checkpoints = async (desk: Desk): Promise<Json[]> => (await desk.read()).checkpoints as Json[];
const change = (text: string, ...values: unknown[]): Promise<void> =>
  suite.gateway.transaction(world.tenantId, (tx) => tx.commit([{ text, values }]));

it('is handed over in its checkpoints, in their order, by the delivery manager, and closed with none of them open', async () => {
  const desk = await signedOff();
  const [first, second] = await checkpoints(desk);
  // Ten and twenty business days from Monday, 23 November; Christmas lies after both.
  expect([first, second]).toMatchObject([
    { key: 'designed', dueOn: '2026-12-07', state: 'OPEN', milestones: ['design'] },
    { key: 'live', dueOn: '2026-12-21', state: 'OPEN', checklistItems: ['SUPPORT_ENTITLEMENT'] },
  ]);
  const accept = async (checkpoint: Json, who: string = CAST.delivery) =>
    (await desk.send(who, 'accept-checkpoint', { checkpointId: checkpoint.id })).codes;
  expect(new Set(await accept(first!))).toEqual(new Set(['CHECKPOINT_TASK_OPEN']));
  expect(await accept(second!)).toEqual(['CHECKPOINT_BEFORE_OPEN']);
  expect(await accept(first!, 'dylan.delivery')).toContain('NOT_THE_DELIVERY_MANAGER');
  expect((await desk.send(CAST.sales, 'accept-checkpoint', { checkpointId: first!.id })).__typename).toBe('FORBIDDEN');
  expect((await desk.send(CAST.delivery, 'accept-checkpoint', { checkpointId: desk.handoffId })).__typename).toBe(
    'NOT_FOUND',
  );
  const gaps = [{ path: 'milestones.design', text: 'The survey of York is missing.' }];
  await desk.done(CAST.delivery, 'return-checkpoint', { checkpointId: first!.id, gaps });
  expect((await desk.send(CAST.delivery, 'return-checkpoint', { checkpointId: first!.id, gaps: [] })).__typename).toBe(
    'BAD_USER_INPUT',
  );
  expect((await checkpoints(desk))[0]).toMatchObject({
    state: 'RETURNED',
    returns: [{ gaps, returner: { handle: CAST.delivery } }],
  });

  // Its day passes while nobody looks: the ladder climbs, each step once.
  suite.clock.at = new Date('2026-12-09T12:00:00Z');
  await work(world, 2);
  await work(world, 2);
  const steps = await world.rows(
    "select step, is_news from escalation where tenant_id = $1 and cause = 'CHECKPOINT' and checkpoint_id = $2 order by step",
    [first!.id],
  );
  expect(steps.map(({ step }) => step)).toEqual([0, 1, 2]);
  const [project] = await world.rows('select id from project where tenant_id = $1 and handoff_id = $2', [
    desk.handoffId,
  ]);
  await change("update project_task set state = 'DONE' where tenant_id = $1 and project_id = $2", project!.id);
  await change("update handoff set stage = 'KICKED_OFF' where tenant_id = $1 and id = $2", desk.handoffId);
  const close = { accurate: true, surprises: '', expectationsMet: true, categories: [] };
  const revision = (await desk.row()).revision as number;
  const both = await Promise.all(
    [1, 2].map(() => desk.send(CAST.delivery, 'accept-checkpoint', { checkpointId: first!.id }, revision)),
  );
  expect(both.map(({ __typename }) => __typename as string).toSorted()).toEqual(['Handoff', 'STALE_REVISION']);
  expect(await accept(first!)).toEqual(['CHECKPOINT_ACCEPTED']);
  await work(world);
  const open = await world.rows(
    'select id from escalation where tenant_id = $1 and checkpoint_id = $2 and ended_at is null',
    [first!.id],
  );
  expect(open).toEqual([]);
  expect((await desk.send(CAST.delivery, 'close-handoff', close)).codes).toContain('CHECKPOINT_OPEN');
  expect(await accept(second!)).toEqual([]);
  expect((await desk.send(CAST.delivery, 'close-handoff', close)).codes).not.toContain('CHECKPOINT_OPEN');
});

it('keeps what was accepted when it is signed off again, and counts the days of the rest anew', async () => {
  const desk = await signedOff();
  const [first] = await checkpoints(desk);
  const [project] = await world.rows('select id from project where tenant_id = $1 and handoff_id = $2', [
    desk.handoffId,
  ]);
  await change("update project_task set state = 'DONE' where tenant_id = $1 and project_id = $2", project!.id);
  await desk.done(CAST.delivery, 'accept-checkpoint', { checkpointId: first!.id });
  await desk.done(CAST.delivery, 'revoke-sign-off', { reason: 'The engineer has left the team.' });
  suite.clock.at = new Date('2026-11-25T14:00:00Z');
  expect(await desk.signOff()).toMatchObject({ stage: 'SIGNED_OFF' });
  expect(await checkpoints(desk)).toMatchObject([
    { id: first!.id, state: 'ACCEPTED', dueOn: '2026-12-07' },
    { key: 'live', state: 'OPEN', dueOn: '2026-12-23' },
  ]);
  expect(await desk.count('checkpoint')).toBe(2);
});

it('climbs no ladder for what nobody may judge, and drops what the handoff no longer has', async () => {
  const desk = await signedOff();
  const [first, second] = await checkpoints(desk);
  await change("update checkpoint set due_on = '2026-11-24' where tenant_id = $1 and id = $2", first!.id);
  await desk.done(CAST.delivery, 'revoke-sign-off', { reason: 'The engineer has left the team.' });
  await desk.done(CAST.delivery, 'return-handoff', {
    gaps: [{ path: 'handoff.context', text: 'Say who took part in the sale.' }],
  });
  // The first day passes while sales works on it.
  suite.clock.at = new Date('2026-11-25T12:00:00Z');
  await work(world, 2);
  const climbed = "cause = 'CHECKPOINT' and step > 0";
  expect(await desk.count('escalation', `and ${climbed}`)).toBe(0);

  await desk.done(CAST.sales, 'classify-handoff', { segment: 'smb' });
  await desk.write();
  await desk.prove();
  await desk.submit();
  expect(await desk.signOff()).toMatchObject({ stage: 'SIGNED_OFF' });
  expect(await checkpoints(desk)).toMatchObject([
    { id: first!.id, state: 'DROPPED' },
    { id: second!.id, state: 'DROPPED' },
  ]);
  suite.clock.at = new Date('2027-01-20T12:00:00Z');
  await work(world, 2);
  expect(await desk.count('escalation', `and ${climbed}`)).toBe(0);
  const accepted = await desk.send(CAST.delivery, 'accept-checkpoint', { checkpointId: first!.id });
  expect(accepted.codes).toContain('CHECKPOINT_DROPPED');
  await change("update handoff set stage = 'KICKED_OFF' where tenant_id = $1 and id = $2", desk.handoffId);
  const close = { accurate: true, surprises: '', expectationsMet: true, categories: [] };
  expect((await desk.send(CAST.delivery, 'close-handoff', close)).codes).not.toContain('CHECKPOINT_OPEN');
});
