import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Provider } from 'oidc-provider/lib/provider.js';
import { StartupError } from '../../core/startup-error.js';
import { SANDBOX_IDENTITY_PATH } from './constants.js';
import { mountPickPerson } from './interaction.js';
import { sandboxKeys } from './keys.js';
import type { PeopleSource } from './person.js';
import { createSandboxProvider } from './provider.js';

/** What the sandbox provider needs. */
export interface SandboxIdentityOptions {
  /**
   * The issuer, for example `http://127.0.0.1:4000/sandbox/identity`; its path is always `/sandbox/identity`. A function
   * is asked at the first request, for a listener that gets its port only when it listens.
   */
  issuer: string | (() => string);
  /** Keeps the signing keys across starts; made with mode 0600 when it is not there. */
  keyFile: string;
  /** `aud` of the access tokens: the API's. */
  audience: string;
  /** The sample people; asked for every request. */
  people: PeopleSource;
  /** For tests. */
  now?: () => Date;
  /** Paths on the issuer's origin to which `countersign-pages` may be sent back. */
  redirectPaths?: readonly string[];
}

const REDIRECT_PATHS = ['/graphql', '/graphiql', '/reports', '/signed-in', '/approve/', '/handoffs/'];
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Mounts the sandbox's OpenID provider in the API's own listener under `/sandbox/identity`: discovery, keys, the token
 * endpoint, the authorization endpoint and the page on which to pick a sample person.
 *
 * **It hands out a token for any sample person to whoever asks.** Call it only when no real identity provider is
 * configured; without this call no route and no key of the sandbox exists. The caller must not add this issuer to its
 * verifiers either when a real one is configured.
 *
 * Requests that name a host other than the issuer's or a loopback one are refused with 421, so that a foreign web page
 * cannot reach it by DNS rebinding.
 *
 * Throws `StartupError` for an unusable key file or an issuer with another path.
 */
export async function mountSandboxIdentity(app: FastifyInstance, options: SandboxIdentityOptions): Promise<void> {
  const keys = await sandboxKeys(options.keyFile);
  let made: Provider | undefined;
  const provider = (): Provider => {
    made ??= build();
    return made;
  };
  const issuer = (): string => (typeof options.issuer === 'string' ? options.issuer : options.issuer());
  const origins = (): string[] => sameOrigins(new URL(issuer()));
  const paths = options.redirectPaths ?? REDIRECT_PATHS;
  const build = (): Provider => {
    assertIssuer(issuer());
    const { audience, people, now = () => new Date() } = options;
    const built = createSandboxProvider({
      issuer: issuer(),
      audience,
      people,
      now,
      keys,
      redirectUris: origins().flatMap((origin) => paths.map((path) => origin + path)),
    });
    built.on('server_error', (_ctx, err) => app.log.error({ err }, 'sandbox identity provider'));
    // Without a listener koa writes to the console by itself.
    (built as NodeJS.EventEmitter).on('error', (err: unknown) => app.log.error({ err }, 'sandbox identity provider'));
    return built;
  };
  // A fixed issuer shows its faults now, not at the first sign-in.
  if (typeof options.issuer === 'string') provider();

  await app.register(
    async (scope) => {
      scope.addHook('onRequest', async (request, reply) => {
        const own = new URL(provider().issuer);
        if (!isOurHost(request.raw, own)) {
          const description = `the sandbox is reachable as ${own.host} only`;
          return reply.code(421).send({ error: 'invalid_request', error_description: description });
        }
        pinOrigin(request.raw, own);
        return undefined;
      });
      await scope.register(mountPickPerson, {
        provider,
        people: options.people,
        now: options.now ?? (() => new Date()),
        formTargets: origins,
      });
      await scope.register(async (rest) => {
        // oidc-provider reads the body itself, and warns when somebody else has.
        rest.removeAllContentTypeParsers();
        rest.addContentTypeParser('*', (_request, _payload, done) => done(null));
        rest.all('/', delegateTo(provider));
        rest.all('/*', delegateTo(provider));
      });
    },
    { prefix: SANDBOX_IDENTITY_PATH },
  );
}

/** Hands the raw request to koa as a mounted application: the prefix off `url`, the whole in `originalUrl` (connect's way). */
function delegateTo(provider: () => Provider): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  return async (request, reply) => {
    reply.hijack();
    const raw = request.raw as IncomingMessage & { originalUrl?: string };
    raw.originalUrl = raw.url ?? '';
    const rest = raw.originalUrl.slice(SANDBOX_IDENTITY_PATH.length);
    raw.url = rest.startsWith('/') ? rest : `/${rest}`;
    await provider().callback()(raw, reply.raw);
  };
}

/** All URLs that the provider writes follow from the issuer, whatever name or scheme the request came in by. */
function pinOrigin(raw: IncomingMessage, issuer: URL): void {
  raw.headers['x-forwarded-host'] = issuer.host;
  raw.headers['x-forwarded-proto'] = issuer.protocol.slice(0, -1);
  delete raw.headers['x-forwarded-for'];
}

function isOurHost(raw: IncomingMessage, issuer: URL): boolean {
  const host = raw.headers.host ?? '';
  if (host === issuer.host) return true;
  return URL.canParse(`http://${host}`) && LOOPBACK.includes(new URL(`http://${host}`).hostname);
}

/** The issuer's origin; for a loopback one its other usual name too, since people type either. */
function sameOrigins(issuer: URL): string[] {
  if (!LOOPBACK.includes(issuer.hostname)) return [issuer.origin];
  const port = issuer.port ? `:${issuer.port}` : '';
  return [
    ...new Set([issuer.origin, ...['127.0.0.1', 'localhost'].map((name) => `${issuer.protocol}//${name}${port}`)]),
  ];
}

function assertIssuer(issuer: string): void {
  if (URL.canParse(issuer) && issuer === new URL(issuer).origin + SANDBOX_IDENTITY_PATH) return;
  throw new StartupError(`The sandbox's issuer must be an origin and ${SANDBOX_IDENTITY_PATH}, not "${issuer}".`);
}
