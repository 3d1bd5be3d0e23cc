import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration } from '../src/core/migration.js';

/** Clients, deals, their immutable snapshots with payload and quote lines. */
export class Deal1700000000003 extends TablesMigration {
  readonly tables = ['client', 'deal', 'deal_snapshot', 'deal_payload', 'quote_line'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'client',
      `name text not null,
      external_id text,
      created_at timestamptz(3) not null,
      unique (tenant_id, external_id)`,
      'select, insert, update',
    );
    // A prospect has no id in the PSA yet: its name stands in, so that two imports at once make one.
    await runner.query('create unique index client_prospect on client (tenant_id, name) where external_id is null');
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
      raw_digest text not null check (raw_digest ~ '^[0-9a-f]{64}$'),
      terms text not null,
      terms_digest text not null check (terms_digest ~ '^[0-9a-f]{64}$'),
      currency text not null,
      stage_name text,
      purchase_order text,
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
      'deal_payload',
      `raw text not null,
      imported text not null,
      foreign key (tenant_id, id) references deal_snapshot (tenant_id, id)`,
      'select, insert',
    );
    await createTenantTable(
      runner,
      'quote_line',
      `deal_snapshot_id uuid not null,
      position int not null check (position > 0),
      kind text not null check (kind in ('LABOUR', 'HARDWARE', 'SOFTWARE', 'LICENCE', 'SERVICE', 'OTHER')),
      product_code text,
      description text not null,
      quantity text not null,
      unit_price text not null,
      discount_percent text not null,
      discount_amount text not null,
      unit_cost text,
      billing text not null check (billing in ('ONE_OFF', 'RECURRING')),
      billing_period text check (billing_period is null or billing = 'RECURRING'),
      periods int check (periods is null or billing = 'RECURRING'),
      total_minor bigint not null,
      cost_minor bigint,
      unique (tenant_id, deal_snapshot_id, position),
      foreign key (tenant_id, deal_snapshot_id) references deal_snapshot (tenant_id, id)`,
      'select, insert',
    );
  }
}
