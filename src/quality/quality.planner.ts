import { configurationOf, rulingConfiguration, rulingSince } from '../catalogue/catalogue.queries.js';
import { reviewSetting } from '../catalogue/quality.rules.js';
import type { StoredConfiguration } from '../catalogue/stored-configuration.js';
import { digestOf } from '../core/canonical.js';
import type { OutboxMessage } from '../core/outbox/message.js';
import { Planner, type PlannerOptions } from '../core/planner.js';
import { type DeadlineGround, groundsOf } from '../escalation/escalation.queries.js';
import { eligiblePeople, peopleByHandle } from '../identity/identity.queries.js';
import { type DuePeriod, duePeriods } from './period.rules.js';
import { REVIEW_EFFECT, TELL_EFFECT } from './quality.handlers.js';
import { ReviewKind } from './review.entity.js';
import { reviewsMade } from './review.queries.js';
import { scoredAt } from './score.facts.js';
import { SCORE_EFFECT, type UnscoredSignOff, unscoredSignOffs } from './score.queries.js';
import { taskLadder } from './task.commands.js';
import { SETTLED_DAYS, tasksSince } from './task.queries.js';
import { taskSteps } from './task.rules.js';

/** How often the worker looks for what is due, in milliseconds. */
const LOOK_EVERY_MS = 60_000;
/** Sign-offs scored at a look; the next look goes on. */
const PAGE = 500;
const DAY_MS = 86_400_000;

/** A score that is to be frozen, and the moment that it speaks of. */
interface DueScore extends UnscoredSignOff {
  readonly at: Date;
}

/**
 * Asks the outbox for the scores, reviews and notices of quality that are due. What is due follows from the database
 * alone, and each is asked for under a key of its own: days of downtime or a second worker change nothing. A review waits
 * for the scores of its period, save for one that cannot be made.
 */
export class QualityPlanner extends Planner {
  constructor(options: PlannerOptions) {
    super(options, 'quality', LOOK_EVERY_MS);
  }

  protected async plan(tenantId: string): Promise<number> {
    const { gateway, present } = this.options;
    const { now, ruling, signOffs, made, since, idByKey, people } = await gateway.read(tenantId, {
      now: present(),
      ruling: rulingConfiguration(),
      signOffs: unscoredSignOffs(PAGE),
      made: reviewsMade(),
      since: rulingSince(),
      idByKey: peopleByHandle(),
      people: eligiblePeople(),
    });
    const { grounds, tasks } = await gateway.read(tenantId, {
      grounds: groundsOf([...new Set(signOffs.map(({ handoffId }) => handoffId))]),
      tasks: tasksSince(new Date(now.getTime() - SETTLED_DAYS * DAY_MS)),
    });
    const configuration = configurationOf(ruling);
    const scores = dueScores(signOffs, grounds, now);
    const told = taskSteps(tasks, taskLadder(configuration, idByKey, people), now);
    const isScored = ({ to }: DuePeriod): boolean =>
      signOffs.length < PAGE && scores.every((score) => score.isStuck || score.at >= to);
    const wanted = [
      ...scores.map(scoreMessage),
      ...dueReviews(configuration, { since: since ?? now, made }, now)
        .filter(isScored)
        .map((period) => reviewMessage(tenantId, period, configuration.tenant.timeZone)),
      ...(told.steps.length + told.ended.length > 0 ? [tellMessage(tenantId, told)] : []),
    ];
    return this.askForNew(tenantId, wanted, now);
  }
}

function dueScores(
  signOffs: readonly UnscoredSignOff[],
  grounds: ReadonlyMap<string, DeadlineGround>,
  now: Date,
): DueScore[] {
  return signOffs.flatMap((signOff) => {
    const at = scoredAt(signOff.signedAt, grounds.get(signOff.handoffId)!);
    return at === null || at > now ? [] : [{ ...signOff, at }];
  });
}

function dueReviews(
  configuration: StoredConfiguration,
  { since, made }: { readonly since: Date; readonly made: ReadonlySet<string> },
  now: Date,
): DuePeriod[] {
  const { timeZone } = configuration.tenant;
  return Object.values(ReviewKind).flatMap((kind) => {
    const done = new Set([...made].flatMap((key) => (key.startsWith(`${kind} `) ? [key.slice(kind.length + 1)] : [])));
    const setting = { timeZone, calendar: configuration.calendar, review: reviewSetting(configuration, kind) };
    return duePeriods(kind, setting, { since, done }, now);
  });
}

// Aggregates of their own: nothing here waits for what a vendor holds up.
function scoreMessage({ handoffId, signOffId }: DueScore): OutboxMessage {
  return {
    kind: SCORE_EFFECT,
    aggregate: { type: 'QualityScore', id: handoffId },
    effectKey: `${SCORE_EFFECT}/${signOffId}`,
    payload: { signOffId },
  };
}

/** The period's own instants travel with it: a change of the time zone later does not move what was asked for. */
function reviewMessage(tenantId: string, { kind, period, from, openedAt }: DuePeriod, timeZone: string): OutboxMessage {
  return {
    kind: REVIEW_EFFECT,
    aggregate: { type: `QualityReview/${kind}`, id: tenantId },
    effectKey: `${REVIEW_EFFECT}/${kind}/${period}`,
    payload: { kind, period, from: from.toISOString(), openedAt: openedAt.toISOString(), timeZone },
  };
}

/** What is due names the effect: asked for by two workers, or twice before it is done, it is one. */
function tellMessage(tenantId: string, { steps, ended }: ReturnType<typeof taskSteps>): OutboxMessage {
  const what = { steps: steps.map(({ subjectId, step }) => [subjectId, step]), ended: ended.map(({ id }) => id) };
  return {
    kind: TELL_EFFECT,
    aggregate: { type: 'QualityTasks', id: tenantId },
    effectKey: `${TELL_EFFECT}/${digestOf(what)}`,
    payload: {},
  };
}
