import { sha256Hex } from '../../core/canonical.js';
import { command, done, type Moment, type Outcome, refused } from '../../core/command.js';
import { OutboxEffect } from '../../core/outbox/effect.entity.js';
import { type Query, selectRequired, update } from '../../core/statement.js';
import type { AdoptEffectInput, CancelEffectInput, EffectInput } from './outbox.input.js';
import { decided, EffectAction, effectFindings } from './outbox.rules.js';

const administer = { action: 'administer', subject: 'OutboxEffect', services: false } as const;

const facts = ({ effectId }: EffectInput): { effect: Query<OutboxEffect> } => ({
  effect: selectRequired(OutboxEffect, effectId, { lock: 'UPDATE' }),
});

function decision(
  effect: OutboxEffect,
  action: EffectAction,
  { now }: Moment,
  details: { receipt?: string; reason?: string } = {},
): Outcome {
  const subject = { type: 'OutboxEffect', id: effect.id };
  const findings = effectFindings(effect, action, now);
  if (findings.length > 0) return refused(findings, { subject });
  const { kind, state, vendor, reason } = effect;
  return done({
    id: effect.id,
    subject,
    body: {
      kind,
      vendor,
      before: state,
      why: reason,
      ...(details.reason ? { reason: details.reason } : {}),
      ...(details.receipt ? { receiptDigest: sha256Hex(details.receipt) } : {}),
    },
    writes: [update(OutboxEffect, { id: effect.id }, decided(effect, action, now, details))],
    wakesWorker: action !== EffectAction.CANCEL,
  });
}

/** Has a side effect tried again now; what may have been done is looked up at the vendor first. */
export const retryEffect = command({
  name: 'retryEffect',
  ...administer,
  facts: (input: EffectInput) => facts(input),
  decide: ({ effect }, _input, moment) => decision(effect, EffectAction.RETRY, moment),
});

/** A person says that the vendor has it already, and under which id; the worker completes with that. */
export const adoptEffect = command({
  name: 'adoptEffect',
  ...administer,
  facts: (input: AdoptEffectInput) => facts(input),
  decide: ({ effect }, { receipt }, moment) => decision(effect, EffectAction.ADOPT, moment, { receipt }),
});

/** A person has looked and says that the vendor does not have it: it is sent (again). */
export const confirmEffect = command({
  name: 'confirmEffect',
  ...administer,
  facts: (input: EffectInput) => facts(input),
  decide: ({ effect }, _input, moment) => decision(effect, EffectAction.CONFIRM, moment),
});

/** A side effect is not wanted any more. */
export const cancelEffect = command({
  name: 'cancelEffect',
  ...administer,
  facts: (input: CancelEffectInput) => facts(input),
  decide: ({ effect }, { reason }, moment) => decision(effect, EffectAction.CANCEL, moment, { reason }),
});
