import type { Actor } from '../core/actor.js';
import { barredFrom, fits, humansOf, outcomeOf, votesOfRound, type VotingFacts } from '../approval/approval.rules.js';
import type { ApprovalNeed } from '../approval/need.rules.js';
import { type ApprovalRequest, type ApprovalRound, ApprovalState } from '../approval/request.entity.js';
import { standingOf } from '../approval/standing.rules.js';
import { authoritiesOf, voteFindings } from '../approval/vote-findings.rules.js';
import { type ApprovalVote, GrantWay } from '../approval/vote.entity.js';
import { isSeasoned } from '../identity/identity.rules.js';
import type { MemberThen, PeopleThen, RequestHistory } from './eligibility.queries.js';

/** As what somebody was barred from answering. */
export type Barred = 'REQUESTER' | 'OWNER' | 'CONTRIBUTOR';

/** A role that somebody held, of those that answer the request. */
export interface RoleThen {
  readonly role: string;
  readonly grantId: string;
  readonly since: Date;
  /** The canonical person, or the name of a job. */
  readonly grantedBy: string;
  readonly confirmedBy: string | null;
  /** Whether it counted: old enough, or confirmed by somebody independent. */
  readonly counts: boolean;
}

/** Whether one member could have approved, and why or why not. */
export interface MemberEligibility {
  readonly member: MemberThen;
  readonly could: boolean;
  /** Codes of what stood against it, as castVote would have refused; none when they could. */
  readonly reasons: readonly string[];
  readonly barredAs: Barred | null;
  /** The steps that they could have filled for themselves. */
  readonly steps: readonly string[];
  /** Whether the policy named them, so that they needed no role. */
  readonly isNamed: boolean;
  readonly roles: readonly RoleThen[];
  /** For whom they could have voted by delegation. */
  readonly insteadOf: readonly string[];
}

/** A moment in the life of a request. Several may share an instant: round and votes say which it is. */
export interface Then {
  readonly at: Date;
  readonly round: ApprovalRound;
  /** The votes that had been cast. */
  readonly votes: readonly ApprovalVote[];
}

/** Who could have approved a request at an instant. */
export interface Eligibility {
  readonly at: Date;
  readonly round: number;
  readonly digest: string;
  readonly contentRevision: number;
  /** Where the request stood, before what happened in that very instant. Before a later round it was PENDING or APPROVED. */
  readonly state: ApprovalState;
  readonly need: ApprovalNeed;
  readonly members: readonly MemberEligibility[];
}

/**
 * Who could have approved a request at an instant of the past, by what was true then (approvals rule 17): the round, the
 * votes before, members and roles with who gave and confirmed them, merges, suspensions, delegations, and who had written
 * on the content by then. The rules are those of castVote itself. Whether somebody had signed in recently enough is known
 * only of those who voted, so it is left out of `could`.
 *
 */
export function eligibilityAt(history: RequestHistory, people: PeopleThen, moment: Then): Eligibility {
  const { at } = moment;
  const facts = factsAt(history, people, moment);
  const { round, digest, contentRevision, need } = facts.request;
  return {
    at,
    round,
    digest,
    contentRevision,
    state: stateAt(history, facts, at),
    need,
    members: people.members.map((member) => memberEligibility(member, history, facts, at)),
  };
}

/** At an instant: by default the round that had been opened, and the votes that had been cast before. */
export function thenAt({ rounds, votes }: Pick<RequestHistory, 'rounds' | 'votes'>, at: Date): Then {
  const round = rounds.findLast(({ openedAt }) => openedAt <= at) ?? rounds[0]!;
  return { at, round, votes: votes.filter(({ castAt }) => castAt < at) };
}

/** What a vote would have been judged by. The state is left to stateAt: here the request awaits votes. */
function factsAt(history: RequestHistory, { members, roles }: PeopleThen, { at, round, votes }: Then): VotingFacts {
  const { contributions } = history;
  const since = new Map(contributions.map(({ personId, contributedAt }) => [personId, contributedAt]));
  const merged = new Map(members.flatMap((m) => (m.mergedInto === null ? [] : [[m.personId, m.mergedInto] as const])));
  return {
    request: requestAt(history, round, at),
    votes,
    revocations: history.revocations.filter(({ revokedAt }) => revokedAt < at),
    // A part has no time of its own: who wrote on the content later was not barred yet, everybody else was from the start.
    participants: history.participants.filter(({ personId }) => (since.get(personId) ?? at) <= at),
    contributors: contributions.filter(({ contributedAt }) => contributedAt <= at).map(({ personId }) => personId),
    delegations: history.delegations,
    standing: standingOf(roles, merged),
  };
}

function requestAt({ request, tightenedAt }: RequestHistory, round: ApprovalRound, at: Date): ApprovalRequest {
  const isTightened = round.round === request.round && tightenedAt !== null && tightenedAt <= at;
  const { digest, contentRevision } = round;
  return {
    ...request,
    round: round.round,
    digest,
    contentRevision,
    need: isTightened ? request.need : round.need,
    state: ApprovalState.PENDING,
    expiresAt: new Date(at.getTime() + 1),
  };
}

function stateAt({ request, grants, uses }: RequestHistory, facts: VotingFacts, at: Date): ApprovalState {
  const { round } = facts.request;
  if (uses.some((use) => use.round === round && use.usedAt < at)) return ApprovalState.USED;
  const isLast = round === request.round;
  const hasEnded = [ApprovalState.WITHDRAWN, ApprovalState.EXPIRED, ApprovalState.REJECTED].includes(request.state);
  if (isLast && hasEnded && request.decidedAt !== null && request.decidedAt < at) return request.state;
  const isBroken = grants.some((g) => g.round === round && g.way === GrantWay.BREAK_GLASS && g.grantedAt < at);
  const outcome = isBroken ? ApprovalState.APPROVED : outcomeOf(facts, at);
  if (outcome === ApprovalState.PENDING && isLast && request.decideBy <= at) return ApprovalState.EXPIRED;
  return outcome;
}

function memberEligibility(
  member: MemberThen,
  history: RequestHistory,
  facts: VotingFacts,
  at: Date,
): MemberEligibility {
  const { standing, request } = facts;
  const { personId } = member;
  const own = standing.canonicalOf(personId);
  const held = standing.grantsOf(own);
  const voter: Actor = {
    kind: 'PERSON',
    tenantId: request.tenantId,
    id: personId,
    roles: held.map(({ role }) => role),
    scopes: [],
    authTime: at,
    accountId: personId,
    accountSince: member.accountSince,
  };
  const codes = voteFindings(facts, voter, request.digest, at).map(({ code }) => code);
  const beside = votesOfRound(facts)
    .flatMap((vote) => humansOf(vote, standing))
    .filter((human) => human !== own);
  const steps = request.need.quorums.flat();
  const reasons = [...new Set([...membership(member, held.length), ...codes])].filter(
    (code) => code !== 'NOT_ELIGIBLE' || held.length > 0,
  );
  const circle = new Set([...beside, ...barredFrom(facts)].filter((human) => human !== own));
  const answering = new Set(steps.flatMap(({ roles }) => roles));
  return {
    member,
    could: reasons.length === 0,
    reasons,
    barredAs: barredAs(own, history, facts),
    steps: [...new Set(steps.filter((step) => fits(facts, own, step, at, beside)).map(({ name }) => name))],
    isNamed: steps.some((step) => step.people.some((named) => standing.canonicalOf(named) === own)),
    roles: held
      .filter(({ role }) => answering.has(role))
      .map((grant) => ({
        role: grant.role,
        grantId: grant.grantId,
        since: grant.grantedAt,
        grantedBy: grant.grantedBy,
        confirmedBy: grant.confirmedBy,
        counts: isSeasoned(grant, circle, request.need.coolDownHours, at),
      })),
    insteadOf: member.mergedInto === null ? authoritiesOf(facts, voter, at).filter((id) => id !== null) : [],
  };
}

/** What stood against a member before any rule of the request. */
function membership({ isSuspended, mergedInto }: MemberThen, roles: number): string[] {
  if (mergedInto !== null) return ['MERGED'];
  if (isSuspended) return ['SUSPENDED'];
  return roles === 0 ? ['NO_ROLE'] : [];
}

function barredAs(own: string, { contributions }: RequestHistory, facts: VotingFacts): Barred | null {
  const { standing, request, contributors } = facts;
  if (standing.canonicalOf(request.requesterId) === own) return 'REQUESTER';
  if (!barredFrom(facts).has(own)) return null;
  const wrote = contributors.map(standing.canonicalOf).includes(own);
  return wrote || contributions.some(({ personId }) => standing.canonicalOf(personId) === own)
    ? 'CONTRIBUTOR'
    : 'OWNER';
}
