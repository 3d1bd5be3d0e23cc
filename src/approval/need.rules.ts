import { type Candidate as SeatCandidate, seat, type Seating as SeatingOf } from '../core/seating.js';

/** One group that must answer: so many different people who hold one of the roles, or who are named. */
export interface Step {
  readonly name: string;
  readonly approvers: number;
  readonly roles: readonly string[];
  /** Person ids named by the policy; they count without a role. */
  readonly people: readonly string[];
}

/** The steps of one policy; each is met, and a person is seated in one step only (approvals rule 3). */
export type Quorum = readonly Step[];

/** What a request needs before it is approved. Plain data: it is pinned with the request. */
export interface ApprovalNeed {
  /** Every one must be reached: the policy's, and one more for each policy that was tightened since (rule 13). */
  readonly quorums: readonly Quorum[];
  /** How many different people must reject before it ends; one unless the policy says otherwise (rule 8). */
  readonly rejections: number;
  /** A voter has signed in within so many minutes; null asks for nothing (rule 14). */
  readonly freshSignInMinutes: number | null;
  /** Hours that a role must have been held, unless a second administrator confirmed it (attack A15). */
  readonly coolDownHours: number;
}

/** Somebody who may fill seats of a quorum. */
export type Candidate = SeatCandidate<Step>;

/** Who sits in which step of a quorum, and which seats are free. */
export type Seating = SeatingOf<Step>;

/** Whether these people reach every quorum of a need. */
export function reaches({ quorums }: Pick<ApprovalNeed, 'quorums'>, candidates: readonly Candidate[]): boolean {
  return quorums.every((quorum) => seat(quorum, candidates).free.length === 0);
}

/** How many different people a need asks for at least. */
export function approversNeeded({ quorums }: Pick<ApprovalNeed, 'quorums'>): number {
  return Math.max(...quorums.map((quorum) => quorum.reduce((sum, { approvers }) => sum + approvers, 0)));
}

/** The roles out of which a need may be answered, each once. */
export function rolesOf({ quorums }: Pick<ApprovalNeed, 'quorums'>): string[] {
  return [...new Set(quorums.flat().flatMap(({ roles }) => roles))].sort();
}

/** Both at once: every quorum of both, and of everything else the stricter. A quorum that both ask stands once. */
export function both(one: ApprovalNeed, other: ApprovalNeed): ApprovalNeed {
  const texts = new Set(one.quorums.map((quorum) => JSON.stringify(quorum)));
  const minutes = [one.freshSignInMinutes, other.freshSignInMinutes].filter((limit) => limit !== null);
  return {
    quorums: [...one.quorums, ...other.quorums.filter((quorum) => !texts.has(JSON.stringify(quorum)))],
    rejections: Math.min(one.rejections, other.rejections),
    freshSignInMinutes: minutes.length === 0 ? null : Math.min(...minutes),
    coolDownHours: Math.max(one.coolDownHours, other.coolDownHours),
  };
}

/** Whether a need asks for more than another in any way. */
export function isStricter(need: ApprovalNeed, than: ApprovalNeed): boolean {
  return JSON.stringify(both(than, need)) !== JSON.stringify(than);
}
