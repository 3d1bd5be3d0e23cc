import { StartupError } from './startup-error.js';

/** Where people's tokens come from: a real OpenID provider, Entra ID, or the sandbox's own. */
export type IdentitySettings =
  | { readonly kind: 'sandbox' }
  | { readonly kind: 'oidc'; readonly issuer: string; readonly audience: string; readonly tenantClaim: string }
  | { readonly kind: 'entra'; readonly clientId: string; readonly authorityHost: string };

/** Where rows are kept: the embedded server, or an external one with its two roles. */
export type DatabaseSettings =
  { readonly kind: 'embedded' } | { readonly kind: 'external'; readonly url: string; readonly ownerUrl: string | null };

/** Everything that the environment decides; read once, at the start. */
export interface Config {
  readonly port: number;
  readonly host: string;
  readonly dataRoot: string;
  readonly database: DatabaseSettings;
  readonly identity: IdentitySettings;
  readonly poolSize: number;
  /** Named prepared statements; `PREPARED_STATEMENTS=off` behind PgBouncer below 1.21 in transaction mode. */
  readonly prepare: boolean;
  readonly introspection: boolean;
  readonly graphiql: boolean;
  /** Only the documents of schema/operations for people. */
  readonly trustedDocuments: boolean;
  /** How long `/readyz` says no before the listener closes, so that a load balancer sends nothing more. */
  readonly drainSeconds: number;
  readonly requestsPerMinute: number;
  readonly logLevel: string;
  readonly documentsFolder: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the environment; a wrong value is one clear sentence that names the variable. */
export function readConfig(env: Environment, projectRoot: string): Config {
  const identity = readIdentity(env);
  const sandbox = identity.kind === 'sandbox';
  const dataRoot = env.COUNTERSIGN_DATA ?? `${projectRoot}/.countersign`;
  return {
    port: whole(env, 'PORT', 4000, 0, 65_535),
    host: env.HOST ?? '127.0.0.1',
    dataRoot,
    database: readDatabase(env),
    identity,
    poolSize: whole(env, 'DATABASE_POOL', 10, 1, 200),
    prepare: toggle(env, 'PREPARED_STATEMENTS', true),
    introspection: toggle(env, 'INTROSPECTION', sandbox),
    graphiql: toggle(env, 'GRAPHIQL', sandbox),
    trustedDocuments: toggle(env, 'TRUSTED_DOCUMENTS', !sandbox),
    drainSeconds: whole(env, 'DRAIN_SECONDS', sandbox ? 0 : 5, 0, 20),
    requestsPerMinute: whole(env, 'REQUESTS_PER_MINUTE', 1200, 1, 1_000_000),
    logLevel: oneOf(env, 'LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info'),
    documentsFolder: env.DOCUMENTS_FOLDER ?? `${dataRoot}/documents`,
  };
}

function readDatabase(env: Environment): DatabaseSettings {
  if (!env.DATABASE_URL) {
    if (env.DATABASE_OWNER_URL)
      throw new StartupError(
        'DATABASE_OWNER_URL is set without DATABASE_URL: set both, or neither for the embedded PostgreSQL.',
      );
    return { kind: 'embedded' };
  }
  const url = postgresUrl('DATABASE_URL', env.DATABASE_URL);
  return {
    kind: 'external',
    url,
    ownerUrl: env.DATABASE_OWNER_URL ? postgresUrl('DATABASE_OWNER_URL', env.DATABASE_OWNER_URL) : null,
  };
}

function postgresUrl(name: string, text: string): string {
  const isOne =
    URL.canParse(text) &&
    ['postgres:', 'postgresql:'].includes(new URL(text).protocol) &&
    new URL(text).username !== '';
  if (!isOne)
    throw new StartupError(
      `${name} is not a PostgreSQL address: write it as postgresql://user:password@host:5432/database.`,
    );
  return text;
}

function readIdentity(env: Environment): IdentitySettings {
  if (env.OIDC_ISSUER && env.ENTRA_CLIENT_ID)
    throw new StartupError('OIDC_ISSUER and ENTRA_CLIENT_ID are both set: choose one identity provider.');
  if (env.OIDC_ISSUER) {
    if (!env.OIDC_AUDIENCE)
      throw new StartupError(
        'OIDC_ISSUER is set without OIDC_AUDIENCE: set the audience that your provider puts into access tokens.',
      );
    return {
      kind: 'oidc',
      issuer: secureUrl('OIDC_ISSUER', env.OIDC_ISSUER),
      audience: env.OIDC_AUDIENCE,
      tenantClaim: env.OIDC_TENANT_CLAIM ?? 'tid',
    };
  }
  if (env.OIDC_AUDIENCE)
    throw new StartupError('OIDC_AUDIENCE is set without OIDC_ISSUER: set both, or neither for the sandbox.');
  if (env.ENTRA_CLIENT_ID) {
    if (!GUID.test(env.ENTRA_CLIENT_ID))
      throw new StartupError(`ENTRA_CLIENT_ID is "${env.ENTRA_CLIENT_ID}": it must be the registration's GUID.`);
    const host = env.ENTRA_AUTHORITY_HOST ?? 'login.microsoftonline.com';
    if (host.includes('://')) secureUrl('ENTRA_AUTHORITY_HOST', host);
    return { kind: 'entra', clientId: env.ENTRA_CLIENT_ID.toLowerCase(), authorityHost: host };
  }
  // Half a setting must not open the sandbox, which signs anybody in.
  for (const [name, needed] of Object.entries({
    OIDC_TENANT_CLAIM: 'OIDC_ISSUER',
    ENTRA_AUTHORITY_HOST: 'ENTRA_CLIENT_ID',
  })) {
    if (env[name]) throw new StartupError(`${name} is set without ${needed}: set both, or neither for the sandbox.`);
  }
  return { kind: 'sandbox' };
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Keys over plain HTTP can be swapped on the way. */
function secureUrl(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isLoopback = url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url?.protocol !== 'https:' && !isLoopback)
    throw new StartupError(`${name} is "${text}": it must be an https address (http for this machine alone).`);
  return text;
}

function whole(env: Environment, name: string, fallback: number, least: number, most: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most)
    throw new StartupError(`${name} is "${text}": it must be a whole number from ${least} to ${most}.`);
  return value;
}

function toggle(env: Environment, name: string, fallback: boolean): boolean {
  return oneOf(env, name, ['on', 'off'], fallback ? 'on' : 'off') === 'on';
}

function oneOf(env: Environment, name: string, values: readonly string[], fallback: string): string {
  const text = env[name] || fallback;
  if (!values.includes(text)) throw new StartupError(`${name} is "${text}": it must be one of ${values.join(', ')}.`);
  return text;
}
