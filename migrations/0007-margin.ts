import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration } from '../src/core/migration.js';

/** The figures that a margin exception was requested with. Append-only: they are evidence. */
export class Margin1700000000007 extends TablesMigration {
  readonly tables = ['margin_exception'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'margin_exception',
      `handoff_id uuid not null,
      request_id uuid not null,
      content_revision int not null check (content_revision > 0),
      position int not null check (position > 0),
      scope text not null,
      currency text not null,
      revenue_minor bigint not null,
      cost_minor bigint not null,
      margin_minor bigint not null check (margin_minor = revenue_minor - cost_minor),
      margin_bps int,
      floor_bps int check (floor_bps between 0 and 10000),
      shortfall_minor bigint,
      shortfall_bps int,
      meets_floor boolean not null,
      unique (tenant_id, request_id, content_revision, scope),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, request_id) references approval_request (tenant_id, id),
      foreign key (tenant_id, request_id, content_revision) references approval_round (tenant_id, request_id, content_revision)`,
      'select, insert',
    );
    await runner.query('create index margin_exception_handoff on margin_exception (tenant_id, handoff_id)');
  }
}
