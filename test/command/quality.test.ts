import { pino } from 'pino';
import { Dispatcher } from '../../src/core/outbox/dispatcher.js';
import type { EffectHandler } from '../../src/core/outbox/handler.js';
import { insert, select, update } from '../../src/core/statement.js';
import { newId } from '../../src/core/id.js';
import { HandoffStatement, type StatementKind } from '../../src/handoff/content.entity.js';
import { Handoff } from '../../src/handoff/handoff.entity.js';
import { NoticePlanner } from '../../src/notice/notice.planner.js';
import { QualityPlanner } from '../../src/quality/quality.planner.js';
import {
  REVIEW_EFFECT,
  reviewHandler,
  scoreHandler,
  TELL_EFFECT,
  tellHandler,
} from '../../src/quality/quality.handlers.js';
import { QualityReview, ReviewItem, ReviewKind } from '../../src/quality/review.entity.js';
import { MOST } from '../../src/quality/score.rules.js';
import { SCORE_EFFECT } from '../../src/quality/score.queries.js';
import {
  Criterion,
  QualityScore,
  Remediation,
  ScoreAmendment,
  ScoreCriterion,
} from '../../src/quality/score.entity.js';
import { SpotCheck } from '../../src/quality/spot-check.entity.js';
import { QualityStep } from '../../src/quality/step.entity.js';
import { amendCriterion, completeRemediation } from '../../src/quality/score.commands.js';
import { addReviewAction, completeReviewAction, holdReview, recordSpotCheck } from '../../src/quality/work.commands.js';
import { operation } from '../kit/operation.js';
import { playStory } from '../kit/story.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { attempt } from './approval.kit.js';
import { codes } from './engine.kit.js';

const NOT_HERE = Promise.resolve({ receipt: 'not here', writes: [] });
const REASON = 'Judged by hand: the sponsor was on the call.';

let suite: Suite;
let world: World;
let handoffId: string;
afterAll(() => suite.close());

/** A handoff that was signed off on Monday 23 November; its deal was won on 30 September. The tests follow its weeks. */
beforeAll(async () => {
  suite = await openSuite();
  await begin(START);
});

/** A new tenant with a handoff that is signed off at this time. */
async function begin(time: Date): Promise<void> {
  suite.clock.at = time;
  world = await suite.tenant();
  ({ handoffId } = await playStory(world));
}

const at = (text: string): void => void (suite.clock.at = new Date(text));

/** Some looks of so many workers: what is due is asked for, and done. */
async function work(workers = 1): Promise<void> {
  const tenants = async (): Promise<string[]> => [world.tenantId];
  const log = pino({ level: 'silent' });
  const { gateway, clock, pipeline } = suite;
  for (let look = 0; look < 3; look += 1) {
    await Promise.all(
      Array.from({ length: workers }, async () => {
        await new QualityPlanner({ gateway, present: () => clock.now(), tenants, log }).pass();
        const kinds = await world.rows('select distinct kind from outbox_effect where tenant_id = $1');
        const others = kinds.map(({ kind }): [string, EffectHandler] => [kind as string, () => NOT_HERE]);
        const own = { [SCORE_EFFECT]: scoreHandler, [REVIEW_EFFECT]: reviewHandler, [TELL_EFFECT]: tellHandler };
        const handlers = { ...Object.fromEntries(others), ...own };
        const dispatcher = new Dispatcher({ gateway, clock, pipeline, handlers, tenants, log });
        for (let pass = 0; pass < 40 && (await dispatcher.pass()) > 0;) pass += 1;
      }),
    );
  }
}

const reviews = async (kind = ReviewKind.WEEKLY): Promise<QualityReview[]> =>
  (await world.read({ rows: select(QualityReview, { kind }, { orderBy: ['period'] }) })).rows;
const itemsOf = async (reviewId: string): Promise<string[]> => {
  const { rows } = await world.read({ rows: select(ReviewItem, { reviewId }, { orderBy: ['position'] }) });
  return rows.map(({ topic, label }) => (label === null ? topic : `${topic} ${label}`));
};
const scores = async (): Promise<QualityScore[]> =>
  (await world.read({ rows: select(QualityScore, {}, { orderBy: ['id'] }) })).rows;
const remediation = async (): Promise<Remediation | undefined> =>
  (await world.read({ rows: select(Remediation) })).rows[0];

/** Writes what a summary lacks, as sales does when it is put right. */
async function fillIn(paths: readonly string[]): Promise<void> {
  const text = 'Written for this test.';
  const kinds = paths.flatMap((path) => (path.startsWith('statements.') ? [path.slice(11) as StatementKind] : []));
  const rows = kinds.map((kind) => ({ id: newId(), handoffId, kind, text, source: 'Mail', createdAt: suite.clock.at }));
  const writes = [
    ...rows.map((row) => insert(HandoffStatement, row)),
    update(Handoff, { id: handoffId }, { context: text }),
  ];
  await suite.gateway.transaction(world.tenantId, (tx) => tx.commit(writes));
}

it('freezes the score of a sign-off once, as it stands, with two workers and after days of downtime', async () => {
  at('2026-11-27T10:00:00Z');
  await work(2);
  const [score, ...others] = await scores();
  expect(others).toEqual([]);
  expect(score).toMatchObject({ handoffId, cause: 'ACCEPTANCE', scoredAt: START, possible: 100 });
  expect(score!.ownerId).toBe(await world.idOf('sofia.sales'));
  expect(score!.recordedAt.toISOString()).toBe('2026-11-27T10:00:00.000Z');
  const { criteria } = await world.read({ criteria: select(ScoreCriterion, { scoreId: score!.id }) });
  expect(criteria.reduce((sum, { points }) => sum + points, 0)).toBe(score!.earned);
  const of = (name: Criterion) => criteria.find(({ criterion }) => criterion === name)!;
  // The deal was won weeks ago: handed over late, and the client was never introduced.
  expect(of(Criterion.WITHIN_SLA)).toMatchObject({ points: 0, reasons: ['DOCUMENT_COMPLETE'] });
  expect(of(Criterion.INTRODUCTION)).toMatchObject({ points: 0, reasons: ['LATE'] });
  expect(of(Criterion.COMMITMENTS).points).toBe(15);
  // No handoff meeting was held, and the tier needs one: below 70.
  expect(of(Criterion.ALL_ATTENDED)).toMatchObject({ points: 0, reasons: ['NOT_HELD'] });
  expect(score!.band).toBe('SUBSTANDARD');
  // Five business days from the sign-off, not from the day on which it was recorded.
  expect(await remediation()).toMatchObject({ state: 'OPEN', dueAt: new Date('2026-11-30T17:30:00.000Z') });
  await work();
  expect(await scores()).toHaveLength(1);
  const { data, errors } = await (
    await world.as('sofia.sales')
  ).graphql(operation('handoff-quality'), { id: handoffId });
  expect(errors).toEqual([]);
  expect(data!.handoff.liveScore.total).toBe(score!.total);
  expect(data!.handoff.scores[0].figures.total).toBe(score!.total);
});

it('lets a reviewer amend a criterion with the reason, never the rep, and puts a substandard handoff right', async () => {
  const [{ id: scoreId, total }] = (await scores()) as [QualityScore];
  const leah = await world.as('leah.lead');
  const amend = (criterion: Criterion, points: number) => ({ scoreId, criterion, points, reason: REASON });
  await expect((await world.as('sofia.sales')).run(amendCriterion, amend(Criterion.SUMMARY, 15))).rejects.toMatchObject(
    {
      code: 'FORBIDDEN',
    },
  );
  expect(codes(await leah.refused(amendCriterion, amend(Criterion.RISKS, 11)))).toEqual(['POINTS_OUT_OF_RANGE']);
  const { id: remediationId } = (await remediation())!;
  const settle = { handoffId, remediationId, outcome: 'The map is filled in.', expectedRevision: 1 };
  expect(codes(await leah.refused(completeRemediation, settle))).toEqual(['STILL_SUBSTANDARD']);
  for (const [criterion, points] of Object.entries(MOST))
    if (criterion !== 'SUMMARY') await leah.done(amendCriterion, amend(criterion as Criterion, points));
  const after = (await remediation())!;
  expect([after.state, after.settledBy]).toEqual(['NOT_NEEDED', leah.actor.id]);
  const { criteria } = await world.read({
    criteria: select(ScoreCriterion, { scoreId, criterion: Criterion.SUMMARY }),
  });
  const { points: summary, reasons } = criteria[0]!;
  const { data } = await leah.graphql(operation('handoff-quality'), { id: handoffId });
  const [shown] = data!.handoff.scores;
  expect(shown).toMatchObject({ total, figures: { total: 85 + summary } });
  expect(shown.amendments).toHaveLength(8);
  // Down below the line: it is opened again, and done once what was missing is there and it is scored again.
  for (const criterion of [Criterion.WITHIN_SLA, Criterion.RISKS, Criterion.INTRODUCTION])
    await leah.done(amendCriterion, amend(criterion, 0));
  const again = { ...settle, expectedRevision: 3 };
  expect([(await remediation())!.state, summary < 15]).toEqual(['OPEN', true]);
  expect(codes(await leah.refused(completeRemediation, again))).toEqual(['STILL_SUBSTANDARD']);
  await fillIn(reasons);
  await leah.done(completeRemediation, again);
  expect((await remediation())!.state).toBe('DONE');
  expect((await scores()).map((one) => one.cause)).toEqual(['ACCEPTANCE', 'REMEDIATION']);
  expect((await scores())[1]).toMatchObject({ total: 70, band: 'ACCEPTABLE' });
  expect(codes(await leah.refused(completeRemediation, { ...again, expectedRevision: 4 }))).toEqual(['NOT_OPEN']);
  const row = { id: newId(), scoreId, ownerId: (await scores())[0]!.ownerId, criterion: Criterion.RISKS, points: 1 };
  const own = { ...row, reason: REASON, amendedBy: row.ownerId, amendedAt: suite.clock.at };
  expect(await attempt(suite, world, [insert(ScoreAmendment, own)])).toBe('score_amendment_not_by_rep');
});

it('gathers scores by rep, team, template and tier in three statements whatever there is', async () => {
  const leah = await world.as('leah.lead');
  const period = { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z' };
  for (const [by, key] of [
    ['REP', await world.idOf('sofia.sales')],
    ['DELIVERY_MANAGER', await world.idOf('dana.delivery')],
    ['TEMPLATE', 'managed-network'],
  ] as const) {
    suite.statements.length = 0;
    const { data, errors } = await leah.graphql(operation('quality-scores'), { by, ...period });
    expect(errors).toEqual([]);
    expect(data!.qualityScores).toEqual([expect.objectContaining({ key, count: 1, substandard: 1, previousCount: 0 })]);
    expect(suite.statements.filter((text) => !/^(begin|commit|set local)/.test(text)).length).toBeLessThanOrEqual(3);
  }
  const reversed = await leah.graphql(operation('quality-scores'), { by: 'REP', from: period.to, to: period.from });
  expect(reversed.errors[0]!.extensions.code).toBe('BAD_USER_INPUT');
});
it('makes the weekly review on Monday at 08:00 London, once for two workers, with the week as it ended', async () => {
  at('2026-11-30T07:59:59Z');
  await work();
  expect((await reviews()).map(({ period }) => period)).toEqual([]);
  at('2026-11-30T08:00:00Z');
  await work(2);
  const [review, ...others] = await reviews();
  expect(others).toEqual([]);
  expect(review).toMatchObject({
    period: '2026-W48',
    ownerId: await world.idOf('leah.lead'),
    deputyId: await world.idOf('dana.delivery'),
    dueAt: new Date('2026-12-03T17:30:00.000Z'),
  });
  const items = await itemsOf(review!.id);
  expect(items).toContain('BEST_SCORE SUBSTANDARD');
  expect(items).toContain('STALLED_STEP KICKOFF_HARD_BREACH');
  expect(items).toContain('OVERRIDE MARGIN_EXCEPTION');
  const leah = await world.as('leah.lead');
  const { data, errors } = await leah.graphql(operation('quality-review'), { id: review!.id });
  expect(errors).toEqual([]);
  expect(data!.qualityReview.agenda.length).toBeGreaterThan(2);
  const finance = await (await world.as('ravi.revops')).graphql(operation('quality-review'), { id: review!.id });
  expect(finance.errors[0]!.extensions.code).toBe('FORBIDDEN');
});

it('draws the 10 % sample of a month by a seed, checked by nobody who sold or delivers it', async () => {
  at('2026-12-01T08:00:00Z');
  await work(2);
  const { checks } = await world.read({ checks: select(SpotCheck) });
  expect(checks).toHaveLength(1);
  const [check] = checks as [SpotCheck];
  const parts = [await world.idOf('sofia.sales'), await world.idOf('dana.delivery')];
  expect(parts).not.toContain(check.reviewerId);
  const verdict = { complete: true, accurate: true, clear: true, actionable: true, current: false, sourced: true };
  const input = { spotCheckId: check.id, expectedRevision: 1, ...verdict };
  expect(codes(await (await world.as('sofia.sales')).refused(recordSpotCheck, input))).toEqual([
    'SELF_REVIEW',
    'FINDINGS_MISSING',
  ]);
  const change = { checkedBy: parts[1]!, checkedAt: suite.clock.at, state: 'SOUND' as never };
  expect(await attempt(suite, world, [update(SpotCheck, { id: check.id }, change)])).toBe('spot_check_not_by_part');
  const reviewer = await world.as(world.configuration.people.find(({ id }) => id === check.reviewerId)!.key);
  await reviewer.done(recordSpotCheck, { ...input, found: 'The scope is of September.' });
  const { data, errors } = await reviewer.graphql(operation('spot-checks'), {
    openOnly: false,
    mineOnly: true,
    first: 5,
  });
  expect(errors).toEqual([]);
  expect(data!.spotChecks.edges[0].node).toMatchObject({
    state: 'FLAWED',
    draw: { period: '2026-11', rows: 1, size: 1 },
  });
});

it('carries actions over until they are done, is held by its owner or deputy, and climbs when it is not', async () => {
  const [review] = (await reviews()) as [QualityReview];
  const [leah, dana, sofia] = [
    await world.as('leah.lead'),
    await world.as('dana.delivery'),
    await world.as('sofia.sales'),
  ];
  const ownerId = sofia.actor.id;
  const action = { reviewId: review.id, text: 'Name the sponsor earlier.', ownerId, dueOn: '2026-12-04' };
  expect(codes(await leah.refused(addReviewAction, { ...action, dueOn: '2026-11-29' }))).toEqual(['IMPOSSIBLE_DATE']);
  await expect(leah.run(addReviewAction, { ...action, ownerId: newId() })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await leah.done(addReviewAction, action);
  const held = {
    reviewId: review.id,
    expectedRevision: 1,
    attendeeIds: [ownerId],
    notes: 'All of it.',
    conclusions: REASON,
  };
  expect(codes(await sofia.refused(holdReview, held))).toEqual(['NOT_RESPONSIBLE']);
  await dana.done(holdReview, { ...held, notes: 'We went through it.' });
  await expect(leah.run(holdReview, held)).rejects.toMatchObject({ code: 'STALE_REVISION' });
  at('2026-12-07T08:00:00Z');
  await work();
  const second = (await reviews())[1]!;
  expect((await itemsOf(second.id))[0]).toBe('CARRIED_ACTION');
  const [row] = await world.rows('select id, revision from review_action where tenant_id = $1');
  const settled = { actionId: row!.id as string, expectedRevision: 1, outcome: 'Named.' };
  await sofia.done(completeReviewAction, settled);
  expect(codes(await sofia.refused(completeReviewAction, { ...settled, expectedRevision: 2 }))).toEqual(['NOT_OPEN']);
  at('2026-12-14T08:00:00Z');
  await work();
  const third = (await reviews())[2]!;
  expect(await itemsOf(third.id)).not.toContain('CARRIED_ACTION');
  // The second was not held by Thursday: it climbs from its owner to the ladder.
  const { steps } = await world.read({ steps: select(QualityStep, { subjectId: second.id }, { orderBy: ['step'] }) });
  const keyOf = (id: string) => world.configuration.people.find((person) => person.id === id)!.key;
  expect(steps.map(({ step, personId }) => `${step} ${keyOf(personId)}`)).toEqual([
    '0 leah.lead',
    '1 dana.delivery',
    '2 ravi.revops',
  ]);
  const { gateway, clock } = suite;
  const tenants = async (): Promise<string[]> => [world.tenantId];
  const silent = pino({ level: 'silent' });
  await new NoticePlanner({ gateway, present: () => clock.now(), tenants, deliver: async () => 0, log: silent }).pass();
  const told = await (
    await world.as('ravi.revops')
  ).graphql('{ myNotices(first: 50) { edges { node { template title } } } }');
  const templates = told.data!.myNotices.edges.map(({ node }: { node: { template: string } }) => node.template);
  expect(templates).toContain('QUALITY_TASK_OVERDUE');
});

it('makes missed weeks late with their own contents, over the change of the clocks, the same as without downtime', async () => {
  await begin(new Date('2026-10-19T14:00:00Z'));
  at('2026-10-26T08:00:00Z');
  await work();
  expect((await reviews()).map(({ period, openedAt }) => [period, openedAt.toISOString()])).toEqual([
    ['2026-W43', '2026-10-26T08:00:00.000Z'],
  ]);
  const timely = await itemsOf((await reviews())[0]!.id);
  // The same week, made by a worker that comes back a month later, in a tenant of its own.
  await begin(new Date('2026-10-19T14:00:00Z'));
  at('2026-11-24T09:00:00Z');
  await work(2);
  const late = await reviews();
  expect(late.map(({ period }) => period)).toEqual(['2026-W43', '2026-W44', '2026-W45', '2026-W46', '2026-W47']);
  expect(await itemsOf(late[0]!.id)).toEqual(timely);
  expect((await reviews(ReviewKind.MONTHLY)).map(({ period }) => period)).toEqual(['2026-10']);
  // Due counts from when each was to be made.
  expect(late[0]!.dueAt.toISOString()).toBe('2026-10-29T17:30:00.000Z');
});
