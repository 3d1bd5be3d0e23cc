import { type Finding, finding } from '../core/finding.js';
import { daysBetween } from '../core/local-day.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { Stage } from '../handoff/stage.rules.js';
import { LONGEST_PLAN } from './conflict.rules.js';
import type { AddResourceBookingInput } from './feasibility.input.js';
import { hundredths, type WorkWeeks } from './hours.rules.js';
import { mondaysWithin } from './week.rules.js';

const LONGEST_WEEK = 168;

/** The stages in which the plan may change; under a sign-off the change ends it. */
const PLANNED_IN: readonly Stage[] = [Stage.IN_REVIEW, Stage.SIGNED_OFF, Stage.KICKOFF_SCHEDULED];

/** A finding when the resource plan of a handoff is closed. */
export function planFindings(handoff: Handoff): Finding[] {
  if (PLANNED_IN.includes(handoff.stage)) return [];
  return [
    finding({
      code: 'PLAN_CLOSED',
      path: 'handoff.stage',
      message: `The resource plan of a handoff in ${handoff.stage} is closed.`,
      facts: { stage: handoff.stage },
      remedy: 'Plan from the submission on, and before the kickoff is held.',
    }),
  ];
}

/** What is wrong with a line: hours that no week has, a period that ends before it begins or has no working day. */
export function lineFindings(input: AddResourceBookingInput, weeks: WorkWeeks): Finding[] {
  return [...hoursFindings(input), ...periodFindings(input, weeks)];
}

function hoursFindings({ hoursPerWeek }: AddResourceBookingInput): Finding[] {
  const hours = hundredths(hoursPerWeek);
  if (hours > 0 && hours <= LONGEST_WEEK * 100) return [];
  return [
    finding({
      code: 'HOURS_OUT_OF_RANGE',
      path: 'hoursPerWeek',
      message: `Hours a week are above 0 and at most ${LONGEST_WEEK}.`,
      facts: { hoursPerWeek },
      remedy: 'Give the hours of one week.',
    }),
  ];
}

function periodFindings({ fromOn, toOn }: AddResourceBookingInput, weeks: WorkWeeks): Finding[] {
  const facts = { fromOn, toOn };
  if (toOn < fromOn) {
    return [
      finding({
        code: 'PERIOD_REVERSED',
        path: 'toOn',
        message: 'The period ends before it begins.',
        facts,
        remedy: 'Give a last day on or after the first.',
      }),
    ];
  }
  if (daysBetween(fromOn, toOn) >= (LONGEST_PLAN - 1) * 7) {
    return [
      finding({
        code: 'PERIOD_TOO_LONG',
        path: 'toOn',
        message: 'The period is longer than five years.',
        facts,
        remedy: 'Plan what can be foreseen, and the rest when it comes near.',
      }),
    ];
  }
  const isWorked = mondaysWithin(fromOn, toOn).some((monday) => weeks.share(monday, fromOn, toOn).part > 0);
  if (isWorked) return [];
  return [
    finding({
      code: 'PERIOD_NOT_WORKED',
      path: 'fromOn',
      message: 'No day of the period is worked.',
      facts,
      remedy: "Give a period with a business day of the tenant's calendar.",
    }),
  ];
}

/** Findings when a plan cannot be taken over from the proposal: there is one, or nothing to propose. */
export function adoptFindings(existing: number, proposed: number): Finding[] {
  if (existing > 0) {
    return [
      finding({
        code: 'PLAN_NOT_EMPTY',
        path: 'feasibility.resourcePlan',
        message: 'There is a resource plan already.',
        facts: { lines: existing },
        remedy: 'Take its lines out first (removeResourceBooking), or add what is missing (addResourceBooking).',
      }),
    ];
  }
  if (proposed > 0) return [];
  return [
    finding({
      code: 'NOTHING_TO_PROPOSE',
      path: 'project.tasks',
      message: 'Neither tasks nor budget tell of any hours.',
      facts: {},
      remedy: 'Add the lines by hand (addResourceBooking).',
    }),
  ];
}
