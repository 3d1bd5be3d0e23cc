import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration } from '../src/core/migration.js';

/** What lies in the tenants' SharePoint libraries, and what tells whether a record has had a card in Teams. */
export class Microsoft1700000000028 extends TablesMigration {
  readonly tables = ['stored_folder', 'stored_file'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'stored_folder',
      `handoff_id uuid not null,
      drive_id text not null,
      item_id text not null,
      unique (tenant_id, handoff_id, drive_id),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id)`,
      'select, insert, update',
    );
    await createTenantTable(
      runner,
      'stored_file',
      `brief_id uuid not null,
      format text not null check (format in ('MARKDOWN', 'DOCX')),
      integration_id uuid not null,
      drive_id text not null,
      item_id text not null,
      name text not null,
      web_url text not null,
      share_url text,
      version text not null,
      c_tag text not null,
      quick_xor_hash text,
      sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
      state text not null check (state in ('SOUND', 'CHANGED', 'MISSING')),
      stored_at timestamptz(3) not null,
      checked_at timestamptz(3) not null,
      unique (tenant_id, brief_id, format),
      foreign key (tenant_id, brief_id) references brief (tenant_id, id),
      foreign key (tenant_id, integration_id) references integration (tenant_id, id)`,
      'select, insert, update',
    );
    await runner.query('create index stored_file_connection on stored_file (tenant_id, integration_id, id)');
    // Whether a record has had a card already is asked every few seconds.
    await runner.query(
      "create index outbox_effect_card on outbox_effect (tenant_id, aggregate_id) where kind = 'teams.card'",
    );
  }

  override async down(runner: QueryRunner): Promise<void> {
    await super.down(runner);
    await runner.query('drop index outbox_effect_card');
  }
}
