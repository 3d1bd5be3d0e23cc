import { minuteOfDay } from './calendar.rules.js';
import {
  type ConfigurationFault,
  duplicates,
  type FaultPath,
  listed,
  unknownReference,
} from './configuration.fault.js';
import type { ClockSetting, TenantConfiguration, WorkingSpan } from './configuration.js';
import { DEAL_TYPES, REQUIRED_TOPICS, type RequiredClockKey, WEEKDAYS } from './configuration.words.js';
import { timeZoneFaults } from './people.faults.js';
import { dateFaults } from './policy.faults.js';
import { slaClock } from './selection.rules.js';

/** The business calendar: a real time zone, some working time, spans in order, holidays that exist, each once. */
export function calendarFaults({ calendar }: Pick<TenantConfiguration, 'calendar'>): ConfigurationFault[] {
  const days = WEEKDAYS.map((day) => ({ spans: calendar.hours[day] ?? [], path: ['calendar', 'hours', day] }));
  const holidays = calendar.holidays.map(({ date }, index) => {
    return { path: ['calendar', 'holidays', index, 'date'], identity: date };
  });
  const faults = [
    ...timeZoneFaults(calendar.timeZone, ['calendar', 'timeZone']),
    ...days.flatMap(({ spans, path }) => spanFaults(spans, path)),
    ...holidays.flatMap(({ path, identity }) => dateFaults(identity, path)),
    ...duplicates('holiday', holidays),
  ];
  if (days.some(({ spans }) => spans.length > 0)) return faults;
  const message = 'No weekday has a working hour, so no business hour would ever pass.';
  const remedy = "Add hours to at least one weekday, such as mon: [{ from: '09:00', to: '17:30' }].";
  return [{ code: 'NO_WORKING_TIME', path: ['calendar', 'hours'], message, remedy }, ...faults];
}

function spanFaults(spans: readonly WorkingSpan[], path: FaultPath): ConfigurationFault[] {
  return spans.flatMap(({ from, to }, index): ConfigurationFault[] => {
    const at = [...path, index];
    if (minuteOfDay(from) >= minuteOfDay(to)) {
      const message = `The span ends (${to}) before it has begun (${from}).`;
      return [
        {
          code: 'REVERSED_HOURS',
          path: at,
          message,
          remedy: 'Swap the two, or end the day at 24:00 and go on the next.',
        },
      ];
    }
    const before = spans[index - 1];
    if (!before || minuteOfDay(before.to) <= minuteOfDay(from)) return [];
    const message = `The span from ${from} begins before the one above it has ended (${before.to}).`;
    return [{ code: 'OVERLAPPING_HOURS', path: at, message, remedy: 'Put the spans in order, without overlap.' }];
  });
}

/** A kickoff is scheduled before it is held, and breaches hard after that: in the defaults and in every deal type. */
const ORDERED: readonly (readonly [RequiredClockKey, RequiredClockKey])[] = [
  ['KICKOFF_SCHEDULED', 'KICKOFF_HELD'],
  ['KICKOFF_HELD', 'KICKOFF_HARD_BREACH'],
];

/** SLA clocks: none due before the one that it follows (requirements section 6 "Kickoff time"). */
export function slaFaults({ slaProfile }: Pick<TenantConfiguration, 'slaProfile'>): ConfigurationFault[] {
  const { clocks, byDealType = {} } = slaProfile;
  const defaults = ORDERED.flatMap(([earlier, later]) =>
    orderFaults(clocks[earlier], clocks[later], [earlier, later], ['slaProfile', 'clocks', later]),
  );
  const exceptions = DEAL_TYPES.flatMap((dealType) => {
    const own = byDealType[dealType];
    return ORDERED.flatMap(([earlier, later]) => {
      const changed = own?.[later] ? later : own?.[earlier] && earlier;
      if (!changed) return [];
      const [a, b] = [slaClock({ slaProfile }, earlier, dealType), slaClock({ slaProfile }, later, dealType)];
      return orderFaults(a, b, [earlier, later], ['slaProfile', 'byDealType', dealType, changed]);
    });
  });
  return [...defaults, ...exceptions];
}

function orderFaults(
  earlier: ClockSetting,
  later: ClockSetting,
  [first, second]: readonly [RequiredClockKey, RequiredClockKey],
  path: FaultPath,
): ConfigurationFault[] {
  // Hours and days cannot be compared without a calendar and a start: only like is compared with like.
  if (earlier.unit !== later.unit || later.amount >= earlier.amount) return [];
  const message = `${second} (${later.amount}) would be due before ${first} (${earlier.amount}).`;
  return [{ code: 'CLOCK_ORDER', path, message, remedy: `Set ${second} to ${earlier.amount} or more.` }];
}

/** Escalation: a ladder for every obligatory topic, of known people, each once. */
export function escalationFaults({
  people,
  escalationContacts,
}: Pick<TenantConfiguration, 'people' | 'escalationContacts'>): ConfigurationFault[] {
  const known = people.map(({ key }) => key);
  const topics = escalationContacts.map(({ topic }, index) => {
    return { path: ['escalationContacts', index, 'topic'], identity: topic };
  });
  const left = REQUIRED_TOPICS.filter((topic) => escalationContacts.every((contact) => contact.topic !== topic));
  const missing: ConfigurationFault = {
    code: 'TOPIC_MISSING',
    path: ['escalationContacts'],
    message: `Nobody is told about ${listed(left)}.`,
    remedy: 'Add a ladder for each.',
  };
  return [
    ...(left.length > 0 ? [missing] : []),
    ...duplicates('topic', topics),
    ...escalationContacts.flatMap(({ ladder }, index) => {
      const steps = ladder.map((key, step) => ({ path: ['escalationContacts', index, 'ladder', step], identity: key }));
      const strangers = steps.filter(({ identity }) => !known.includes(identity));
      return [
        ...duplicates('person', steps),
        ...strangers.map(({ identity, path }) => unknownReference('person', identity, path, known)),
      ];
    }),
  ];
}
