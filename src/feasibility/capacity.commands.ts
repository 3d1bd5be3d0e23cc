import { planningRoleKey } from '../catalogue/configuration.capacity.js';
import { rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { command, done, type DoneOutcome, type Moment, refused } from '../core/command.js';
import { notFound } from '../core/error.js';
import { type Finding, finding } from '../core/finding.js';
import { insert } from '../core/statement.js';
import { eligiblePeople, personById } from '../identity/identity.queries.js';
import type { Person } from '../identity/person.entity.js';
import { CapacityChange, CapacityKind } from './capacity.entity.js';
import type { CapacityChangeInput } from './capacity.input.js';
import { changesWithin, holdTeam } from './capacity.queries.js';
import { memberFindings } from './capacity.rules.js';
import { hoursText, hundredths } from './hours.rules.js';
import { type Team, teamOf } from './team.rules.js';
import { checkedWeek, weekOf } from './week.rules.js';

const LONGEST_WEEK = 168;

const rights = { action: 'plan', subject: 'CapacityChange', services: false } as const;

/**
 * Says how many hours a role, or one person in it, has in one week, whatever the configuration says of an ordinary one.
 * What was promised meanwhile stays promised: the plans that do not fit any more show it (`capacityCheck`).
 */
export const setCapacity = command({
  name: 'setCapacity',
  ...rights,
  facts: (input: CapacityChangeInput) => ({ team: holdTeam(), person: personById(input.personId ?? null) }),
  decide: ({ person }, input, moment) => {
    const monday = checkedWeek('week', input.week);
    const findings = [...personFindings(person, input.personId ?? null), ...hoursFindings(input)];
    if (findings.length > 0) return refused(findings);
    return changed(CapacityKind.CAPACITY, input, monday, moment);
  },
});

/** Says how many hours a role, or one person in it, is away in one week: leave, training, other work. */
export const setAbsence = command({
  name: 'setAbsence',
  ...rights,
  facts: (input: CapacityChangeInput) => {
    const monday = checkedWeek('week', input.week);
    return {
      team: holdTeam(),
      person: personById(input.personId ?? null),
      ruling: rulingConfiguration(),
      people: eligiblePeople(),
      changes: changesWithin(monday, monday),
    };
  },
  decide: ({ person, ruling, people, changes }, input, moment) => {
    const monday = checkedWeek('week', input.week);
    // What was said of the absence before is replaced: it takes nothing from the hours that there are.
    const others = changes.filter(({ kind }) => kind !== CapacityKind.ABSENCE);
    const findings = [
      ...personFindings(person, input.personId ?? null),
      ...hoursFindings(input),
      ...absenceFindings(input, monday, teamOf(ruling, people, others)),
    ];
    if (findings.length > 0) return refused(findings);
    return changed(CapacityKind.ABSENCE, input, monday, moment);
  },
});

function changed(
  kind: CapacityKind,
  { role, personId = null, hours = null, reason }: CapacityChangeInput,
  weekOn: string,
  { newId, now, actor }: Moment,
): DoneOutcome {
  const id = newId();
  const row = { id, kind, role, personId, weekOn, hours, reason, setBy: actor.id, setAt: now };
  return done({
    id,
    subject: { type: 'CapacityChange', id },
    body: { kind, personId, week: weekOf(weekOn), hours, reason },
    writes: [insert(CapacityChange, row)],
  });
}

/** NOT_FOUND for nobody; a finding for somebody who left. */
function personFindings(person: Person | null, personId: string | null): Finding[] {
  if (!personId) return [];
  if (!person) throw notFound('Person', personId);
  return memberFindings(person);
}

function hoursFindings({ personId, hours }: CapacityChangeInput): Finding[] {
  if (!personId || !hours || hundredths(hours) <= LONGEST_WEEK * 100) return [];
  return [
    finding({
      code: 'HOURS_OUT_OF_RANGE',
      path: 'hours',
      message: `A person has at most ${LONGEST_WEEK} hours in a week.`,
      facts: { hours },
      remedy: 'Give the hours of one week.',
    }),
  ];
}

function absenceFindings({ role, personId = null, hours }: CapacityChangeInput, monday: string, team: Team): Finding[] {
  const there = team.ofSeat(planningRoleKey(role), personId, monday);
  if (there === null) {
    return [
      finding({
        code: 'NO_CAPACITY',
        path: 'role',
        message: 'There are no hours from which anybody could be absent.',
        facts: { week: weekOf(monday), personId },
        remedy: 'Name a role of the configuration (capacity), and a person whose hours are counted by name in it.',
      }),
    ];
  }
  if (!hours || hundredths(hours) <= there) return [];
  return [
    finding({
      code: 'ABSENCE_ABOVE_CAPACITY',
      path: 'hours',
      message: `There are only ${hoursText(there)} hours in that week.`,
      facts: { week: weekOf(monday), hours, there: hoursText(there) },
      remedy: `Give at most ${hoursText(there)}, or raise the hours of the week first (setCapacity).`,
    }),
  ];
}
