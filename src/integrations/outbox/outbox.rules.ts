import { registerEnumType } from 'type-graphql';
import { type Finding, finding } from '../../core/finding.js';
import { EffectClass, EffectState, type OutboxEffect } from '../../core/outbox/effect.entity.js';

/** What a person may decide about a side effect. */
export enum EffectAction {
  RETRY = 'RETRY',
  ADOPT = 'ADOPT',
  CONFIRM = 'CONFIRM',
  CANCEL = 'CANCEL',
}
registerEnumType(EffectAction, {
  name: 'EffectAction',
  description: 'What an administrator may decide about a side effect.',
  valuesConfig: {
    RETRY: { description: 'Try it again now (retryEffect).' },
    ADOPT: { description: 'The vendor has it already (adoptEffect).' },
    CONFIRM: { description: 'The vendor does not have it: send it (confirmEffect).' },
    CANCEL: { description: 'It is not wanted any more (cancelEffect).' },
  },
});

const { PENDING, DONE, UNKNOWN, DEAD, PARKED, CANCELLED } = EffectState;

/** Whether only a person can tell if it was done: after a lost answer, and for what a restore brought back. */
function needsPerson({ effectClass, state, inDoubt }: OutboxEffect): boolean {
  return effectClass === EffectClass.CONFIRM && (inDoubt || state === UNKNOWN || state === PARKED);
}

/** Why a decision is not possible now; nothing when it is. `now` tells whether a worker has it in hand. */
export function effectFindings(effect: OutboxEffect, action: EffectAction, now: Date): Finding[] {
  const { state, isBegun, leasedUntil, id } = effect;
  const no = (code: string, message: string, remedy: string): Finding[] => [
    finding({ code, path: 'effectId', message, facts: { effectId: id, state }, remedy }),
  ];
  if (state === DONE)
    return no('EFFECT_IS_DONE', 'It is done already.', 'Look at its receipt; undo it at the vendor if it is wrong.');
  if (state === CANCELLED)
    return no('EFFECT_IS_CANCELLED', 'It was cancelled.', 'Ask for it anew by the change that wants it.');
  if (isBegun && leasedUntil !== null && leasedUntil > now)
    return no('EFFECT_IS_BEING_DONE', 'A worker is doing it right now.', 'Look again in half a minute.');
  if (action === EffectAction.RETRY && needsPerson(effect))
    return no(
      'EFFECT_OUTCOME_UNKNOWN',
      'Nobody knows whether the vendor has it, and the vendor cannot be asked.',
      'Look there: adoptEffect if it is there, confirmEffect if it is not.',
    );
  if (action === EffectAction.CONFIRM && !needsPerson(effect))
    return no(
      'EFFECT_NEEDS_NO_CONFIRMATION',
      'It does not wait for anybody to confirm it.',
      'Use retryEffect to have it tried again now.',
    );
  return [];
}

/** Everything that may be decided about it now. */
export function effectActions(effect: OutboxEffect, now: Date): EffectAction[] {
  return Object.values(EffectAction).filter((action) => effectFindings(effect, action, now).length === 0);
}

/**
 * What a decision changes. The token is raised, so that a worker whose lease ran out and who comes back late completes
 * nothing over it; whatever a restore brought back may have been done since, so it is looked up first.
 */
export function decided(
  effect: OutboxEffect,
  action: EffectAction,
  now: Date,
  { receipt = null, reason = null }: { receipt?: string | null; reason?: string | null } = {},
): Partial<OutboxEffect> {
  const base = { fencingToken: effect.fencingToken + 1, leasedUntil: null, isBegun: false };
  if (action === EffectAction.CANCEL) return { ...base, state: CANCELLED, reason };
  const mayBeDone = effect.inDoubt || effect.state === PARKED;
  return {
    ...base,
    state: PENDING,
    attempts: 0,
    strikes: 0,
    nextAttemptAt: now,
    adoptedReceipt: receipt,
    inDoubt: effect.effectClass !== EffectClass.PUT && action !== EffectAction.CONFIRM && mayBeDone,
    ...(effect.state === DEAD || effect.state === PARKED || effect.state === UNKNOWN
      ? { reason: null, lastError: null, remedy: null }
      : {}),
  };
}
