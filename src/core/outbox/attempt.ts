import type { Logger } from 'pino';
import { systemActor } from '../actor.js';
import type { Clock } from '../clock.js';
import type { Gateway } from '../gateway.js';
import { newId } from '../id.js';
import { requestHash } from '../idempotency.js';
import type { Pipeline } from '../pipeline.js';
import { insert, type Statement, update } from '../statement.js';
import { SILENT, type Telemetry } from '../telemetry/telemetry.js';
import { AttemptOutcome, type AttemptPhase, OutboxAttempt, type VendorPause } from './attempt.entity.js';
import { EffectClass, OutboxEffect } from './effect.entity.js';
import { type EffectHandlers, type EffectResult, type EffectTools, steps } from './handler.js';
import { begin, forgetPause, holds, type Leased, pauseVendor, renew } from './lease.js';
import { enqueue } from './message.js';
import { afterDone, afterFault, type Fault, faultOf, LOST_FAULT, MOST_STRIKES, outcomeOf } from './outcome.rules.js';
import { VendorError } from './vendor-error.js';

/** How long one attempt may last, in milliseconds: an upload of some hundred megabytes fits. */
const LONGEST_ATTEMPT_MS = 300_000;

export interface AttemptOptions {
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly pipeline: Pick<Pipeline, 'run'>;
  readonly handlers: EffectHandlers;
  /** Told every attempt. */
  readonly telemetry?: Telemetry;
  readonly log: Logger;
  /** From 0 up to 1: spreads the pauses. */
  readonly random: () => number;
  /** How long a lease lasts, in milliseconds. */
  readonly leaseMs: number;
}

interface Report {
  readonly phase: AttemptPhase;
  /** Whether the attempt got as far as the handler. */
  readonly isBegun: boolean;
  readonly number: number;
  readonly durationMs: number;
  readonly outcome:
    { readonly kind: 'done'; readonly result: EffectResult } | { readonly kind: 'fault'; readonly fault: Fault };
}

/** What the lane needs to know: whether it goes on with the vendor. */
export type AttemptEnd = 'ON' | 'PAUSED' | 'TAKEN';

/**
 * One attempt at one leased effect: begin, do it outside of any transaction, settle under the fencing token. A crash
 * at any point leaves a row from which the next worker knows what may have happened.
 */
export async function attempt(
  options: AttemptOptions,
  tenantId: string,
  leased: Leased,
  pause: VendorPause | null,
): Promise<AttemptEnd> {
  const hopeless = hopelessFault(leased, options.handlers);
  if (hopeless) {
    const { attempts } = leased.effect;
    const report: Report = {
      phase: 'PERFORM',
      isBegun: false,
      number: Math.max(1, attempts),
      durationMs: 0,
      outcome: { kind: 'fault', fault: hopeless },
    };
    return settle(options, tenantId, leased, pause, report);
  }
  const begun = await options.gateway.transaction(tenantId, async (tx) => {
    const answers = await tx.flush({ begun: begin(leased, options.leaseMs) });
    await tx.commit([]);
    return answers.begun;
  });
  if (begun === null) return 'TAKEN';
  const counting = { ...leased, effect: counted(leased.effect, begun.attempts) };
  const { telemetry = SILENT } = options;
  const { kind, vendor } = counting.effect;
  const report = await telemetry.during(
    { kind: 'effect', name: kind, vendor: vendor ?? '' },
    () => perform(options, tenantId, counting, begun.now),
    ({ outcome }) => ({ outcome: outcome.kind === 'done' ? 'DONE' : outcomeOf(outcome.fault) }),
  );
  try {
    return await settle(options, tenantId, leased, pause, report);
  } catch (error) {
    // The database refused the handler's own writes: our fault, and for the vendor it is done. Or the answer to COMMIT
    // was lost: then it is recorded, and stays so.
    options.log.warn({ err: error, effect: leased.effect.id }, 'an effect could not be completed');
    return settle(options, tenantId, leased, pause, { ...report, outcome: { kind: 'fault', fault: faultOf(error) } });
  }
}

const counted = (effect: OutboxEffect, attempts: number): OutboxEffect =>
  Object.assign(new OutboxEffect(), effect, { attempts });

/** What no attempt would change: no handler, a doubt that only a person can end, a worker that ends every time. */
function hopelessFault({ effect, wasLost }: Leased, handlers: EffectHandlers): Fault | null {
  const own = (code: string, message: string, remedy: string): Fault => ({
    kind: 'FAILED',
    code,
    message,
    remedy,
    retryAfterMs: null,
    status: null,
  });
  if (effect.adoptedReceipt === null && effect.inDoubt && effect.effectClass === EffectClass.CONFIRM) return LOST_FAULT;
  const handler = handlers[effect.kind];
  if (!handler)
    return own('NO_HANDLER', `No handler for ${effect.kind}`, 'Update the worker to the version that knows this kind.');
  if (wasLost && effect.strikes >= MOST_STRIKES)
    return own(
      'WORKER_LOST',
      'Every worker that took it ended before it was done',
      "Look into the workers' logs for why they end; then retry it.",
    );
  if (effect.adoptedReceipt === null && effect.inDoubt && !steps(handler).lookup)
    return own('NO_LOOKUP', `${effect.kind} cannot be looked up`, 'Adopt it if the vendor has it, or cancel it.');
  return null;
}

async function perform(options: AttemptOptions, tenantId: string, leased: Leased, now: Date): Promise<Report> {
  const { effect } = leased;
  const since = performance.now();
  const lost = new AbortController();
  const letGo = keepAlive(options, tenantId, leased, lost);
  let phase: AttemptPhase = effect.adoptedReceipt === null ? (effect.inDoubt ? 'LOOKUP' : 'PERFORM') : 'ADOPT';
  const report = (outcome: Report['outcome']): Report => ({
    phase,
    isBegun: true,
    number: effect.attempts,
    durationMs: Math.trunc(performance.now() - since),
    outcome,
  });
  try {
    const { perform: doIt, lookup, adopt } = steps(options.handlers[effect.kind]!);
    const tools = toolsOf(options, { tenantId, effect, now, signal: lost.signal });
    const work = async (): Promise<EffectResult> => {
      const receipt = effect.adoptedReceipt;
      if (receipt !== null) return adopt ? adopt(effect, receipt, tools) : { receipt, writes: [] };
      const found = effect.inDoubt && lookup ? await lookup(effect, tools) : null;
      if (found) return found;
      phase = 'PERFORM';
      return doIt(effect, tools);
    };
    return report({ kind: 'done', result: await Promise.race([work(), expiry(lost)]) });
  } catch (error) {
    const { id, kind, attempts } = effect;
    options.log.warn({ err: error, effect: id, kind, attempts, phase }, 'an effect failed');
    return report({ kind: 'fault', fault: faultOf(error) });
  } finally {
    letGo();
    lost.abort();
  }
}

/** Rejects when the time of the attempt is over or its lease is lost; the handler is told by the signal. */
function expiry(lost: AbortController): Promise<never> {
  return new Promise((_resolve, reject) => {
    const timer = setTimeout(() => lost.abort(), LONGEST_ATTEMPT_MS);
    timer.unref();
    lost.signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(
        new VendorError('UNKNOWN_OUTCOME', {
          code: 'ATTEMPT_TOO_LONG',
          message: 'The attempt took too long, or its lease was lost.',
          remedy: 'Look at the vendor whether it was done; adopt or retry it.',
        }),
      );
    });
  });
}

/**
 * Renews the lease until the answer is called. The handler is told when the lease is another's or may be: a worker whom the
 * database does not hear would else go on at the vendor beside the one that takes over.
 */
function keepAlive(
  { gateway, log, leaseMs }: AttemptOptions,
  tenantId: string,
  leased: Leased,
  lost: AbortController,
): () => void {
  const runsOut = (since: number): NodeJS.Timeout =>
    setTimeout(() => lost.abort(), since + leaseMs - performance.now()).unref();
  let end = runsOut(performance.now());
  const renewal = async (): Promise<void> => {
    const since = performance.now();
    try {
      const held = await gateway.transaction(tenantId, async (tx) => {
        const { isHeld } = await tx.flush({ isHeld: renew(leased, leaseMs) });
        await tx.commit([]);
        return isHeld;
      });
      if (!held) lost.abort();
      clearTimeout(end);
      end = runsOut(since);
    } catch (error) {
      log.warn({ err: error, effect: leased.effect.id }, 'a lease could not be renewed; the next beat tries again');
    }
  };
  const beat = setInterval(() => void renewal(), leaseMs / 3).unref();
  return () => {
    clearInterval(beat);
    clearTimeout(end);
  };
}

function toolsOf(
  { gateway, pipeline }: AttemptOptions,
  { tenantId, effect, now, signal }: Pick<EffectTools, 'tenantId' | 'now' | 'signal'> & { effect: OutboxEffect },
): EffectTools {
  return {
    tenantId,
    now,
    signal,
    read: (queries) => gateway.read(tenantId, queries),
    run: (command, input) =>
      pipeline.run(systemActor(tenantId, effect.kind), command, input, {
        idempotencyKey: effect.id,
        path: `${command.name}:${requestHash(command.name, input)}`,
      }),
  };
}

/** Only the holder of the latest lease may complete: the token fences off a worker that was too slow. */
async function settle(
  { gateway, clock, random, leaseMs }: AttemptOptions,
  tenantId: string,
  leased: Leased,
  pause: VendorPause | null,
  { phase, isBegun, number, durationMs, outcome }: Report,
): Promise<AttemptEnd> {
  const effect = counted(leased.effect, number);
  return gateway.transaction(tenantId, async (tx) => {
    const { hold, now } = await tx.flush({ hold: holds(leased), now: clock.now() });
    if (hold === 'RECORDED') return 'ON';
    const row = {
      id: newId(),
      effectId: effect.id,
      number,
      fencingToken: effect.fencingToken,
      phase,
      startedAt: new Date(now.getTime() - durationMs),
      endedAt: now,
    };
    if (hold === 'TAKEN') {
      await tx.commit([logged({ ...row, ...said(outcome), outcome: AttemptOutcome.FENCED })]);
      return 'TAKEN';
    }
    if (outcome.kind === 'done') {
      const { receipt, writes, messages = [] } = outcome.result;
      await tx.commit([
        ...writes,
        update(OutboxEffect, { id: effect.id }, afterDone(receipt, now)),
        ...enqueue(messages, now, newId),
        logged({ ...row, ...said(outcome), outcome: AttemptOutcome.DONE }),
        ...(pause ? [forgetPause(pause.vendor, now)] : []),
      ]);
      return 'ON';
    }
    const after = afterFault(effect, outcome.fault, { now, phase, isBegun, pause, leaseMs, random: random() });
    await tx.commit([
      update(OutboxEffect, { id: effect.id }, after.effect),
      logged({ ...row, ...said(outcome), outcome: outcomeOf(outcome.fault) }),
      ...(after.pause ? [pauseVendor(after.pause)] : []),
    ]);
    return after.pause ? 'PAUSED' : 'ON';
  });
}

function said(outcome: Report['outcome']): Pick<OutboxAttempt, 'code' | 'status' | 'error' | 'receipt'> {
  if (outcome.kind === 'done') return { code: null, status: null, error: null, receipt: outcome.result.receipt };
  const { code, status, message } = outcome.fault;
  return { code, status, error: message, receipt: null };
}

/** The row of an attempt; the same lease with the same outcome is one row. */
export function logged(row: Partial<Omit<OutboxAttempt, 'tenantId'>>): Statement {
  return insert(OutboxAttempt, row, 'on conflict (tenant_id, effect_id, fencing_token, outcome) do nothing');
}
