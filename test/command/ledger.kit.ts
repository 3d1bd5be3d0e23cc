import pg from 'pg';
import { systemActor } from '../../src/core/actor.js';
import { newId } from '../../src/core/id.js';
import { appendToLedger, LedgerOutcome } from '../../src/core/ledger/entry.js';
import { exportLedger, type ExportRequest, type LedgerRead } from '../../src/core/ledger/export.js';
import type { Sealer } from '../../src/core/ledger/sealer.js';
import type { Statement } from '../../src/core/statement.js';
import { SOURCE_CHECKERS } from '../../src/sources.js';
import { sealerOf } from '../kit/sealer.js';
import type { Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { KEY } from '../rules/ledger.kit.js';

/** The place of one entry. */
export interface SealRow {
  readonly seq: number;
  readonly entry: string;
}

/** The ledger of one tenant, to write to and to look at past the API. */
export class LedgerBench {
  readonly suite: Suite;

  constructor(readonly world: World) {
    this.suite = world.suite;
  }

  /** A sealer of this tenant, or of those given. */
  sealer(tenants: readonly string[] = [this.world.tenantId]): Sealer {
    return sealerOf(this.world, tenants, KEY);
  }

  readonly read: LedgerRead = (queries) => this.suite.gateway.read(this.world.tenantId, queries);

  /** The statement that writes an entry. */
  entry(id = newId()): Statement {
    return appendToLedger({
      id,
      at: this.suite.clock.at,
      actor: systemActor(this.world.tenantId, 'test'),
      action: 'test',
      outcome: LedgerOutcome.DONE,
      subject: { type: 'Test', id: newId() },
      body: {},
      sources: [],
    });
  }

  /** Writes entries, each in a transaction of its own. */
  async write(count: number): Promise<void> {
    for (let n = 0; n < count; n++)
      await this.suite.gateway.transaction(this.world.tenantId, (tx) => tx.commit([this.entry()]));
  }

  /** An open transaction of a connection of its own that has written an entry. */
  async holding(): Promise<{ id: string; commit: () => Promise<void> }> {
    const client = new pg.Client({ connectionString: this.suite.appUrl });
    await client.connect();
    await client.query('begin');
    await client.query(`set local app.tenant_id = '${this.world.tenantId}'`);
    const id = newId();
    const { text, values } = this.entry(id);
    await client.query(text, [this.world.tenantId, ...values]);
    return {
      id,
      commit: async () => {
        await client.query('commit');
        await client.end();
      },
    };
  }

  /** Every seal in order. */
  async seals(): Promise<SealRow[]> {
    const text = 'select seq, entry_id from ledger_seal where tenant_id = $1 order by seq';
    return (await this.world.rows(text)).map((row) => ({ seq: Number(row.seq), entry: row.entry_id as string }));
  }

  /** Rows of a table. */
  async count(table: string): Promise<number> {
    return Number((await this.world.rows(`select count(*) as n from ${table} where tenant_id = $1`))[0]!.n);
  }

  /** Every entry has one number, and the numbers have no gap. */
  async expectDense(): Promise<void> {
    const found = await this.seals();
    expect(found.map(({ seq }) => seq)).toEqual(found.map((_, n) => n + 1));
    const rows = await this.world.rows('select id from ledger_entry where tenant_id = $1 order by id');
    expect(found.map(({ entry }) => entry).toSorted()).toEqual(rows.map((row) => row.id));
    expect(await this.count('ledger_pending')).toBe(0);
  }

  /** An export as one text. */
  async exported(change: Partial<ExportRequest> = {}): Promise<string> {
    const lines: string[] = [];
    const { tenantId } = this.world;
    const request = { tenantId, read: this.read, key: KEY, checkers: SOURCE_CHECKERS, now: this.suite.clock.at };
    for await (const line of exportLedger({ ...request, period: { from: null, to: null }, ...change }))
      lines.push(line);
    return lines.join('');
  }
}
