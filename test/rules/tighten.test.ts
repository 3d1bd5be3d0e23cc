import fc from 'fast-check';
import type { BreakGlassTerms } from '../../src/approval/break-glass.rules.js';
import {
  type ApprovalNeed,
  both,
  type Candidate,
  isStricter,
  reaches,
  type Step,
} from '../../src/approval/need.rules.js';
import { ApprovalState } from '../../src/approval/request.entity.js';
import { VoteDecision } from '../../src/approval/vote.entity.js';
import { ConfigurationState } from '../../src/catalogue/configuration-version.entity.js';
import { stateOf } from '../../src/governance/proposal.rules.js';
import { implies } from '../../src/governance/quorum.rules.js';
import { raised, tighten } from '../../src/governance/tighten.rules.js';
import { facts, needOf, NOW, request, vote } from './approval.kit.js';

const ROLES = ['FINANCE', 'DELIVERY', 'REVOPS'];
const step = fc.record({
  name: fc.constantFrom('a', 'b'),
  approvers: fc.integer({ min: 1, max: 2 }),
  roles: fc.uniqueArray(fc.constantFrom(...ROLES), { minLength: 1, maxLength: 2 }),
  people: fc.uniqueArray(fc.constantFrom('p0', 'p1'), { maxLength: 1 }),
}) as fc.Arbitrary<Step>;
const quorum = fc.array(step, { minLength: 1, maxLength: 2 });
const need = fc.record({
  quorums: fc.array(quorum, { minLength: 1, maxLength: 2 }),
  rejections: fc.integer({ min: 1, max: 3 }),
  freshSignInMinutes: fc.option(fc.integer({ min: 5, max: 60 })),
  coolDownHours: fc.integer({ min: 0, max: 48 }),
}) as fc.Arbitrary<ApprovalNeed>;
/** People with roles, some of them named. */
const people = fc.array(fc.uniqueArray(fc.constantFrom(...ROLES), { maxLength: 2 }), { maxLength: 6 }).map((all) =>
  all.map((roles, index): Candidate => ({
    id: `p${index}`,
    fits: (of) => of.people.includes(`p${index}`) || roles.some((role) => of.roles.includes(role)),
  })),
);

describe('both needs at once', () => {
  it('are reached by exactly those who reach each, and ask for no less than either', () => {
    fc.assert(
      fc.property(need, need, people, (one, other, own) => {
        expect(reaches(both(one, other), own)).toBe(reaches(one, own) && reaches(other, own));
        expect(isStricter(one, both(one, other))).toBe(false);
        expect(isStricter(other, both(one, other))).toBe(false);
      }),
    );
  });

  it('ask for nothing more when what is left out is implied', () => {
    fc.assert(
      fc.property(quorum, quorum, people, (one, other, own) => {
        const reached = (of: Step[]): boolean => reaches({ quorums: [of] }, own);
        if (implies(one, other) && reached(one)) expect(reached(other)).toBe(true);
        expect(implies(one, one)).toBe(true);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(need, need, people, (one, other, own) => {
        expect(reaches(raised(one, other), own)).toBe(reaches(both(one, other), own));
        expect(raised(raised(one, other), other)).toEqual(raised(one, other));
      }),
    );
  });
});

describe('an open request', () => {
  const finance = ['f1', 'f2', 'f3'];
  const approved = () => {
    const on = request({ state: ApprovalState.APPROVED });
    return facts(on, finance, { votes: [vote(on, 'f1'), vote(on, 'f2')] });
  };

  it('never asks for less, whatever a policy says', () => {
    fc.assert(
      fc.property(need, people, (asked, own) => {
        const known = approved();
        const after =
          tighten(known, { need: asked, strictest: asked, breakGlass: null }, NOW)?.terms.need ?? known.request.need;
        if (reaches(after, own)) expect(reaches(known.request.need, own)).toBe(true);
        expect(isStricter(known.request.need, after)).toBe(false);
      }),
    );
  });

  it('is undecided again when its votes do not reach what is asked now', () => {
    const three = needOf(3);
    expect(tighten(approved(), { need: three, strictest: three, breakGlass: null }, NOW)).toMatchObject({
      stillApproved: false,
    });
    const fresh = needOf(2, { freshSignInMinutes: 5 });
    expect(tighten(approved(), { need: fresh, strictest: fresh, breakGlass: null }, NOW)).toMatchObject({
      stillApproved: true,
    });
  });

  it('lets nobody pass it in an emergency whom the policy names no more, also where it passed already', () => {
    const terms = { approvers: 1, minutes: 60, reviewRoles: ['FINANCE_APPROVER'], reviewHours: 48 };
    const pinned = { people: ['leah', 'liam'], ...terms };
    const asks = (breakGlass: BreakGlassTerms | null) => ({ need: needOf(2), strictest: needOf(2), breakGlass });
    const on = request({ state: ApprovalState.APPROVED, breakGlass: pinned });
    const votes = [vote(on, 'leah', { decision: VoteDecision.BREAK_GLASS })];
    const known = facts(on, ['leah', 'liam', 'lars'], { votes });
    const after = (asked: BreakGlassTerms | null) => tighten(known, asks(asked), NOW);
    expect(after({ ...pinned, people: ['liam', 'lars'], minutes: 90 })).toMatchObject({
      terms: { breakGlass: { people: ['liam'], minutes: 60 } },
      stillApproved: false,
    });
    expect(after({ ...pinned, minutes: 30 })).toMatchObject({
      terms: { breakGlass: { people: ['leah', 'liam'], minutes: 30 } },
      stillApproved: true,
    });
    expect(after(null)).toMatchObject({ terms: { breakGlass: null }, stillApproved: false });
    expect(after({ ...pinned, people: ['liam', 'leah', 'lars'], minutes: 90 })).toBeNull();
  });

  it('stays as it is under a looser policy, after its end, and when nothing is to be approved', () => {
    const asked = { need: needOf(3), strictest: needOf(3), breakGlass: null };
    expect(tighten(approved(), { need: needOf(1), strictest: needOf(1), breakGlass: null }, NOW)).toBeNull();
    expect(tighten(approved(), null, NOW)).toBeNull();
    for (const ended of [{ state: ApprovalState.REJECTED }, { state: ApprovalState.USED }, { expiresAt: NOW }])
      expect(tighten({ ...approved(), request: request(ended) }, asked, NOW)).toBeNull();
  });
});

describe('a proposal', () => {
  const version = { id: 'v', state: ConfigurationState.PROPOSED, baseVersionId: 'base' };
  const at = (state: ApprovalState, expiresAt = new Date(NOW.getTime() + 1)) => ({ state, expiresAt });

  it.each([
    { name: 'awaits votes', request: at(ApprovalState.PENDING), ruling: 'base', becomes: 'PROPOSED' },
    { name: 'is approved', request: at(ApprovalState.APPROVED), ruling: 'base', becomes: 'PROPOSED' },
    { name: 'was rejected', request: at(ApprovalState.REJECTED), ruling: 'other', becomes: 'REJECTED' },
    { name: 'was withdrawn', request: at(ApprovalState.WITHDRAWN), ruling: 'base', becomes: 'LAPSED' },
    { name: 'ran out', request: at(ApprovalState.PENDING, NOW), ruling: 'base', becomes: 'LAPSED' },
    { name: 'was overtaken', request: at(ApprovalState.APPROVED), ruling: 'other', becomes: 'LAPSED' },
    { name: 'has no request', request: null, ruling: 'base', becomes: 'LAPSED' },
  ])('that $name is $becomes', ({ request: of, ruling, becomes }) => {
    expect(stateOf(version, of, ruling, NOW)).toBe(becomes);
  });

  it('that was decided stays so', () => {
    expect(stateOf({ ...version, state: ConfigurationState.EFFECTIVE }, null, 'other', NOW)).toBe('EFFECTIVE');
  });
});
