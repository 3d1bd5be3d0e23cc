import { type FeasibilitySignOff, SignOffState } from '../feasibility/feasibility.entity.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { Stage } from '../handoff/stage.rules.js';
import { Acceptance, type HandoffReturn } from '../passage/gate.entity.js';

/** One answer of delivery to a submission. */
export interface AcceptanceFacts {
  readonly id: string;
  readonly state: Acceptance;
  readonly decidedAt: Date;
  readonly personId: string;
  readonly gaps: HandoffReturn['gaps'];
  readonly reason: string | null;
  readonly correctionDueAt: Date | null;
  /** Whether it still holds: a sign-off that is live, a return that sales has not answered. */
  readonly stands: boolean;
  readonly endCode: string | null;
}

/** What delivery has said of a handoff, newest first (document 004, "Handoff record"); at most the newest stands. */
export function acceptancesOf(
  { stage }: Pick<Handoff, 'stage'>,
  signOffs: readonly FeasibilitySignOff[],
  returns: readonly HandoffReturn[],
): AcceptanceFacts[] {
  const accepted = signOffs.map(({ id, state, signedAt, signedBy, endCode }): AcceptanceFacts => {
    const none = { gaps: [], reason: null, correctionDueAt: null };
    const stands = state === SignOffState.LIVE;
    return { id, state: Acceptance.ACCEPTED, decidedAt: signedAt, personId: signedBy, ...none, stands, endCode };
  });
  const back = returns.map(
    ({ id, verdict, returnedAt, returnedBy, gaps, reason, correctionDueAt }): AcceptanceFacts => {
      const said = { gaps, reason, correctionDueAt, endCode: null };
      return { id, state: verdict, decidedAt: returnedAt, personId: returnedBy, ...said, stands: false };
    },
  );
  const all = [...accepted, ...back].toSorted(
    (a, b) => b.decidedAt.getTime() - a.decidedAt.getTime() || (a.id < b.id ? 1 : -1),
  );
  return all.map((one, index) => {
    const isUnanswered = one.state !== Acceptance.ACCEPTED && index === 0 && stage === Stage.RETURNED;
    return { ...one, stands: one.stands || isUnanswered };
  });
}
