import * as fc from 'fast-check';
import {
  afterHours,
  deadlines,
  followsContent,
  isExpired,
  isOpen,
  lapseOf,
} from '../../src/approval/deadline.rules.js';
import { confirmFindings, delegationFindings, isLive } from '../../src/approval/delegation.rules.js';
import { Delegation } from '../../src/approval/delegation.entity.js';
import { ApprovalState, type PinnedTime } from '../../src/approval/request.entity.js';
import { facts, NOW, request } from './approval.kit.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const codes = (found: readonly { code: string }[]): string[] => found.map(({ code }) => code);
const after = (minutes: number): Date => new Date(NOW.getTime() + minutes * MINUTE);

/** Working times that do not overlap, in order: pauses and shifts in minutes. */
const calendars = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 600 })), { minLength: 1, maxLength: 6 })
  .map((parts) => {
    let at = -300;
    return parts.map(([pause, shift]): PinnedTime => {
      const from = at + pause;
      at = from + shift;
      return { from: after(from).toISOString(), to: after(at).toISOString() };
    });
  });

/** The minute at which so many minutes were worked, walked one by one; the end of all time when there are not so many. */
function walked(times: readonly PinnedTime[], hours: number, from: Date): Date {
  let left = hours * 60;
  const end = new Date(times.at(-1)!.to);
  for (let at = from.getTime(); at < end.getTime(); at += MINUTE) {
    if (left === 0) return new Date(at);
    if (times.some((time) => Date.parse(time.from) <= at && at < Date.parse(time.to))) left -= 1;
  }
  return end;
}

describe('working time', () => {
  it('passes as it does when it is walked minute by minute', () => {
    fc.assert(
      fc.property(
        calendars,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 900 }),
        (times, hours, start) => {
          expect(afterHours(times, hours, after(start))).toEqual(walked(times, hours, after(start)));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('gives a request and its grant times that follow one another', () => {
    fc.assert(
      fc.property(
        calendars,
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 8 }),
        (times, pending, grant) => {
          const asked = { pendingHours: pending, grantHours: grant };
          const { decideBy, expiresAt, workingTimes } = deadlines(asked, () => times, NOW);
          expect(expiresAt).toEqual(decideBy);
          const lapse = lapseOf({ grantHours: grant, workingTimes }, decideBy);
          expect(lapse >= decideBy || decideBy.getTime() === Date.parse(times.at(-1)!.to)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('an end', () => {
  it.each(Object.values(ApprovalState))('%s: open and expired are never both', (state) => {
    for (const offset of [-1, 0, 1]) {
      const own = request({ state, expiresAt: new Date(NOW.getTime() + offset) });
      const alive = state === ApprovalState.PENDING || state === ApprovalState.APPROVED;
      expect(isExpired(own, NOW)).toBe(alive && offset <= 0);
      expect(isOpen(own, NOW)).toBe(alive && offset > 0);
    }
  });

  it('a used request follows its content until a later one of its kind was opened, whatever the ids say', () => {
    const used = request({ id: 'z', state: ApprovalState.USED, openedAt: NOW });
    const later = request({ id: 'a', openedAt: new Date(NOW.getTime() + 1) });
    expect(followsContent(used, [used], NOW)).toBe(true);
    expect(followsContent(used, [used, later], NOW)).toBe(false);
    expect(followsContent(used, [used, request({ ...later, kind: 'REBASELINE' })], NOW)).toBe(true);
    expect(
      followsContent(request({ ...used, openedAt: later.openedAt }), [request({ ...later, openedAt: NOW })], NOW),
    ).toBe(true);
    expect(followsContent(request({ state: ApprovalState.REJECTED }), [], NOW)).toBe(false);
  });
});

describe('a delegation', () => {
  const standing = facts(request(), ['ann', 'ben', 'boss'], { merged: { ben2: 'ben' } }).standing;
  const terms = (parts: object = {}) => ({
    delegatorId: 'ann',
    delegateId: 'ben',
    fromAt: NOW,
    untilAt: new Date(NOW.getTime() + 24 * HOUR),
    ...parts,
  });
  const setUp = (parts: object, actorId = 'ann', isAdministrator = false) =>
    codes(delegationFindings(terms(parts), { actorId, isAdministrator }, standing, NOW));
  const row = (parts: Partial<Delegation> = {}): Delegation =>
    Object.assign(new Delegation(), {
      ...terms(),
      createdBy: 'ann',
      confirmedBy: null,
      confirmedAt: null,
      endedAt: null,
      ...parts,
    });

  it.each([
    { what: 'to somebody else, for a while', parts: {}, expected: [] },
    { what: 'to oneself', parts: { delegateId: 'ann' }, expected: ['SAME_PERSON', 'SELF_GRANT'] },
    { what: 'to a stranger', parts: { delegateId: 'nobody' }, expected: ['NOT_A_MEMBER'] },
    { what: 'to an end before its beginning', parts: { untilAt: NOW }, expected: ['PERIOD'] },
    { what: 'for too long', parts: { untilAt: after(60 * 24 * 60 + 1) }, expected: ['PERIOD'] },
    { what: 'for as long as may be', parts: { untilAt: after(60 * 24 * 60) }, expected: [] },
  ])('is set up $what', ({ parts, expected }) => {
    expect(setUp(parts)).toEqual(expected);
  });

  it('is set up by who is away, or an administrator for them, never by who gets it', () => {
    expect(setUp({}, 'boss')).toEqual(['NOT_YOURS']);
    expect(setUp({}, 'boss', true)).toEqual([]);
    expect(setUp({}, 'ben', true)).toEqual(['SELF_GRANT']);
    expect(setUp({}, 'ben2', true)).toEqual(['SELF_GRANT']);
  });

  it('is confirmed by somebody else, once, while it may still hold', () => {
    const confirm = (actorId: string, parts: Partial<Delegation> = {}) =>
      codes(confirmFindings(row(parts), actorId, standing, NOW));
    expect(confirm('boss')).toEqual([]);
    for (const hand of ['ann', 'ben', 'ben2']) expect(confirm(hand)).toEqual(['SELF_APPROVAL']);
    expect(confirm('boss', { createdBy: 'boss' })).toEqual(['SELF_APPROVAL']);
    expect(confirm('boss', { confirmedAt: NOW })).toEqual(['NOT_OPEN']);
    expect(confirm('boss', { endedAt: NOW })).toEqual(['NOT_OPEN']);
    expect(confirm('boss', { untilAt: NOW })).toEqual(['NOT_OPEN']);
  });

  it('holds from its confirmation and its beginning to its end', () => {
    const live = row({ confirmedBy: 'boss', confirmedAt: NOW });
    expect([-1, 0, 24 * 60 - 1, 24 * 60].map((minutes) => isLive(live, after(minutes)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(isLive(row(), NOW)).toBe(false);
    expect(isLive(row({ confirmedAt: NOW, endedAt: NOW }), NOW)).toBe(false);
  });
});
