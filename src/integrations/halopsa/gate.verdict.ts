import { blocks, type Finding } from '../../core/finding.js';
import type { EffectTools } from '../../core/outbox/handler.js';
import { selectRequired } from '../../core/statement.js';
import { Handoff } from '../../handoff/handoff.entity.js';
import { EDITABLE, Stage } from '../../handoff/stage.rules.js';
import { Gate } from '../../passage/gate.entity.js';
import { contractFindings, dryRun } from '../../passage/gates.js';
import { passageFacts } from '../../passage/passage.facts.js';

/** What the submit gate says of a handoff now. */
export interface Verdict {
  readonly handoff: Handoff;
  readonly passes: boolean;
  /** It was submitted, so that its win came after the gate, also while delivery has returned it: the project stands. */
  readonly isHandedOver: boolean;
  /** What is missing, by code and place: no figure and no text of ours leaves for the PSA. */
  readonly missing: readonly string[];
  /** The tenant's rollout has not reached the handoff: what is found is told, and nothing is moved back. */
  readonly isInShadow: boolean;
}

const MOST = 20;

/** The verdict of the submit gate: passed once it was submitted, else, or when it was returned, what submitting now would find. */
export async function verdictOf({ read, now }: Pick<EffectTools, 'read' | 'now'>, handoffId: string): Promise<Verdict> {
  const { handoff, ...ground } = await read({
    handoff: selectRequired(Handoff, handoffId),
    ...passageFacts(handoffId),
  });
  const { isInShadow } = ground.gateStanding;
  const isHandedOver = ![Stage.DRAFT, Stage.WITHDRAWN].includes(handoff.stage) && !handoff.pendingContract;
  const about = { handoff, isHandedOver, isInShadow };
  if (handoff.stage === Stage.WITHDRAWN) return { ...about, passes: false, missing: ['HANDOFF_WITHDRAWN'] };
  // In a review before the signature, and before one that was allowed, the deal is not closed-won: the contract decides.
  if (handoff.pendingContract && !EDITABLE.includes(handoff.stage))
    return { ...about, passes: false, missing: missingOf(contractFindings({ ...ground, handoff }, now)) };
  if (!EDITABLE.includes(handoff.stage)) return { ...about, passes: true, missing: [] };
  const { findings } = dryRun(Gate.SUBMIT, { ...ground, handoff, preClose: null }, now);
  return { ...about, passes: !blocks(findings), missing: missingOf(findings) };
}

function missingOf(findings: readonly Finding[]): readonly string[] {
  const blocking = findings.filter(({ severity }) => severity === 'BLOCKING');
  const named = [...new Set(blocking.map(({ code, path }) => `${code} (${path})`))];
  const more = named.length - MOST;
  return more > 0 ? [...named.slice(0, MOST), `and ${more} more`] : named;
}
