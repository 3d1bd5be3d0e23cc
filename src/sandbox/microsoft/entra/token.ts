import type { Answer, Exchange } from '../exchange.js';
import type { AppRegistration, Directory, ServicePrincipal } from '../records.js';
import type { MicrosoftWorld, Token } from '../world.js';
import { checkClient } from './client.js';
import { EntraError } from './entra-error.js';
import { type AssertionVerifier, userOf } from './user-assertion.js';

const GRAPH = 'https://graph.microsoft.com';
const POWERBI = 'https://analysis.windows.net/powerbi/api';
/** The applications that stand behind the resources. */
const RESOURCE_APPS = {
  graph: '00000003-0000-0000-c000-000000000000',
  powerbi: '00000009-0000-0000-c000-000000000000',
} as const;
const ON_BEHALF_OF = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const OPENID = ['openid', 'profile', 'offline_access', 'email'];

/**
 * `POST https://login.microsoftonline.com/{tid}/oauth2/v2.0/token`: client credentials (secret or certificate) and
 * on-behalf-of, with the error bodies of Entra ID (learn.microsoft.com/entra/identity-platform, "OAuth 2.0 client
 * credentials flow", "On-Behalf-Of flow", "error codes").
 */
export async function tokenEndpoint(
  world: MicrosoftWorld,
  verify: AssertionVerifier,
  exchange: Exchange,
): Promise<Answer> {
  try {
    const form = new URLSearchParams(exchange.body.toString('utf8'));
    const directory = directoryOf(world, exchange.path.split('/')[1] ?? '');
    const app = world.store.get('app', form.get('client_id') ?? '');
    const principal = app && world.store.get('principal', `${directory.id}/${app.id}`);
    if (!app || !principal) throw notInDirectory(form.get('client_id') ?? '', directory);
    await checkClient(world, app, directory, form);
    const grant = form.get('grant_type');
    if (grant === 'client_credentials') return answer(world, clientCredentials(world, app, directory, principal, form));
    if (grant === ON_BEHALF_OF) {
      const user = await userOf(world, verify, app, directory, form);
      return answer(world, onBehalfOf(world, app, directory, principal, form, user));
    }
    throw new EntraError(
      400,
      'unsupported_grant_type',
      70003,
      `The app requested an unsupported grant type '${grant ?? ''}'.`,
    );
  } catch (error) {
    if (error instanceof EntraError) return error.answer(world);
    throw error;
  }
}

function directoryOf(world: MicrosoftWorld, tid: string): Directory {
  const directory = world.store.get('directory', tid.toLowerCase());
  if (directory) return directory;
  throw new EntraError(
    400,
    'invalid_request',
    90002,
    `Tenant '${tid}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
  );
}

function notInDirectory(clientId: string, directory: Directory): EntraError {
  return new EntraError(
    400,
    'unauthorized_client',
    700016,
    `Application with identifier '${clientId}' was not found in the directory '${directory.slug}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.`,
  );
}

function clientCredentials(
  world: MicrosoftWorld,
  app: AppRegistration,
  directory: Directory,
  principal: ServicePrincipal,
  form: URLSearchParams,
): Token & { scope: null } {
  // MSAL adds no OpenID scopes here; a single scope is what Entra refuses with 1002012.
  const scope = form.get('scope') ?? '';
  if (!scope.endsWith('/.default')) {
    throw new EntraError(
      400,
      'invalid_scope',
      1002012,
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    );
  }
  const isPowerBi = scope === `${POWERBI}/.default`;
  if (!isPowerBi && scope !== `${GRAPH}/.default`) throw unknownResource(scope, directory);
  return {
    ...life(world),
    tid: directory.id,
    appId: app.id,
    resource: isPowerBi ? 'powerbi' : 'graph',
    // No permission of Power BI plays a part for an application: its own administration decides.
    roles: !isPowerBi && new Date(principal.from) <= world.now() ? principal.roles : [],
    scopes: [],
    user: null,
    scope: null,
  };
}

function onBehalfOf(
  world: MicrosoftWorld,
  app: AppRegistration,
  directory: Directory,
  principal: ServicePrincipal,
  form: URLSearchParams,
  user: { oid: string; name: string },
): Token & { scope: string } {
  const asked = (form.get('scope') ?? '').split(' ').filter((scope) => scope && !OPENID.includes(scope));
  const foreign = asked.find((scope) => scope.includes('://') && !scope.startsWith(`${GRAPH}/`));
  if (foreign) throw unknownResource(foreign, directory);
  const names = asked.map((scope) => scope.replace(`${GRAPH}/`, ''));
  const missing = names.filter((name) => name !== '.default' && !principal.scopes.includes(name));
  if (missing.length > 0 || names.length === 0 || new Date(principal.from) > world.now()) {
    throw new EntraError(
      400,
      'invalid_grant',
      65001,
      `The user or administrator has not consented to use the application with ID '${app.id}' named '${app.displayName}'. Send an interactive authorization request for this user and resource.`,
      'consent_required',
    );
  }
  return {
    ...life(world),
    tid: directory.id,
    appId: app.id,
    resource: 'graph',
    roles: [],
    // Entra puts every consented scope of the resource into the token, not only the asked ones.
    scopes: principal.scopes,
    user,
    scope: principal.scopes.map((name) => `${GRAPH}/${name}`).join(' '),
  };
}

function life(world: MicrosoftWorld): { issuedAt: Date; expiresAt: Date } {
  const now = world.now();
  return { issuedAt: now, expiresAt: new Date(now.getTime() + world.settings.tokenSeconds * 1000) };
}

function unknownResource(scope: string, directory: Directory): EntraError {
  const resource = scope.replace(/\/[^/]*$/, '');
  return new EntraError(
    400,
    'invalid_resource',
    500011,
    `The resource principal named ${resource} was not found in the tenant named ${directory.slug}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.`,
  );
}

function answer(world: MicrosoftWorld, issued: Token & { scope: string | null }): Answer {
  const { scope, ...token } = issued;
  const text = tokenText(token, world.newSecret());
  world.tokens.set(text, token);
  const seconds = world.settings.tokenSeconds;
  const plain = { token_type: 'Bearer', expires_in: seconds, ext_expires_in: seconds, access_token: text };
  const person = token.user && scope !== null ? { scope, client_info: clientInfo(token.tid, token.user.oid) } : {};
  return { status: 200, headers: { 'cache-control': 'no-store', pragma: 'no-cache' }, body: { ...plain, ...person } };
}

/**
 * Graph's tokens look like a JWT whose claims can be read; that they must not be relied on is the vendor's own rule. The
 * signature is a random text here: the sandbox knows its tokens by heart.
 */
function tokenText({ tid, appId, resource, roles, scopes, user }: Token, signature: string): string {
  const part = (claims: object): string => Buffer.from(JSON.stringify(claims)).toString('base64url');
  const rights = user ? { scp: scopes.join(' '), oid: user.oid } : roles.length > 0 ? { roles } : {};
  const claims = { aud: RESOURCE_APPS[resource], tid, appid: appId, idtyp: user ? 'user' : 'app', ...rights };
  return `${part({ typ: 'JWT', alg: 'RS256' })}.${part(claims)}.${signature}`;
}

/** What MSAL asks for by `client_info=1`: the home account's ids. */
function clientInfo(tid: string, oid: string): string {
  return Buffer.from(JSON.stringify({ uid: oid, utid: tid })).toString('base64url');
}
