import type { Actor } from '../core/actor.js';
import { type BearerVerifier, parseAuthorization } from '../core/bearer.js';
import { Doorkeeper } from '../core/doorkeeper.js';
import { AppError } from '../core/error.js';
import type { Gateway } from '../core/gateway.js';
import type { Query } from '../core/statement.js';
import { type ApiKeyParts, parseApiKey } from './api-key.secret.js';
import { actorByApiKey, actorBySignIn, type FoundActor, refreshActor } from './actor.queries.js';
import { actorByStamp, STAMPS_ARE_GIVEN } from './membership-stamp.js';
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

/** Who signed in, or is assumed to be who they were at an earlier request. */
export interface AssumedSignIn extends SignedIn {
  /** Finds an actor who is only assumed as they are now: it confirms them before anything is answered. Null for one who signed in. */
  readonly assumed: Query<Actor | null> | null;
}

/** Turns the headers of a request into an actor: a person by token, a program by API key, or nobody. */
export class SignInService {
  private readonly doorkeeper: Doorkeeper;
  private stampsAreGiven: boolean | null = null;

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
      return { ...signedIn(secret, known), assumed: asBefore(known) };
    const found = await this.signIn(authorization);
    return found && { ...found, assumed: null };
  }

  private async service(text: string): Promise<Remembered> {
    const parts = parseApiKey(text);
    const found = parts && (await this.actorOf(parts));
    if (!found) {
      throw new AppError('UNAUTHENTICATED', 'This API key is unknown, revoked or expired.', {
        remedy: 'Ask a RevOps administrator for a new key.',
      });
    }
    return { ...(await this.trusted(found)), token: null };
  }

  private actorOf({ tenantId, keyId, secretHash }: ApiKeyParts): Promise<FoundActor | null> {
    const claim = { tenantId, proof: `${keyId} ${secretHash}` };
    return this.doorkeeper.find(claim, actorByApiKey(tenantId, keyId, secretHash));
  }

  private async person(token: string): Promise<Remembered> {
    const { tid, issuer, subject, oid, authTime, expiresAt, notBefore } = await this.verifier.verify(token);
    const tenantId = tid ? await this.registry.tenantOf(tid) : null;
    const asked = tenantId && { found: actorBySignIn(tenantId, { issuer, subject, oid, authTime }) };
    const found = asked && (await this.gateway.read(tenantId, asked)).found;
    // One answer for an unknown tenant, an unknown account, a suspended member and a suspended tenant.
    if (!found) {
      if (tid) this.registry.forget(tid);
      throw new AppError('FORBIDDEN', 'You are signed in, but not an active member here.', {
        remedy: 'Ask a RevOps administrator of your MSP to invite you or link this account.',
      });
    }
    return { ...(await this.trusted(found)), token: { tid, times: { expiresAt, notBefore, authTime } } };
  }

  /** Without the stamp where the database gives none: triggers come and go with migrations, so it is asked once. */
  private async trusted({ actor, stamp }: FoundActor): Promise<FoundActor> {
    this.stampsAreGiven ??= (await this.gateway.global(STAMPS_ARE_GIVEN))[0]!.given as boolean;
    return { actor, stamp: this.stampsAreGiven ? stamp : null };
  }
}

/** An assumed actor as they are now: by the stamp of their membership where there is one, by all of its rows where not. */
const asBefore = ({ actor, stamp }: Remembered): Query<Actor | null> =>
  stamp ? actorByStamp(actor, stamp) : refreshActor(actor);

function signedIn(secret: string, { actor, token }: Remembered): SignedIn {
  const bearer = token?.tid ? { token: secret, tid: token.tid } : null;
  return { actor, expiresAt: token?.times.expiresAt ?? null, bearer };
}
