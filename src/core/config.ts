import { type EntraApp, readEntraApp } from './entra-app.js';
import type { KekSettings } from './key-files.js';
import type { LedgerKeySettings } from './ledger/key-files.js';
import { postgresUrl } from './postgres-url.js';
import { readReplica, type ReplicaSettings } from './replica/settings.js';
import { StartupError } from './startup-error.js';
import { readTelemetry, type TelemetrySettings } from './telemetry/settings.js';
import { readVaultKey } from './vault-key-settings.js';

/** Where people's tokens come from: a real OpenID provider, Entra ID, or the sandbox's own. */
export type IdentitySettings =
  | { readonly kind: 'sandbox' }
  | {
      readonly kind: 'oidc';
      readonly issuer: string;
      readonly audience: string;
      readonly tenantClaim: string;
      /** The public client of our own pages there; null: pages cannot sign in. */
      readonly pagesClient: string | null;
    }
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
  /** A standby for the reads of a process that serves the API alone; null without one. */
  readonly replica: ReplicaSettings | null;
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
  /** A direct address of the database for LISTEN, where DATABASE_URL goes through a pooler; null: DATABASE_URL itself. */
  readonly changesUrl: string | null;
  /** Origins of pages that may open a WebSocket, beside the listener's own. */
  readonly allowedOrigins: readonly string[];
  /** Further hosts of vendors beside their usual ones, such as of an instance under the MSP's own domain. */
  readonly vendorHosts: readonly string[];
  /** Origins of vendor simulators on this machine, the only ones that are reached without https. */
  readonly simulatorOrigins: readonly string[];
  /**
   * Where Microsoft's hosts are simulated, for a worker beside the process that simulates them; null: in this process,
   * if at all. The sandbox alone.
   */
  readonly microsoftSimulator: string | null;
  /** How long a worker holds an effect without a sign of life, in milliseconds. */
  readonly leaseMs: number;
  /**
   * Where people reach this server, without a slash at the end: what links in cards, mails and vendor systems begin
   * with. PUBLIC_URL; unset the listener's own address, which `withAddress` fills in where the port is not fixed.
   */
  readonly publicUrl: string;
  /**
   * Whether `start` connects the tenants of tenants/*.yaml to the sandbox's simulators: only beside the sandbox's identity
   * provider and the embedded database, where nobody's real data is.
   */
  readonly sampleConnections: boolean;
  /** The API's own app registration with its proof, for what is done in people's names; null: nothing is. */
  readonly entraApp: EntraApp | null;
  /** Where the key-encrypting keys stand. */
  readonly kek: KekSettings;
  /** Where the keys that sign the ledger's checkpoints stand. */
  readonly ledgerKey: LedgerKeySettings;
  /** To whom the process tells how it goes. */
  readonly telemetry: TelemetrySettings;
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
    replica: readReplica(env),
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
    changesUrl: env.CHANGES_DATABASE_URL ? postgresUrl('CHANGES_DATABASE_URL', env.CHANGES_DATABASE_URL) : null,
    allowedOrigins: (env.ALLOWED_ORIGINS ?? '')
      .split(',')
      .flatMap((text) => text.trim() || [])
      .map(origin),
    vendorHosts: readHosts(env),
    simulatorOrigins: readOrigins(env),
    microsoftSimulator: readMicrosoftSimulator(env, sandbox),
    leaseMs: 1000 * whole(env, 'WORKER_LEASE_SECONDS', 30, 2, 300),
    publicUrl: readPublicUrl(env),
    sampleConnections: readSampleConnections(env, sandbox && !env.DATABASE_URL),
    entraApp: readEntraApp(env, identity.kind === 'entra' ? identity.clientId : null),
    kek: readKek(env, dataRoot),
    ledgerKey: readLedgerKey(env, dataRoot),
    telemetry: readTelemetry(env),
  };
}

/** The settings once the listener has its address: that is the public one too when no other was set. */
export function withAddress(config: Config, address: string): Config {
  const isOpen = new URL(config.publicUrl).port === '0';
  return isOpen && address !== '' ? { ...config, publicUrl: address } : config;
}

/** Others' links lead there, so no secret is in it and nothing but https, unless it is this machine. */
function readPublicUrl(env: Environment): string {
  if (!env.PUBLIC_URL) return `http://127.0.0.1:${whole(env, 'PORT', 4000, 0, 65_535)}`;
  const text = secureUrl('PUBLIC_URL', env.PUBLIC_URL);
  const { username, search, hash } = new URL(text);
  if (username !== '' || search !== '' || hash !== '' || text.length > 200)
    throw new StartupError(`PUBLIC_URL is "${text}": write it as https://countersign.example.com.`);
  return text.replace(/\/+$/, '');
}

/** Real tenants are never connected to a simulator: asked for beside them it is a mistake, and ends the start. */
function readSampleConnections(env: Environment, isAlone: boolean): boolean {
  if (env.SAMPLE_CONNECTIONS === 'on' && !isAlone)
    throw new StartupError(
      'SAMPLE_CONNECTIONS is on beside an identity provider or a database of your own: leave it out.',
    );
  return toggle(env, 'SAMPLE_CONNECTIONS', isAlone);
}

function readHosts(env: Environment): string[] {
  const hosts = (env.VENDOR_HOSTS ?? '').split(',').flatMap((host) => host.trim().toLowerCase() || []);
  const wrong = hosts.find((host) => !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/.test(host));
  if (wrong !== undefined)
    throw new StartupError(
      `VENDOR_HOSTS has "${wrong}": write host names separated by commas, such as psa.example.com.`,
    );
  return hosts;
}

const LOOPBACK_ORIGIN = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}$/;

/** A real tenant's Microsoft 365 is never turned round to a simulator. */
function readMicrosoftSimulator(env: Environment, sandbox: boolean): string | null {
  const origin = env.MICROSOFT_SIMULATOR;
  if (!origin) return null;
  if (!sandbox)
    throw new StartupError(
      'MICROSOFT_SIMULATOR is set beside an identity provider: it is the sandbox alone that has one.',
    );
  if (!LOOPBACK_ORIGIN.test(origin))
    throw new StartupError(
      `MICROSOFT_SIMULATOR is "${origin}": write an address of this machine, such as http://127.0.0.1:4000.`,
    );
  return origin;
}

function readOrigins(env: Environment): string[] {
  const origins = (env.SIMULATOR_ORIGINS ?? '').split(',').flatMap((origin) => origin.trim() || []);
  const wrong = origins.find((origin) => !LOOPBACK_ORIGIN.test(origin));
  if (wrong !== undefined)
    throw new StartupError(
      `SIMULATOR_ORIGINS has "${wrong}": write addresses of this machine, such as http://127.0.0.1:4000.`,
    );
  return origins;
}

/** With an external database the key must be one that all processes share, so nothing is assumed. */
function readKek(env: Environment, dataRoot: string): KekSettings {
  const named = (env.KEK_FILE ?? '').split(',').flatMap((path) => path.trim() || []);
  const vault = readVaultKey(env);
  if (named.length > 0) return { files: named, make: false, vault };
  if (env.DATABASE_URL) return { files: [], make: false, vault };
  return { files: [`${dataRoot}/keys/${vault ? 'kek.json' : 'kek'}`], make: true, vault };
}

/** Made where everything else is made, too; elsewhere somebody has to keep it on purpose. */
function readLedgerKey(env: Environment, dataRoot: string): LedgerKeySettings {
  const named = (env.LEDGER_KEY_FILE ?? '').split(',').flatMap((path) => path.trim() || []);
  if (named.length > 0) return { files: named, make: false };
  return env.DATABASE_URL ? { files: [], make: false } : { files: [`${dataRoot}/keys/ledger.pem`], make: true };
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
      pagesClient: env.OIDC_PAGES_CLIENT || null,
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
    OIDC_PAGES_CLIENT: 'OIDC_ISSUER',
    ENTRA_AUTHORITY_HOST: 'ENTRA_CLIENT_ID',
  })) {
    if (env[name]) throw new StartupError(`${name} is set without ${needed}: set both, or neither for the sandbox.`);
  }
  return { kind: 'sandbox' };
}

/** Written as browsers send it, so that it can be compared as text. */
function origin(text: string): string {
  if (URL.canParse(text) && new URL(text).origin === text) return text;
  throw new StartupError(
    `ALLOWED_ORIGINS has "${text}": write origins as https://pages.example.com, separated by commas.`,
  );
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
