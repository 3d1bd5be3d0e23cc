/**
 * How to write a handler of side effects
 * --------------------------------------
 * The change that wants an effect adds an `OutboxMessage` to its outcome (`done({ messages })`); the row commits with
 * the change. The worker leases the row and calls the handler registered under the message's `kind` in src/effects.ts,
 * outside of any transaction. What the handler answers (`receipt`, `writes`, `messages`) commits together with the
 * effect's completion, under the fencing token.
 *
 * - Our own work that may be repeated freely (class PUT, the default) is a plain function.
 * - A vendor's work that can be looked up (class LOOKUP) is `{ perform, lookup }`. `lookup` is called first whenever an
 *   earlier attempt may have done it: a crash, a timeout, a 5xx. It answers null only when the vendor certainly does
 *   not have it, so that `perform` may follow at once.
 * - Where the vendor cannot be asked (class CONFIRM, such as a Teams Workflows webhook), an unknown outcome waits for a
 *   person: `adoptEffect` ("it is there, this is its id") or `confirmEffect` ("it is not there, send it").
 * - `adopt` completes what a person says is there: check the id at the vendor and answer the same writes as `perform`.
 *
 * Throw a `VendorError` for what went wrong outside; see its kinds. Anything else thrown is our own fault: tried eight
 * times in all for a PUT, and an unknown outcome otherwise, since it may have happened after the send. Pass
 * `tools.signal` to every call outside: it fires when the lease is lost or the time of the attempt is over.
 *
 * An effect is asked for in the order of its aggregate: of one aggregate and one vendor the next begins when the one
 * before is done, dead, parked, cancelled or waiting for a person. To do several things at a vendor, ask for several
 * effects (`messages`) rather than doing all in one: each is then resumed, shown and repaired by itself.
 */
import type { Command, CommandResult } from '../command.js';
import type { Answers, Queries, Statement } from '../statement.js';
import type { OutboxEffect } from './effect.entity.js';
import type { OutboxMessage } from './message.js';

/** What a handler may use while it does an effect. */
export interface EffectTools {
  readonly tenantId: string;
  /** When the attempt began, by the database's clock. */
  readonly now: Date;
  /** Reads in one round trip. */
  readonly read: <Q extends Queries>(queries: Q) => Promise<Answers<Q>>;
  /**
   * Runs a command as the system actor named after the effect's kind, in a transaction of its own. The same command
   * with the same input in the same effect happens once, however often the effect is attempted; a refusal is
   * remembered as well. Grant the ability to 'SYSTEM' in the domain's x.abilities.ts.
   */
  readonly run: <I, F extends Queries>(command: Command<I, F>, input: I) => Promise<CommandResult>;
  /** Fires when the lease is lost or the attempt has lasted too long: stop, whatever is done now is not recorded. */
  readonly signal: AbortSignal;
}

/** What was done: committed together with the effect's completion. */
export interface EffectResult {
  /** A path or remote id by which a person finds what was done. */
  readonly receipt: string;
  readonly writes: readonly Statement[];
  /** Further effects that follow from this one. */
  readonly messages?: readonly OutboxMessage[];
}

/** Does one kind of effect. */
export type PerformEffect = (effect: OutboxEffect, tools: EffectTools) => Promise<EffectResult>;

/** A handler of more than one step; see the head of this file. */
export interface SteppedHandler {
  readonly perform: PerformEffect;
  /** What an earlier attempt has done; null when it certainly has not. */
  readonly lookup?: (effect: OutboxEffect, tools: EffectTools) => Promise<EffectResult | null>;
  /** Completes with what a person says is there; without it the receipt alone is recorded. */
  readonly adopt?: (effect: OutboxEffect, receipt: string, tools: EffectTools) => Promise<EffectResult>;
}

/** What the worker knows to do for one kind of effect. */
export type EffectHandler = PerformEffect | SteppedHandler;

/** Handlers by the kind of effect. */
export type EffectHandlers = Readonly<Record<string, EffectHandler>>;

/** A handler as steps, whichever way it was written. */
export function steps(handler: EffectHandler): SteppedHandler {
  return typeof handler === 'function' ? { perform: handler } : handler;
}
