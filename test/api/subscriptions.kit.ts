import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { startServer, type TestServer } from '../kit/server.js';
import { RawSocket } from '../kit/socket.js';
import { openSuite, type Suite } from '../kit/suite.js';
import { createForge, type Forge } from '../kit/token-forge.js';
import type { World } from '../kit/world.js';

/** An OpenID provider of the test's own, so that a token may end when the test wants. */
export class TestProvider {
  private constructor(
    private readonly forge: Forge,
    private readonly server: Server,
    private readonly origin: string,
  ) {}

  static async start(): Promise<TestProvider> {
    const forge = await createForge();
    let origin = '';
    const server = createServer((request, response) => {
      const found =
        request.url === '/realm/keys' ? forge.keySet : { issuer: `${origin}/realm`, jwks_uri: `${origin}/realm/keys` };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(found));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return new TestProvider(forge, server, origin);
  }

  /** What a server needs to trust it. */
  get settings(): Record<string, string> {
    return { OIDC_ISSUER: `${this.origin}/realm`, OIDC_AUDIENCE: 'api' };
  }

  /** A token of a person, for so many seconds. */
  async token(world: World, key: string, seconds = 600): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const { oid } = world.configuration.people.find((person) => person.key === key)!.accounts[0]!;
    const tid = world.configuration.tenant.entraTid;
    const times = { iat: now - 60, nbf: now - 60, exp: now + seconds, auth_time: now - 60 };
    return this.forge.sign({
      ...times,
      sub: 'pairwise',
      tid,
      oid,
      iss: `${this.origin}/realm`,
      aud: 'api',
      scope: 'access',
    });
  }

  stop(): void {
    this.server.close();
  }
}

/** A subscription in a document that is not one of ours. */
export const SHORT = 'subscription { approvalInboxChanged { total awaitingMe requestedByMe } }';

const OF_THE_LISTENER = "application_name = 'countersign-changes' and datname = current_database()";

/** Waits so many milliseconds. */
export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** The figures that a socket was told for an operation, in their order. */
export const told = (socket: RawSocket, id = '1'): Record<string, number>[] =>
  socket.messages
    .filter((message) => message.type === 'next' && message.id === id)
    .map(({ payload }) => payload.data.approvalInboxChanged as Record<string, number>);

/** A server with free documents over a suite's database, and a superuser's connection to it. */
export class Stage {
  private constructor(
    readonly suite: Suite,
    readonly provider: TestProvider,
    readonly server: TestServer,
    readonly database: pg.Client,
  ) {}

  static async open(): Promise<Stage> {
    const suite = await openSuite();
    const provider = await TestProvider.start();
    const server = await startServer(suite, { ...provider.settings, TRUSTED_DOCUMENTS: 'off', DRAIN_SECONDS: '0' });
    const database = new pg.Client({ connectionString: suite.superuserUrl });
    await database.connect();
    return new Stage(suite, provider, server, database);
  }

  async close(): Promise<void> {
    await this.server.close();
    this.provider.stop();
    await this.database.end();
    await this.suite.close();
  }

  /** What the sealer sends after commit. */
  async tell(of: World, ...topics: string[]): Promise<void> {
    const payload = JSON.stringify({ tenant: of.tenantId, topics });
    await this.database.query("select pg_notify('countersign_changes', $1)", [payload]);
  }

  async signedIn(of: World, key = 'freda.finance'): Promise<RawSocket> {
    return RawSocket.signedIn(this.server.address, await this.provider.token(of, key));
  }

  /** A socket with one subscription, which has told its first figures. */
  async subscribed(of: World, key = 'freda.finance'): Promise<RawSocket> {
    const socket = await this.signedIn(of, key);
    socket.subscribe('1', SHORT);
    await socket.heard(({ type }) => type === 'next');
    return socket;
  }

  /** Until notifications are heard: they are from the first subscription on. */
  async listening(): Promise<void> {
    while ((await this.listeners()) === 0) await pause(20);
    await pause(150);
  }

  /** Connections of the suite's database that listen. */
  async listeners(): Promise<number> {
    const { rows } = await this.database.query(
      `select 1 from pg_stat_activity where ${OF_THE_LISTENER} and state = 'idle' and query like 'listen%'`,
    );
    return rows.length;
  }

  async cutListeners(): Promise<void> {
    await this.database.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${OF_THE_LISTENER}`);
  }
}
