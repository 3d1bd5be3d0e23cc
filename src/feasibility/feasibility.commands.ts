import { command, done, refused } from '../core/command.js';
import { notFound } from '../core/error.js';
import { type Finding, finding } from '../core/finding.js';
import { insert, remove, selectFirst } from '../core/statement.js';
import { changeHandoff, checkRevision, handoffSubject } from '../handoff/handoff.rules.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { Stage } from '../handoff/stage.rules.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { Person } from '../identity/person.entity.js';
import { ResourceBooking } from './feasibility.entity.js';
import type { AddResourceBookingInput, RemoveResourceBookingInput } from './feasibility.input.js';

const LONGEST_WEEK = 168;

function planFindings(handoff: Handoff): Finding[] {
  if (handoff.stage === Stage.IN_REVIEW) return [];
  return [
    finding({
      code: 'NOT_IN_REVIEW',
      path: 'handoff.stage',
      message: `The resource plan of a handoff in ${handoff.stage} is closed.`,
      facts: { stage: handoff.stage },
      remedy: 'Plan while the handoff is in review; revoke the sign-off first if there is one.',
    }),
  ];
}

/** Adds a line to the resource plan. */
export const addResourceBooking = command({
  name: 'addResourceBooking',
  action: 'plan',
  subject: 'Handoff',
  services: false,
  facts: (input: AddResourceBookingInput) => ({
    handoff: lockHandoff(input.handoffId),
    person: selectFirst(Person, { id: input.personId ?? input.handoffId, state: 'ACTIVE' as never }),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, person }, input, { newId }) => {
    checkRevision(handoff, input.expectedRevision);
    if (input.personId && !person) throw notFound('Person', input.personId);
    const findings = planFindings(handoff);
    const hours = Number(input.hoursPerWeek);
    if (!(hours > 0 && hours <= LONGEST_WEEK)) {
      findings.push(
        finding({
          code: 'HOURS_OUT_OF_RANGE',
          path: 'hoursPerWeek',
          message: 'Hours a week are above 0 and at most 168.',
          facts: { hoursPerWeek: input.hoursPerWeek },
          remedy: 'Give the hours of one week.',
        }),
      );
    }
    if (input.toOn < input.fromOn) {
      findings.push(
        finding({
          code: 'PERIOD_REVERSED',
          path: 'toOn',
          message: 'The period ends before it begins.',
          facts: { fromOn: input.fromOn, toOn: input.toOn },
          remedy: 'Give a last day on or after the first.',
        }),
      );
    }
    if (findings.length > 0) return refused(findings, { subject: handoffSubject(handoff.id) });
    const { handoffId, role, hoursPerWeek, fromOn, toOn, booking } = input;
    const id = newId();
    return done({
      id: handoff.id,
      subject: handoffSubject(handoff.id),
      body: { bookingId: id, hoursPerWeek, fromOn, toOn, booking },
      writes: [
        insert(ResourceBooking, {
          id,
          handoffId,
          role,
          personId: input.personId ?? null,
          hoursPerWeek,
          fromOn,
          toOn,
          booking,
        }),
        changeHandoff(handoff),
      ],
    });
  },
});

/** Takes a line out of the resource plan. */
export const removeResourceBooking = command({
  name: 'removeResourceBooking',
  action: 'plan',
  subject: 'Handoff',
  services: false,
  facts: (input: RemoveResourceBookingInput) => ({
    handoff: lockHandoff(input.handoffId),
    booking: selectFirst(ResourceBooking, { id: input.bookingId, handoffId: input.handoffId }),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, booking }, input) => {
    checkRevision(handoff, input.expectedRevision);
    if (!booking) throw notFound('ResourceBooking', input.bookingId);
    const findings = planFindings(handoff);
    if (findings.length > 0) return refused(findings, { subject: handoffSubject(handoff.id) });
    return done({
      id: handoff.id,
      subject: handoffSubject(handoff.id),
      body: { bookingId: booking.id },
      writes: [remove(ResourceBooking, { id: booking.id }), changeHandoff(handoff)],
    });
  },
});
