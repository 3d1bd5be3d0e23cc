import { type Finding, finding } from '../core/finding.js';
import { Role } from './roles.js';

const DAY = 86_400_000;

/** The longest that an auditor's seat may last, in days: a year of control periods, leap years too. */
export const LONGEST_SEAT_DAYS = 366;

/** When a role that is given without a word about its end ends: an auditor's seat does, other roles do not. */
export function defaultEnd(role: Role, now: Date): Date | null {
  return role === Role.AUDITOR ? new Date(now.getTime() + LONGEST_SEAT_DAYS * DAY) : null;
}

/**
 * What is wrong with giving these roles to somebody who holds others already. An auditor's seat only reads, ends on a
 * date, and stands alone: nobody audits what they have done themselves.
 */
export function seatFindings(
  given: readonly Role[],
  others: readonly Role[],
  until: Date | null,
  now: Date,
): Finding[] {
  const auditor = given.includes(Role.AUDITOR);
  return [...standsAlone([...given, ...others]), ...(auditor ? endFindings(until, now) : noEndFindings(until))];
}

function standsAlone(roles: readonly Role[]): Finding[] {
  const beside = [...new Set(roles.filter((role) => role !== Role.AUDITOR))];
  if (!roles.includes(Role.AUDITOR) || beside.length === 0) return [];
  return [
    finding({
      code: 'AUDITOR_STANDS_ALONE',
      path: 'role',
      message: 'An auditor holds no other role: nobody audits what they do themselves.',
      facts: { beside },
      remedy: 'Revoke the other roles first, or give the seat to somebody else.',
    }),
  ];
}

function endFindings(until: Date | null, now: Date): Finding[] {
  if (until === null) {
    return [
      finding({
        code: 'UNTIL_REQUIRED',
        path: 'until',
        message: "An auditor's seat ends on a date.",
        facts: { longestDays: LONGEST_SEAT_DAYS },
        remedy: 'Say until when.',
      }),
    ];
  }
  const latest = new Date(now.getTime() + LONGEST_SEAT_DAYS * DAY);
  if (until > now && until <= latest) return [];
  return [
    finding({
      code: 'UNTIL_OUT_OF_RANGE',
      path: 'until',
      message: `A seat ends after now and within ${LONGEST_SEAT_DAYS} days.`,
      facts: { until: until.toISOString(), latest: latest.toISOString() },
      remedy: 'Give an earlier end, and renew the seat when it is still needed then.',
    }),
  ];
}

function noEndFindings(until: Date | null): Finding[] {
  if (until === null) return [];
  return [
    finding({
      code: 'UNTIL_NOT_FOR_ROLE',
      path: 'until',
      message: "Only an auditor's seat ends by itself.",
      facts: {},
      remedy: 'Leave `until` out, and revoke the role when it is needed no more.',
    }),
  ];
}
