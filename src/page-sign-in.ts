import type { IdentitySettings } from './core/config.js';
import { entraAuthority } from './core/issuer.js';
import type { PageSignIn } from './core/own-page.js';
import { API_SCOPE, PAGES_CLIENT, SANDBOX_IDENTITY_PATH } from './sandbox/identity/constants.js';

const METADATA = '.well-known/openid-configuration';

/**
 * How people sign in on our own pages: by the provider that the API accepts tokens of. Entra: the API's own registration,
 * with the page's address as a redirect URI of the platform "Single-page application"
 * (learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow). Another provider: the public client that
 * OIDC_PAGES_CLIENT names; null without it.
 */
export function pageSignIn(identity: IdentitySettings, ownAddress: string): PageSignIn | null {
  if (identity.kind === 'sandbox') {
    const metadata = `${ownAddress}${SANDBOX_IDENTITY_PATH}/${METADATA}`;
    return { metadata, clientId: PAGES_CLIENT, scope: `openid ${API_SCOPE}`, isSandbox: true };
  }
  if (identity.kind === 'entra') {
    const { clientId, authorityHost } = identity;
    const metadata = `${entraAuthority(authorityHost)}/organizations/v2.0/${METADATA}`;
    return { metadata, clientId, scope: `openid ${clientId}/.default`, isSandbox: false };
  }
  const { issuer, pagesClient } = identity;
  if (pagesClient === null) return null;
  return {
    metadata: `${issuer.replace(/\/$/, '')}/${METADATA}`,
    clientId: pagesClient,
    scope: 'openid',
    isSandbox: false,
  };
}
