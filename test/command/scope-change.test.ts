import { AfterReview } from '../../src/approval/after-review.entity.js';
import { breakGlass, reviewBreakGlass } from '../../src/approval/break-glass.commands.js';
import { VoteDecision } from '../../src/approval/vote.entity.js';
import { select } from '../../src/core/statement.js';
import { suspendMember } from '../../src/identity/member.commands.js';
import { returnHandoff } from '../../src/passage/review.commands.js';
import { submitHandoff } from '../../src/passage/submit.command.js';
import { CAST } from '../../src/sandbox/demo/cast.js';
import { rebaseline } from '../../src/scope-change/rebaseline.command.js';
import { requestScopeChange } from '../../src/scope-change/request.command.js';
import { recordChangeOrder, withdrawScopeChange } from '../../src/scope-change/scope-change.commands.js';
import { CauseItemType, ScopeChangeCause } from '../../src/scope-change/scope-change.entity.js';
import { scopeChangesByHandoff, scopeChangesRaised } from '../../src/scope-change/scope-change.queries.js';
import { operation } from '../kit/operation.js';
import { playStory } from '../kit/story.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { Persona, World } from '../kit/world.js';
import { dealPayload } from '../tenancy/population.js';
import { agree, ask, baselineOf, inputFor, load, on, vote } from './scope-change.kit.js';

let suite: Suite;
let world: World;
let handoffId: string;
let sales: Persona;
let delivery: Persona;
let lead: Persona;
let finance: Persona;

beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());

/** A handoff of its own that went all the way to a scheduled kickoff. */
async function begin(): Promise<void> {
  suite.clock.at = START;
  world = await suite.tenant();
  ({ handoffId } = await playStory(world));
  sales = await world.as(CAST.sales);
  delivery = await world.as(CAST.delivery);
  lead = await world.as(CAST.lead);
  finance = await world.as(CAST.finance);
}

const row = async (text: string) => (await world.rows(text, [handoffId]))[0]!;
const handoff = () => row('select stage, revision from handoff where tenant_id = $1 and id = $2');
const project = () => row('select state, target_on from project where tenant_id = $1 and handoff_id = $2');
const signOff = () =>
  row('select state, end_reason from feasibility_sign_off where tenant_id = $1 and handoff_id = $2 order by id desc');
const codes = (findings: readonly { code: string }[]): string[] => findings.map(({ code }) => code);
const move = (scopeChangeId: string) => ({ handoffId, scopeChangeId });
const stateOf = async (id: string): Promise<string> => {
  const { data, errors } = await finance.graphql(operation('scope-change'), { id });
  expect(errors).toEqual([]);
  return data!.scopeChange.state as string;
};

describe('a scope change on its whole way', () => {
  let id: string;
  beforeAll(begin);

  it('is asked for with its effect computed and its cause named, and seen by who answers', async () => {
    const statement = await row('select id from handoff_statement where tenant_id = $1 and handoff_id = $2');
    id = await ask(world, delivery, handoffId, {
      more: { hours: 8, cost: 20_000n, price: 80_000n },
      dateEffectDays: 3,
      cause: ScopeChangeCause.WRONG,
      causeItemType: CauseItemType.STATEMENT,
      causeItemId: statement.id as string,
    });
    const { data, errors } = await lead.graphql(operation('scope-change'), { id });
    expect(errors).toEqual([]);
    expect(data!.scopeChange).toMatchObject({
      number: 'SC-1',
      state: 'REQUESTED',
      isStale: false,
      isIncident: true,
      causeItemId: statement.id,
      hoursEffect: '8',
      priceEffect: { amount: '800.00', currency: 'GBP' },
      marginEffect: { amount: '600.00', currency: 'GBP' },
      baselineVersion: 2,
      changeOrder: null,
      newBaseline: null,
      handoff: { stage: 'KICKOFF_SCHEDULED' },
    });
    expect(data!.scopeChange.marginEffectBps).toBeGreaterThan(0);
    const { requestId, contentDigest } = await load(world, id);
    const seen = await finance.graphql(
      'query ($id: ID!, $handoff: ID!) { approvalRequest(id: $id) { digest kind scopeChange { number marginEffect { amount } } } handoff(id: $handoff) { scopeChanges { number state } } }',
      { id: requestId, handoff: handoffId },
    );
    expect(seen.data!.approvalRequest).toEqual({
      digest: contentDigest,
      kind: 'REBASELINE',
      scopeChange: { number: 'SC-1', marginEffect: { amount: '600.00' } },
    });
    expect(seen.data!.handoff.scopeChanges).toEqual([{ number: 'SC-1', state: 'REQUESTED' }]);
  });

  it('keeps its margin from who may not see it, and its votes from who asked and who owns the handoff', async () => {
    const hidden = await delivery.graphql('query ($id: ID!) { scopeChange(id: $id) { marginEffectBps } }', { id });
    expect(hidden.errors[0]!.extensions.code).toBe('FORBIDDEN');
    const own = await vote(world, delivery, id);
    expect(own.kind === 'refused' && codes(own.findings)).toEqual(['SELF_APPROVAL']);
    const owner = await vote(world, sales, id);
    expect(owner.kind === 'refused' && codes(owner.findings)).toEqual(['CONTRIBUTOR', 'NOT_ELIGIBLE']);
  });

  it('moves the baseline only approved, and with the change order that the client signed', async () => {
    expect(codes(await delivery.refused(rebaseline, move(id)))).toEqual([
      'APPROVAL_MISSING',
      'CLIENT_AGREEMENT_MISSING',
    ]);
    expect((await vote(world, lead, id)).kind).toBe('done');
    expect(await stateOf(id)).toBe('APPROVED');
    expect(codes(await delivery.refused(rebaseline, move(id)))).toEqual(['CLIENT_AGREEMENT_MISSING']);
    await agree(world, sales, id);
    const again = { ...(await on(world, handoffId)), scopeChangeId: id, documentUrl: 'https://northwind.example/2' };
    const order = { ...again, contentHash: 'd'.repeat(64), signer: 'Priya', signedOn: '2026-11-30' };
    expect(codes(await sales.refused(recordChangeOrder, order))).toEqual(['CHANGE_ORDER_RECORDED', 'SIGNED_IN_FUTURE']);
  });

  it('makes the next version, ends the sign-off, voids the date, moves the plan, and has the PSA follow', async () => {
    const before = await baselineOf(world, handoffId);
    const planned = await project();
    const effects = await row(
      'select count(*)::int as n from outbox_effect where tenant_id = $1 and aggregate_id = $2',
    );
    await delivery.done(rebaseline, move(id));
    const after = await baselineOf(world, handoffId);
    const { requestId, newBaselineId, contentDigest } = await load(world, id);
    expect(after).toMatchObject({
      id: newBaselineId,
      version: 3,
      reason: 'REBASELINE',
      supersedesId: before.id,
      termsDigest: before.termsDigest,
      sources: [
        { type: 'BASELINE', id: before.id, version: '2', hash: before.contentDigest },
        { type: 'SCOPE_CHANGE', id, version: '2', hash: contentDigest },
        { type: 'APPROVAL_GRANT', hash: contentDigest },
      ],
    });
    expect(after.planDigest).not.toBe(before.planDigest);
    expect(after.lines.map(({ budgetType }) => budgetType)).toEqual(before.lines.map(({ budgetType }) => budgetType));
    expect(after.lines[0]).toMatchObject({
      hours: String(Number(before.lines[0]!.hours) + 8),
      costMinor: before.lines[0]!.costMinor! + 20_000n,
      priceMinor: before.lines[0]!.priceMinor + 80_000n,
    });
    expect(after.lines.slice(1).map(({ priceMinor }) => priceMinor)).toEqual(
      before.lines.slice(1).map(({ priceMinor }) => priceMinor),
    );
    expect(await handoff()).toMatchObject({ stage: 'IN_REVIEW' });
    expect(await signOff()).toEqual({
      state: 'LAPSED',
      end_reason: 'scope change SC-1 moved the budget baseline from version 2 to version 3',
    });
    expect(await project()).toMatchObject({ state: 'AWAITING_SIGN_OFF' });
    expect((await project()).target_on! > planned.target_on!).toBe(true);
    const { data } = await delivery.graphql(
      'query ($id: ID!) { handoff(id: $id) { kickoffs { live } project { baselines { version scopeChange { number } } } } }',
      { id: handoffId },
    );
    expect(data!.handoff.kickoffs).toEqual([{ live: false }]);
    expect(data!.handoff.project.baselines).toEqual([
      { version: 3, scopeChange: { number: 'SC-1' } },
      { version: 2, scopeChange: null },
      { version: 1, scopeChange: null },
    ]);
    const asked = await world.rows(
      'select kind from outbox_effect where tenant_id = $1 and aggregate_id = $2 order by id offset $3',
      [handoffId, effects.n],
    );
    expect(asked.map(({ kind }) => kind)).toEqual(['project.provision', 'handoff.status']);
    const request = await world.rows('select state from approval_request where tenant_id = $1 and id = $2', [
      requestId,
    ]);
    expect(request).toEqual([{ state: 'USED' }]);
    expect(codes(await delivery.refused(rebaseline, move(id)))).toEqual(['ALREADY_REBASELINED']);
  });

  it('is told to reports as it stands', async () => {
    const soon = new Date(START.getTime() + 60_000);
    const { byHandoff, raised, none } = await world.read({
      byHandoff: scopeChangesByHandoff([handoffId], suite.clock.at),
      raised: scopeChangesRaised(START, soon, suite.clock.at),
      none: scopeChangesRaised(soon, new Date(soon.getTime() + 1), suite.clock.at),
    });
    const record = byHandoff.get(handoffId)![0]!;
    expect(record).toMatchObject({
      id,
      number: 'SC-1',
      cause: 'WRONG',
      causeItemType: 'STATEMENT',
      isIncident: true,
      marginEffectMinor: 60_000n,
      state: 'REBASELINED',
      requestedAt: START,
    });
    expect(raised).toEqual([record]);
    expect(none).toEqual([]);
  });

  it('stays in the budget when the handoff is returned and submitted again on the same terms', async () => {
    const before = await baselineOf(world, handoffId);
    const gaps = [
      { path: 'content.context', text: 'Who answers on the second floor?', category: 'MAJOR_GAP' as never },
    ];
    await delivery.done(returnHandoff, { ...(await on(world, handoffId)), gaps, verdict: 'NEEDS_REVISION' as never });
    expect(codes(await delivery.refused(requestScopeChange, await inputFor(world, handoffId)))).toEqual([
      'SCOPE_STILL_OPEN',
    ]);
    await sales.done(submitHandoff, await on(world, handoffId));
    const after = await baselineOf(world, handoffId);
    expect(after.lines.map(({ id: _id, baselineId: _of, ...line }) => line)).toEqual(
      before.lines.map(({ id: _id, baselineId: _of, ...line }) => line),
    );
    expect(after.sources.map(({ type }) => type)).toContain('SCOPE_CHANGE');
  });
});

describe('who answers, and when it is too late', () => {
  beforeAll(begin);

  it('is refused with everything that is wrong with it, before the sign-off, and for another handoff’s item', async () => {
    const wrong = await inputFor(world, handoffId, {
      lines: [
        { budgetType: 'telephony', hours: '-1', cost: '1', price: '1' },
        { budgetType: 'run', hours: '1', cost: '0.001', price: '1' },
      ],
      cause: ScopeChangeCause.AMBIGUOUS,
    });
    expect(codes(await delivery.refused(requestScopeChange, wrong)).toSorted()).toEqual([
      'AMOUNT_INVALID',
      'AMOUNT_NEGATIVE',
      'BUDGET_TYPE_UNKNOWN',
      'CAUSE_ITEM_MISSING',
      'CAUSE_ITEM_MISSING',
    ]);
    const { data } = await sales.graphql(operation('import-deal'), { input: { payload: dealPayload() } });
    const draft = data!.importDeal.id as string;
    const early = await inputFor(world, draft);
    expect(codes(await sales.refused(requestScopeChange, early))).toEqual(['SCOPE_STILL_OPEN']);
    const [theirs] = await world.rows('select id from checklist_item where tenant_id = $1 and handoff_id = $2', [
      draft,
    ]);
    const foreign = await inputFor(world, handoffId, {
      cause: ScopeChangeCause.MISSING,
      causeItemType: CauseItemType.CHECKLIST_ITEM,
      causeItemId: theirs!.id as string,
    });
    await expect(delivery.run(requestScopeChange, foreign)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const input = { ...(await inputFor(world, handoffId)), description: 'Short', evidenceUrl: 'http://x' };
    const { errors } = await delivery.graphql(operation('request-scope-change'), { input });
    expect(errors[0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(JSON.stringify(errors[0]!.extensions.faults)).toMatch(/description.*evidenceUrl/);
  });

  it('needs two people above the threshold, and one for a change that costs nothing', async () => {
    const free = await ask(world, delivery, handoffId, { cause: ScopeChangeCause.VENDOR });
    const dear = await ask(world, delivery, handoffId, { more: { cost: 260_000n } });
    expect((await vote(world, lead, free)).kind).toBe('done');
    expect(await stateOf(free)).toBe('APPROVED');
    await vote(world, lead, dear);
    expect(await stateOf(dear)).toBe('REQUESTED');
    await vote(world, finance, dear);
    expect(await stateOf(dear)).toBe('APPROVED');
    // What loses little counts together with what lost much.
    const little = await load(world, await ask(world, delivery, handoffId, { more: { cost: 10_000n } }));
    const [request] = await world.rows('select policy from approval_request where tenant_id = $1 and id = $2', [
      little.requestId,
    ]);
    const { weighing } = JSON.parse(request!.policy as string) as { weighing: Record<string, unknown> };
    expect(weighing).toMatchObject({ lossMinor: '10000', priorMinor: '260000', gravity: 'MATERIAL' });
  });

  it('ends with a rejection, with its requester, or with its time', async () => {
    const rejected = await ask(world, delivery, handoffId);
    await vote(world, lead, rejected, VoteDecision.REJECT);
    expect(await stateOf(rejected)).toBe('REJECTED');
    expect(codes(await delivery.refused(rebaseline, move(rejected)))).toEqual(['APPROVAL_MISSING']);
    const taken = await ask(world, delivery, handoffId);
    const back = async () => ({ ...(await on(world, handoffId)), scopeChangeId: taken });
    expect(codes(await sales.refused(withdrawScopeChange, await back()))).toEqual(['NOT_REQUESTER']);
    await delivery.done(withdrawScopeChange, await back());
    expect(await stateOf(taken)).toBe('WITHDRAWN');
    const late = await ask(world, delivery, handoffId);
    suite.clock.advanceHours(24 * 7);
    expect(await stateOf(late)).toBe('EXPIRED');
    const list = async (filter: object): Promise<string[]> => {
      const { data, errors } = await lead.graphql(operation('scope-changes'), { filter, first: 50 });
      expect(errors).toEqual([]);
      return (data!.scopeChanges.edges as { node: { id: string } }[]).map(({ node }) => node.id);
    };
    expect(await list({ states: ['REJECTED', 'WITHDRAWN'], handoffId })).toEqual([taken, rejected]);
    expect(await list({ states: ['EXPIRED'] })).toContain(late);
    expect(await list({ incidentsOnly: true })).toEqual([]);
    expect((await list({ causes: ['VENDOR'] })).length).toBe(1);
    suite.clock.advanceHours(-24 * 7);
  });

  it('does not stand on an approver who has left since', async () => {
    const id = await ask(world, delivery, handoffId, { cause: ScopeChangeCause.OTHER });
    await vote(world, finance, id);
    const revops = await world.as(CAST.revops);
    const [freda] = await world.rows('select revision from person where tenant_id = $1 and id = $2', [
      finance.actor.id,
    ]);
    await revops.done(suspendMember, { personId: finance.actor.id, expectedRevision: Number(freda!.revision) });
    const [finding] = await delivery.refused(rebaseline, move(id));
    expect(finding).toMatchObject({ code: 'APPROVAL_MISSING', message: expect.stringContaining('does not reach') });
  });
});

it('agreed in an emergency keeps the kickoff from being scheduled until somebody has reviewed it', async () => {
  await begin();
  const blocked = async (): Promise<string[]> => {
    const { data, errors } = await delivery.graphql(operation('handoff-readiness'), { id: handoffId, gate: 'KICKOFF' });
    expect(errors).toEqual([]);
    return codes(data!.handoff.readiness.findings as { code: string }[]);
  };
  const id = await ask(world, delivery, handoffId, { more: { hours: 8, cost: 20_000n, price: 80_000n } });
  const { requestId, contentDigest: digest } = await load(world, id);
  expect(await blocked()).not.toContain('BREAK_GLASS_UNREVIEWED');
  for (const key of ['leah.lead', 'freda.finance'])
    await (
      await world.as(key)
    ).done(breakGlass, { requestId, digest, reason: 'The client has no network.', ticket: 'INC-4711' });
  expect(await blocked()).toContain('BREAK_GLASS_UNREVIEWED');
  const { open } = await world.read({ open: select(AfterReview, { requestId }) });
  await (
    await world.as('rita.revops')
  ).done(reviewBreakGlass, { reviewId: open[0]!.id, justified: true, note: 'It was down.', expectedRevision: 1 });
  expect(await blocked()).not.toContain('BREAK_GLASS_UNREVIEWED');
});
