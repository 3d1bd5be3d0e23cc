import { configurationOf } from '../catalogue/catalogue.queries.js';
import type { TenantConfiguration } from '../catalogue/configuration.js';
import type { ClockKey } from '../catalogue/configuration.words.js';
import { meetingPlan } from '../catalogue/meeting.rules.js';
import { CommitmentState } from '../commitment/commitment.entity.js';
import { type Clock, clocksOf } from '../escalation/clock.rules.js';
import type { DeadlineGround } from '../escalation/escalation.queries.js';
import { Side, StakeholderRole } from '../handoff/content.entity.js';
import { requiredFor } from '../handoff/content.requirements.js';
import { isNoneWithReason, requirementFindings, saysSomething } from '../handoff/content.rules.js';
import { Tier } from '../handoff/handoff.entity.js';
import { type HeldMeeting, meetingOutcome } from '../meeting/outcome.rules.js';
import type { ScoredContent } from './score.queries.js';
import type { ContentPart, MeetingOutcome, ScoreFacts } from './score.rules.js';

/** The clocks that sales answers for and whose end is known when delivery accepts (document 004, "completion within SLA"). */
const OF_SALES: readonly ClockKey[] = ['DOCUMENT_COMPLETE', 'RETURN_CORRECTION'];

/**
 * Stakeholders of document 004 that a map names, by the lightest tier. More than the submit gate asks for: a handoff that
 * passes is not yet a good one. Blockers are left out, since nothing could say that there are none.
 */
const MAPPED: readonly { readonly role: StakeholderRole; readonly side: Side; readonly from: readonly Tier[] }[] = [
  { role: StakeholderRole.PRIMARY_CONTACT, side: Side.CLIENT, from: [Tier.LIGHT, Tier.STANDARD, Tier.HIGH_TOUCH] },
  { role: StakeholderRole.ACCOUNT_OWNER, side: Side.PROVIDER, from: [Tier.LIGHT, Tier.STANDARD, Tier.HIGH_TOUCH] },
  { role: StakeholderRole.EXECUTIVE_SPONSOR, side: Side.CLIENT, from: [Tier.STANDARD, Tier.HIGH_TOUCH] },
  { role: StakeholderRole.ECONOMIC_BUYER, side: Side.CLIENT, from: [Tier.STANDARD, Tier.HIGH_TOUCH] },
  { role: StakeholderRole.TECHNICAL_EVALUATOR, side: Side.CLIENT, from: [Tier.STANDARD, Tier.HIGH_TOUCH] },
  { role: StakeholderRole.CHAMPION, side: Side.CLIENT, from: [Tier.HIGH_TOUCH] },
  { role: StakeholderRole.END_USER, side: Side.CLIENT, from: [Tier.HIGH_TOUCH] },
];

/**
 * What a score is computed from, as of an instant: meetings that were held later and deadlines that passed later do not
 * count. `configuration` is the one that the handoff was opened under.
 */
export function scoreFacts(
  content: ScoredContent,
  ground: DeadlineGround,
  held: readonly HeldMeeting[],
  at: Date,
): ScoreFacts {
  const { handoff, commitments, nothingPromised, risks } = content;
  const configuration = configurationOf(ground.version);
  const clocks = clocksOf(ground.history, configuration);
  const [firstSubmission = null] = ground.history.submissions;
  return {
    handoffId: handoff.id,
    summary: summaryParts(content),
    stakeholders: mapParts(content),
    commitments: commitments.map(({ id, state, recordedAt }) => ({
      id,
      isHomed: state !== CommitmentState.OPEN,
      isTold: firstSubmission === null || recordedAt <= firstSubmission,
    })),
    nothingPromised,
    risks: risks.map(({ id, text, mitigation }) => ({
      id,
      isMet: isNoneWithReason(text) || saysSomething(mitigation),
    })),
    meeting: meetingFacts(
      configuration,
      handoff.tier,
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
  const ends = [clock.stoppedAt, clock.voidedAt, clock.dueAt].filter((end) => end !== null);
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

/** A clock that never ran, or ended with the handoff, was not missed. */
function introducedInTime(clock: Clock | null, at: Date): boolean | null {
  if (clock === null || clock.voidedAt !== null) return true;
  const { stoppedAt, dueAt } = clock;
  if (stoppedAt !== null && stoppedAt <= at) return dueAt === null || stoppedAt <= dueAt;
  return dueAt !== null && dueAt <= at ? false : null;
}

/** The deal summary: what the heaviest tier is asked for, save of a LIGHT one what its own gate asks for. */
function summaryParts(content: ScoredContent): ContentPart[] {
  const { tier } = content.handoff;
  const asked = requiredFor(tier === Tier.LIGHT ? Tier.LIGHT : Tier.HIGH_TOUCH);
  return asked
    .filter((requirement) => requirement.in !== 'STAKEHOLDER' && requirement.in !== 'RISK')
    .map((requirement) => ({
      path: requirement.path,
      isThere: requirementFindings(content, requirement, tier).length === 0,
    }));
}

function mapParts({ handoff, stakeholders }: ScoredContent): ContentPart[] {
  return MAPPED.filter(({ from }) => from.includes(handoff.tier)).map(({ role, side }) => ({
    path: `stakeholders.${role}`,
    isThere: stakeholders.some((one) => one.role === role && one.side === side && saysSomething(one.name)),
  }));
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
