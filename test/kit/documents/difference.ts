import pg from 'pg';
import type { TestServer } from '../server.js';
import type { Asked } from './document.js';

/** Who asks, and whether each read is put on record. */
export interface Asker {
  readonly name: string;
  readonly tenantId: string;
  /** The value of `Authorization` at a server: each has an identity provider of its own. */
  readonly authorization: ReadonlyMap<TestServer, string>;
  readonly isOnRecord: boolean;
}

/** One answer, as far as two servers are bound to agree: not its request id and date. */
export interface Answer {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
  /** What the ledger keeps of it, where reads are on record. */
  readonly record: string;
}

/** Two answers to one operation. */
export interface Difference {
  readonly asker: string;
  /** Whether they agree to the byte. */
  readonly isSame: boolean;
  readonly asked: Asked;
  readonly ordinary: Answer;
  readonly compiled: Answer;
}

const HEADERS = ['content-type', 'cache-control', 'retry-after'];

/** Two servers on one database, asked the same. */
export class Pair {
  constructor(
    private readonly ordinary: TestServer,
    private readonly compiled: TestServer,
    private readonly superuser: pg.Client,
  ) {}

  /** Asks both, one after the other; again when a busy machine has kept one from its answer. */
  async difference(asker: Asker, asked: Asked, attempts = 3): Promise<Difference> {
    const ordinary = await this.answer(this.ordinary, asker, asked);
    const compiled = await this.answer(this.compiled, asker, asked);
    const isSame = (Object.keys(ordinary) as (keyof Answer)[]).every((part) => ordinary[part] === compiled[part]);
    if (!isSame && attempts > 1 && [ordinary, compiled].some(({ body }) => body.includes('"UNAVAILABLE"')))
      return this.difference(asker, asked, attempts - 1);
    return { asker: asker.name, isSame, asked, ordinary, compiled };
  }

  private async answer(server: TestServer, asker: Asker, asked: Asked): Promise<Answer> {
    const response = await fetch(`${server.address}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: asker.authorization.get(server)! },
      body: JSON.stringify(asked),
    });
    const body = await response.text();
    const record = asker.isOnRecord ? await this.takeRecord(asker.tenantId) : '';
    const headers = HEADERS.map((name) => `${name}: ${response.headers.get(name)}`).join('\n');
    return { status: response.status, headers, body, record };
  }

  /** The entries of reads; they are taken out, so that both servers are asked about the same ledger. */
  private async takeRecord(tenantId: string): Promise<string> {
    const rows = await takeRecords(this.superuser, tenantId);
    return rows
      .map(({ content }) => {
        const { action, outcome, body, subject } = JSON.parse(content) as Record<string, unknown>;
        return JSON.stringify({ action, outcome, body, subject });
      })
      .join('\n');
  }
}

/** Takes the entries of reads out of the ledger, and out of what waits to be sealed. */
export async function takeRecords(superuser: pg.Client, tenantId: string): Promise<readonly { content: string }[]> {
  const { rows } = await superuser.query<{ content: string }>(
    `with gone as (delete from ledger_entry where tenant_id = $1 and action = 'readRecords' returning id, content),
      unsealed as (delete from ledger_pending where tenant_id = $1 and id in (select id from gone))
      select content from gone`,
    [tenantId],
  );
  return rows;
}

/** Opens the connection by which rows are changed that nobody may: past the triggers, such as the ledger's. */
export async function openSuperuser(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query("set session_replication_role = 'replica'");
  return client;
}

/** A difference for whoever reads it: the operation, and both answers around the first byte that differs. */
export function differenceText({ asker, asked, ordinary, compiled }: Difference): string {
  const parts = (Object.keys(ordinary) as (keyof Answer)[])
    .filter((part) => ordinary[part] !== compiled[part])
    .map((part) => {
      const [left, right] = [String(ordinary[part]), String(compiled[part])];
      let at = 0;
      while (left[at] === right[at]) at++;
      const near = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 120), at + 160));
      return `${part}, from character ${at}:\n  ordinary ${near(left)}\n  compiled ${near(right)}`;
    });
  const sent = `${asked.query}\nvariables ${JSON.stringify(asked.variables)}`;
  return `${asker} asked\n${sent}\n${parts.join('\n')}`;
}
