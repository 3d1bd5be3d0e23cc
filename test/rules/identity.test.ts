import * as fc from 'fast-check';
import type { Eligible } from '../../src/identity/identity.queries.js';
import { confirmationFindings, isSeasoned } from '../../src/identity/identity.rules.js';
import { isHeld } from '../../src/identity/person.entity.js';
import { Role } from '../../src/identity/roles.js';
import { defaultEnd, LONGEST_SEAT_DAYS, seatFindings } from '../../src/identity/seat.rules.js';

const NOW = new Date('2026-11-23T14:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ago = (hours: number): Date => new Date(NOW.getTime() - hours * HOUR);
const grant = (change: Partial<Eligible> = {}): Eligible => ({
  personId: 'holder',
  role: Role.FINANCE_APPROVER,
  grantId: 'grant',
  grantedBy: 'giver',
  grantedAt: ago(1),
  confirmedBy: null,
  ...change,
});
const nobody = new Set<string>();
const codes = (findings: readonly { code: string }[]): string[] => findings.map(({ code }) => code);

describe('a role counts for approving', () => {
  const person = fc.constantFrom('giver', 'second', 'requester', 'voter', 'tenants-apply');
  const anything = fc.record({
    grantedBy: person,
    confirmedBy: fc.option(person, { nil: null }),
    hours: fc.integer({ min: 0, max: 200 }),
    circle: fc.uniqueArray(person),
    coolDown: fc.integer({ min: 0, max: 200 }),
  });
  const judged = ({
    grantedBy,
    confirmedBy,
    hours,
    circle,
    coolDown,
  }: typeof anything extends fc.Arbitrary<infer T> ? T : never): boolean =>
    isSeasoned(grant({ grantedBy, confirmedBy, grantedAt: ago(hours) }), new Set(circle), coolDown, NOW);

  test('once its cool-down is over, whoever gave it', () => {
    fc.assert(fc.property(anything, (facts) => facts.hours < facts.coolDown || judged(facts)));
  });

  test('before that only when confirmed, and never by the hand of the circle', () => {
    fc.assert(
      fc.property(anything, (facts) => {
        fc.pre(facts.hours < facts.coolDown);
        const { confirmedBy, grantedBy, circle } = facts;
        const independent = confirmedBy !== null && !circle.includes(confirmedBy) && !circle.includes(grantedBy);
        expect(judged(facts)).toBe(independent);
      }),
    );
  });

  test('a larger circle or a longer cool-down never lets more through', () => {
    fc.assert(
      fc.property(anything, person, fc.nat(100), (facts, one, more) => {
        const stricter = { ...facts, circle: [...facts.circle, one], coolDown: facts.coolDown + more };
        expect(judged(stricter) && !judged(facts)).toBe(false);
      }),
    );
  });

  test('to the millisecond', () => {
    const at = (ms: number): boolean =>
      isSeasoned(grant({ grantedAt: new Date(NOW.getTime() - 24 * HOUR + ms) }), nobody, 24, NOW);
    expect([at(0), at(1)]).toEqual([true, false]);
  });
});

describe('a confirmation', () => {
  const admin = (change: Partial<Eligible> = {}): Eligible =>
    grant({ personId: 'second', role: Role.REVOPS_ADMIN, grantedAt: ago(2000), ...change });
  const confirm = (held: Eligible | undefined, own: Eligible | undefined, actorId = 'second'): string[] =>
    codes(confirmationFindings(held, own, actorId, NOW));

  test('needs a second administrator', () => {
    expect(confirm(grant(), admin())).toEqual([]);
    expect(confirm(undefined, admin())).toEqual(['ROLE_NOT_HELD']);
    expect(confirm(grant(), admin(), 'holder')).toEqual(['SECOND_ADMINISTRATOR_NEEDED']);
    expect(confirm(grant(), admin(), 'giver')).toEqual(['SECOND_ADMINISTRATOR_NEEDED']);
  });

  test('does not come from somebody who was made an administrator for it', () => {
    expect(confirm(grant(), admin({ grantedAt: ago(1) }))).toEqual(['NEW_ADMINISTRATOR']);
    expect(confirm(grant(), admin({ grantedAt: ago(1), grantedBy: 'third' }))).toEqual(['NEW_ADMINISTRATOR']);
    expect(confirm(grant(), admin({ grantedAt: ago(1), grantedBy: 'third', confirmedBy: 'giver' }))).toEqual([
      'NEW_ADMINISTRATOR',
    ]);
    expect(confirm(grant(), admin({ grantedAt: ago(1), grantedBy: 'third', confirmedBy: 'fourth' }))).toEqual([]);
    expect(confirm(grant(), admin({ grantedAt: ago(72) }))).toEqual([]);
    expect(confirm(grant(), undefined)).toEqual(['NEW_ADMINISTRATOR']);
  });
});

describe("an auditor's seat", () => {
  const until = new Date(NOW.getTime() + 30 * DAY);
  const judge = (given: Role[], others: Role[], end: Date | null): string[] =>
    codes(seatFindings(given, others, end, NOW));

  test('ends on a date, at most 366 days ahead', () => {
    expect(judge([Role.AUDITOR], [], until)).toEqual([]);
    expect(judge([Role.AUDITOR], [], null)).toEqual(['UNTIL_REQUIRED']);
    const at = (ms: number): string[] => judge([Role.AUDITOR], [], new Date(NOW.getTime() + ms));
    expect([at(0), at(1), at(LONGEST_SEAT_DAYS * DAY), at(LONGEST_SEAT_DAYS * DAY + 1)]).toEqual([
      ['UNTIL_OUT_OF_RANGE'],
      [],
      [],
      ['UNTIL_OUT_OF_RANGE'],
    ]);
    expect(judge([Role.AUDITOR], [], defaultEnd(Role.AUDITOR, NOW))).toEqual([]);
  });

  test('is the only role that ends by itself', () => {
    for (const role of Object.values(Role).filter((one) => one !== Role.AUDITOR)) {
      expect(judge([role], [], until)).toEqual(['UNTIL_NOT_FOR_ROLE']);
      expect(judge([role], [], defaultEnd(role, NOW))).toEqual([]);
    }
  });

  test('stands alone, whichever role comes second; all findings at once', () => {
    expect(judge([Role.AUDITOR], [Role.SALES_MANAGER], until)).toEqual(['AUDITOR_STANDS_ALONE']);
    expect(judge([Role.SALES_MANAGER], [Role.AUDITOR], null)).toEqual(['AUDITOR_STANDS_ALONE']);
    expect(judge([Role.AUDITOR, Role.SALES_MANAGER], [], null)).toEqual(['AUDITOR_STANDS_ALONE', 'UNTIL_REQUIRED']);
    expect(judge([Role.FINANCE_APPROVER], [Role.SALES_MANAGER], null)).toEqual([]);
  });
});

test('a grant is held from its beginning to the first of its two ends', () => {
  const times = fc.date({ min: ago(100), max: NOW, noInvalidDate: true });
  const end = fc.option(times, { nil: null });
  fc.assert(
    fc.property(times, end, end, times, (grantedAt, revokedAt, endsAt, at) => {
      const first = Math.min(revokedAt?.getTime() ?? Infinity, endsAt?.getTime() ?? Infinity);
      expect(isHeld({ grantedAt, revokedAt, endsAt }, at)).toBe(grantedAt <= at && at.getTime() < first);
    }),
  );
});
