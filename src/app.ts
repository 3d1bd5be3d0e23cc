import { join } from 'node:path';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { mountVotePage } from './approval/vote-page.js';
import { mountReportFiles } from './artefact/download.js';
import { mountDownloads } from './audit/download.js';
import { abilityOf } from './core/ability.js';
import type { Actor } from './core/actor.js';
import { ActorChanged, type Standing } from './core/assumed-actor.js';
import { authorizationHeaders, type BearerVerifier, createBearerVerifier } from './core/bearer.js';
import { Changes } from './core/changes.js';
import { Plans } from './core/compiled/plans.js';
import { databaseClock } from './core/clock.js';
import { type Config, withAddress } from './core/config.js';
import { Gateway } from './core/gateway.js';
import { type ApiContext, type Outside, RequestContext } from './core/graphql/context.js';
import { TrustedDocuments } from './core/graphql/documents.js';
import { createApi } from './core/graphql/server.js';
import { Sockets } from './core/graphql/sockets.js';
import { createListener } from './core/http.js';
import { newId } from './core/id.js';
import { graphiqlPage } from './graphiql-page.js';
import { mountHandoffPage } from './handoff/handoff.page.js';
import { HintSender } from './core/outbox/hints.js';
import { Pipeline } from './core/pipeline.js';
import { PlaceHeader } from './core/replica/place-header.js';
import { databaseReason } from './core/readiness.js';
import { Replica } from './core/replica/replica.js';
import { RequestTurns } from './core/request-turns.js';
import { OperationNames } from './core/telemetry/operation-names.js';
import type { OperationWatch } from './core/telemetry/operation-watch.js';
import { OperationObserver } from './core/telemetry/operation-observer.js';
import { SILENT, type Telemetry } from './core/telemetry/telemetry.js';
import { Vault } from './core/vault.js';
import { refreshActor } from './identity/actor.queries.js';
import { TenantRegistry } from './identity/registry.js';
import { SignInService } from './identity/sign-in.js';
import { openKeys } from './open-keys.js';
import { pageSignIn } from './page-sign-in.js';
import { mountReportsPage } from './reports-page.js';
import { mountFeed } from './odata/mount.js';
import { type OwnHands, ownHands } from './integrations/microsoft/teams/own.hands.js';
import { POWER_BI } from './integrations/powerbi/embed.js';
import { PowerBi } from './integrations/powerbi/powerbi.client.js';
import { mountHaloWebhook } from './integrations/halopsa/webhook.js';
import { SANDBOX_IDENTITY_PATH } from './sandbox/identity/constants.js';
import { SANDBOX_APP } from './sandbox/microsoft/constants.js';
import { ABILITIES } from './abilities.js';
import { buildApiSchema } from './schema.js';
import { admitAnonymous, idempotencyKey, spend } from './request-bounds.js';
import { vendorHttp } from './vendor-http.js';

export interface AppOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly log: Logger;
  /** Where trusted documents stand: schema/operations of the project. */
  readonly operationsFolder: string;
  /** The present in place of the database's clock: tests alone. */
  readonly present?: () => Date;
  readonly onStatement?: (text: string) => void;
  /** Whether reads may go to the replica of the settings: not where a worker shares the process, which reads to write. */
  readonly readsReplica?: boolean;
  /** To whom the process tells how it goes; nobody when left out. */
  readonly telemetry?: Telemetry;
  /** What answers queries; statements as a rule, which no part of the product changes: tests and benchmarks that compare. */
  readonly queriesBy?: 'STATEMENTS' | 'RESOLVERS' | 'EXECUTOR';
  /** The base address of this listener, known once it listens; the sandbox's issuer stands under it. */
  readonly ownAddress: () => string;
}

/** Everything that runs in one API process, wired by hand. */
export interface App {
  readonly gateway: Gateway;
  readonly pipeline: Pipeline;
  readonly registry: TenantRegistry;
  readonly vault: Vault;
  readonly schema: GraphQLSchema;
  readonly listener: FastifyInstance;
  /** How queries were answered; null when none is compiled. */
  readonly plans: Plans | null;
  /** Not ready from now on, then drained: running requests end, new ones are refused. */
  close(): Promise<void>;
}

/** How long running requests may take to end when the process stops, in milliseconds: as long as a statement may. */
const DRAIN_WITHIN = 5000;

/** The audience of the sandbox's tokens. */
export const SANDBOX_AUDIENCE = 'countersign-api';

/** Wires the API: database, pipeline, sign-in, schema, listener. Does not listen yet. */
export async function createApp(options: AppOptions): Promise<App> {
  const { config, log, telemetry = SILENT } = options;
  let closing = false;
  const keys = await openKeys(config.kek, { log });
  const vault = new Vault(keys.ring);
  const replica = config.replica && options.readsReplica ? new Replica({ ...config.replica, log }) : null;
  const places = replica && new PlaceHeader(replica);
  const gateway = new Gateway({
    url: options.databaseUrl,
    poolSize: config.poolSize,
    prepare: config.prepare,
    watch: telemetry.background,
    ...(options.onStatement ? { onStatement: options.onStatement } : {}),
    ...(replica ? { replica } : {}),
    ...(options.present ? { present: options.present } : {}),
    // The embedded server, stopped next, may end a connection before its own goodbye has arrived.
    onError: (error) => closing || log.warn({ err: error }, 'a database connection was lost'),
  });
  const clock = databaseClock;
  const { hint, happened } = new HintSender(gateway, log);
  const entraApp = config.identity.kind === 'sandbox' ? SANDBOX_APP : config.entraApp;
  const hands: OwnHands | null =
    entraApp &&
    ownHands({
      app: entraApp,
      http: vendorHttp(config, options.ownAddress, { telemetry }),
      gateway,
      pipeline: () => pipeline,
      vault,
      hint,
      clock,
      publicUrl: () => withAddress(config, options.ownAddress()).publicUrl,
      leaseMs: config.leaseMs,
      log,
    });
  const acted = (actor: Actor): void => hands?.acted(actor);
  const pipeline: Pipeline = new Pipeline({
    gateway,
    clock,
    abilities: ABILITIES,
    refresh: refreshActor,
    vault,
    hint,
    happened,
    acted,
    log,
  });
  const registry = new TenantRegistry(gateway);
  const signIn = new SignInService(gateway, registry, verifierOf(config, registry, options.ownAddress));
  const schema = buildApiSchema();
  const documents = new TrustedDocuments(options.operationsFolder);
  const trusted = config.trustedDocuments ? documents : null;
  const names = new OperationNames((text) => documents.has(text));
  const plans = options.queriesBy === 'EXECUTOR' ? null : new Plans(schema, options.queriesBy !== 'RESOLVERS');
  const api = createApi({ schema, introspection: config.introspection, trusted, plans, names, log });
  telemetry.observe({ pool: () => gateway.connections(), plans: () => plans?.counts ?? null });
  const observer = new OperationObserver({ telemetry, log, slowMs: config.telemetry.slowOperationMs });
  await api.start();
  const limiter = new RateLimiterMemory({ points: config.requestsPerMinute, duration: 60 });
  const askedAtOnce = vendorHttp(config, options.ownAddress, { telemetry });
  const outside: Outside = new Map([[POWER_BI, new PowerBi(askedAtOnce)]]);
  const contextFor = (
    actor: Actor,
    key: string | null,
    id: string,
    standing: Standing<RequestContext> | null = null,
    watch?: OperationWatch,
  ): RequestContext => {
    const ability = abilityOf(actor, ABILITIES);
    return new RequestContext(actor, ability, pipeline, gateway, key, id, log, clock, vault, outside, standing, watch);
  };
  const turns = new RequestTurns();
  const contextOf = async (request: FastifyRequest): Promise<ApiContext> => {
    const authorization = authorizationHeaders(request.raw.rawHeaders);
    const signedIn = await signIn.assume(authorization);
    const watch = observer.of(request);
    if (!signedIn) return { actor: null, watch };
    const { actor, assumed } = signedIn;
    const confirmed = (): void => hands?.present(signedIn);
    if (!assumed) confirmed();
    await spend(limiter, actor);
    await turns.enter(request, actor.tenantId);
    places?.take(request, actor.tenantId);
    const renew = async (): Promise<RequestContext> => {
      // What was found on the primary, a replica may not show yet.
      gateway.turnToPrimary(actor.tenantId);
      // The headers are the same, and nobody was refused for them before.
      const { actor: renewed } = (await signIn.signIn(authorization))!;
      const standing = { current: refreshActor(renewed), assumed: null, renew: null };
      return contextFor(renewed, idempotencyKey(request), request.id, standing, watch);
    };
    const standing = { current: refreshActor(actor), assumed, confirmed, renew };
    return contextFor(actor, idempotencyKey(request), request.id, standing, watch);
  };
  const listener = createListener({
    api,
    log,
    graphiql: config.graphiql ? await graphiqlPage() : null,
    notReady: async () => (closing ? 'shutting down' : (keys.reason() ?? (await databaseReason(gateway)))),
    contextOf: async (request) => {
      const context = await contextOf(request);
      if (!context.actor) await admitAnonymous(limiter, request, config);
      return context;
    },
    observer,
  });
  turns.watch(listener);
  places?.mount(listener);
  // Files and the feed are handed out by many flushes: who takes them is confirmed before the first.
  const signedInOf = async (request: FastifyRequest): Promise<RequestContext | null> => {
    const context = await contextOf(request);
    if (!context.actor) return null;
    try {
      await context.confirmation.confirm();
      return context;
    } catch (error) {
      if (error instanceof ActorChanged) return context.confirmation.renew();
      throw error;
    }
  };
  mountDownloads(listener, { contextOf: signedInOf });
  mountReportFiles(listener, { contextOf: signedInOf });
  await mountFeed(listener, {
    gateway,
    pipeline,
    poolSize: config.poolSize,
    publicUrl: () => withAddress(config, options.ownAddress()).publicUrl,
    contextOf: signedInOf,
    spend: (who) => spend(limiter, who),
  });
  await mountHaloWebhook(listener, { gateway, clock, hint });
  const pages = { pages: join(options.operationsFolder, '../../pages'), operations: options.operationsFolder };
  const signInOfPages = () => pageSignIn(config.identity, options.ownAddress());
  mountVotePage(listener, pages, signInOfPages);
  mountHandoffPage(listener, pages, signInOfPages);
  mountReportsPage(listener, {
    folder: join(options.operationsFolder, '../../dist/embed'),
    signIn: signInOfPages,
  });
  const changes = new Changes({
    url: config.changesUrl ?? options.databaseUrl,
    notify: (channel, payload) => gateway.global('select pg_notify($1, $2)', [channel, payload]),
    heard: (tenantId) => replica?.noticed(tenantId),
    log,
  });
  const sockets = new Sockets({
    server: listener.server,
    origins: config.allowedOrigins,
    schema,
    trusted,
    changes,
    log,
    signIn: (authorization) => signIn.signIn(authorization),
    spend: (actor) => spend(limiter, actor),
    contextOf: async (actor, watch) => {
      const { current } = await gateway.read(actor.tenantId, { current: refreshActor(actor) }, watch);
      return current && contextFor(current, null, newId(), null, watch);
    },
    observer,
    names,
  });
  return {
    gateway,
    pipeline,
    registry,
    vault,
    schema,
    listener,
    plans,
    close: async () => {
      closing = true;
      await new Promise((resolve) => setTimeout(resolve, config.drainSeconds * 1000));
      const patience = setTimeout(() => listener.server.closeAllConnections(), DRAIN_WITHIN);
      await Promise.all([sockets.close(), listener.close()]);
      clearTimeout(patience);
      await hands?.stop();
      await askedAtOnce.close();
      await changes.stop();
      await api.stop();
      await gateway.end();
      await keys.close();
    },
  };
}

function verifierOf(config: Config, registry: TenantRegistry, ownAddress: () => string): BearerVerifier {
  const { identity } = config;
  if (identity.kind === 'entra') {
    const isKnownTenant = async (tid: string): Promise<boolean> => (await registry.tenantOf(tid)) !== null;
    return createBearerVerifier({
      kind: 'entra',
      audience: identity.clientId,
      authorityHost: identity.authorityHost,
      isKnownTenant,
    });
  }
  if (identity.kind === 'oidc') return createBearerVerifier(identity);
  // The sandbox's issuer has the listener's port, which is known only once it listens.
  let made: BearerVerifier | null = null;
  const make = (): BearerVerifier =>
    createBearerVerifier({
      kind: 'oidc',
      issuer: `${ownAddress()}${SANDBOX_IDENTITY_PATH}`,
      audience: SANDBOX_AUDIENCE,
    });
  const verifier = (): BearerVerifier => (made ??= make());
  return { verify: (token) => verifier().verify(token), holdsNow: (times) => verifier().holdsNow(times) };
}
