import * as fc from 'fast-check';
import { approversOf, outcomeOf, seatingOf, type VotingFacts } from '../../src/approval/approval.rules.js';
import { coveringGrant } from '../../src/approval/grant.rules.js';
import { approversNeeded, both, isStricter, reaches, type Step } from '../../src/approval/need.rules.js';
import { ApprovalState } from '../../src/approval/request.entity.js';
import { standingOf } from '../../src/approval/standing.rules.js';
import { ApprovalGrant, ApprovalRevocation, GrantWay } from '../../src/approval/vote.entity.js';
import { seat } from '../../src/core/seating.js';
import { DIGEST, NOW } from './approval.kit.js';
import { countAnew, histories, type History, mostSeats, needs, rowsOf, seatsOf } from './approval-oracle.kit.js';

const factsOf = (history: History): VotingFacts => {
  const { on, merged, given, cast } = rowsOf(history);
  const revocations = cast
    .filter(({ revoked }) => revoked)
    .map(({ row }) => Object.assign(new ApprovalRevocation(), { id: `r${row.id}`, voteId: row.id, requestId: on.id }));
  const held = history.grants.filter(({ personId }) => !merged.has(personId));
  return {
    request: on,
    votes: cast.map(({ row }) => row),
    revocations,
    participants: [],
    contributors: history.contributors,
    delegations: given,
    standing: standingOf(held, merged),
  };
};

describe('seating', () => {
  it('takes as many seats as any seating could, each person once, each in a step that they fit', () => {
    const people = fc.array(fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }), { maxLength: 6 });
    fc.assert(
      fc.property(needs, people, ({ quorums: [quorum] }, masks) => {
        const steps = quorum!.map((own, index) => ({ ...own, index }));
        const fitsOf = (mask: readonly boolean[]) => (one: Step) => mask[(one as Step & { index: number }).index]!;
        const candidates = masks.map((mask, index) => ({ id: `p${index}`, fits: fitsOf(mask) }));
        const { seats, free } = seat(steps, candidates);
        const missing = free.reduce((sum, one) => sum + one.missing, 0);
        expect(seatsOf(steps).length - missing).toBe(mostSeats(seatsOf(steps), masks.map(fitsOf)));
        expect(seats.size).toBe(seatsOf(steps).length - missing);
        for (const [id, one] of seats) expect(candidates.find((own) => own.id === id)!.fits(one)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('needs', () => {
  it('of both are reached by exactly those who reach the one and the other', () => {
    const people = fc.array(fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), { maxLength: 5 });
    fc.assert(
      fc.property(needs, needs, people, (one, other, masks) => {
        const names = [...new Set([...one.quorums, ...other.quorums].flat().map((own) => JSON.stringify(own)))];
        const candidates = masks.map((mask, index) => ({
          id: `p${index}`,
          fits: (own: Step) => mask[names.indexOf(JSON.stringify(own)) % mask.length]!,
        }));
        const joined = both(one, other);
        expect(reaches(joined, candidates)).toBe(reaches(one, candidates) && reaches(other, candidates));
        expect(reaches(both(other, one), candidates)).toBe(reaches(joined, candidates));
        expect(approversNeeded(joined)).toBe(Math.max(approversNeeded(one), approversNeeded(other)));
        expect(isStricter(one, joined)).toBe(false);
        expect(isStricter(other, joined)).toBe(false);
        expect(both(one, one).quorums.length).toBeLessThanOrEqual(one.quorums.length);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('any history of votes, delegations, revocations, merges and new roles', () => {
  it('comes to what it comes to when it is counted anew, plainly', () => {
    const seen = { APPROVED: 0, REJECTED: 0, PENDING: 0, delegated: 0, merged: 0 };
    fc.assert(
      fc.property(histories, (history) => {
        const facts = factsOf(history);
        const expected = countAnew(history);
        expect(approversOf(facts, NOW)).toEqual(expected.approvers);
        expect(outcomeOf(facts, NOW)).toBe(expected.state);
        seen[expected.state] += 1;
        if (expected.state !== 'APPROVED') return;
        if (facts.votes.some(({ onBehalfOf }) => onBehalfOf !== null)) seen.delegated += 1;
        if (history.merges.length > 0) seen.merged += 1;
      }),
      { numRuns: 3000, seed: 11 },
    );
    // The histories are not all of one kind.
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(10);
  });

  it('seats nobody twice, and never more than sit', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const facts = factsOf(history);
        for (const { seats } of seatingOf(facts, NOW)) {
          expect(seats.size).toBeLessThanOrEqual(approversOf(facts, NOW).length);
          for (const id of seats.keys()) expect(approversOf(facts, NOW)).toContain(id);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('is covered by a grant exactly while it would be approved anew', () => {
    let covered = 0;
    fc.assert(
      fc.property(histories, fc.option(needs, { freq: 1 }), (history, other) => {
        const present = other ?? history.need;
        const facts = factsOf(history);
        const asked = { ...facts.request, state: ApprovalState.APPROVED };
        const grant = Object.assign(new ApprovalGrant(), {
          id: 'g',
          requestId: asked.id,
          round: 2,
          kind: asked.kind,
          digest: DIGEST,
          contentRevision: 2,
          way: GrantWay.QUORUM,
          approvers: 1,
          grantedAt: NOW,
          expiresAt: new Date(NOW.getTime() + 1),
        });
        const { request: _own, ...known } = facts;
        const question = { kind: asked.kind, digest: DIGEST, contentRevision: 2, need: present, breakGlass: null };
        const cover = coveringGrant({ ...known, requests: [asked], grants: [grant], uses: [] }, question, NOW);
        const strict = { ...history, need: { ...both(history.need, present), rejections: 99 } };
        expect(cover !== null).toBe(countAnew(strict).state === 'APPROVED');
        if (cover) covered += 1;
      }),
      { numRuns: 2000, seed: 12 },
    );
    expect(covered).toBeGreaterThan(10);
  });
});
