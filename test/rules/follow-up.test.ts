import fc from 'fast-check';
import { DEFAULT_ACCEPTANCE } from '../../src/catalogue/acceptance.rules.js';
import type { RuledConfiguration } from '../../src/catalogue/configuration.js';
import { type FollowUp, FollowUpKind, FollowUpState } from '../../src/feedback/follow-up.entity.js';
import { calledFor, ownerOf, type ReturnFact, settleFindings, unrecorded } from '../../src/feedback/follow-up.rules.js';
import { Role } from '../../src/identity/roles.js';
import { Acceptance } from '../../src/passage/gate.entity.js';
import { sample } from './catalogue.kit.js';

const DAY = 86_400_000;
const START = Date.parse('2026-09-01T09:00:00Z');

let ids = 0;
const returned = (handoffId: string, day: number, more: Partial<ReturnFact> = {}): ReturnFact => ({
  id: `r${String(++ids).padStart(4, '0')}`,
  handoffId,
  repId: 'rep',
  verdict: Acceptance.NEEDS_REVISION,
  returnedAt: new Date(START + day * DAY),
  ...more,
});
const kinds = (returns: readonly ReturnFact[]): string[] =>
  calledFor(returns, DEFAULT_ACCEPTANCE).map(({ kind, of }) => `${kind} ${of.handoffId}`);

describe('what returns call for', () => {
  it('is nothing for the first, and leadership from the second on, one higher each time', () => {
    const returns = [returned('a', 0), returned('a', 40), returned('a', 80), returned('b', 120)];
    expect(calledFor(returns, DEFAULT_ACCEPTANCE).map(({ kind, level }) => `${kind} ${level}`)).toEqual([
      'REPEATED_RETURN 0',
      'REPEATED_RETURN 1',
    ]);
  });

  it('is leadership at once for what was refused outright, and once', () => {
    const rejected = { verdict: Acceptance.REJECTED };
    expect(kinds([returned('a', 0, rejected), returned('a', 40, rejected)])).toEqual(['REJECTED a', 'REJECTED a']);
  });

  it.each([
    { what: 'three handoffs of a rep within 30 days', days: [0, 10, 29.9], called: ['COACHING h2'] },
    { what: 'not when the first is 30 days old', days: [0, 10, 30], called: [] },
    {
      what: 'and again only for three more',
      days: [0, 1, 2, 3, 4, 5],
      called: ['COACHING h2', 'COACHING h5', 'PROCESS_REVIEW h5'],
    },
    { what: 'not for two, as often as they come back', days: [0, 1], called: [] },
  ])('is coaching for a pattern: $what', ({ days, called }) => {
    expect(kinds(days.map((day, index) => returned(`h${index}`, day)))).toEqual(called);
  });

  it('counts handoffs, not returns of one, and each rep apart', () => {
    const returns = [0, 1, 2].flatMap((day) => [returned('a', day), returned(`x${day}`, day, { repId: `rep${day}` })]);
    expect(kinds(returns).filter((line) => line.startsWith('COACHING'))).toEqual([]);
  });

  it('is a review of the process for two coachings within 90 days, of whichever rep', () => {
    const of = (repId: string, from: number) =>
      [0, 1, 2].map((day) => returned(`${repId}${day}`, from + day, { repId }));
    const last = (returns: ReturnFact[]) => kinds(returns).at(-1);
    expect(last([...of('p', 0), ...of('q', 60)])).toBe('PROCESS_REVIEW q2');
    expect(last([...of('p', 0), ...of('q', 91)])).toBe('COACHING q2');
  });

  it('is the same in whatever order the rows come, and later returns take nothing back', () => {
    const some = fc.array(
      fc.record({
        handoff: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        day: fc.integer({ min: 0, max: 60 }),
        rep: fc.constantFrom('p', 'q'),
        rejects: fc.boolean(),
      }),
      { maxLength: 14 },
    );
    fc.assert(
      fc.property(some, (rows) => {
        const returns = rows.map(({ handoff, day, rep, rejects }) =>
          returned(handoff, day, {
            repId: rep,
            verdict: rejects ? Acceptance.REJECTED : Acceptance.NEEDS_REVISION,
          }),
        );
        const nameOf = (called: ReturnType<typeof calledFor>) => called.map(({ kind, of }) => `${kind} ${of.id}`);
        const all = nameOf(calledFor(returns, DEFAULT_ACCEPTANCE));
        expect(nameOf(calledFor(returns.toReversed(), DEFAULT_ACCEPTANCE))).toEqual(all);
        expect(new Set(all).size).toBe(all.length);
        const cut = new Date(START + 30 * DAY);
        const early = nameOf(
          calledFor(
            returns.filter(({ returnedAt }) => returnedAt <= cut),
            DEFAULT_ACCEPTANCE,
          ),
        );
        expect(all.slice(0, early.length)).toEqual(early);
      }),
    );
  });
});

const CONFIGURATION = sample() as RuledConfiguration;
const idsOf = (returns: readonly ReturnFact[]): string[] => returns.map(({ id }) => id);

describe('who sees to it', () => {
  const [idByKey, holders] = [new Map<string, string>(), [] as { personId: string; role: Role }[]];
  for (const [id, key, role] of [
    ['rep', 'sofia.sales', Role.SALES_MANAGER],
    ['f1', 'freda.finance', Role.FINANCE_APPROVER],
    ['f2', 'fiona.finance', Role.FINANCE_APPROVER],
    ['ops', 'ravi.revops', Role.REVOPS_ADMIN],
  ] as const) {
    idByKey.set(key, id);
    holders.push({ personId: id, role });
  }
  const people = { idByKey, holders: holders as never };
  const ruling = (ladder?: string[]): RuledConfiguration => ({
    ...CONFIGURATION,
    escalationContacts: [
      { topic: 'COMMERCIAL', ladder: ['sofia.sales', 'freda.finance', 'fiona.finance'] },
      ...(ladder ? [{ topic: 'RETURNS' as const, ladder }] : []),
    ],
  });
  const ruled = () => ({ configuration: ruling(), since: new Date(START) });
  const called = (kind: FollowUpKind, level = 0) => ({ kind, level, of: returned('a', 0), returnIds: [] });

  it('climbs the ladder and never is the rep', () => {
    const owners = [0, 1, 2].map((level) => ownerOf(called(FollowUpKind.REPEATED_RETURN, level), ruling(), people));
    expect(owners).toEqual(['f1', 'f2', 'f2']);
    expect(ownerOf(called(FollowUpKind.COACHING), ruling(['fiona.finance']), people)).toBe('f2');
  });

  it('is RevOps for the process, and when the ladder has nobody else', () => {
    expect(ownerOf(called(FollowUpKind.PROCESS_REVIEW), ruling(), people)).toBe('ops');
    expect(ownerOf(called(FollowUpKind.REJECTED), ruling(['sofia.sales', 'gone.away']), people)).toBe('ops');
    expect(ownerOf(called(FollowUpKind.REJECTED), ruling(['gone.away']), { idByKey, holders: [] })).toBeNull();
  });

  it('is recorded once, and what nobody can take waits', () => {
    const returns = [returned('a', 0), returned('a', 1)];
    const [found] = unrecorded(returns, [], ruled(), people);
    expect(found).toMatchObject({ kind: FollowUpKind.REPEATED_RETURN, ownerId: 'f1', of: { id: returns[1]!.id } });
    expect(
      unrecorded(
        returns,
        [{ kind: found!.kind, returnId: found!.of.id, returnIds: [...found!.returnIds] }],
        ruled(),
        people,
      ),
    ).toEqual([]);
    expect(unrecorded(returns, [], ruled(), { idByKey, holders: [] })).toEqual([]);
  });

  it('is nothing that a change of policy finds in the past: returns since then call for it, and what was answered begins anew', () => {
    const returns = [0, 1, 2, 3, 4, 5].map((day) => returned(`h${day}`, day));
    const coaching = { count: 2, withinDays: 30 };
    const policy = { ...CONFIGURATION, acceptance: { coaching } } as RuledConfiguration;
    const since = (day: number) => ({ configuration: policy, since: new Date(START + day * DAY) });
    const coachings = (...args: Parameters<typeof unrecorded>): string[] =>
      unrecorded(...args).flatMap(({ kind, of }) => (kind === FollowUpKind.COACHING ? [of.handoffId] : []));
    expect(coachings(returns, [], since(0), people)).toEqual(['h1', 'h3', 'h5']);
    expect(coachings(returns, [], since(3), people)).toEqual(['h3', 'h5']);
    expect(coachings(returns, [], since(5.5), people)).toEqual([]);
    const answered = { kind: FollowUpKind.COACHING, returnId: returns[2]!.id, returnIds: idsOf(returns.slice(0, 3)) };
    expect(coachings(returns, [answered], since(2.5), people)).toEqual(['h5']);
    // Each return of a handoff climbs, whatever was said of the one before.
    const again = [0, 1, 2].map((day) => returned('a', day));
    const repeated = {
      kind: FollowUpKind.REPEATED_RETURN,
      returnId: again[1]!.id,
      returnIds: idsOf(again.slice(0, 2)),
    };
    expect(unrecorded(again, [repeated], ruled(), people).map(({ of }) => of.id)).toEqual([again[2]!.id]);
  });

  it('does not settle it twice, nor about themselves', () => {
    const codes = (state: FollowUpState, records: string[]) =>
      settleFindings({ state, repId: 'rep' } as FollowUp, records).map(({ code }) => code);
    expect(codes(FollowUpState.OPEN, ['f1'])).toEqual([]);
    expect(codes(FollowUpState.DONE, ['f1', 'rep'])).toEqual(['ALREADY_DONE', 'SELF_SETTLED']);
  });
});
