import type { Exchange } from './exchange.js';
import { Refusal } from './exchange.js';
import type { By } from './records.js';
import type { MicrosoftWorld, Token } from './world.js';

/**
 * Who calls, by the bearer token. Throws 401 `InvalidAuthenticationToken` for none, an unknown, a revoked and an expired
 * one. That a 401 carries `WWW-Authenticate` is what the SDKs expect of RFC 6750.
 */
export function callerOf(world: MicrosoftWorld, exchange: Exchange): Token {
  const bearer = /^Bearer (\S+)$/i.exec(exchange.headers.authorization ?? '')?.[1];
  if (!bearer) throw unauthorized('Access token is empty.');
  const token = world.tokens.get(bearer);
  if (!token) throw unauthorized('Access token validation failure.');
  if (token.resource !== 'graph') throw unauthorized('Access token validation failure. Invalid audience.');
  if (token.expiresAt <= world.now()) throw unauthorized('Lifetime validation failed, the token is expired.');
  return token;
}

/** The name under which a caller's changes stand. */
export function byOf(world: MicrosoftWorld, caller: Token): By {
  if (caller.user) return { kind: 'user', id: caller.user.oid, name: caller.user.name };
  return { kind: 'application', id: caller.appId, name: world.store.get('app', caller.appId)?.displayName ?? 'App' };
}

/** Graph's identitySet. */
export function identitySet(by: By): Record<string, unknown> {
  return { [by.kind]: { id: by.id, displayName: by.name } };
}

/** Throws 403 unless the token has one of these permissions, as application or delegated. */
export function requirePermission(caller: Token, names: readonly string[], code = 'Forbidden'): void {
  const held = caller.user ? caller.scopes : caller.roles;
  if (names.some((name) => held.includes(name))) return;
  const kind = caller.user ? 'scope' : 'role';
  throw new Refusal(
    403,
    code,
    `Missing ${kind} permissions on the request. API requires one of '${names.join(', ')}'. Roles on the request '${held.join(', ')}'.`,
  );
}

function unauthorized(message: string): Refusal {
  return new Refusal(401, 'InvalidAuthenticationToken', message, {
    headers: {
      'www-authenticate':
        'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"',
    },
  });
}
