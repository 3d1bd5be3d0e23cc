import { newId } from '../../src/core/id.js';
import { startServer, type TestServer } from '../kit/server.js';
import { Stage } from './subscriptions.kit.js';

/** Who asks, and for what, when a test names nobody else. */
export const WHO = 'sofia.sales';
export const ME = '{ me { handle } }';

/** One process, with what it sends to the database. */
export interface Process {
  readonly server: TestServer;
  readonly statements: string[];
}

/** Starts a process over the stage's database. */
export async function startProcess(stage: Stage): Promise<Process> {
  const statements: string[] = [];
  const environment = { ...stage.provider.settings, TRUSTED_DOCUMENTS: 'off', DRAIN_SECONDS: '0' };
  const server = await startServer(stage.suite, environment, { onStatement: (text) => void statements.push(text) });
  return { server, statements };
}

export interface Asked {
  readonly status: number;
  readonly json: any; // oxlint-disable-line typescript/no-explicit-any -- a test reads whatever it asked for
  /** Transactions that the request took; a read's is one flush, a change's two. */
  readonly transactions: number;
}

/** Sends an operation with this token or key. */
export async function ask(
  { server, statements }: Process,
  secret: string,
  query: string,
  variables = {},
): Promise<Asked> {
  statements.length = 0;
  const headers = { authorization: `Bearer ${secret}`, 'idempotency-key': newId() };
  const { status, json } = await server.send({ query, variables }, headers);
  return { status, json, transactions: statements.filter((text) => text.startsWith('begin')).length };
}

/** Two processes over one stage. */
export class Two {
  private constructor(
    readonly stage: Stage,
    readonly processes: readonly [Process, Process],
  ) {}

  static async open(): Promise<Two> {
    const stage = await Stage.open();
    return new Two(stage, [await startProcess(stage), await startProcess(stage)]);
  }

  /** Both have seen the token or key. */
  async know(secret: string, query = ME): Promise<void> {
    for (const process of this.processes) expect((await ask(process, secret, query)).status).toBe(200);
  }

  async close(): Promise<void> {
    for (const { server } of this.processes) await server.close();
    await this.stage.close();
  }
}
