import { isSeasoned } from '../identity/identity.rules.js';
import { barredFrom, fits, humansOf, votesOfRound, type VotingFacts } from './approval.rules.js';

/** By what somebody could answer: what the ledger keeps of each vote (approvals rule 17). */
export interface Authority {
  /** The grants of the roles by which they fit; none for somebody whom the policy names. */
  readonly roleGrantIds: readonly string[];
  /** The steps that they could fill. */
  readonly steps: readonly string[];
}

/** By what a human could answer the current round; `authority` is the principal where the vote was delegated. */
export function authorityOf(facts: VotingFacts, authority: string, now: Date): Authority {
  const { request, standing } = facts;
  const own = standing.canonicalOf(authority);
  const others = votesOfRound(facts)
    .flatMap((vote) => humansOf(vote, standing))
    .filter((human) => human !== own);
  const steps = request.need.quorums.flat().filter((step) => fits(facts, own, step, now, others));
  const roles = new Set(steps.flatMap((step) => step.roles));
  const circle = new Set([...barredFrom(facts), ...others]);
  circle.delete(own);
  const grants = standing
    .grantsOf(own)
    .filter(({ role }) => roles.has(role))
    .filter((grant) => isSeasoned(grant, circle, request.need.coolDownHours, now));
  return {
    roleGrantIds: grants.map(({ grantId }) => grantId).toSorted(),
    steps: [...new Set(steps.map(({ name }) => name))],
  };
}
