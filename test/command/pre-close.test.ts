import { CAST } from '../../src/sandbox/demo/cast.js';
import { assignOwner } from '../../src/handoff/handoff.commands.js';
import { mergeMember } from '../../src/identity/member.commands.js';
import { PROVISION_PROJECT } from '../../src/project/provision.message.js';
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

const signed = ({ needsSigner }: { needsSigner?: boolean }): boolean => needsSigner === true;
const WINDOW = { expectedCloseOn: '2026-11-29', reason: 'The client wants to begin in the week of its signature.' };
const YES = { approve: true, reason: 'The design can be reviewed without the signature.' };

/** A large deal before its signature: everything is there but what only the signed contract proves. */
async function beforeSignature(input: object = {}): Promise<Desk> {
  const desk = await Desk.open(world, { payload: dealOf(), segment: 'enterprise', ...input });
  await desk.write();
  await desk.prove((item) => !signed(item));
  return desk;
}

const effects = async (kind: string): Promise<number> =>
  (await world.rows('select id from outbox_effect where tenant_id = $1 and kind = $2', [kind])).length;

it('is reviewed before the signature, and goes on once when the contract is there', async () => {
  const desk = await beforeSignature();
  expect((await desk.submit()).codes.toSorted()).toEqual(['EVIDENCE_MISSING', 'EVIDENCE_MISSING']);
  // Who asks does not answer, and of two who answer at once one does.
  const asked = await desk.done(CAST.sales, 'request-pre-close', WINDOW);
  expect(asked).toMatchObject({ state: 'REQUESTED', expectedCloseOn: '2026-11-29' });
  expect((await desk.send(CAST.sales, 'request-pre-close', WINDOW)).codes).toEqual(['PRE_CLOSE_ASKED']);
  expect((await desk.send(CAST.sales, 'decide-pre-close', YES)).__typename).toBe('FORBIDDEN');
  expect((await desk.submit()).codes).toContain('EVIDENCE_MISSING');
  const revision = (await desk.row()).revision as number;
  const answers = await Promise.all(
    [CAST.delivery, CAST.lead].map((who) => desk.send(who, 'decide-pre-close', YES, revision)),
  );
  expect(answers.map(({ __typename }) => __typename as string).toSorted()).toEqual(['PreClose', 'STALE_REVISION']);
  const dry = await (
    await world.as(CAST.sales)
  ).graphql(
    'query ($id: ID!) { handoff(id: $id) { readiness(for: PRE_CLOSE) { ready findings { severity path } } } }',
    {
      id: desk.handoffId,
    },
  );
  expect(dry.data!.handoff.readiness).toMatchObject({ ready: true });

  // Into the review, and no further.
  expect(await desk.submit()).toMatchObject({ __typename: 'Handoff', stage: 'IN_REVIEW' });
  expect(await desk.read()).toMatchObject({ pendingContract: true, preCloses: [{ state: 'APPROVED' }] });
  expect(await effects(PROVISION_PROJECT)).toBe(0);
  expect(await world.rows("select state from project where tenant_id = $1 and state = 'ACTIVE'")).toEqual([]);
  const { data } = await (
    await world.as(CAST.delivery)
  ).graphql('query ($id: ID!) { handoff(id: $id) { currentBrief { markdown } } }', { id: desk.handoffId });
  expect(data!.handoff.currentBrief.markdown).toContain('Pending contract');
  expect((await desk.signOff()).codes).toContain('CONTRACT_PENDING');
  const signOffAnyway = suite.gateway.transaction(world.tenantId, (tx) =>
    tx.commit([
      { text: "update handoff set stage = 'SIGNED_OFF' where tenant_id = $1 and id = $2", values: [desk.handoffId] },
    ]),
  );
  await expect(signOffAnyway).rejects.toMatchObject({ code: '23514' });
  expect((await desk.send(CAST.sales, 'complete-pre-close')).codes).toEqual(['CONTRACT_PENDING']);
  await work(world, 2);
  expect((await desk.read()).pendingContract).toBe(true);

  // The signature is given and verified in the review; nothing else may be changed there.
  expect((await desk.send(CAST.sales, 'edit-handoff', { context: 'Changed.' })).codes).toEqual(['NOT_EDITABLE']);
  await desk.prove();
  await work(world, 2);
  await work(world, 2);
  expect(await desk.read()).toMatchObject({
    stage: 'IN_REVIEW',
    pendingContract: false,
    preCloses: [{ state: 'COMPLETED' }],
  });
  expect((await desk.send(CAST.sales, 'complete-pre-close')).codes).toEqual(['NOT_PENDING']);
  const gates = await world.rows(
    "select gate from gate_evaluation where tenant_id = $1 and handoff_id = $2 and verdict = 'PASSED' order by id",
    [desk.handoffId],
  );
  expect(gates.map(({ gate }) => gate)).toEqual(['PRE_CLOSE', 'SUBMIT']);
  expect([await desk.count('project'), await desk.count('brief')]).toEqual([1, 2]);
  expect(await desk.signOff()).toMatchObject({ stage: 'SIGNED_OFF' });
});

it('is corrected by a submit before the signature, as by any other', async () => {
  const desk = await beforeSignature();
  await desk.done(CAST.sales, 'request-pre-close', WINDOW);
  await desk.done(CAST.delivery, 'decide-pre-close', YES);
  await desk.submit();
  const gaps = [{ path: 'statements.SCOPE', text: 'The second site is missing.' }];
  await desk.done(CAST.delivery, 'return-handoff', { gaps });
  suite.clock.at = new Date(START.getTime() + 4 * 3_600_000);
  expect(await desk.submit()).toMatchObject({ stage: 'IN_REVIEW' });
  expect(await desk.read()).toMatchObject({ pendingContract: true });
  suite.clock.at = new Date(START.getTime() + 72 * 3_600_000);
  const { data } = await (
    await world.as(CAST.sales)
  ).graphql('query ($id: ID!) { handoff(id: $id) { clocks { key state } } }', { id: desk.handoffId });
  expect(data!.handoff.clocks).toContainEqual({ key: 'RETURN_CORRECTION', state: 'MET' });
});

it('goes on by a submit after a return, is over when it is withdrawn, and follows the win in the PSA', async () => {
  const payload = dealOf();
  const desk = await beforeSignature({ payload });
  await desk.done(CAST.sales, 'request-pre-close', WINDOW);
  await desk.done(CAST.delivery, 'decide-pre-close', YES);
  await desk.submit();
  // Won in the PSA, in the same terms: the snapshot is adopted, and nothing has lapsed.
  const exported = JSON.parse(payload) as { opportunity: Record<string, unknown> };
  const won = JSON.stringify({ ...exported, opportunity: { ...exported.opportunity, status_name: 'Won at last' } });
  for (let turn = 0; turn < 2; turn++)
    expect(
      (
        await (
          await world.as(CAST.sales)
        ).graphql(
          'mutation ($input: ImportDealInput!) { importDeal(input: $input) { __typename ... on Handoff { id stage pendingContract } } }',
          { input: { payload: won } },
        )
      ).data!.importDeal,
    ).toEqual({ __typename: 'Handoff', id: desk.handoffId, stage: 'IN_REVIEW', pendingContract: true });
  await desk.done(CAST.delivery, 'return-handoff', {
    gaps: [{ path: 'statements.SCOPE', text: 'The second site is missing.' }],
  });
  expect(await desk.read()).toMatchObject({ stage: 'RETURNED', pendingContract: true });
  await desk.prove();
  expect(await desk.submit()).toMatchObject({ stage: 'IN_REVIEW' });
  expect(await desk.read()).toMatchObject({ pendingContract: false, preCloses: [{ state: 'COMPLETED' }] });
  expect((await desk.signOff()).codes).toEqual([]);

  const lost = await beforeSignature();
  await lost.done(CAST.sales, 'request-pre-close', WINDOW);
  await lost.done(CAST.lead, 'decide-pre-close', YES);
  await lost.submit();
  await lost.done(CAST.sales, 'withdraw-handoff', { reason: 'The client has decided for somebody else.' });
  expect(await lost.read()).toMatchObject({
    stage: 'WITHDRAWN',
    pendingContract: false,
    preCloses: [{ state: 'ENDED' }],
  });
  expect(
    await world.rows('select state from project where tenant_id = $1 and handoff_id = $2', [lost.handoffId]),
  ).toEqual([{ state: 'CANCELLED' }]);
});

it('holds only while the policy lets the handoff be reviewed before the signature, and for the terms that the PSA has', async () => {
  const reclassified = await beforeSignature();
  await reclassified.done(CAST.sales, 'request-pre-close', WINDOW);
  await reclassified.done(CAST.delivery, 'decide-pre-close', YES);
  await reclassified.done(CAST.sales, 'classify-handoff', { segment: 'smb' });
  await reclassified.prove((item) => !signed(item));
  expect((await reclassified.submit()).codes).toEqual(
    expect.arrayContaining(['EVIDENCE_MISSING', 'PRE_CLOSE_NOT_ALLOWED']),
  );

  const payload = dealOf();
  const desk = await beforeSignature({ payload });
  await desk.done(CAST.sales, 'request-pre-close', WINDOW);
  await desk.done(CAST.delivery, 'decide-pre-close', YES);
  expect(await desk.submit()).toMatchObject({ stage: 'IN_REVIEW' });
  await Desk.open(world, {
    payload: payload.replace('"scope": "', '"scope": "Also: ').replace('"scope":"', '"scope":"Also: '),
  });
  await desk.prove();
  expect((await desk.send(CAST.sales, 'complete-pre-close')).codes).toEqual(['DEAL_CHANGED']);
});

it('is asked for in its window, for the tiers that may, and by one person who is never also the other', async () => {
  const desk = await Desk.open(world, { payload: dealOf(), segment: 'enterprise' });
  await desk.done(CAST.lead, 'assign-delivery-manager', { personId: await world.idOf(CAST.delivery) });
  const ask = async (input: object): Promise<readonly string[]> =>
    (await desk.send(CAST.sales, 'request-pre-close', { ...WINDOW, ...input })).codes;
  expect(await ask({ expectedCloseOn: '2026-12-01' })).toEqual(['PRE_CLOSE_TOO_EARLY']);
  expect(await ask({ expectedCloseOn: '2026-11-27' })).toEqual(['PRE_CLOSE_TOO_LATE']);
  expect(await ask({ expectedCloseOn: '2026-11-22', probabilityPercent: 99 })).toEqual(['EXPECTED_CLOSE_PAST']);
  expect((await desk.send(CAST.sales, 'request-pre-close', { ...WINDOW, probabilityPercent: 101 })).__typename).toBe(
    'BAD_USER_INPUT',
  );
  expect(
    (await desk.send(CAST.sales, 'request-pre-close', { ...WINDOW, expectedCloseOn: '2026-02-30' })).__typename,
  ).toBe('BAD_USER_INPUT');
  const light = await Desk.open(world, { payload: dealOf(), segment: 'smb' });
  expect((await light.send(CAST.sales, 'request-pre-close', WINDOW)).codes).toEqual(['PRE_CLOSE_NOT_ALLOWED']);
  expect((await desk.send(CAST.delivery, 'decide-pre-close', YES)).codes).toEqual(['PRE_CLOSE_NOT_ASKED']);
  expect(await ask({ expectedCloseOn: '2026-12-20', probabilityPercent: 90 })).toEqual([]);
  expect(await desk.done(CAST.delivery, 'decide-pre-close', { ...YES, approve: false })).toMatchObject({
    state: 'REJECTED',
  });
  expect(await ask({})).toEqual([]);
  // Somebody who turns out to be the one who asked cannot answer, and the schema holds it alike.
  const [sofia, dana] = [await world.idOf(CAST.sales), await world.idOf(CAST.delivery)];
  const answered = suite.gateway.transaction(world.tenantId, (tx) =>
    tx.commit([
      {
        text: "update pre_close set state = 'APPROVED', decided_by = requested_by, decided_at = requested_at where tenant_id = $1 and state = 'REQUESTED'",
        values: [],
      },
    ]),
  );
  await expect(answered).rejects.toMatchObject({ constraint: 'pre_close_two_people' });
  const admin = await world.as(CAST.revops);
  const delivery = await world.as(CAST.delivery);
  await admin.done(mergeMember, { personId: sofia, intoPersonId: dana, expectedRevision: 1 });
  expect((await desk.send(delivery, 'decide-pre-close', YES)).codes).toEqual(['SELF_APPROVAL']);
});

it('is allowed by nobody who owns the deal, whoever asked', async () => {
  const desk = await beforeSignature();
  await desk.done(CAST.sales, 'request-pre-close', WINDOW);
  const { revision: expectedRevision } = await desk.row();
  const [sam, dana] = [await world.idOf('sam.sales'), await world.idOf(CAST.delivery)];
  const owned = { handoffId: desk.handoffId, expectedRevision: expectedRevision as number, personId: sam };
  await (await world.as(CAST.sales)).done(assignOwner, owned);
  // Delivery's record turns out to be another one of the human who sells.
  const admin = await world.as(CAST.revops);
  const delivery = await world.as(CAST.delivery);
  await admin.done(mergeMember, { personId: sam, intoPersonId: dana, expectedRevision: 1 });
  expect((await desk.send(delivery, 'decide-pre-close', YES)).codes).toEqual(['SELF_APPROVAL']);
  expect(await desk.done(CAST.lead, 'decide-pre-close', YES)).toMatchObject({ state: 'APPROVED' });
});
