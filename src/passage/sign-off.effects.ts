import type { JsonValue } from '../core/canonical.js';
import { type Statement, update } from '../core/statement.js';
import { FeasibilitySignOff, SignOffState } from '../feasibility/feasibility.entity.js';

/** Why a sign-off ended, for programs; no personal data. */
export interface SignOffEnding {
  /** Such as DEAL_CHANGED. */
  readonly code: string;
  readonly facts?: Readonly<Record<string, JsonValue>>;
}

/** Where nothing is said: what it was given for has changed. */
const CHANGED: SignOffEnding = { code: 'CHANGED' };

/**
 * Ends a live sign-off, saying why, and first the date that the client has under it: the database keeps neither without
 * the other (kickoff_under_live_sign_off). The kickoff's table is named here because its domain stands above.
 */
export function endSignOff(
  signOff: FeasibilitySignOff | null,
  state: SignOffState,
  endReason: string,
  now: Date,
  { code, facts = {} }: SignOffEnding = CHANGED,
): Statement[] {
  if (signOff?.state !== SignOffState.LIVE) return [];
  return [
    {
      text: `update kickoff set state = 'VOID', live_sign_off = null, void_reason = $3
        where tenant_id = $1 and sign_off_id = $2 and state = 'SCHEDULED'`,
      values: [signOff.id, `the sign-off under it ended: ${code}`],
    },
    update(FeasibilitySignOff, { id: signOff.id }, { state, endedAt: now, endReason, endCode: code, endFacts: facts }),
  ];
}
