import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration, withoutForce } from '../src/core/migration.js';

const HASH = (column: string): string => `${column} text not null check (${column} ~ '^[0-9a-f]{64}$')`;

/** What the sealer keeps: entries that wait, their seals, the head of each tenant's ledger, signed checkpoints. */
export class LedgerSeal1700000000016 extends TablesMigration {
  readonly tables = ['ledger_pending', 'ledger_seal', 'ledger_head', 'ledger_checkpoint'];

  async up(runner: QueryRunner): Promise<void> {
    // Without a foreign key to its entry: one statement writes both, on the path of every mutation.
    await createTenantTable(runner, 'ledger_pending', '', 'select, insert, delete');
    await createTenantTable(
      runner,
      'ledger_seal',
      `seq bigint not null check (seq > 0),
      entry_id uuid not null,
      ${HASH('leaf_hash')},
      ${HASH('chain_hash')},
      ${HASH('tree_hash')},
      sealed_at timestamptz(3) not null,
      unique (tenant_id, entry_id),
      foreign key (tenant_id, entry_id) references ledger_entry (tenant_id, id)`,
      'select, insert',
      'tenant_id, seq',
    );
    await createTenantTable(
      runner,
      'ledger_head',
      `seq bigint not null,
      ${HASH('chain_hash')},
      frontier text not null,
      checkpoint_size bigint not null,
      checkpoint_at timestamptz(3),
      shipped_size bigint not null,
      shipped_at timestamptz(3)`,
      'select, insert, update',
      'tenant_id',
    );
    await createTenantTable(
      runner,
      'ledger_checkpoint',
      `size bigint not null check (size > 0),
      ${HASH('root_hash')},
      ${HASH('chain_hash')},
      at timestamptz(3) not null,
      key_id text not null,
      note text not null`,
      'select, insert',
      'tenant_id, size',
    );
    await this.backfill(runner);
  }

  /** What was written before there was a sealer waits for it like everything else. */
  private async backfill(runner: QueryRunner): Promise<void> {
    await withoutForce(runner, 'ledger_entry', () =>
      withoutForce(runner, 'ledger_pending', async () => {
        await runner.query('insert into ledger_pending (tenant_id, id) select tenant_id, id from ledger_entry');
      }),
    );
  }
}
