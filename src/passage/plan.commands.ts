import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { command, done, type DoneOutcome, type Moment, refused } from '../core/command.js';
import { notFound } from '../core/error.js';
import { insert, remove, selectFirst, type Statement } from '../core/statement.js';
import { memberFindings } from '../feasibility/capacity.rules.js';
import { Booking, type FeasibilitySignOff, ResourceBooking, SignOffState } from '../feasibility/feasibility.entity.js';
import type { AddResourceBookingInput, RemoveResourceBookingInput } from '../feasibility/feasibility.input.js';
import { bookingsOf, latestSignOff } from '../feasibility/feasibility.queries.js';
import { WorkWeeks } from '../feasibility/hours.rules.js';
import { adoptFindings, lineFindings, planFindings } from '../feasibility/plan.rules.js';
import { proposePlan } from '../feasibility/proposal.rules.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import type { HandoffChangeInput } from '../handoff/handoff.input.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { changeHandoff, checkRevision, handoffSubject } from '../handoff/handoff.rules.js';
import { Stage } from '../handoff/stage.rules.js';
import { statusMessage } from '../handoff/status.message.js';
import { Person } from '../identity/person.entity.js';
import { changeProjectState } from '../project/project.effects.js';
import { type Project, ProjectState } from '../project/project.entity.js';
import { currentBaselineLines, lockProjectOfHandoff, milestonesOf, tasksOf } from '../project/project.queries.js';
import { endSignOff } from './sign-off.effects.js';

const rights = { action: 'plan', subject: 'Handoff', services: false } as const;

const planFacts = (handoffId: string) => ({
  handoff: lockHandoff(handoffId),
  project: lockProjectOfHandoff(handoffId),
  signOff: latestSignOff(handoffId),
  ruling: rulingConfiguration(),
});

/** Adds a line to the resource plan; under a live sign-off that ends it. */
export const addResourceBooking = command({
  name: 'addResourceBooking',
  ...rights,
  facts: (input: AddResourceBookingInput) => ({
    ...planFacts(input.handoffId),
    person: selectFirst(Person, { id: input.personId ?? input.handoffId }),
  }),
  target: ({ handoff }) => handoff,
  decide: (facts, input, moment) => {
    const { handoff, ruling, person } = facts;
    checkRevision(handoff, input.expectedRevision);
    if (input.personId && !person) throw notFound('Person', input.personId);
    const findings = [
      ...planFindings(handoff),
      ...lineFindings(input, new WorkWeeks(configurationOf(ruling).calendar)),
      ...(person ? memberFindings(person) : []),
    ];
    if (findings.length > 0) return refused(findings, { subject: handoffSubject(handoff.id) });
    const { role, hoursPerWeek, fromOn, toOn } = input;
    const id = moment.newId();
    const row = {
      id,
      handoffId: handoff.id,
      role,
      personId: input.personId ?? null,
      hoursPerWeek,
      fromOn,
      toOn,
      askedAs: Booking.SOFT,
    };
    return planChanged(facts, moment, {
      body: { bookingId: id, hoursPerWeek, fromOn, toOn },
      writes: [insert(ResourceBooking, row)],
    });
  },
});

/** Takes a line out of the resource plan; under a live sign-off that ends it. */
export const removeResourceBooking = command({
  name: 'removeResourceBooking',
  ...rights,
  facts: (input: RemoveResourceBookingInput) => ({
    ...planFacts(input.handoffId),
    booking: selectFirst(ResourceBooking, { id: input.bookingId, handoffId: input.handoffId }),
  }),
  target: ({ handoff }) => handoff,
  decide: (facts, input, moment) => {
    const { handoff, booking } = facts;
    checkRevision(handoff, input.expectedRevision);
    if (!booking) throw notFound('ResourceBooking', input.bookingId);
    const findings = planFindings(handoff);
    if (findings.length > 0) return refused(findings, { subject: handoffSubject(handoff.id) });
    return planChanged(facts, moment, {
      body: { bookingId: booking.id },
      writes: [remove(ResourceBooking, { id: booking.id })],
    });
  },
});

/** Takes over the proposed resource plan where there is none yet, so that a manager starts from something. */
export const adoptProposedPlan = command({
  name: 'adoptProposedPlan',
  ...rights,
  facts: ({ handoffId }: HandoffChangeInput) => ({
    ...planFacts(handoffId),
    bookings: bookingsOf(handoffId),
    tasks: tasksOf(handoffId),
    milestones: milestonesOf(handoffId),
    budget: currentBaselineLines(handoffId),
  }),
  target: ({ handoff }) => handoff,
  decide: (facts, { expectedRevision }, moment) => {
    const { handoff, bookings, ruling } = facts;
    checkRevision(handoff, expectedRevision);
    const { calendar, capacity } = configurationOf(ruling);
    const proposed = proposePlan({ ...facts, capacity }, new WorkWeeks(calendar));
    const closed = planFindings(handoff);
    const findings = [...closed, ...(closed.length > 0 ? [] : adoptFindings(bookings.length, proposed.length))];
    if (findings.length > 0) return refused(findings, { subject: handoffSubject(handoff.id) });
    const rows = proposed.map((line) => ({
      id: moment.newId(),
      handoffId: handoff.id,
      ...line,
      personId: null,
      askedAs: Booking.SOFT,
    }));
    return planChanged(facts, moment, {
      body: { bookingIds: rows.map(({ id }) => id) },
      writes: [insert(ResourceBooking, rows)],
    });
  },
});

interface PlanGround {
  readonly handoff: Handoff;
  readonly project: Project | null;
  readonly signOff: FeasibilitySignOff | null;
}

/** A changed plan; what was signed off for another one ends, and the client's date with it (features row 30). */
function planChanged(
  { handoff, project, signOff }: PlanGround,
  { now }: Moment,
  { body, writes }: { readonly body: Readonly<Record<string, unknown>>; readonly writes: readonly Statement[] },
): DoneOutcome {
  const subject = handoffSubject(handoff.id);
  if (signOff?.state !== SignOffState.LIVE) {
    return done({ id: handoff.id, subject, body, writes: [...writes, changeHandoff(handoff)] });
  }
  const reason = 'the resource plan has changed';
  return done({
    id: handoff.id,
    subject,
    body: { ...body, lapsed: signOff.id, from: handoff.stage, stage: Stage.IN_REVIEW },
    messages: [statusMessage(handoff)],
    writes: [
      ...writes,
      ...endSignOff(signOff, SignOffState.LAPSED, reason, now, { code: 'PLAN_CHANGED' }),
      ...(project ? [changeProjectState(project, ProjectState.AWAITING_SIGN_OFF)] : []),
      changeHandoff(handoff, { stage: Stage.IN_REVIEW }),
    ],
  });
}
