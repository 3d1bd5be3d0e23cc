import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { type App, type AppOptions, createApp, SANDBOX_AUDIENCE } from '../../src/app.js';
import { type Config, readConfig } from '../../src/core/config.js';
import { requestSandboxToken } from '../../src/sandbox/identity/client.js';
import { SANDBOX_IDENTITY_PATH } from '../../src/sandbox/identity/constants.js';
import { mountSandboxIdentity } from '../../src/sandbox/identity/mount.js';
import { sandboxPeople } from '../../src/sandbox/people.js';
import type { Suite } from './suite.js';
import type { World } from './world.js';

/** A real listener on a free port over a suite's database, with the sandbox's identity provider. */
export interface TestServer {
  readonly app: App;
  readonly address: string;
  /** What was logged, line by line. */
  readonly logged: string[];
  token(world: World, keyOrRole: string): Promise<string>;
  /** A GraphQL request; answers status, headers and the body as text. */
  send(body: unknown, headers?: Record<string, string>): Promise<{ status: number; text: string; json: any }>; // oxlint-disable-line typescript/no-explicit-any -- a test reads whatever it asked for
  close(): Promise<void>;
}

/** Starts one; call `close` before the suite's. */
export async function startServer(
  suite: Suite,
  environment: Record<string, string> = {},
  more: Partial<AppOptions> = {},
): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-server-'));
  const config: Config = {
    ...readConfig({ REQUESTS_PER_MINUTE: '100000', ...environment }, resolve('.')),
    dataRoot: folder,
    port: 0,
  };
  const logged: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) });
  let address = '';
  const app = await createApp({
    config,
    databaseUrl: suite.appUrl,
    log,
    operationsFolder: resolve('schema/operations'),
    present: () => suite.clock.at,
    readsReplica: config.replica !== null,
    ownAddress: () => address,
    ...more,
  });
  if (config.identity.kind === 'sandbox') {
    await mountSandboxIdentity(app.listener, {
      issuer: () => `${address}${SANDBOX_IDENTITY_PATH}`,
      keyFile: join(folder, 'keys.json'),
      audience: SANDBOX_AUDIENCE,
      people: () => sandboxPeople(app.gateway, app.registry),
    });
  }
  address = await app.listener.listen({ port: 0, host: '127.0.0.1' });
  return {
    app,
    address,
    logged,
    token: async (world, keyOrRole) => {
      const people = world.configuration.people;
      const person =
        people.find((p) => p.key === keyOrRole) ?? people.find((p) => (p.roles as string[]).includes(keyOrRole));
      const { tenantSlug } = (await sandboxPeople(app.gateway, app.registry)).find(
        (p) => p.oid === person!.accounts[0]!.oid,
      )!;
      return (await requestSandboxToken(address, `${person!.key}@${tenantSlug}`)).accessToken;
    },
    send: async (body, headers = {}) => {
      const response = await fetch(`${address}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      const text = await response.text();
      let json: unknown = null;
      try {
        json = JSON.parse(text);
      } catch {
        // Not JSON: the test looks at the text.
      }
      return { status: response.status, text, json };
    },
    close: async () => {
      await app.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
