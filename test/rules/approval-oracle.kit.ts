import * as fc from 'fast-check';
import type { Delegation } from '../../src/approval/delegation.entity.js';
import type { ApprovalNeed, Quorum, Step } from '../../src/approval/need.rules.js';
import type { ApprovalRequest } from '../../src/approval/request.entity.js';
import { type ApprovalVote, VoteDecision } from '../../src/approval/vote.entity.js';
import type { Eligible } from '../../src/identity/identity.queries.js';
import { Role } from '../../src/identity/roles.js';
import { DIGEST, holder, NOW, OTHER_DIGEST, request, vote } from './approval.kit.js';

const HOUR = 3_600_000;
const WRITERS = ['asker', 'writer'];
const PEOPLE = [...WRITERS, 'ann', 'ben', 'cyd', 'dan'];
const HANDS = [...PEOPLE, 'maker', 'boss'];
const ROLES = [Role.FINANCE_APPROVER, Role.SERVICE_DELIVERY_LEAD];

/** The most seats that these people can take, each one seat: every way of seating them is tried. */
export function mostSeats(seats: readonly Step[], people: readonly ((step: Step) => boolean)[]): number {
  const [first, ...rest] = seats;
  if (!first) return 0;
  const left = mostSeats(rest, people);
  const taken = people.map((fits, index) =>
    fits(first)
      ? 1 +
        mostSeats(
          rest,
          people.filter((_one, other) => other !== index),
        )
      : 0,
  );
  return Math.max(left, ...taken);
}

/** A quorum's seats, one by one. */
export const seatsOf = (quorum: Quorum): Step[] =>
  quorum.flatMap((step) => Array.from({ length: step.approvers }, () => step));

const step = fc.record({
  name: fc.constantFrom('one', 'two', 'three'),
  approvers: fc.integer({ min: 1, max: 2 }),
  roles: fc.subarray(ROLES),
  people: fc.subarray(['ann', 'ben'], { maxLength: 1 }),
});

/** Any need of one or two quorums of up to three steps. */
export const needs: fc.Arbitrary<ApprovalNeed> = fc.record({
  quorums: fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 }),
  rejections: fc.integer({ min: 1, max: 2 }),
  freshSignInMinutes: fc.constantFrom(null, 5, 60),
  coolDownHours: fc.constantFrom(0, 24),
});

const hours = fc.constantFrom(-72, -30, -10, -1, 0, 1);
const at = (offset: number): Date => new Date(NOW.getTime() + offset * HOUR);

const delegations = fc.array(
  fc
    .record({
      delegatorId: fc.constantFrom(...PEOPLE),
      delegateId: fc.constantFrom(...PEOPLE),
      createdBy: fc.constantFrom(...HANDS),
      confirmedBy: fc.constantFrom(null, 'boss', 'boss', 'boss', ...HANDS),
      from: hours,
      until: fc.constantFrom(-20, 2, 30),
      ended: fc.constantFrom(null, null, null, -5, 1),
    })
    .map(({ from, until, ended, ...own }): Omit<Delegation, 'id' | 'tenantId'> => ({
      ...own,
      kinds: [],
      reason: 'Away',
      fromAt: at(from),
      untilAt: at(until),
      createdAt: at(-72),
      confirmedAt: own.confirmedBy === null ? null : at(-71),
      endedBy: ended === null ? null : 'boss',
      endedAt: ended === null ? null : at(ended),
      revision: 1,
    })),
  { maxLength: 4 },
);

const grants = fc.array(
  fc
    .record({
      personId: fc.constantFrom(...PEOPLE),
      role: fc.constantFrom(...ROLES),
      grantedBy: fc.constantFrom('maker', 'boss', 'asker', 'ann'),
      age: fc.constantFrom(1000, 1000, 1000, 24, 23, 1),
      confirmedBy: fc.constantFrom(null, null, 'boss', 'ben', 'writer'),
    })
    .map(({ personId, role, age, ...own }): Eligible => holder(personId, role, { ...own, grantedAt: at(-age) })),
  { minLength: 3, maxLength: 10 },
);

const votes = fc.array(
  fc.record({
    voterId: fc.constantFrom(...PEOPLE),
    delegation: fc.constantFrom(null, null, 0, 1, 2, 3),
    round: fc.constantFrom(2, 2, 2, 2, 1),
    contentRevision: fc.constantFrom(2, 2, 2, 2, 1),
    digest: fc.constantFrom(DIGEST, DIGEST, DIGEST, OTHER_DIGEST),
    decision: fc.constantFrom(
      VoteDecision.APPROVE,
      VoteDecision.APPROVE,
      VoteDecision.APPROVE,
      VoteDecision.APPROVE,
      VoteDecision.APPROVE,
      VoteDecision.REJECT,
      VoteDecision.BREAK_GLASS,
    ),
    cast: fc.constantFrom(-25, -10, -3, -3, -1, 0),
    revoked: fc.constantFrom(false, false, false, false, true),
  }),
  { maxLength: 8 },
);

/** Whatever could ever stand in the tables: also what no command writes. */
export const histories = fc.record({
  need: needs,
  grants,
  delegations,
  votes,
  contributors: fc.subarray(['writer']),
  merges: fc.array(fc.tuple(fc.constantFrom(...HANDS), fc.constantFrom(...HANDS)), { maxLength: 2 }),
});

/** One history. */
export type History = typeof histories extends fc.Arbitrary<infer T> ? T : never;

/** The rows of a history: round 2 of a request of asker's. Merges do not chain, as mergeMember sees to it. */
export function rowsOf(history: History) {
  const on: ApprovalRequest = request({ need: history.need, round: 2, contentRevision: 2 });
  const merged = new Map<string, string>();
  for (const [one, into] of history.merges)
    if (one !== into && !merged.has(into) && ![...merged.values()].includes(one)) merged.set(one, into);
  const given = history.delegations.map((own, index): Delegation =>
    Object.assign({ id: `d${index}`, tenantId: 't' }, own),
  );
  const cast = history.votes.map(({ delegation, cast: offset, ...own }, index) => {
    const by = delegation === null ? undefined : given[delegation];
    const parts = {
      id: `v${index}`,
      castAt: at(offset),
      delegationId: by?.id ?? null,
      onBehalfOf: by?.delegatorId ?? null,
    };
    return { row: vote(on, own.voterId, { ...own, ...parts }), revoked: own.revoked };
  });
  return { on, merged, given, cast };
}

/** What the votes come to, counted anew and plainly: one vote after the other, every seating tried. */
export function countAnew(history: History): { approvers: string[]; state: 'APPROVED' | 'REJECTED' | 'PENDING' } {
  const { on, merged, given, cast } = rowsOf(history);
  const who = (id: string): string => merged.get(id) ?? id;
  const barred = [on.requesterId, ...history.contributors].map(who);
  const roles = (id: string): Eligible[] =>
    history.grants.filter((grant) => who(grant.personId) === id && !merged.has(grant.personId));
  const isNow = ({ row }: (typeof cast)[number]): boolean =>
    row.round === 2 && row.contentRevision === 2 && row.digest === DIGEST;
  const inOrder = cast
    .filter(isNow)
    .toSorted((a, b) => a.row.castAt.getTime() - b.row.castAt.getTime() || (a.row.id < b.row.id ? -1 : 1));
  const yes = inOrder
    .filter(({ row, revoked }) => row.decision === VoteDecision.APPROVE && !revoked)
    .map(({ row }) => row);
  const hands = (row: ApprovalVote): string[] => [who(row.voterId), ...(row.onBehalfOf ? [who(row.onBehalfOf)] : [])];
  const mayFill = (human: string, one: Step, others: readonly string[]): boolean => {
    if (roles(human).length === 0) return false;
    if (one.people.map(who).includes(human)) return true;
    const stake = [...barred, ...others].filter((other) => other !== human);
    return roles(human).some(({ role, grantedAt, grantedBy, confirmedBy }) => {
      if (!one.roles.includes(role)) return false;
      if (NOW.getTime() - grantedAt.getTime() >= history.need.coolDownHours * HOUR) return true;
      return confirmedBy !== null && !stake.includes(who(confirmedBy)) && !stake.includes(who(grantedBy));
    });
  };
  const isDelegated = (row: ApprovalVote, others: readonly string[]): boolean => {
    if (row.onBehalfOf === null) return true;
    const by = given.find(({ id }) => id === row.delegationId);
    if (!by || by.confirmedBy === null || by.confirmedAt! > row.castAt) return false;
    if (by.fromAt > row.castAt || by.untilAt <= row.castAt) return false;
    if (by.endedAt !== null && (by.endedAt <= row.castAt || by.endedAt <= NOW)) return false;
    const [from, to, maker, second] = [by.delegatorId, by.delegateId, by.createdBy, by.confirmedBy].map(who) as [
      string,
      string,
      string,
      string,
    ];
    if (to !== who(row.voterId) || from === to || maker === to || [maker, from, to].includes(second)) return false;
    if (others.includes(maker)) return false;
    return ![maker, second].some((hand) => barred.includes(hand) && hand !== from);
  };
  const counted: ApprovalVote[] = [];
  for (const row of yes) {
    const own = hands(row);
    const others = yes.flatMap(hands).filter((human) => !own.includes(human));
    const taken = counted.flatMap(hands);
    if (own.some((human) => barred.includes(human) || taken.includes(human))) continue;
    if (new Set(own).size < own.length || roles(own[0]!).length === 0 || !isDelegated(row, others)) continue;
    if (!history.need.quorums.flat().some((one) => mayFill(own.at(-1)!, one, others))) continue;
    counted.push(row);
  }
  const people = counted.map((row) => {
    const own = hands(row);
    const others = counted.flatMap(hands).filter((human) => !own.includes(human));
    return (one: Step): boolean => mayFill(own.at(-1)!, one, others);
  });
  const no = new Set(
    inOrder.filter(({ row }) => row.decision === VoteDecision.REJECT).map(({ row }) => who(row.voterId)),
  );
  const reached = history.need.quorums.every((quorum) => mostSeats(seatsOf(quorum), people) === seatsOf(quorum).length);
  const state = no.size >= history.need.rejections ? 'REJECTED' : reached ? 'APPROVED' : 'PENDING';
  return { approvers: counted.map((row) => who(row.voterId)).sort(), state };
}
