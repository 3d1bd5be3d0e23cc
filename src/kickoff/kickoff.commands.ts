import { command, done, refused } from '../core/command.js';
import { type Finding, finding, blocks } from '../core/finding.js';
import { insert, mapQuery, type Query, select, type Statement, update } from '../core/statement.js';
import { isWithinHours } from '../catalogue/calendar.rules.js';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import { SignOffState } from '../feasibility/feasibility.entity.js';
import type { HandoffChangeInput } from '../handoff/handoff.input.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { changeHandoff, checkRevision, handoffSubject, stageFindings } from '../handoff/handoff.rules.js';
import { Stage } from '../handoff/stage.rules.js';
import { statusMessage } from '../handoff/status.message.js';
import { recordEvaluation } from '../passage/gate.effects.js';
import { Gate } from '../passage/gate.entity.js';
import { judgeKickoff } from '../passage/gates.js';
import { passageFacts } from '../passage/passage.facts.js';
import { checkpointsOf } from '../phase/checkpoint.queries.js';
import { openCheckpointFindings } from '../phase/checkpoint.rules.js';
import { answered, answerFindings } from './answer.rules.js';
import { HandoffFeedback, Kickoff, KickoffState } from './kickoff.entity.js';
import type { CloseHandoffInput, ScheduleKickoffInput } from './kickoff.input.js';

/** A client is given no date beyond: it would be a slip of the pen, and no calendar knows its holidays. */
const FURTHEST_MS = 366 * 86_400_000;

const scheduledOf = (handoffId: string): Query<Kickoff | null> =>
  mapQuery(select(Kickoff, { handoffId, state: KickoffState.SCHEDULED }), (rows) => rows[0] ?? null);

/** Gives the client a date; only under a live sign-off with no blocking decision open (requirement 002 step 4). */
export const scheduleKickoff = command({
  name: 'scheduleKickoff',
  action: 'schedule',
  subject: 'Handoff',
  services: false,
  facts: (input: ScheduleKickoffInput) => ({
    handoff: lockHandoff(input.handoffId),
    ...passageFacts(input.handoffId),
    scheduled: scheduledOf(input.handoffId),
  }),
  target: ({ handoff }) => handoff,
  decide: (facts, input, moment) => {
    const { handoff, scheduled } = facts;
    checkRevision(handoff, input.expectedRevision);
    const judgement = judgeKickoff(facts, moment.now);
    const { calendar } = configurationOf(facts.version);
    const findings = [
      ...stageFindings(handoff, 'scheduleKickoff'),
      ...judgement.findings,
      ...dateFindings(input, moment.now, isWithinHours(calendar, input.startsAt)),
    ];
    const evaluation = recordEvaluation({ ...judgement, gate: Gate.KICKOFF, handoff, findings }, moment);
    const subject = handoffSubject(handoff.id);
    if (blocks(findings)) return refused(findings, { subject, writes: evaluation, sources: judgement.sources });
    const id = moment.newId();
    const { startsAt, durationMinutes } = input;
    return done({
      id: handoff.id,
      subject,
      body: { kickoffId: id, startsAt: startsAt.toISOString(), signOffId: facts.signOff!.id },
      messages: [statusMessage(handoff)],
      sources: judgement.sources,
      writes: [
        ...evaluation,
        ...(scheduled ? [endedDate(scheduled, { state: KickoffState.VOID, voidReason: 'moved to another date' })] : []),
        insert(Kickoff, {
          id,
          handoffId: handoff.id,
          state: KickoffState.SCHEDULED,
          startsAt,
          durationMinutes,
          signOffId: facts.signOff!.id,
          liveSignOff: SignOffState.LIVE,
          scheduledBy: moment.actor.id,
          scheduledAt: moment.now,
        }),
        changeHandoff(handoff, { stage: Stage.KICKOFF_SCHEDULED }),
      ],
    });
  },
});

/** Records that the kickoff took place; not before it began. */
export const holdKickoff = command({
  name: 'holdKickoff',
  action: 'schedule',
  subject: 'Handoff',
  services: false,
  facts: (input: HandoffChangeInput) => ({
    handoff: lockHandoff(input.handoffId),
    ...passageFacts(input.handoffId),
    scheduled: scheduledOf(input.handoffId),
  }),
  target: ({ handoff }) => handoff,
  decide: (facts, input, { now }) => {
    const { handoff, scheduled } = facts;
    checkRevision(handoff, input.expectedRevision);
    const findings = [...stageFindings(handoff, 'holdKickoff'), ...judgeKickoff(facts, now).findings];
    if (scheduled && scheduled.startsAt > now) {
      findings.push(
        finding({
          code: 'NOT_YET_BEGUN',
          path: 'kickoff.startsAt',
          message: 'The kickoff has not begun yet.',
          facts: { startsAt: scheduled.startsAt.toISOString() },
          remedy: 'Record it once it has taken place, or move the date.',
        }),
      );
    }
    if (blocks(findings) || !scheduled) return refused(findings, { subject: handoffSubject(handoff.id) });
    return done({
      id: handoff.id,
      subject: handoffSubject(handoff.id),
      body: { kickoffId: scheduled.id },
      messages: [statusMessage(handoff)],
      writes: [
        endedDate(scheduled, { state: KickoffState.HELD, heldAt: now }),
        changeHandoff(handoff, { stage: Stage.KICKED_OFF }),
      ],
    });
  },
});

/** Closes the handoff with delivery's feedback. */
export const closeHandoff = command({
  name: 'closeHandoff',
  action: 'close',
  subject: 'Handoff',
  services: false,
  facts: (input: CloseHandoffInput) => ({
    handoff: lockHandoff(input.handoffId),
    checkpoints: checkpointsOf(input.handoffId),
  }),
  target: ({ handoff }: { handoff: Handoff }) => handoff,
  decide: ({ handoff, checkpoints }, input, { now, actor, newId }) => {
    checkRevision(handoff, input.expectedRevision);
    const findings = [
      ...stageFindings(handoff, 'close'),
      ...openCheckpointFindings(checkpoints),
      ...answerFindings(input),
    ];
    if (findings.length > 0) return refused(findings, { subject: handoffSubject(handoff.id) });
    const { accurate, expectationsMet } = input;
    return done({
      id: handoff.id,
      subject: handoffSubject(handoff.id),
      body: { accurate, expectationsMet },
      messages: [statusMessage(handoff)],
      writes: [
        insert(HandoffFeedback, { id: newId(), ...answered(input), closes: true, givenBy: actor.id, givenAt: now }),
        changeHandoff(handoff, { stage: Stage.CLOSED }),
      ],
    });
  },
});

/** A date that does not stand any more, for whatever reason: it names no live sign-off. */
const endedDate = ({ id }: Kickoff, changes: Partial<Omit<Kickoff, 'tenantId' | 'id'>>): Statement =>
  update(Kickoff, { id }, { ...changes, liveSignOff: null });

function dateFindings({ startsAt }: ScheduleKickoffInput, now: Date, withinHours: boolean): Finding[] {
  const facts = { startsAt: startsAt.toISOString() };
  const findings: Finding[] = [];
  if (startsAt <= now)
    findings.push(
      finding({
        code: 'DATE_IN_THE_PAST',
        path: 'startsAt',
        message: 'The kickoff would lie in the past.',
        facts,
        remedy: 'Give a later instant.',
      }),
    );
  else if (startsAt.getTime() - now.getTime() > FURTHEST_MS)
    findings.push(
      finding({
        code: 'DATE_TOO_FAR',
        path: 'startsAt',
        message: 'The kickoff would lie more than a year ahead.',
        facts,
        remedy: 'Give an instant within a year.',
      }),
    );
  if (!withinHours)
    findings.push(
      finding({
        code: 'OUTSIDE_BUSINESS_HOURS',
        path: 'startsAt',
        message: "This is outside the tenant's business hours.",
        facts,
        remedy: 'Give an instant within business hours that is no holiday.',
      }),
    );
  return findings;
}
