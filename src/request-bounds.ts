import type { FastifyRequest } from 'fastify';
import type { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Actor } from './core/actor.js';
import { AppError, badInput } from './core/error.js';
import { unauthenticated } from './core/graphql/operation-check.js';

/** Counts one request of the actor; throws RATE_LIMITED when there were more this minute than allowed. */
export async function spend(limiter: RateLimiterMemory, actor: Pick<Actor, 'tenantId' | 'id'>): Promise<void> {
  try {
    await limiter.consume(`${actor.tenantId}:${actor.id}`);
  } catch {
    throw new AppError('RATE_LIMITED', 'You have sent more requests this minute than allowed.', {
      remedy: 'Wait a minute; ask for larger pages instead of more requests.',
    });
  }
}

/**
 * Lets a request without a token on where the schema may be asked for, counted by its address: RATE_LIMITED beyond the
 * limit. Elsewhere it could ask for nothing: UNAUTHENTICATED before its document costs anything to parse and validate.
 */
export async function admitAnonymous(
  limiter: RateLimiterMemory,
  request: Pick<FastifyRequest, 'ip'>,
  { introspection }: { readonly introspection: boolean },
): Promise<void> {
  if (!introspection) throw unauthenticated();
  await spend(limiter, { tenantId: 'anonymous', id: request.ip });
}

/** The key of the request's header, or null without one; throws BAD_USER_INPUT when it is not a key. */
export function idempotencyKey(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{8,200}$/.test(key)) {
    throw badInput(
      'Idempotency-Key',
      'is not a key',
      'Send one header of 8 to 200 printable ASCII characters without spaces.',
    );
  }
  return key;
}
