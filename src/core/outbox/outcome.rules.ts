import { AttemptOutcome, type AttemptPhase, type PauseReason, type VendorPause } from './attempt.entity.js';
import { EffectClass, EffectState, type OutboxEffect } from './effect.entity.js';
import { redact } from './redact.js';
import { VendorError, type VendorFault } from './vendor-error.js';

/** Attempts that fail by our own fault, or end their worker, before an effect is dead. */
export const MOST_STRIKES = 8;

/** Attempts in all: with pauses that grow to five minutes, about three days of a vendor that is down. */
export const MOST_ATTEMPTS = 900;

/** Attempts at what is busy: with the same pauses about a day; then a person is to hear of it. */
export const MOST_BUSY_ATTEMPTS = 300;

const LONGEST_OWN_PAUSE_MS = 3_600_000;
const LONGEST_VENDOR_PAUSE_MS = 300_000;
/** What a vendor gets that throttles without saying how long (Graph: at least some seconds). */
const LEAST_THROTTLE_MS = 5000;
/** Nobody is obeyed for longer than a day. */
const LONGEST_RETRY_AFTER_MS = 86_400_000;
/** Pauses grow by up to a tenth at random, so that not all come back at once; never shorter than asked. */
const JITTER = 0.1;

/** What went wrong in an attempt. */
export interface Fault {
  readonly kind: VendorFault | 'FAILED';
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly retryAfterMs: number | null;
  readonly status: number | null;
}

/** What changes when an attempt has failed. */
export interface Aftermath {
  readonly effect: Partial<OutboxEffect>;
  /** A pause of the vendor, for the whole tenant; null when the vendor is not to blame. */
  readonly pause: Omit<VendorPause, 'tenantId'> | null;
}

/** What the rule knows beside the effect and the fault. */
export interface FaultFacts {
  readonly now: Date;
  readonly phase: AttemptPhase;
  /** Whether the attempt got as far as the handler. */
  readonly isBegun: boolean;
  readonly pause: VendorPause | null;
  /** How long a lease lasts, in milliseconds: by then a request that was sent is over at the vendor. */
  readonly leaseMs: number;
  /** From 0 up to 1. */
  readonly random: number;
}

const OWN_REMEDY = 'Retry it; if it fails again, report it with the id of the effect.';

/** Whatever was thrown, as a fault with a redacted text. */
export function faultOf(error: unknown): Fault {
  const message = redact(
    error instanceof Error ? error.message : String((error as { message?: unknown })?.message ?? error),
  );
  if (!(error instanceof VendorError))
    return { kind: 'FAILED', code: 'EFFECT_FAILED', message, remedy: OWN_REMEDY, retryAfterMs: null, status: null };
  const { kind, code, remedy, retryAfterMs, status } = error;
  return { kind, code, message, remedy, retryAfterMs, status };
}

/** The fault of an effect whose worker ended on the way and which only a person can judge. */
export const LOST_FAULT: Fault = {
  kind: 'UNKNOWN_OUTCOME',
  code: 'WORKER_LOST',
  message: 'The worker ended while it was sending.',
  remedy: 'Look at the vendor: adopt the effect if it is there, confirm it if it is not.',
  retryAfterMs: null,
  status: null,
};

/** Where an effect stands after it is done. */
export function afterDone(receipt: string, now: Date): Partial<OutboxEffect> {
  return {
    state: EffectState.DONE,
    receipt,
    doneAt: now,
    isBegun: false,
    inDoubt: false,
    leasedUntil: null,
    reason: null,
    lastError: null,
    remedy: null,
  };
}

/**
 * Where an effect stands after a fault, and what its vendor gets (reliability 2, rules 4 to 6). An unknown outcome is
 * never followed by a plain repetition: PUT is idempotent, LOOKUP is looked up first and not before the vendor must have
 * settled it, CONFIRM waits for a person.
 */
export function afterFault(effect: OutboxEffect, fault: Fault, facts: FaultFacts): Aftermath {
  const { now, random } = facts;
  const inDoubt = isInDoubt(effect, fault, facts);
  const strikes = effect.strikes + (fault.kind === 'FAILED' ? 1 : 0);
  const pause = pauseAfter(effect, fault, facts);
  const own = pauseMs(fault, fault.kind === 'FAILED' ? strikes : effect.attempts, random);
  const wait = Math.max(own, settlingMs(effect, fault, facts));
  const isAdoptionRefused = facts.phase === 'ADOPT' && fault.kind === 'REFUSED';
  return {
    effect: {
      state: stateAfter(effect, fault, { inDoubt, strikes, phase: facts.phase }),
      reason: fault.code,
      lastError: fault.message,
      remedy: fault.remedy,
      strikes,
      inDoubt,
      isBegun: false,
      leasedUntil: null,
      nextAttemptAt: new Date(now.getTime() + wait),
      ...(isAdoptionRefused ? { adoptedReceipt: null } : {}),
    },
    pause,
  };
}

function isInDoubt(effect: OutboxEffect, fault: Fault, { phase, isBegun }: FaultFacts): boolean {
  if (effect.effectClass === EffectClass.PUT) return false;
  // A question or an adoption that failed tells nothing new about what an earlier attempt did.
  if (phase !== 'PERFORM' || !isBegun) return effect.inDoubt;
  // After the send or before it: our own fault does not say.
  return fault.kind === 'UNKNOWN_OUTCOME' || fault.kind === 'FAILED';
}

function stateAfter(
  effect: OutboxEffect,
  fault: Fault,
  { inDoubt, strikes, phase }: { inDoubt: boolean; strikes: number; phase: AttemptPhase },
): EffectState {
  const waiting = inDoubt ? EffectState.UNKNOWN : EffectState.PENDING;
  // Only a person ends the doubt of what nobody can look up.
  if (inDoubt && effect.effectClass === EffectClass.CONFIRM) return EffectState.UNKNOWN;
  if (fault.kind === 'REFUSED') return phase === 'ADOPT' && inDoubt ? EffectState.UNKNOWN : EffectState.DEAD;
  if (fault.kind === 'FAILED' && strikes >= MOST_STRIKES) return EffectState.DEAD;
  const most = fault.kind === 'BUSY' ? MOST_BUSY_ATTEMPTS : MOST_ATTEMPTS;
  return effect.attempts >= most ? EffectState.DEAD : waiting;
}

function pauseMs(fault: Fault, failures: number, random: number): number {
  if (fault.kind === 'THROTTLED') return throttleMs(fault, random);
  if (fault.kind === 'DISCONNECTED') return 0;
  const longest = fault.kind === 'FAILED' ? LONGEST_OWN_PAUSE_MS : LONGEST_VENDOR_PAUSE_MS;
  return jittered(Math.min(longest, 1000 * 2 ** Math.min(failures, 20)), random);
}

/** A vendor may be at work on what it gave no whole answer to: looked up before it is there, it would be made twice. */
function settlingMs({ effectClass }: OutboxEffect, { kind }: Fault, { leaseMs }: FaultFacts): number {
  return effectClass === EffectClass.LOOKUP && kind === 'UNKNOWN_OUTCOME' ? leaseMs : 0;
}

function throttleMs({ retryAfterMs }: Fault, random: number): number {
  return jittered(Math.min(LONGEST_RETRY_AFTER_MS, retryAfterMs ?? LEAST_THROTTLE_MS), random);
}

const jittered = (ms: number, random: number): number => Math.ceil(ms * (1 + JITTER * random));

const PAUSES: Readonly<Record<Fault['kind'], PauseReason | null>> = {
  RETRY: 'UNAVAILABLE',
  BUSY: null,
  UNKNOWN_OUTCOME: 'UNAVAILABLE',
  THROTTLED: 'THROTTLED',
  DISCONNECTED: 'DISCONNECTED',
  REFUSED: null,
  FAILED: null,
};

/** The vendor waits as long as it asked, or longer with every fault in a row: 1 s, 2 s, ... 5 min. */
function pauseAfter(effect: OutboxEffect, fault: Fault, facts: FaultFacts): Aftermath['pause'] {
  const reason = PAUSES[fault.kind];
  if (effect.vendor === null || reason === null || !facts.isBegun) return null;
  const failures = (facts.pause?.failures ?? 0) + 1;
  const ms =
    reason === 'THROTTLED'
      ? throttleMs(fault, facts.random)
      : jittered(Math.min(LONGEST_VENDOR_PAUSE_MS, 500 * 2 ** Math.min(failures, 20)), facts.random);
  return {
    vendor: effect.vendor,
    reason,
    failures,
    until: reason === 'DISCONNECTED' ? null : new Date(facts.now.getTime() + ms),
    since: facts.pause?.since ?? facts.now,
    remedy: fault.remedy,
  };
}

/** The outcome that the attempt's row keeps: for whoever reads it a busy item was not ready, as a vendor may be. */
export function outcomeOf({ kind }: Fault): AttemptOutcome {
  return AttemptOutcome[kind === 'BUSY' ? 'RETRY' : kind];
}
