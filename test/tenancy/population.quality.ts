import { DateTime } from 'luxon';
import { reviewSetting } from '../../src/catalogue/quality.rules.js';
import { systemActor } from '../../src/core/actor.js';
import { newId } from '../../src/core/id.js';
import { insert } from '../../src/core/statement.js';
import { RedFlag, RedFlagCode } from '../../src/quality/flag.entity.js';
import { periodFrom } from '../../src/quality/period.rules.js';
import { makePeriodReview, makeWeeklyReview } from '../../src/quality/review.commands.js';
import { ReviewKind } from '../../src/quality/review.entity.js';
import { amendCriterion, freezeScore } from '../../src/quality/score.commands.js';
import { Criterion } from '../../src/quality/score.entity.js';
import { tellOfTasks } from '../../src/quality/task.commands.js';
import { addReviewAction, holdReview } from '../../src/quality/work.commands.js';
import type { World } from '../kit/world.js';

const LOW = [Criterion.SUMMARY, Criterion.STAKEHOLDER_MAP, Criterion.COMMITMENTS, Criterion.WITHIN_SLA];

/** The score of a story, amended until it is substandard; after the first also reviews with all that hangs on them. */
export async function populateScore(world: World, handoffId: string): Promise<void> {
  const system = world.acting(systemActor(world.tenantId, 'population'));
  const [signOff] = await world.rows('select id from feasibility_sign_off where tenant_id = $1 and handoff_id = $2', [
    handoffId,
  ]);
  const scoreId = await system.done(freezeScore, { handoffId, signOffId: signOff!.id as string });
  const lead = await world.as('leah.lead');
  for (const criterion of LOW)
    await lead.done(amendCriterion, { scoreId, criterion, points: 0, reason: 'Judged by hand for this test.' });
}

/** A month with its spot checks and a week that was held, with an action and a red flag, and who was told of them. */
export async function populateQuality(world: World): Promise<void> {
  const { suite, configuration, tenantId } = world;
  const start = suite.clock.at;
  suite.clock.at = new Date('2026-12-01T09:00:00Z');
  const system = world.acting(systemActor(tenantId, 'population'));
  const { timeZone } = configuration.tenant;
  const period = (kind: ReviewKind, first: string) => {
    const setting = { timeZone, calendar: configuration.calendar, review: reviewSetting(configuration, kind) };
    const due = periodFrom(kind, DateTime.fromISO(first, { zone: timeZone }), setting);
    return { ...due, since: due.before };
  };
  await system.done(makePeriodReview, period(ReviewKind.MONTHLY, '2026-11-01'));
  const reviewId = await system.done(makeWeeklyReview, period(ReviewKind.WEEKLY, '2026-11-23'));
  const lead = await world.as('leah.lead');
  const ownerId = lead.actor.id;
  await lead.done(addReviewAction, { reviewId, text: 'Ask for the sponsor.', ownerId, dueOn: '2026-12-04' });
  const said = { notes: 'We went through the week.', conclusions: 'The map is to be filled in.' };
  await lead.done(holdReview, { reviewId, expectedRevision: 1, attendeeIds: [ownerId], ...said });
  const { at } = suite.clock;
  const flag = { id: newId(), code: RedFlagCode.OPEN_EXCEPTIONS, period: '2026-W48', reviewId, ownerId };
  const figures = { numerator: 4, denominator: 4, threshold: 3, subjectIds: [], raisedAt: at, dueAt: at };
  const open = { action: null, acknowledgedBy: null, acknowledgedAt: null, revision: 1 };
  await suite.gateway.transaction(tenantId, (tx) => tx.commit([insert(RedFlag, { ...flag, ...figures, ...open })]));
  await system.done(tellOfTasks, { since: start });
  suite.clock.at = start;
}
