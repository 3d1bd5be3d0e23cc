import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { configurationSource, type ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import { redFlagThresholds } from '../catalogue/quality.rules.js';
import { rolloutStanding } from '../catalogue/rollout.queries.js';
import { rolloutThresholds } from '../catalogue/rollout.rules.js';
import { command, done, type DoneOutcome, type Moment } from '../core/command.js';
import { makeSeed } from '../core/sampling.js';
import { select, type Statement } from '../core/statement.js';
import { historyAt } from '../escalation/clock.rules.js';
import { type DeadlineGround, groundsBetween } from '../escalation/escalation.queries.js';
import { eligiblePeople, peopleByHandle } from '../identity/identity.queries.js';
import { scopeChangesRaised } from '../scope-change/scope-change.queries.js';
import { checkpointsIn, closedDeals, monthFlags, type RaisedFlag, weekFlags } from './flag.rules.js';
import {
  carriedItems,
  erosionItems,
  flagItems,
  happened,
  incidentItems,
  type Item,
  practiceItems,
  scoreItems,
  stalledItems,
} from './item.rules.js';
import { peopleQueries } from './people.queries.js';
import type { DuePeriod } from './period.rules.js';
import { QualityReview, ReviewKind, ReviewTopic } from './review.entity.js';
import { flagRows, type MadeReview, reviewRow, reviewWrites, spotCheckRows } from './review.rows.js';
import {
  actionsOpenAt,
  erosionGrounds,
  flagKey,
  flagsKnown,
  openExceptionsAt,
  overridesIn,
  refutedIn,
  returnedIn,
  touchesSince,
} from './review.queries.js';
import { countedScores } from './score.queries.js';
import { deadlineItems, fieldItems, patternItems, templateItems, trainingItems, trendItems } from './trend.rules.js';

/** How far back first outreaches are looked at, in milliseconds: 180 days. */
const TOUCHES_MS = 180 * 86_400_000;

/** A review that is to be made; `since` is from when on the flags of the period ask for handoffs. */
export interface MakeReviewInput extends DuePeriod {
  readonly since: Date;
}

const commonFacts = ({ kind, period, to }: MakeReviewInput) => ({
  known: select(QualityReview, { kind, period }),
  ruling: rulingConfiguration(),
  idByKey: peopleByHandle(),
  carried: actionsOpenAt(to),
  flagsKnown: flagsKnown(),
});

/**
 * Makes the review of an ISO week (002 step 6): what happened in it, frozen as it stood at its end, with the red flags of
 * the week. Once a week: done again it changes nothing. The worker's alone.
 */
export const makeWeeklyReview = command({
  name: 'makeWeeklyReview',
  action: 'make',
  subject: 'QualityReview',
  facts: (input: MakeReviewInput) => ({
    ...commonFacts(input),
    people: eligiblePeople(),
    refuted: refutedIn(input),
    changes: scopeChangesRaised(input.from, input.to, input.to),
    eroding: erosionGrounds(input),
    grounds: groundsBetween(input.since, input.to),
    scores: countedScores(input.from, input.to),
    returned: returnedIn(input),
    overrides: overridesIn(input),
    touches: touchesSince(new Date(input.to.getTime() - TOUCHES_MS), input.openedAt),
    exceptions: openExceptionsAt(input.to),
    standing: rolloutStanding(),
  }),
  decide: (facts, input, moment) => {
    const [known] = facts.known;
    if (known) return unchanged(known.id, input);
    const { ruling } = facts;
    const grounds = knownAt(facts.grounds, input.openedAt);
    const configuration = configurationOf(ruling);
    const made = reviewRow(input, { configuration, ...facts }, moment);
    const span = { from: input.from, to: input.to };
    const raised = weekFlags(
      {
        period: input.period,
        span,
        deals: closedDeals(grounds, input.to),
        checkpoints: checkpointsIn(facts.standing?.normalSince ?? null, rolloutThresholds(configuration), span),
        touches: facts.touches,
        openExceptions: facts.exceptions,
      },
      redFlagThresholds(configuration),
    );
    const flags = flagRows(fresh(raised, facts.flagsKnown), made, configuration, moment);
    const items = [
      ...carriedItems(facts.carried, input.to),
      ...happened(ReviewTopic.MISSED_ASSUMPTION, facts.refuted),
      ...incidentItems(facts.changes),
      ...erosionItems(facts.eroding),
      ...stalledItems(grounds, input.to),
      ...scoreItems(facts.scores),
      ...happened(ReviewTopic.RETURNED, facts.returned),
      ...happened(ReviewTopic.OVERRIDE, facts.overrides),
      ...flagItems(flags.rows),
    ];
    return madeReview(made, ruling, items, flags.statements, moment);
  },
});

/** Handoffs as they were known when a review was to be made: a worker that comes days later makes the same. */
const knownAt = (grounds: readonly DeadlineGround[], at: Date): DeadlineGround[] =>
  grounds.map((ground) => ({ ...ground, history: historyAt(ground.history, at) }));

/**
 * Makes the review of a month (trends, failure patterns, best practice, training; 004), with its red flags and its spot
 * checks, or of a quarter (which fields matter, deadlines, templates; 004 and 001). Once a period. The worker's alone.
 */
export const makePeriodReview = command({
  name: 'makePeriodReview',
  action: 'make',
  subject: 'QualityReview',
  facts: (input: MakeReviewInput) => ({
    ...commonFacts(input),
    ...peopleQueries(),
    grounds: groundsBetween(input.since, input.to),
    scores: countedScores(input.from, input.to),
    earlier: countedScores(input.before, input.from),
    returns: returnedIn({ from: input.before, to: input.to }),
  }),
  decide: (facts, input, moment) => {
    const [known] = facts.known;
    if (known) return unchanged(known.id, input);
    const { ruling, scores } = facts;
    const grounds = knownAt(facts.grounds, input.openedAt);
    const configuration = configurationOf(ruling);
    const made = reviewRow(input, { configuration, ...facts }, moment);
    const span = { from: input.from, to: input.to };
    const deals = closedDeals(grounds, input.to);
    const trends = { span, before: input.before, scores: [...facts.earlier, ...scores], returns: facts.returns, deals };
    const carried = carriedItems(facts.carried, input.to);
    if (input.kind === ReviewKind.QUARTERLY) {
      const items = [...carried, ...fieldItems(trends), ...deadlineItems(grounds, span), ...templateItems(trends)];
      return madeReview(made, ruling, items, [], moment);
    }
    const raised = monthFlags(
      { period: input.period, span, before: input.before, deals },
      rolloutThresholds(configuration).monthlyBps,
      redFlagThresholds(configuration),
    );
    const flags = flagRows(fresh(raised, facts.flagsKnown), made, configuration, moment);
    const checks = spotCheckRows(scores, made, { configuration, ...facts }, makeSeed, moment);
    const items = [
      ...carried,
      ...trendItems(trends),
      ...patternItems(trends),
      ...practiceItems(scores),
      ...trainingItems(trends),
      ...flagItems(flags.rows),
    ];
    return madeReview(made, ruling, items, [...flags.statements, ...checks.statements], moment, checks.body);
  },
});

const fresh = (raised: readonly RaisedFlag[], known: ReadonlySet<string>): RaisedFlag[] =>
  raised.filter((flag) => !known.has(flagKey(flag)));

const subjectOf = (id: string) => ({ type: 'QualityReview', id });

function unchanged(id: string, { kind, period }: MakeReviewInput): DoneOutcome {
  return done({ id, subject: subjectOf(id), body: { kind, period, changed: false } });
}

function madeReview(
  made: MadeReview,
  ruling: ConfigurationVersion,
  items: readonly Item[],
  more: readonly Statement[],
  moment: Moment,
  body: Readonly<Record<string, unknown>> = {},
): DoneOutcome {
  const { id, kind, period, ownerId } = made;
  const topics: Record<string, number> = {};
  for (const { topic } of items) topics[topic] = (topics[topic] ?? 0) + 1;
  return done({
    id,
    subject: subjectOf(id),
    body: { kind, period, changed: true, ownerId, topics, ...body },
    sources: [configurationSource(ruling)],
    writes: [...reviewWrites(made, items, moment), ...more],
  });
}
