import fc from 'fast-check';
import type { VendorPause } from '../../src/core/outbox/attempt.entity.js';
import { EffectClass, EffectState, OutboxEffect } from '../../src/core/outbox/effect.entity.js';
import {
  afterFault,
  faultOf,
  MOST_ATTEMPTS,
  MOST_BUSY_ATTEMPTS,
  MOST_STRIKES,
  outcomeOf,
} from '../../src/core/outbox/outcome.rules.js';
import { redact } from '../../src/core/outbox/redact.js';
import { VendorError, type VendorFault } from '../../src/core/outbox/vendor-error.js';
import { decided, EffectAction, effectActions } from '../../src/integrations/outbox/outbox.rules.js';

const NOW = new Date('2026-11-23T14:00:00Z');
const KINDS: readonly VendorFault[] = ['RETRY', 'BUSY', 'THROTTLED', 'REFUSED', 'UNKNOWN_OUTCOME', 'DISCONNECTED'];

const effects = fc
  .record({
    effectClass: fc.constantFrom(...Object.values(EffectClass)),
    inDoubt: fc.boolean(),
    attempts: fc.integer({ min: 1, max: MOST_ATTEMPTS + 5 }),
    strikes: fc.integer({ min: 0, max: MOST_STRIKES }),
    vendor: fc.constantFrom(null, 'HALOPSA'),
  })
  .map((parts) => {
    const effect = Object.assign(new OutboxEffect(), parts, { fencingToken: 3, adoptedReceipt: null });
    effect.inDoubt = parts.inDoubt && parts.effectClass !== EffectClass.PUT;
    effect.state = effect.inDoubt ? EffectState.UNKNOWN : EffectState.PENDING;
    return effect;
  });
const faults = fc
  .record({
    kind: fc.constantFrom(...KINDS, 'FAILED' as const),
    retryAfterMs: fc.option(fc.integer({ min: 0, max: 200_000_000 })),
  })
  .map(({ kind, retryAfterMs }) => ({ kind, retryAfterMs, code: 'CODE', message: 'm', remedy: 'r', status: null }));
const facts = fc.record({
  now: fc.constant(NOW),
  phase: fc.constantFrom('LOOKUP' as const, 'PERFORM' as const, 'ADOPT' as const),
  isBegun: fc.boolean(),
  leaseMs: fc.integer({ min: 2000, max: 300_000 }),
  random: fc.double({ min: 0, max: 0.999, noNaN: true }),
  pause: fc.option(
    fc.integer({ min: 1, max: 50 }).map((failures) => ({ failures, since: NOW, vendor: 'HALOPSA' }) as VendorPause),
  ),
});

test('whatever may have been done is never simply done again', () => {
  fc.assert(
    fc.property(effects, faults, facts, (effect, fault, known) => {
      const { effect: after } = afterFault(effect, fault, known);
      const mayBeDone =
        known.phase === 'PERFORM' && known.isBegun
          ? fault.kind === 'UNKNOWN_OUTCOME' || fault.kind === 'FAILED'
          : effect.inDoubt;
      const isIdempotent = effect.effectClass === EffectClass.PUT;
      expect(after.inDoubt).toBe(mayBeDone && !isIdempotent);
      // PENDING and not in doubt is what goes out without a look.
      if (after.inDoubt) expect(after.state).not.toBe(EffectState.PENDING);
      if (after.inDoubt && effect.effectClass === EffectClass.CONFIRM) expect(after.state).toBe(EffectState.UNKNOWN);
      expect(after.leasedUntil).toBeNull();
    }),
  );
});

test('a vendor gets the time that it asked for, and at most a tenth more', () => {
  fc.assert(
    fc.property(effects, facts, fc.integer({ min: 0, max: 86_400_000 }), (effect, known, retryAfterMs) => {
      const fault = { kind: 'THROTTLED' as const, retryAfterMs, code: 'C', message: '', remedy: '', status: 429 };
      const { effect: after, pause } = afterFault(effect, fault, known);
      const waits = [after.nextAttemptAt!, ...(pause ? [pause.until!] : [])].map((at) => at.getTime() - NOW.getTime());
      for (const wait of waits) {
        expect(wait).toBeGreaterThanOrEqual(retryAfterMs);
        expect(wait).toBeLessThanOrEqual(retryAfterMs * 1.1 + 1);
      }
      expect(pause === null).toBe(effect.vendor === null || !known.isBegun);
    }),
  );
});

test('pauses grow, and end: nobody waits longer than five minutes for a vendor, or a day for what it says', () => {
  fc.assert(
    fc.property(effects, faults, facts, (effect, fault, known) => {
      const { effect: after, pause } = afterFault(effect, fault, known);
      const limit = fault.kind === 'THROTTLED' ? 86_400_000 : fault.kind === 'FAILED' ? 3_600_000 : 300_000;
      expect(after.nextAttemptAt!.getTime() - NOW.getTime()).toBeLessThanOrEqual(limit * 1.1 + 1);
      if (pause?.until) expect(pause.until.getTime() - NOW.getTime()).toBeLessThanOrEqual(limit * 1.1 + 1);
      if (pause) expect(pause.until === null).toBe(pause.reason === 'DISCONNECTED');
    }),
  );
});

test('what a vendor may still be doing is not looked up before the lease of a killed worker would be over', () => {
  fc.assert(
    fc.property(effects, faults, facts, (effect, fault, known) => {
      const waitOf = (leaseMs: number): number =>
        afterFault(effect, fault, { ...known, leaseMs }).effect.nextAttemptAt!.getTime() - NOW.getTime();
      const isInDoubt = fault.kind === 'UNKNOWN_OUTCOME' && effect.effectClass === EffectClass.LOOKUP;
      expect(waitOf(known.leaseMs)).toBe(isInDoubt ? Math.max(known.leaseMs, waitOf(0)) : waitOf(0));
    }),
  );
});

test('what is busy waits alone: its vendor goes on', () => {
  fc.assert(
    fc.property(effects, facts, (effect, known) => {
      const fault = { kind: 'BUSY' as const, retryAfterMs: null, code: 'C', message: '', remedy: '', status: 423 };
      const { effect: after, pause } = afterFault(effect, fault, known);
      expect(pause).toBeNull();
      expect(after.nextAttemptAt!.getTime() - NOW.getTime()).toBeGreaterThanOrEqual(2000);
      expect(outcomeOf(fault)).toBe('RETRY');
    }),
  );
});

test.each<{ kind: VendorFault; attempts: number; state: EffectState }>([
  { kind: 'REFUSED', attempts: 1, state: EffectState.DEAD },
  { kind: 'RETRY', attempts: 100, state: EffectState.PENDING },
  { kind: 'RETRY', attempts: MOST_ATTEMPTS, state: EffectState.DEAD },
  { kind: 'BUSY', attempts: MOST_BUSY_ATTEMPTS - 1, state: EffectState.PENDING },
  { kind: 'BUSY', attempts: MOST_BUSY_ATTEMPTS, state: EffectState.DEAD },
  { kind: 'DISCONNECTED', attempts: 3, state: EffectState.PENDING },
  { kind: 'UNKNOWN_OUTCOME', attempts: 3, state: EffectState.PENDING },
])('a PUT after $attempts attempts and $kind is $state', ({ kind, attempts, state }) => {
  const effect = Object.assign(new OutboxEffect(), { effectClass: EffectClass.PUT, attempts, strikes: 0, vendor: 'V' });
  const fault = { kind, retryAfterMs: null, code: 'C', message: '', remedy: '', status: null };
  const after = afterFault(effect, fault, {
    now: NOW,
    phase: 'PERFORM',
    isBegun: true,
    pause: null,
    leaseMs: 30_000,
    random: 0,
  });
  expect(after.effect.state).toBe(state);
});

test('an adoption that the vendor refuses puts the effect back where it was', () => {
  const fault = { kind: 'REFUSED' as const, retryAfterMs: null, code: 'C', message: '', remedy: '', status: 404 };
  for (const inDoubt of [true, false]) {
    const effect = Object.assign(new OutboxEffect(), {
      effectClass: EffectClass.LOOKUP,
      attempts: 1,
      strikes: 0,
      inDoubt,
    });
    effect.adoptedReceipt = 'wrong';
    const after = afterFault(effect, fault, {
      now: NOW,
      phase: 'ADOPT',
      isBegun: true,
      pause: null,
      leaseMs: 30_000,
      random: 0,
    });
    expect(after.effect).toMatchObject({ state: inDoubt ? 'UNKNOWN' : 'DEAD', inDoubt, adoptedReceipt: null });
  }
});

describe('what people decide', () => {
  const states = fc.constantFrom(...Object.values(EffectState));
  const given = fc.record({
    effectClass: fc.constantFrom(...Object.values(EffectClass)),
    state: states,
    inDoubt: fc.boolean(),
    isBegun: fc.boolean(),
    leasedUntil: fc.constantFrom(null, new Date(NOW.getTime() - 1), new Date(NOW.getTime() + 1)),
  });

  test('nothing ends a doubt but adopting, confirming or a look-up', () => {
    fc.assert(
      fc.property(given, (parts) => {
        const effect = Object.assign(new OutboxEffect(), parts, { fencingToken: 1 });
        effect.inDoubt = parts.inDoubt && parts.effectClass !== EffectClass.PUT;
        const actions = effectActions(effect, NOW);
        if (effect.effectClass === EffectClass.CONFIRM && effect.inDoubt) expect(actions).not.toContain('RETRY');
        if (actions.includes(EffectAction.RETRY)) {
          const after = decided(effect, EffectAction.RETRY, NOW);
          if (effect.inDoubt || (effect.state === EffectState.PARKED && effect.effectClass !== EffectClass.PUT))
            expect(after.inDoubt).toBe(true);
        }
        for (const action of actions) expect(decided(effect, action, NOW).fencingToken).toBe(2);
        if (effect.state === EffectState.DONE || effect.state === EffectState.CANCELLED) expect(actions).toEqual([]);
        if (effect.isBegun && effect.leasedUntil && effect.leasedUntil > NOW) expect(actions).toEqual([]);
      }),
    );
  });
});

describe('an error that is kept', () => {
  test.each([
    { said: 'Authorization: Bearer eyJhbGciOi.J9.abc', kept: 'Authorization: Bearer …' },
    {
      said: 'POST https://x.logic.azure.com/workflows/1?sig=abcdef failed',
      kept: 'POST https://x.logic.azure.com/… failed',
    },
    { said: 'https://user:pw@host.test/a', kept: 'https://host.test/…' },
    { said: 'client_secret=abc123&grant_type=x', kept: 'client_secret=…&grant_type=x' },
    { said: '{"password":"hunter2"}', kept: '{"password":"…"}' },
    { said: 'no mailbox for ada.lovelace@client.test here', kept: 'no mailbox for <address> here' },
  ])('"$said" becomes "$kept"', ({ said, kept }) => expect(redact(said)).toBe(kept));

  test('is short, whatever was thrown', () => {
    for (const thrown of [new Error('x'.repeat(9000)), 'text', null, undefined, 7, { message: 'm' }, {}])
      expect(faultOf(thrown).message.length).toBeLessThanOrEqual(500);
    const error = new VendorError('THROTTLED', { code: 'C', message: 'm', remedy: 'r', retryAfterMs: 5, status: 429 });
    expect(faultOf(error)).toEqual({
      kind: 'THROTTLED',
      code: 'C',
      message: 'm',
      remedy: 'r',
      retryAfterMs: 5,
      status: 429,
    });
  });
});
