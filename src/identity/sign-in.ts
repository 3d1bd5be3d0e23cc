import type { Actor } from '../core/actor.js';
import { type BearerVerifier, parseAuthorization } from '../core/bearer.js';
import { AppError } from '../core/error.js';
import type { Gateway } from '../core/gateway.js';
import { parseApiKey } from './api-key.secret.js';
import { actorByApiKey, actorBySignIn } from './identity.queries.js';
import type { TenantRegistry } from './registry.js';

/** Who signed in, and until when. */
export interface SignedIn {
  readonly actor: Actor;
  /** When the token ends; null for an API key, which is looked at anew whenever it is used. */
  readonly expiresAt: Date | null;
  /** The person's verified token and its directory, for what is done in their name at once: never stored, never logged. */
  readonly bearer: { readonly token: string; readonly tid: string } | null;
}

/** Turns the headers of a request into an actor: a person by token, a program by API key, or nobody. */
export class SignInService {
  constructor(
    private readonly gateway: Gateway,
    private readonly registry: TenantRegistry,
    private readonly verifier: BearerVerifier,
  ) {}

  /** Who asks, by the values of `Authorization`; null without one; UNAUTHENTICATED or FORBIDDEN otherwise. */
  async signIn(authorization: string | readonly string[]): Promise<SignedIn | null> {
    const token = parseAuthorization(authorization);
    if (token === null) return null;
    return token.startsWith('cs_') ? this.service(token) : this.person(token);
  }

  private async service(text: string): Promise<SignedIn> {
    const parts = parseApiKey(text);
    const found =
      parts &&
      (await this.gateway.read(parts.tenantId, {
        actor: actorByApiKey(parts.tenantId, parts.keyId, parts.secretHash),
      }));
    if (!found?.actor) {
      throw new AppError('UNAUTHENTICATED', 'This API key is unknown, revoked or expired.', {
        remedy: 'Ask a RevOps administrator for a new key.',
      });
    }
    return { actor: found.actor, expiresAt: null, bearer: null };
  }

  private async person(token: string): Promise<SignedIn> {
    const verified = await this.verifier.verify(token);
    const tenantId = verified.tid ? await this.registry.tenantOf(verified.tid) : null;
    const { issuer, subject, oid, authTime } = verified;
    const found =
      tenantId &&
      (await this.gateway.read(tenantId, { actor: actorBySignIn(tenantId, { issuer, subject, oid, authTime }) }));
    // One answer for an unknown tenant, an unknown account, a suspended member and a suspended tenant.
    if (!found || !found.actor) {
      if (verified.tid) this.registry.forget(verified.tid);
      throw new AppError('FORBIDDEN', 'You are signed in, but not an active member here.', {
        remedy: 'Ask a RevOps administrator of your MSP to invite you or link this account.',
      });
    }
    const bearer = verified.tid ? { token, tid: verified.tid } : null;
    return { actor: found.actor, expiresAt: verified.expiresAt, bearer };
  }
}
