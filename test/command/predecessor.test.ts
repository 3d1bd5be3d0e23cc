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
    const when = { dealTypes: ['RENEWAL' as const, 'UPSELL' as const] };
    configuration.tiers.unshift({ tier: 'LIGHT', description: 'Little changes.', when, checklistTemplate: 'light' });
  });
});
afterAll(() => suite.close());

const CLIENT = 4711;
const SERVICE = { serviceTemplate: 'managed-network' };

/** A handoff of the client that went to its end. */
async function ended(input: object = {}, clientId = CLIENT): Promise<Desk> {
  const desk = await Desk.open(world, {
    payload: dealOf(undefined, clientId),
    segment: 'enterprise',
    ...SERVICE,
    ...input,
  });
  await desk.write();
  await desk.prove();
  await desk.submit();
  await suite.gateway.transaction(world.tenantId, (tx) =>
    tx.commit([
      { text: "update handoff set stage = 'CLOSED' where tenant_id = $1 and id = $2", values: [desk.handoffId] },
    ]),
  );
  suite.clock.at = new Date(suite.clock.at.getTime() + 60_000);
  return desk;
}
const next = (input: object = {}, clientId = CLIENT): Promise<Desk> =>
  Desk.open(world, { payload: dealOf(undefined, clientId), ...SERVICE, ...input });
const marked = (rows: readonly Json[]): number => rows.filter(({ toConfirm }) => toConfirm === true).length;

it('an order goes on from its proof of concept: content with its source, to be confirmed, and the team hands over', async () => {
  const poc = await ended();
  const other = await ended({}, 9999);
  const desk = await next({ dealType: 'POC_TO_PAID', segment: 'enterprise' });
  expect((await desk.submit()).codes).toContain('PREDECESSOR_MISSING');
  const link = async (predecessorId: string) => desk.send(CAST.sales, 'link-predecessor', { predecessorId });
  expect((await link(other.handoffId)).codes).toEqual(['PREDECESSOR_OF_ANOTHER_CLIENT']);
  expect((await link(desk.handoffId)).codes).toEqual(['PREDECESSOR_NOT_EARLIER', 'PREDECESSOR_NOT_HANDED_OVER']);
  const revision = (await desk.row()).revision as number;
  const both = await Promise.all(
    [1, 2].map(() => desk.send(CAST.sales, 'link-predecessor', { predecessorId: poc.handoffId }, revision)),
  );
  expect(both.map(({ __typename }) => __typename as string).toSorted()).toEqual(['Handoff', 'STALE_REVISION']);
  const linked = await desk.read();
  expect(linked).toMatchObject({
    predecessorBy: 'PERSON',
    predecessor: { id: poc.handoffId, stage: 'CLOSED' },
    handingOver: [{ part: 'DELIVERY_MANAGER', person: { handle: CAST.delivery } }],
    fieldsToConfirm: ['CONTEXT', 'COMMUNICATION_PREFERENCES', 'BILLING_TERMS', 'PAYMENT_SCHEDULE'],
  });
  const { statements, stakeholders, assumptions, commitments, risks } = linked as Record<string, Json[]>;
  // What the PSA says of the new scope governs; everything else of the proof of concept is there once.
  expect(statements!.filter(({ kind }) => kind === 'IN_SCOPE')).toMatchObject([{ carriedFromId: null }]);
  expect(statements!.filter(({ kind }) => kind === 'OUT_OF_SCOPE')).toMatchObject([
    { carriedFromId: poc.handoffId, toConfirm: true },
  ]);
  expect(statements!.find(({ kind }) => kind === 'OUT_OF_SCOPE')!.source).toContain(`carried over from handoff H-`);
  expect(assumptions).toMatchObject([{ state: 'ASSUMED', carriedFromId: poc.handoffId }]);
  expect(commitments).toMatchObject([{ state: 'OPEN', carriedFromId: poc.handoffId }]);
  expect(marked(stakeholders!)).toBeGreaterThan(1);
  expect(risks!.filter(({ carriedFromId }) => carriedFromId !== null)).toEqual([]);
  expect(await link(other.handoffId)).toMatchObject({ codes: ['PREDECESSOR_LINKED', 'PREDECESSOR_OF_ANOTHER_CLIENT'] });

  // Nothing of it counts before somebody has said that it holds.
  const refused = (await desk.submit()).codes;
  expect(refused).toEqual(expect.arrayContaining(['CARRIED_OVER_UNCONFIRMED', 'COMMITMENT_OPEN']));
  expect((await desk.send(CAST.sales, 'confirm-carried-over', { rowIds: [poc.handoffId] })).codes).toEqual([
    'NOT_CARRIED_OVER',
  ]);
  await desk.done(CAST.sales, 'edit-handoff', { billingTerms: 'Sixty days net.' });
  const one = statements!.find(({ kind }) => kind === 'OUT_OF_SCOPE')!.id as string;
  await desk.done(CAST.sales, 'revise-statement', { statementId: one, text: 'Cabling is not part of the order.' });
  expect((await desk.read()).fieldsToConfirm).toEqual(['CONTEXT', 'COMMUNICATION_PREFERENCES', 'PAYMENT_SCHEDULE']);
  await desk.done(CAST.sales, 'confirm-carried-over', { rowIds: [], fields: ['CONTEXT'] });
  await desk.done(CAST.sales, 'confirm-carried-over');
  const confirmed = await desk.read();
  expect(confirmed.fieldsToConfirm).toEqual([]);
  expect(marked([...(confirmed.statements as Json[]), ...(confirmed.stakeholders as Json[])])).toBe(0);
  expect((await desk.submit()).codes).not.toContain('CARRIED_OVER_UNCONFIRMED');
});

it('a renewal goes on from the last closed handoff of its service by itself, once, whoever looks and however it came', async () => {
  const first = await ended();
  const last = await ended();
  await ended({ serviceTemplate: 'cloud-migration' });
  await ended({}, 9999);
  const renewal = await next({ dealType: 'RENEWAL' });
  const reclassified = await next();
  const [fresh, strange] = [await next({ dealType: 'NEW_BUSINESS' }), await next({ dealType: 'RENEWAL' }, 12_345)];
  await reclassified.done(CAST.sales, 'classify-handoff', { dealType: 'UPSELL' });
  await work(world, 2);
  await work(world, 2);
  for (const desk of [renewal, reclassified]) {
    const read = await desk.read();
    expect(read).toMatchObject({ tier: 'LIGHT', predecessorBy: 'RULE', predecessor: { id: last.handoffId } });
    const statements = read.statements as Json[];
    expect(statements.filter(({ kind }) => kind === 'OUT_OF_SCOPE')).toHaveLength(1);
    expect(marked(statements)).toBeGreaterThan(2);
    // Only what is new is asked for: the content is there, and waits to be confirmed.
    const codes = (await desk.submit()).codes;
    expect(codes).toContain('CARRIED_OVER_UNCONFIRMED');
    expect(codes).not.toContain('CONTENT_MISSING');
  }
  for (const desk of [fresh, strange])
    expect(await desk.read()).toMatchObject({ predecessor: null, predecessorBy: null });
  expect(first.handoffId).not.toBe(last.handoffId);
});
