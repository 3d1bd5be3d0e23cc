import * as fc from 'fast-check';
import { systemActor } from '../../src/core/actor.js';
import { approversOf, outcomeOf } from '../../src/approval/approval.rules.js';
import { isExpired, lapseOf } from '../../src/approval/deadline.rules.js';
import { type Cover, coveringGrant } from '../../src/approval/grant.rules.js';
import { quorumFindings, withdrawFindings } from '../../src/approval/request.rules.js';
import { standingOf } from '../../src/approval/standing.rules.js';
import { voteFindings } from '../../src/approval/vote-findings.rules.js';
import { ApprovalState } from '../../src/approval/request.entity.js';
import { ApprovalGrant, GrantWay, VoteDecision } from '../../src/approval/vote.entity.js';
import { Role } from '../../src/identity/roles.js';
import {
  contributor,
  DIGEST,
  facts,
  holder,
  needOf,
  NOW,
  OTHER_DIGEST,
  person,
  request,
  vote,
} from './approval.kit.js';

const codes = (found: readonly { code: string }[]): string[] => found.map(({ code }) => code);

describe('who may vote', () => {
  const open = request();

  it('lets an eligible person who had no hand in it vote', () => {
    expect(voteFindings(facts(open, ['freda']), person('freda'), DIGEST, NOW)).toEqual([]);
  });

  it.each([
    ['the requester, also with the role', 'asker', {}, ['SELF_APPROVAL']],
    ['the requester under a record that was merged', 'alias', { merged: { alias: 'asker' } }, ['SELF_APPROVAL']],
    ['somebody who wrote on the content once', 'writer', { contributors: ['writer'] }, ['CONTRIBUTOR']],
    ['a contributor of the round', 'writer', { participants: [contributor(open, 'writer')] }, ['CONTRIBUTOR']],
    [
      'a contributor under a merged record',
      'writer',
      { contributors: ['old'], merged: { old: 'writer' } },
      ['CONTRIBUTOR'],
    ],
    ['a person without the role', 'nobody', {}, ['NOT_ELIGIBLE']],
    ['somebody who has voted', 'freda', { votes: [vote(open, 'freda')] }, ['ALREADY_VOTED']],
    [
      'somebody who has voted as another record',
      'freda',
      { votes: [vote(open, 'old')], merged: { old: 'older', older: 'freda' } },
      ['ALREADY_VOTED'],
    ],
  ])('bars %s', (_who, id, parts, expected) => {
    const known = facts(open, ['freda', 'writer', 'asker'], parts);
    expect(codes(voteFindings(known, person(id), DIGEST, NOW))).toEqual(expected);
  });

  it('says everything at once', () => {
    const late = request({ expiresAt: NOW });
    const known = facts(late, [], { votes: [vote(late, 'writer')], contributors: ['writer'] });
    expect(codes(voteFindings(known, person('writer'), OTHER_DIGEST, NOW))).toEqual([
      'EXPIRED',
      'STALE_CONTENT',
      'CONTRIBUTOR',
      'ALREADY_VOTED',
      'NOT_ELIGIBLE',
    ]);
    const ended = facts(request({ state: ApprovalState.REJECTED }), ['freda']);
    expect(codes(voteFindings(ended, person('freda'), OTHER_DIGEST, NOW))).toEqual(['NOT_PENDING', 'STALE_CONTENT']);
  });

  it('bars whoever is no person with an account', () => {
    const known = facts(open, ['freda', 'job']);
    expect(codes(voteFindings(known, systemActor('t', 'job'), DIGEST, NOW))).toEqual(['SERVICE_ACCOUNT']);
    expect(codes(voteFindings(known, { ...person('freda'), kind: 'SERVICE' }, DIGEST, NOW))).toEqual([
      'SERVICE_ACCOUNT',
    ]);
    expect(codes(voteFindings(known, { ...person('freda'), accountId: null }, DIGEST, NOW))).toEqual([
      'SERVICE_ACCOUNT',
    ]);
  });

  it('lets the same person vote again in a new round', () => {
    const second = request({ round: 2, contentRevision: 2, digest: OTHER_DIGEST });
    const known = facts(second, ['freda'], { votes: [vote(open, 'freda')] });
    expect(voteFindings(known, person('freda'), OTHER_DIGEST, NOW)).toEqual([]);
  });
});

const expiredAfter = (state: ApprovalState, ms: number) =>
  isExpired({ state, expiresAt: new Date(NOW.getTime() + ms) }, NOW);

describe('expiry', () => {
  it('denies at the instant itself, undecided or unused', () => {
    expect([
      expiredAfter(ApprovalState.PENDING, 0),
      expiredAfter(ApprovalState.APPROVED, 0),
      expiredAfter(ApprovalState.PENDING, 1),
    ]).toEqual([true, true, false]);
    expect(expiredAfter(ApprovalState.REJECTED, -1)).toBe(false);
  });

  it('counts a grant in the working time that was pinned', () => {
    const workingTimes = [
      { from: '2026-11-23T14:00:00.000Z', to: '2026-11-23T17:00:00.000Z' },
      { from: '2026-11-24T09:00:00.000Z', to: '2026-11-24T17:00:00.000Z' },
    ];
    const of = (grantHours: number, now: string) => lapseOf({ grantHours, workingTimes }, new Date(now)).toISOString();
    expect(of(3, '2026-11-23T14:00:00.000Z')).toBe('2026-11-23T17:00:00.000Z');
    expect(of(4, '2026-11-23T14:00:00.000Z')).toBe('2026-11-24T10:00:00.000Z');
    expect(of(4, '2026-11-23T16:30:00.000Z')).toBe('2026-11-24T12:30:00.000Z');
    expect(of(4, '2026-11-23T20:00:00.000Z')).toBe('2026-11-24T13:00:00.000Z');
    expect(of(99, '2026-11-23T14:00:00.000Z')).toBe('2026-11-24T17:00:00.000Z');
  });
});

const withdrawing = (id: string, state: ApprovalState) =>
  codes(withdrawFindings(facts(request({ state }), []), person(id), NOW));

describe('withdrawing', () => {
  it('is for the requester, while there is something to withdraw', () => {
    expect(withdrawing('asker', ApprovalState.PENDING)).toEqual([]);
    expect(withdrawing('asker', ApprovalState.APPROVED)).toEqual([]);
    expect(withdrawing('freda', ApprovalState.REJECTED)).toEqual(['NOT_REQUESTER', 'NOT_OPEN']);
  });
});

describe('the quorum', () => {
  const standing = standingOf(
    ['freda', 'femi', 'asker'].map((personId) => holder(personId)),
    new Map([['old-femi', 'femi']]),
  );
  const quorum = (approvers: number, barred: string[], roles: string[] = [Role.FINANCE_APPROVER]) =>
    quorumFindings({ quorums: [[{ name: 'finance', approvers, roles, people: [] }]] }, barred, standing);

  it('is reachable by people who are not barred', () => {
    expect(quorum(2, ['asker'])).toEqual([]);
  });

  it('names what is missing', () => {
    expect(quorum(2, ['asker', 'old-femi'])).toMatchObject([
      { code: 'QUORUM_UNREACHABLE', facts: { needed: 2, available: 1, missing: 1 } },
    ]);
    expect(quorum(1, [], [Role.REVOPS_ADMIN])).toMatchObject([
      { code: 'QUORUM_UNREACHABLE', facts: { available: 0, roles: [Role.REVOPS_ADMIN] } },
    ]);
  });
});

describe('a grant', () => {
  const about = request({ need: needOf(1), state: ApprovalState.APPROVED });
  const grant = Object.assign(new ApprovalGrant(), {
    requestId: about.id,
    kind: 'K',
    digest: DIGEST,
    contentRevision: 1,
    round: 1,
    way: GrantWay.QUORUM,
    approvers: 1,
    grantedAt: NOW,
    expiresAt: new Date(NOW.getTime() + 1000),
  });
  const covers = (kind: string, digest: string, contentRevision: number, ms = 0): Cover | null => {
    const { request: _own, ...known } = facts(about, ['freda'], { votes: [vote(about, 'freda')] });
    const question = { kind, digest, contentRevision, need: needOf(1), breakGlass: null };
    return coveringGrant(
      { ...known, requests: [about], grants: [grant], uses: [] },
      question,
      new Date(NOW.getTime() + ms),
    );
  };

  it('covers exactly its kind, digest and revision, until it lapses', () => {
    expect(covers('K', DIGEST, 1)).not.toBeNull();
    expect(covers('K', DIGEST, 1, 999)).not.toBeNull();
    expect(covers('K', DIGEST, 1, 1000)).toBeNull();
    expect(covers('K', DIGEST, 1, -1)).toBeNull();
    expect(covers('L', DIGEST, 1)).toBeNull();
    expect(covers('K', OTHER_DIGEST, 1)).toBeNull();
  });

  it('does not come back to life when the content does (ABA)', () => {
    expect(covers('K', DIGEST, 3)).toBeNull();
  });
});

/** A history of votes by anyone, on any round and content, under any merges: whatever could ever stand in the tables. */
const PEOPLE = ['asker', 'writer', 'freda', 'femi', 'fiona'];
const history = fc.record({
  needed: fc.integer({ min: 1, max: 3 }),
  finance: fc.subarray(PEOPLE, { minLength: 2 }),
  merged: fc.dictionary(fc.constantFrom(...PEOPLE), fc.constantFrom(...PEOPLE), { maxKeys: 2 }),
  round: fc.integer({ min: 1, max: 2 }),
  contributors: fc.subarray(['writer']),
  votes: fc.array(
    fc.record({
      voterId: fc.constantFrom(...PEOPLE),
      round: fc.integer({ min: 1, max: 2 }),
      contentRevision: fc.integer({ min: 1, max: 2 }),
      digest: fc.constantFrom(DIGEST, OTHER_DIGEST),
      decision: fc.constantFrom(VoteDecision.APPROVE, VoteDecision.APPROVE, VoteDecision.APPROVE, VoteDecision.REJECT),
    }),
    { maxLength: 12 },
  ),
});

const historyFacts = (h: typeof history extends fc.Arbitrary<infer T> ? T : never) => {
  const on = request({ need: needOf(h.needed), round: h.round, contentRevision: h.round });
  return facts(on, h.finance, {
    votes: h.votes.map((own) => vote(on, own.voterId, own)),
    contributors: h.contributors,
    merged: h.merged,
  });
};

describe('counting', () => {
  it('never approves with fewer different people than needed, nor by a barred or ineligible one', () => {
    let approved = 0;
    fc.assert(
      fc.property(history, (h) => {
        const known = historyFacts(h);
        const { standing } = known;
        // Counted anew, in another way: each person at a time.
        const valid = new Set(
          h.votes
            .filter(
              (v) =>
                v.round === h.round &&
                v.contentRevision === h.round &&
                v.digest === DIGEST &&
                v.decision === VoteDecision.APPROVE,
            )
            .map((v) => standing.canonicalOf(v.voterId))
            .filter((who) => !['asker', ...h.contributors].some((barred) => standing.canonicalOf(barred) === who))
            .filter((who) => h.finance.includes(who)),
        );
        expect(new Set(approversOf(known, NOW))).toEqual(valid);
        if (outcomeOf(known, NOW) !== ApprovalState.APPROVED) return;
        approved += 1;
        expect(valid.size).toBeGreaterThanOrEqual(h.needed);
      }),
      { numRuns: 3000, seed: 7 },
    );
    expect(approved).toBeGreaterThan(50);
  });

  it('ends with one rejection of the current content, and only of that', () => {
    fc.assert(
      fc.property(history, (h) => {
        const rejected = h.votes.some(
          (v) =>
            v.round === h.round &&
            v.contentRevision === h.round &&
            v.digest === DIGEST &&
            v.decision === VoteDecision.REJECT,
        );
        expect(outcomeOf(historyFacts(h), NOW) === ApprovalState.REJECTED).toBe(rejected);
      }),
      { numRuns: 1000 },
    );
  });

  it('does not revive votes when the content is changed and changed back (ABA)', () => {
    const first = request();
    const votes = [vote(first, 'freda'), vote(first, 'femi')];
    expect(outcomeOf(facts(first, ['freda', 'femi'], { votes }), NOW)).toBe(ApprovalState.APPROVED);
    const back = request({ round: 3, contentRevision: 3, digest: first.digest });
    expect(outcomeOf(facts(back, ['freda', 'femi'], { votes }), NOW)).toBe(ApprovalState.PENDING);
    // Not even when a round were wrongly given its old number: the revision differs.
    expect(approversOf(facts(request({ contentRevision: 3 }), ['freda', 'femi'], { votes }), NOW)).toEqual([]);
  });

  it('stops counting who lost the role or turned out to be the same human', () => {
    const on = request();
    const votes = [vote(on, 'freda'), vote(on, 'femi')];
    expect(outcomeOf(facts(on, ['freda'], { votes }), NOW)).toBe(ApprovalState.PENDING);
    expect(outcomeOf(facts(on, ['freda'], { votes, merged: { femi: 'freda' } }), NOW)).toBe(ApprovalState.PENDING);
  });

  it('survives merges that run in a circle', () => {
    expect(standingOf([], new Map([['a', 'b'], ['b', 'a']])).canonicalOf('a')).toMatch(/[ab]/); // prettier-ignore
  });
});
