import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration } from '../src/core/migration.js';

/** Resource plan and feasibility sign-off. */
export class Feasibility1700000000012 extends TablesMigration {
  readonly tables = ['resource_booking', 'feasibility_sign_off'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'resource_booking',
      `handoff_id uuid not null,
      role text not null,
      person_id uuid,
      hours_per_week text not null,
      from_on date not null,
      to_on date not null,
      booking text not null check (booking in ('SOFT', 'HARD')),
      check (to_on >= from_on),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, person_id) references person (tenant_id, id)`,
      'select, insert, update, delete',
    );
    await runner.query('create index resource_booking_handoff on resource_booking (tenant_id, handoff_id)');
    await createTenantTable(
      runner,
      'feasibility_sign_off',
      `handoff_id uuid not null,
      state text not null check (state in ('LIVE', 'LAPSED', 'REVOKED')),
      baseline_id uuid not null,
      baseline_version int not null,
      terms_revision int not null,
      start_on date not null,
      plan_digest text not null,
      accepted_risk_ids text not null,
      statement text not null,
      signed_by uuid not null,
      signed_at timestamptz(3) not null,
      ended_at timestamptz(3),
      end_reason text,
      check ((state = 'LIVE') = (ended_at is null)),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, baseline_id) references budget_baseline (tenant_id, id),
      foreign key (tenant_id, signed_by) references person (tenant_id, id)`,
      'select, insert, update',
    );
    await runner.query(
      "create unique index feasibility_sign_off_live on feasibility_sign_off (tenant_id, handoff_id) where state = 'LIVE'",
    );
  }
}
