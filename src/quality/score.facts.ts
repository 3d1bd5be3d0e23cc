import { configurationOf } from '../catalogue/catalogue.queries.js';
import type { TenantConfiguration } from '../catalogue/configuration.js';
import type { ClockKey } from '../catalogue/configuration.words.js';
import { meetingPlan } from '../catalogue/meeting.rules.js';
import { type Clock, clocksOf } from '../escalation/clock.rules.js';
import type { DeadlineGround } from '../escalation/escalation.queries.js';
import { endOf } from '../escalation/ladder.rules.js';
import type { AcceptedContent } from '../feasibility/accepted-content.rules.js';
import type { Tier } from '../handoff/handoff.entity.js';
import { type HeldMeeting, meetingOutcome } from '../meeting/outcome.rules.js';
import type { MeetingOutcome, ScoreFacts } from './score.rules.js';

/** The clocks that sales answers for and whose end is known when delivery accepts (document 004, "completion within SLA"). */
const OF_SALES: readonly ClockKey[] = ['DOCUMENT_COMPLETE', 'RETURN_CORRECTION'];

/**
 * What a score is computed from, as of an instant: meetings that were held later and deadlines that passed later do not
 * count. Deadlines are those of the configuration that the handoff was opened under.
 */
export function scoreFacts(
  content: AcceptedContent,
  ground: DeadlineGround,
  held: readonly HeldMeeting[],
  at: Date,
): ScoreFacts {
  const configuration = configurationOf(ground.version);
  const clocks = clocksOf(ground.history, configuration);
  const [firstHandover = null] = ground.history.handovers;
  return {
    handoffId: ground.handoffId,
    summary: content.summary,
    stakeholders: content.stakeholders,
    commitments: content.commitments.map(({ id, isHomed, recordedAt }) => ({
      id,
      isHomed,
      isTold: firstHandover === null || new Date(recordedAt) <= firstHandover,
    })),
    nothingPromised: content.nothingPromised,
    risks: content.risks,
    meeting: meetingFacts(
      configuration,
      content.tier,
      held.filter(({ heldAt }) => heldAt <= at),
    ),
    missedClocks: [
      ...new Set(clocks.filter((clock) => OF_SALES.includes(clock.key) && isMissed(clock, at)).map(({ key }) => key)),
    ],
    introducedInTime: introducedInTime(introductionOf(clocks), at),
  };
}

/**
 * When a score is frozen: at the sign-off, or when it is known whether the client was introduced in time, whichever is
 * later. Null while that is open, as when a pause lets the clock stand still.
 */
export function scoredAt(signedAt: Date, ground: DeadlineGround): Date | null {
  const clock = introductionOf(clocksOf(ground.history, configurationOf(ground.version)));
  if (clock === null) return signedAt;
  const ends = [endOf(clock), clock.dueAt].filter((end) => end !== null);
  if (ends.length === 0) return null;
  const decided = Math.min(...ends.map((end) => end.getTime()));
  return new Date(Math.max(signedAt.getTime(), decided));
}

const introductionOf = (clocks: readonly Clock[]): Clock | null =>
  clocks.find(({ key }) => key === 'INTRODUCTION') ?? null;

/** Whether a clock ran out before what it waits for, as it was known at an instant. */
export function isMissed({ dueAt, stoppedAt, voidedAt }: Clock, at: Date): boolean {
  const end = stoppedAt ?? voidedAt ?? at;
  return dueAt !== null && dueAt < at && dueAt < end;
}

/** A clock that never ran, or ended with the handoff before it was due, was not missed. */
function introducedInTime(clock: Clock | null, at: Date): boolean | null {
  if (clock === null) return true;
  const { stoppedAt, voidedAt, dueAt } = clock;
  const end = stoppedAt ?? voidedAt;
  const knownAt = endOf(clock);
  if (end !== null && knownAt !== null && knownAt <= at) return dueAt === null || end <= dueAt;
  return dueAt !== null && dueAt <= at ? false : null;
}

function meetingFacts(
  configuration: Pick<TenantConfiguration, 'meetingPolicy'>,
  tier: Tier,
  held: readonly HeldMeeting[],
): MeetingOutcome {
  const isNeeded = meetingPlan(configuration, tier).needed;
  const outcome = meetingOutcome(held);
  return {
    isNeeded,
    meetingId: outcome?.meetingIds.at(-1) ?? null,
    allAttended: outcome?.allRequiredAttended ?? false,
    fullAgenda: outcome?.agendaDone ?? false,
    questionsAsked: outcome?.questionsAsked ?? 0,
    questionsAnswered: outcome?.questionsAnswered ?? 0,
  };
}
