import { blocks, type Finding } from '../../core/finding.js';
import type { EffectTools } from '../../core/outbox/handler.js';
import { selectRequired } from '../../core/statement.js';
import { Handoff } from '../../handoff/handoff.entity.js';
import { EDITABLE, Stage } from '../../handoff/stage.rules.js';
import { Gate } from '../../passage/gate.entity.js';
import { dryRun } from '../../passage/gates.js';
import { passageFacts } from '../../passage/passage.facts.js';

/** What the submit gate says of a handoff now. */
export interface Verdict {
  readonly handoff: Handoff;
  readonly passes: boolean;
  /** What is missing, by code and place: no figure and no text of ours leaves for the PSA. */
  readonly missing: readonly string[];
}

const MOST = 20;

/** The verdict of the submit gate: passed once it was submitted, else what submitting now would find. */
export async function verdictOf({ read, now }: Pick<EffectTools, 'read' | 'now'>, handoffId: string): Promise<Verdict> {
  const { handoff, ...ground } = await read({
    handoff: selectRequired(Handoff, handoffId),
    ...passageFacts(handoffId),
  });
  if (handoff.stage === Stage.WITHDRAWN) return { handoff, passes: false, missing: ['HANDOFF_WITHDRAWN'] };
  if (!EDITABLE.includes(handoff.stage)) return { handoff, passes: true, missing: [] };
  const { findings } = dryRun(Gate.SUBMIT, { ...ground, handoff }, now);
  return { handoff, passes: !blocks(findings), missing: missingOf(findings) };
}

function missingOf(findings: readonly Finding[]): readonly string[] {
  const blocking = findings.filter(({ severity }) => severity === 'BLOCKING');
  const named = [...new Set(blocking.map(({ code, path }) => `${code} (${path})`))];
  const more = named.length - MOST;
  return more > 0 ? [...named.slice(0, MOST), `and ${more} more`] : named;
}
