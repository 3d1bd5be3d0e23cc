import type { Actor } from '../core/actor.js';
import { type BearerVerifier, parseAuthorization } from '../core/bearer.js';
import { Doorkeeper } from '../core/doorkeeper.js';
import { AppError } from '../core/error.js';
import type { Gateway } from '../core/gateway.js';
import { type ApiKeyParts, parseApiKey } from './api-key.secret.js';
import { actorByApiKey, actorBySignIn } from './identity.queries.js';
import type { TenantRegistry } from './registry.js';
import { type Remembered, SignInMemory } from './sign-in.memory.js';

/** Who signed in, and until when. */
export interface SignedIn {
  readonly actor: Actor;
  /** When the token ends; null for an API key, which is looked at anew whenever it is used. */
  readonly expiresAt: Date | null;
  /** The person's verified token and its directory, for what is done in their name at once: never stored, never logged. */
  readonly bearer: { readonly token: string; readonly tid: string } | null;
}

/** Who signed in, or is assumed to be who they were at an earlier request: to be confirmed before anything is answered. */
export interface AssumedSignIn extends SignedIn {
  readonly isAssumed: boolean;
}

/** Turns the headers of a request into an actor: a person by token, a program by API key, or nobody. */
export class SignInService {
  private readonly doorkeeper: Doorkeeper;

  constructor(
    private readonly gateway: Gateway,
    private readonly registry: TenantRegistry,
    private readonly verifier: BearerVerifier,
    private readonly memory = new SignInMemory(),
  ) {
    this.doorkeeper = new Doorkeeper(gateway);
  }

  /** Who asks, by the values of `Authorization`; null without one; UNAUTHENTICATED or FORBIDDEN otherwise. */
  async signIn(authorization: string | readonly string[]): Promise<SignedIn | null> {
    const secret = parseAuthorization(authorization);
    if (secret === null) return null;
    this.memory.forget(secret);
    const found = secret.startsWith('cs_') ? await this.service(secret) : await this.person(secret);
    this.memory.keep(secret, found);
    return signedIn(secret, found);
  }

  /**
   * The same, without a round trip for whoever has signed in with the same token or key within the last minute: the actor
   * is then assumed, and whoever answers confirms it first. The token's own times are looked at whenever it is used.
   */
  async assume(authorization: string | readonly string[]): Promise<AssumedSignIn | null> {
    const secret = parseAuthorization(authorization);
    const known = secret === null ? null : this.memory.find(secret);
    if (secret !== null && known && (!known.token || this.verifier.holdsNow(known.token.times)))
      return { ...signedIn(secret, known), isAssumed: true };
    const found = await this.signIn(authorization);
    return found && { ...found, isAssumed: false };
  }

  private async service(text: string): Promise<Remembered> {
    const parts = parseApiKey(text);
    const actor = parts && (await this.actorOf(parts));
    if (!actor) {
      throw new AppError('UNAUTHENTICATED', 'This API key is unknown, revoked or expired.', {
        remedy: 'Ask a RevOps administrator for a new key.',
      });
    }
    return { actor, token: null };
  }

  private actorOf({ tenantId, keyId, secretHash }: ApiKeyParts): Promise<Actor | null> {
    const claim = { tenantId, proof: `${keyId} ${secretHash}` };
    return this.doorkeeper.find(claim, actorByApiKey(tenantId, keyId, secretHash));
  }

  private async person(token: string): Promise<Remembered> {
    const { tid, issuer, subject, oid, authTime, expiresAt, notBefore } = await this.verifier.verify(token);
    const tenantId = tid ? await this.registry.tenantOf(tid) : null;
    const found =
      tenantId &&
      (await this.gateway.read(tenantId, { actor: actorBySignIn(tenantId, { issuer, subject, oid, authTime }) }));
    // One answer for an unknown tenant, an unknown account, a suspended member and a suspended tenant.
    if (!found || !found.actor) {
      if (tid) this.registry.forget(tid);
      throw new AppError('FORBIDDEN', 'You are signed in, but not an active member here.', {
        remedy: 'Ask a RevOps administrator of your MSP to invite you or link this account.',
      });
    }
    return { actor: found.actor, token: { tid, times: { expiresAt, notBefore, authTime } } };
  }
}

function signedIn(secret: string, { actor, token }: Remembered): SignedIn {
  const bearer = token?.tid ? { token: secret, tid: token.tid } : null;
  return { actor, expiresAt: token?.times.expiresAt ?? null, bearer };
}
