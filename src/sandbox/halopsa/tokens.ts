import { randomBytes, timingSafeEqual, createHash } from 'node:crypto';
import type { HaloApplication, HaloSettings } from './settings.js';

/** Whom a token lets in. */
export interface TokenHolder {
  readonly application: HaloApplication;
  readonly scopes: readonly string[];
}

/** An answer of the token endpoint. */
export interface TokenAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Scopes that exist, so that an unknown one is `invalid_scope`. */
const AREAS = ['tickets', 'customers', 'agents', 'teams', 'assets', 'quotes', 'webhooks'];
const SCOPES = new Set(['all', ...AREAS.flatMap((area) => [`read:${area}`, `edit:${area}`])]);

/** The tokens of one instance: they end by time, or all at once when they are revoked. */
export class Tokens {
  private readonly held = new Map<string, TokenHolder & { readonly endsAt: number }>();

  /** `POST {authServer}/token`, form-encoded (facts 3.1). Every refusal is a 400 that names the fault. */
  issue(form: URLSearchParams, tenant: string, asked: string | null, settings: HaloSettings, now: Date): TokenAnswer {
    const named = asked ?? form.get('tenant');
    if (settings.tenantParameter === 'REQUIRED' && named === null)
      return refused('invalid_request', 'tenant is missing');
    if (named !== null && named !== tenant) return refused('invalid_request', 'there is no such tenant');
    if (form.get('grant_type') !== 'client_credentials') return refused('unsupported_grant_type');
    const application = settings.applications.find(({ clientId }) => clientId === form.get('client_id'));
    if (!application || !sameSecret(application.clientSecret, form.get('client_secret') ?? '')) {
      return refused('invalid_client');
    }
    if (application.method !== 'SERVICES') return refused('unauthorized_client');
    const scopes = (form.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
    if (scopes.length === 0 || scopes.some((scope) => !SCOPES.has(scope) || !allows(application.scopes, scope))) {
      return refused('invalid_scope');
    }
    const token = randomBytes(24).toString('base64url');
    this.held.set(token, { application, scopes, endsAt: now.getTime() + settings.tokenSeconds * 1000 });
    return {
      status: 200,
      body: {
        scope: scopes.join(' '),
        token_type: 'Bearer',
        access_token: token,
        expires_in: settings.tokenSeconds,
        refresh_token: '',
        id_token: '',
      },
    };
  }

  /** The holder of a live token; null for a wrong, ended or revoked one. */
  holder(authorization: string | undefined, now: Date): TokenHolder | null {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    const held = token === undefined ? undefined : this.held.get(token);
    return held && held.endsAt > now.getTime() ? held : null;
  }

  /** Ends every token. */
  revoke(): void {
    this.held.clear();
  }
}

/** Whether a list of scopes allows one: by name, by `all`, and an edit allows the reading. */
export function allows(scopes: readonly string[], scope: string): boolean {
  return scopes.includes('all') || scopes.includes(scope) || scopes.includes(scope.replace(/^read:/, 'edit:'));
}

function refused(error: string, description?: string): TokenAnswer {
  return { status: 400, body: { error, ...(description === undefined ? {} : { error_description: description }) } };
}

function sameSecret(expected: string, given: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(expected), digest(given));
}
