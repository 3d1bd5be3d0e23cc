import * as fc from 'fast-check';
import { AfterReview, ReviewState } from '../../src/approval/after-review.entity.js';
import {
  backersOf,
  breakGlassFindings,
  type BreakGlassTerms,
  declarersOf,
  isBroken,
  reviewFindings,
} from '../../src/approval/break-glass.rules.js';
import { coveringGrant } from '../../src/approval/grant.rules.js';
import { ApprovalState } from '../../src/approval/request.entity.js';
import {
  ApprovalGrant,
  ApprovalRevocation,
  ApprovalUse,
  type ApprovalVote,
  GrantWay,
  VoteDecision,
} from '../../src/approval/vote.entity.js';
import { Role } from '../../src/identity/roles.js';
import { DIGEST, facts, NOW, person, request, vote } from './approval.kit.js';

const MINUTE = 60_000;
const codes = (found: readonly { code: string }[]): string[] => found.map(({ code }) => code);
const terms = (people: readonly string[], parts: Partial<BreakGlassTerms> = {}): BreakGlassTerms => ({
  people,
  approvers: 2,
  minutes: 60,
  reviewRoles: [Role.FINANCE_APPROVER],
  reviewHours: 48,
  ...parts,
});
const review = (parts: Partial<AfterReview> = {}): AfterReview =>
  Object.assign(new AfterReview(), {
    id: 'review',
    requestId: 'request',
    declaredBy: ['leah'],
    roles: [Role.FINANCE_APPROVER],
    state: ReviewState.OPEN,
    dueAt: NOW,
    ...parts,
  });
const signedIn = (id: string, minutesAgo: number) => ({
  ...person(id),
  authTime: new Date(NOW.getTime() - minutesAgo * MINUTE),
});

describe('declaring an emergency', () => {
  const on = request({ breakGlass: terms(['leah', 'liam']) });
  const declare = (id: string, parts: object = {}, about = on, minutesAgo = 1) =>
    codes(
      breakGlassFindings(
        { ...facts(about, ['leah', 'liam', 'freda', 'asker'], parts), openReviews: [], ...parts },
        signedIn(id, minutesAgo),
        DIGEST,
        NOW,
      ),
    );

  it('is for those whom the policy names, who neither ask nor wrote, and signed in just now', () => {
    expect(declare('leah')).toEqual([]);
    expect(declare('freda')).toEqual(['NOT_ON_THE_LIST']);
    expect(declare('leah', { contributors: ['leah'] })).toEqual(['CONTRIBUTOR']);
    expect(declare('asker', {}, request({ breakGlass: terms(['asker']) }))).toEqual(['SELF_APPROVAL']);
    expect(declare('leah', {}, on, 16)).toEqual(['SIGN_IN_TOO_OLD']);
    expect(declare('leah', { votes: [vote(on, 'leah')] })).toEqual(['ALREADY_VOTED']);
    expect(declare('leah', {}, request({ breakGlass: null }))).toEqual(['NOT_ON_THE_LIST']);
    expect(declare('leah', { openReviews: [review({ declaredBy: ['leah'] })] })).toEqual(['REVIEW_OVERDUE']);
    expect(declare('liam', { openReviews: [review({ declaredBy: ['leah'] })] })).toEqual([]);
    expect(declare('leah', { openReviews: [review({ dueAt: new Date(NOW.getTime() + 1) })] })).toEqual([]);
  });

  it('is for nobody by an account that was linked to a named person just now', () => {
    const at = (hoursAgo: number) => ({
      ...signedIn('leah', 1),
      accountSince: new Date(NOW.getTime() - hoursAgo * 60 * MINUTE),
    });
    const known = { ...facts(on, ['leah', 'liam']), openReviews: [] };
    expect(codes(breakGlassFindings(known, at(23), DIGEST, NOW))).toEqual(['ACCOUNT_TOO_NEW']);
    expect(codes(breakGlassFindings(known, at(24), DIGEST, NOW))).toEqual([]);
  });

  it('asks for a sign-in as fresh as the votes need, if that is fresher', () => {
    const strict = request({ breakGlass: terms(['leah']), need: { ...on.need, freshSignInMinutes: 5 } });
    expect(declare('leah', {}, strict, 6)).toEqual(['SIGN_IN_TOO_OLD']);
    const lax = request({ breakGlass: terms(['leah']), need: { ...on.need, freshSignInMinutes: 600 } });
    expect(declare('leah', {}, lax, 16)).toEqual(['SIGN_IN_TOO_OLD']);
  });
});

describe('a grant of an emergency', () => {
  const pinned = terms(['leah', 'liam'], { approvers: 1 });
  const on = request({ state: ApprovalState.APPROVED, breakGlass: pinned });
  const grant = Object.assign(new ApprovalGrant(), {
    id: 'grant',
    requestId: on.id,
    kind: on.kind,
    digest: DIGEST,
    contentRevision: 1,
    round: 1,
    way: GrantWay.BREAK_GLASS,
    approvers: 1,
    grantedAt: NOW,
    expiresAt: new Date(NOW.getTime() + MINUTE),
  });
  const covers = (breakGlass: BreakGlassTerms | null, approvers = 1, more: readonly ApprovalVote[] = []): boolean => {
    const votes = [vote(on, 'leah', { decision: VoteDecision.BREAK_GLASS }), ...more];
    const grants = [Object.assign(new ApprovalGrant(), grant, { approvers })];
    const known = { ...facts(on, ['leah', 'liam'], { votes }), requests: [on], grants, uses: [] };
    const question = { kind: on.kind, digest: DIGEST, contentRevision: 1, need: on.need, breakGlass };
    return coveringGrant(known, question, NOW) !== null;
  };

  it('covers nothing once the policy does not let who declared it, or asks for more of them', () => {
    expect(covers(pinned)).toBe(true);
    expect(covers(terms(['liam', 'leah', 'lars'], { approvers: 1 }))).toBe(true);
    expect(covers(terms(['liam'], { approvers: 1 }))).toBe(false);
    expect(covers(terms(['leah', 'liam']))).toBe(false);
    expect(covers(null)).toBe(false);
  });

  it('that stands on an ordinary approval beside the declaration ends with it', () => {
    expect(covers(pinned, 2, [vote(on, 'liam')])).toBe(true);
    expect(covers(pinned, 2)).toBe(false);
    expect(covers(terms(['leah'], { approvers: 1 }), 2, [vote(on, 'liam')])).toBe(false);
  });
});

const PEOPLE = ['leah', 'liam', 'freda', 'asker', 'writer', 'gone'];
const situation = fc.record({
  named: fc.subarray(PEOPLE),
  approvers: fc.integer({ min: 1, max: 3 }),
  contributors: fc.subarray(['writer']),
  declared: fc.subarray(PEOPLE),
  approved: fc.subarray(PEOPLE),
  takenBack: fc.subarray(PEOPLE),
  represented: fc.option(fc.constantFrom(...PEOPLE), { nil: null }),
  usedBy: fc.option(fc.constantFrom(...PEOPLE, 'policy.enact'), { nil: null }),
  merged: fc.constantFrom({}, { liam: 'leah' }, { writer: 'leah' }, { freda: 'asker' }),
});

describe('an emergency', () => {
  it('passes with as many of those named as the policy asks, or as can be had; never with nobody', () => {
    let broken = 0;
    fc.assert(
      fc.property(situation, ({ named, approvers, contributors, declared, approved, takenBack, merged, ...others }) => {
        const on = request({ breakGlass: terms(named, { approvers }) });
        const ordinary = approved.filter((id) => !declared.includes(id));
        const votes = [
          ...declared.map((id) => vote(on, id, { decision: VoteDecision.BREAK_GLASS })),
          ...ordinary.map((id) => vote(on, id, { onBehalfOf: others.represented === id ? 'away' : null })),
        ];
        const revocations = takenBack.map((id) => Object.assign(new ApprovalRevocation(), { voteId: `${id}/1` }));
        const own = merged as Record<string, string>;
        const members = PEOPLE.filter((id) => id !== 'gone' && !own[id]);
        const known = facts(on, members, { votes, revocations, contributors, merged: own });
        const who = (id: string): string => own[id] ?? id;
        const barred = new Set(['asker', ...contributors].map(who));
        const able = new Set(named.map(who).filter((id) => members.includes(id) && !barred.has(id)));
        const of = (ids: readonly string[]) =>
          new Set(
            ids
              .filter((id) => !takenBack.includes(id))
              .map(who)
              .filter((id) => able.has(id)),
          );
        const did = of(declared);
        const agreed = of([...declared, ...ordinary.filter((id) => id !== others.represented)]);
        expect(new Set(declarersOf(known))).toEqual(did);
        expect(new Set(backersOf(known))).toEqual(agreed);
        expect(isBroken(known)).toBe(did.size > 0 && agreed.size >= Math.min(approvers, able.size));
        if (isBroken(known)) broken += 1;
      }),
      { numRuns: 1500, seed: 3 },
    );
    expect(broken).toBeGreaterThan(50);
  });

  it('is reviewed by nobody who had a hand in it, under whatever record', () => {
    fc.assert(
      fc.property(situation, fc.constantFrom(...PEOPLE), ({ contributors, declared, merged, ...others }, reviewer) => {
        const { represented: onBehalfOf, usedBy } = others;
        const on = request();
        const votes = [
          ...declared.map((id) => vote(on, id, { decision: VoteDecision.BREAK_GLASS })),
          ...(onBehalfOf === null ? [] : [vote(on, 'stand-in', { onBehalfOf })]),
        ];
        const uses = usedBy === null ? [] : [Object.assign(new ApprovalUse(), { requestId: on.id, usedBy })];
        const own = merged as Record<string, string>;
        const who = (id: string): string => own[id] ?? id;
        const members = PEOPLE.filter((id) => !own[id]);
        const known = { ...facts(on, members, { votes, contributors, merged: own }), uses };
        const hands = ['asker', ...contributors, ...declared, onBehalfOf, usedBy].map((id) => who(id ?? ''));
        const found = codes(reviewFindings(review({ declaredBy: [] }), known, person(reviewer)));
        expect(found.includes('SELF_REVIEW')).toBe(hands.includes(who(reviewer)));
      }),
      { numRuns: 500 },
    );
    const known = { ...facts(request(), ['freda']), uses: [] };
    expect(codes(reviewFindings(review({ state: ReviewState.JUSTIFIED }), known, person('freda')))).toEqual([
      'NOT_OPEN',
    ]);
    expect(codes(reviewFindings(review({ roles: ['NONE'] }), known, person('freda')))).toEqual(['NOT_ELIGIBLE']);
  });
});
