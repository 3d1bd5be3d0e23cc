import type { TenantConfiguration } from '../catalogue/configuration.js';
import type { Tier } from '../catalogue/configuration.words.js';
import { type MeetingPlan, meetingPlan } from '../catalogue/meeting.rules.js';
import { type Finding, finding } from '../core/finding.js';
import type { Part } from './meeting.entity.js';

/** A meeting that was held, as far as its outcome asks. */
export interface HeldMeeting {
  readonly id: string;
  readonly handoffId: string;
  readonly heldAt: Date;
  /** What held for it when it was made. */
  readonly plan: MeetingPlan;
  readonly participants: readonly {
    readonly personId: string;
    readonly parts: readonly Part[];
    readonly attended: boolean | null;
  }[];
  readonly segments: readonly {
    readonly segment: string;
    readonly covered: boolean;
    readonly answered: readonly string[];
  }[];
}

/** What the meetings of a handoff came to: the rubric's "all attended", "full agenda" and "questions answered". */
export interface HandoffMeetingOutcome {
  /** When the first was held. */
  readonly heldAt: Date;
  /** When the last was held. */
  readonly lastHeldAt: Date;
  readonly meetingIds: readonly string[];
  readonly allRequiredAttended: boolean;
  readonly agendaDone: boolean;
  readonly questionsAsked: number;
  readonly questionsAnswered: number;
  /** Required parts that nobody took, of the meeting with the fewest. */
  readonly missingParts: readonly Part[];
  /** Keys. */
  readonly missedSegments: readonly string[];
  /** Keys. */
  readonly openQuestions: readonly string[];
}

/**
 * What the meetings of a handoff that were held came to, taken together: what the first left open, a second may do. Every
 * required part has to have been in the same room, so that counts by meeting; the agenda is the last one's. Null when
 * none was held.
 */
export function meetingOutcome(held: readonly HeldMeeting[]): HandoffMeetingOutcome | null {
  const ordered = held.toSorted((a, b) => a.heldAt.getTime() - b.heldAt.getTime());
  const [first, last] = [ordered[0], ordered.at(-1)];
  if (!first || !last) return null;
  const [missingParts] = ordered.map(absentParts).toSorted((a, b) => a.length - b.length);
  const records = ordered.flatMap(({ segments }) => segments);
  const covered = new Set(records.filter((record) => record.covered).map(({ segment }) => segment));
  const answered = new Set(records.flatMap((record) => record.answered));
  const questions = last.plan.segments.flatMap((segment) => segment.questions.map(({ key }) => key));
  const missedSegments = last.plan.segments.map(({ key }) => key).filter((key) => !covered.has(key));
  const openQuestions = questions.filter((key) => !answered.has(key));
  return {
    heldAt: first.heldAt,
    lastHeldAt: last.heldAt,
    meetingIds: ordered.map(({ id }) => id),
    allRequiredAttended: missingParts!.length === 0,
    agendaDone: missedSegments.length === 0,
    questionsAsked: questions.length,
    questionsAnswered: questions.length - openQuestions.length,
    missingParts: missingParts!,
    missedSegments,
    openQuestions,
  };
}

/** The required parts that nobody took who was there. */
function absentParts({ plan, participants }: HeldMeeting): Part[] {
  const taken = new Set(participants.filter(({ attended }) => attended === true).flatMap(({ parts }) => parts));
  return plan.required.filter((part) => !taken.has(part));
}

/**
 * What the sign-off says while the handoff meeting was not held: nothing, a warning or a blocking finding, as the tier
 * has it (meetingPolicy.byTier.<tier>.signOff).
 */
export function meetingHeldFindings(
  configuration: Pick<TenantConfiguration, 'meetingPolicy'>,
  tier: Tier,
  held: readonly HeldMeeting[],
): Finding[] {
  const { signOff } = meetingPlan(configuration, tier);
  if (signOff === 'IGNORE' || held.length > 0) return [];
  return [
    finding({
      code: 'MEETING_NOT_HELD',
      severity: signOff === 'BLOCK' ? 'BLOCKING' : 'WARNING',
      path: 'handoff.meeting',
      message: 'Sales and delivery have not held the handoff meeting, or it was not recorded.',
      facts: { tier },
      remedy: 'Hold it, and record it with recordHandoffMeeting.',
    }),
  ];
}
