import { pino } from 'pino';
import { newId } from '../../src/core/id.js';
import { OutboxAttempt } from '../../src/core/outbox/attempt.entity.js';
import { Dispatcher, type DispatcherOptions } from '../../src/core/outbox/dispatcher.js';
import { EffectClass, OutboxEffect } from '../../src/core/outbox/effect.entity.js';
import type { EffectHandler, PerformEffect } from '../../src/core/outbox/handler.js';
import { enqueue, type OutboxMessage } from '../../src/core/outbox/message.js';
import { VendorError, type VendorErrorDetails, type VendorFault } from '../../src/core/outbox/vendor-error.js';
import { select } from '../../src/core/statement.js';
import type { Suite } from '../kit/suite.js';
import type { Persona } from '../kit/world.js';

/** The kind of every effect of these tests. */
export const KIND = 'test.effect';

/** A dispatcher of a suite for some tenants; pauses without jitter. */
export function dispatcherOf(
  suite: Suite,
  tenants: readonly string[],
  handler: EffectHandler,
  more: Partial<DispatcherOptions> = {},
): Dispatcher {
  const { gateway, clock, pipeline } = suite;
  return new Dispatcher({
    gateway,
    clock,
    pipeline,
    handlers: { [KIND]: handler },
    tenants: async () => tenants,
    log: pino({ level: 'silent' }),
    random: () => 0,
    ...more,
  });
}

/** Asks for an effect as a command does; answers its key. */
export async function ask(suite: Suite, tenantId: string, more: Partial<OutboxMessage> = {}): Promise<string> {
  const effectKey = newId();
  const message = { kind: KIND, aggregate: { type: 'Handoff', id: newId() }, effectKey, payload: {}, ...more };
  await suite.gateway.transaction(tenantId, (tx) => tx.commit(enqueue([message], suite.clock.at, newId)));
  return effectKey;
}

/** Every effect of a tenant, in the order asked. */
export async function effectsOf(suite: Suite, tenantId: string): Promise<OutboxEffect[]> {
  return (await suite.gateway.read(tenantId, { found: select(OutboxEffect, {}, { orderBy: ['id'] }) })).found;
}

/** Every attempt of a tenant, in order, as `phase outcome`. */
export async function attemptsOf(suite: Suite, tenantId: string): Promise<string[]> {
  const { found } = await suite.gateway.read(tenantId, { found: select(OutboxAttempt, {}, { orderBy: ['id'] }) });
  return found.map(({ phase, outcome }) => `${phase} ${outcome}`);
}

/** A vendor's fault. */
export function fault(kind: VendorFault, more: Partial<VendorErrorDetails> = {}): VendorError {
  return new VendorError(kind, { code: `TEST_${kind}`, message: `it was ${kind}`, remedy: 'do something', ...more });
}

/** A door that a handler waits at until the test opens it. */
export function door(): { wait: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const wait = new Promise<void>((resolve) => (open = resolve));
  return { wait, open };
}

/** Messages for a vendor that takes anything twice, one that can be asked, and one that cannot. */
export const HALO: Partial<OutboxMessage> = { vendor: 'HALOPSA' };
export const LOOKUP: Partial<OutboxMessage> = { ...HALO, effectClass: EffectClass.LOOKUP };
export const CONFIRM: Partial<OutboxMessage> = { vendor: 'TEAMS', effectClass: EffectClass.CONFIRM };

/** A handler that does it. */
export const done: PerformEffect = async () => ({ receipt: 'done', writes: [] });

/** A handler that fails. */
export const fails = (error: Error): PerformEffect => jest.fn().mockRejectedValue(error);

/** A decision over GraphQL; the state that it leads to, or the codes of the refusal or error. */
export async function decide(
  who: Persona,
  field: string,
  input: Record<string, unknown>,
): Promise<{ state?: string; codes?: string[] }> {
  const type = `${field === 'adoptEffect' ? 'Adopt' : field === 'cancelEffect' ? 'Cancel' : ''}EffectInput`;
  const { data, errors } = await who.graphql(
    `mutation ($input: ${type}!) { ${field}(input: $input) { ... on OutboxEffect { state } ... on Refused { findings { code remedy } } } }`,
    { input },
  );
  if (errors.length > 0) return { codes: errors.map(({ extensions }) => extensions.code as string) };
  const { state, findings } = data![field] as { state?: string; findings?: { code: string }[] };
  return state ? { state } : { codes: findings!.map(({ code }) => code) };
}
