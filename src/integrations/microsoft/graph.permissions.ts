import { CheckState, type ConnectionCheck } from '../connection/connection.entity.js';

/** What our one app registration may have: SharePoint by granted sites, and mail from one mailbox. */
const EXPECTED: readonly string[] = ['Sites.Selected', 'Mail.Send'];

/**
 * The application permissions that a token of Graph names in its claim `roles`; null when it cannot be read. Graph's tokens
 * are opaque by contract, so this is evidence for people and no rule ever depends on it: asking Entra ID for the grants
 * would itself need a permission beyond the least.
 */
export function rolesOf(token: string): readonly string[] | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const { roles = [] } = claims as { roles?: unknown };
    if (!Array.isArray(roles)) return null;
    return roles.filter((role): role is string => typeof role === 'string' && /^[\w.-]{1,100}$/.test(role));
  } catch {
    return null;
  }
}

/** A check for each permission that is given beyond those that we have a use for. */
export function excessRoles(token: string): ConnectionCheck[] {
  return (rolesOf(token) ?? [])
    .filter((role) => !EXPECTED.includes(role))
    .toSorted()
    .map((name) => ({
      name,
      state: CheckState.EXCESS,
      remedy: `Take the application permission ${name} back in Entra ID (app registration, API permissions, revoke admin consent): ${EXPECTED.join(' and ')} are all that is used.`,
    }));
}
