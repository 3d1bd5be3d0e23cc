import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration } from '../src/core/migration.js';

/** Clients, deals, their immutable snapshots and quote lines. */
export class Deal1700000000003 extends TablesMigration {
  readonly tables = ['client', 'deal', 'deal_snapshot', 'quote_line'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'client',
      `name text not null,
      external_id text not null,
      created_at timestamptz(3) not null,
      unique (tenant_id, external_id)`,
      'select, insert, update',
    );
    await createTenantTable(
      runner,
      'deal',
      `source text not null check (source in ('HALOPSA')),
      external_id text not null,
      client_id uuid not null,
      title text not null,
      current_revision int not null check (current_revision > 0),
      current_snapshot_id uuid not null,
      created_at timestamptz(3) not null,
      unique (tenant_id, source, external_id),
      foreign key (tenant_id, client_id) references client (tenant_id, id)`,
      'select, insert, update',
    );
    await createTenantTable(
      runner,
      'deal_snapshot',
      `deal_id uuid not null,
      revision int not null check (revision > 0),
      raw text not null,
      raw_digest text not null,
      terms text not null,
      terms_digest text not null,
      currency text not null,
      findings text not null,
      imported_by text not null,
      imported_at timestamptz(3) not null,
      won_on date,
      unique (tenant_id, deal_id, revision),
      foreign key (tenant_id, deal_id) references deal (tenant_id, id)`,
      'select, insert',
    );
    await createTenantTable(
      runner,
      'quote_line',
      `deal_snapshot_id uuid not null,
      position int not null,
      kind text not null,
      description text not null,
      quantity text not null,
      unit_price text not null,
      unit_cost text,
      billing text not null check (billing in ('ONE_OFF', 'RECURRING')),
      billing_period text,
      periods int,
      total_minor bigint not null,
      cost_minor bigint,
      unique (tenant_id, deal_snapshot_id, position),
      foreign key (tenant_id, deal_snapshot_id) references deal_snapshot (tenant_id, id)`,
      'select, insert',
    );
  }
}
