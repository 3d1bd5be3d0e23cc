import { decodeJwt } from 'jose';
import type { AppRegistration, Directory } from '../records.js';
import type { MicrosoftWorld } from '../world.js';
import { EntraError } from './entra-error.js';

/**
 * Checks the signature of a token for our own API and answers its claims; null when it is not sound. The sandbox gives
 * its own identity provider's keys; without it claims are taken unchecked, which is fine for a test alone.
 */
export type AssertionVerifier = (token: string) => Promise<Readonly<Record<string, unknown>> | null>;

/** Takes the claims as they are. */
export const uncheckedAssertions: AssertionVerifier = async (token) => {
  try {
    return decodeJwt(token);
  } catch {
    return null;
  }
};

/**
 * Whose token is exchanged on behalf of. Entra refuses a token for another resource (500131), a broken signature (50013),
 * an app-only token and a person of another directory. Throws `EntraError`.
 */
export async function userOf(
  world: MicrosoftWorld,
  verify: AssertionVerifier,
  app: AppRegistration,
  directory: Directory,
  form: URLSearchParams,
): Promise<{ oid: string; name: string }> {
  if (form.get('requested_token_use') !== 'on_behalf_of')
    throw refused(900144, 'requested_token_use must be on_behalf_of.');
  const claims = await verify(form.get('assertion') ?? '');
  if (!claims) throw refused(50013, 'Assertion failed signature validation.');
  const audiences = [claims.aud].flat();
  if (!audiences.some((audience) => audience === app.id || app.audiences.includes(String(audience)))) {
    throw refused(
      500131,
      "Assertion audience does not match the Client app presenting the assertion. The audience in the assertion must be the app's identifier.",
    );
  }
  if (typeof claims.exp !== 'number' || claims.exp * 1000 <= world.now().getTime()) {
    throw refused(
      500133,
      'Assertion is not within its valid time range. Ensure that the access token is not expired before using it for user assertion.',
    );
  }
  if (typeof claims.scp !== 'string' && typeof claims.scope !== 'string') {
    throw refused(7000114, 'Application is not allowed to make application on-behalf-of calls.');
  }
  if (claims.tid !== directory.id || typeof claims.oid !== 'string') {
    throw refused(50020, 'The user account does not exist in the tenant.');
  }
  const user = world.store.get('user', `${directory.id}/${claims.oid}`);
  if (!user) throw refused(50034, 'The user account does not exist in the directory.');
  if (user.challenge) throw CHALLENGES[user.challenge];
  return { oid: user.oid, name: user.name };
}

const CLAIMS = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';

/** An exchange cannot prove what only the person can (MFA), or what the device can. */
const CHALLENGES: Readonly<Record<'mfa' | 'conditionalAccess', EntraError>> = {
  mfa: new EntraError(
    400,
    'interaction_required',
    50076,
    "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '00000003-0000-0000-c000-000000000000'.",
    'basic_action',
    CLAIMS,
  ),
  conditionalAccess: new EntraError(
    400,
    'interaction_required',
    53003,
    'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
    'message_only',
    CLAIMS,
  ),
};

function refused(number: number, text: string): EntraError {
  return new EntraError(400, 'invalid_grant', number, text);
}
