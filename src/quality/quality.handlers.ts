import { DateTime } from 'luxon';
import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { reviewSetting } from '../catalogue/quality.rules.js';
import { rolloutStanding } from '../catalogue/rollout.queries.js';
import { rolloutThresholds } from '../catalogue/rollout.rules.js';
import type { CommandResult } from '../core/command.js';
import type { EffectHandler, EffectResult } from '../core/outbox/handler.js';
import { checkpointsIn } from './flag.rules.js';
import { periodFrom } from './period.rules.js';
import { makePeriodReview, makeWeeklyReview } from './review.commands.js';
import { ReviewKind } from './review.entity.js';
import { freezeScore } from './score.commands.js';
import { SETTLED_DAYS } from './task.queries.js';
import { tellOfTasks } from './task.commands.js';

/** The outbox's word for making a review. */
export const REVIEW_EFFECT = 'quality.review';
/** The outbox's word for telling people of their tasks. */
export const TELL_EFFECT = 'quality.tell';

const DAY_MS = 86_400_000;

/** Freezes the score of the sign-off that an effect names. */
export const scoreHandler: EffectHandler = async ({ aggregateId, payload }, { run }) =>
  resultOf(await run(freezeScore, { handoffId: aggregateId, signOffId: payload.signOffId! }));

/** Makes the review of the period that an effect names; its first instant travels with it. */
export const reviewHandler: EffectHandler = async ({ payload }, { read, run }) => {
  const kind = payload.kind as ReviewKind;
  const { ruling, standing } = await read({ ruling: rulingConfiguration(), standing: rolloutStanding() });
  const configuration = configurationOf(ruling);
  const timeZone = payload.timeZone!;
  const setting = { timeZone, calendar: configuration.calendar, review: reviewSetting(configuration, kind) };
  const first = DateTime.fromISO(payload.from!, { zone: timeZone });
  const due = { ...periodFrom(kind, first, setting), openedAt: new Date(payload.openedAt!) };
  const checkpoints = checkpointsIn(standing?.normalSince ?? null, rolloutThresholds(configuration), due);
  const since = new Date(Math.min(due.before.getTime(), ...checkpoints.map(({ from }) => from.getTime())));
  const input = { ...due, since };
  return resultOf(await (kind === ReviewKind.WEEKLY ? run(makeWeeklyReview, input) : run(makePeriodReview, input)));
};

/** Tells people of what they have to do, and of what is overdue. */
export const tellHandler: EffectHandler = async (_effect, { now, run }) =>
  resultOf(await run(tellOfTasks, { since: new Date(now.getTime() - SETTLED_DAYS * DAY_MS) }));

function resultOf(result: CommandResult): EffectResult {
  if (result.kind === 'refused') throw new Error(result.findings.map(({ code }) => code).join());
  return { receipt: result.id, writes: [] };
}
