import {
  type CapacityJudgement,
  type ConflictAcceptance,
  judgeCapacity,
  leftFindings,
} from '../feasibility/capacity.rules.js';
import type { CapacityConflict } from '../feasibility/conflict.types.js';
import { teamOf } from '../feasibility/team.rules.js';
import type { DecisiveJudgement } from './gate.effects.js';
import type { PassageGround } from './passage.facts.js';

/** What somebody who signs off takes upon themselves. */
export interface SignOffAsked {
  /** Null in a dry run. */
  readonly actorId: string | null;
  readonly acceptedRiskIds: readonly string[];
  readonly conflicts: ConflictAcceptance;
}

/** A judgement of the sign-off, with the conflicts of capacity that were accepted: the sign-off keeps them. */
export interface SignOffJudgement extends DecisiveJudgement {
  readonly acceptedConflicts: readonly CapacityConflict[];
}

/** The sign-off's dry run: nobody asks, and nothing is accepted. */
export const NOTHING_ASKED: SignOffAsked = {
  actorId: null,
  acceptedRiskIds: [],
  conflicts: { keys: [], reason: null },
};

/** The plan against what the team has left: the team as it stands now, not as it was when the handoff was opened. */
export function judgeTeam(ground: PassageGround, conflicts: ConflictAcceptance): CapacityJudgement {
  const { handoff, ruling, people, bookings, teamLines, capacityChanges } = ground;
  const team = teamOf(ruling, people, capacityChanges);
  const judged = judgeCapacity({ handoffId: handoff.id, lines: teamLines, team }, conflicts);
  const left = leftFindings(bookings, new Set(people.map(({ personId }) => personId)));
  return { ...judged, findings: [...left, ...judged.findings] };
}
