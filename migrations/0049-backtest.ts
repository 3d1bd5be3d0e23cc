import type { QueryRunner } from 'typeorm';
import { applicationRole, createTenantTable, TablesMigration } from '../src/core/migration.js';

/** Won deals of the past, judged as the gate would judge them: rows of their own, beside everything that is handed over. */
export class Backtest1700000000049 extends TablesMigration {
  readonly tables = ['backtest', 'backtest_deal'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'backtest',
      `configuration_version_id uuid not null,
      last_won int check (last_won between 1 and 200),
      found int check (found between 0 and last_won),
      problem text check (length(problem) between 1 and 80),
      remedy text check (length(remedy) between 1 and 1000),
      started_by uuid not null,
      started_at timestamptz(3) not null,
      frozen_at timestamptz(3),
      check (last_won is not null or (found is null and problem is null)),
      check ((problem is null) = (remedy is null)),
      foreign key (tenant_id, configuration_version_id) references configuration_version (tenant_id, id),
      foreign key (tenant_id, started_by) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query(
      `grant update (found, problem, remedy, frozen_at) on backtest to ${await applicationRole(runner)}`,
    );
    await createTenantTable(
      runner,
      'backtest_deal',
      `backtest_id uuid not null,
      external_id text check (length(external_id) between 1 and 200),
      raw_digest text not null check (raw_digest ~ '^[0-9a-f]{64}$'),
      judged boolean not null,
      won_on date,
      service_template text,
      deal_type text check (deal_type in ('NEW_BUSINESS', 'EXPANSION', 'RENEWAL', 'UPSELL', 'POC_TO_PAID')),
      tier text check (tier in ('LIGHT', 'STANDARD', 'HIGH_TOUCH')),
      currency text check (currency ~ '^[A-Z]{3}$'),
      revenue_minor bigint,
      margin_minor bigint,
      margin_bps int,
      below_floor boolean,
      required_weight int not null check (required_weight >= 0),
      proven_weight int not null check (proven_weight between 0 and required_weight),
      complete boolean not null,
      items text not null,
      findings text not null,
      judged_at timestamptz(3) not null,
      check (not judged or (external_id is not null and won_on is not null and tier is not null)),
      check (judged or not complete),
      unique (tenant_id, backtest_id, raw_digest),
      foreign key (tenant_id, backtest_id) references backtest (tenant_id, id)`,
      'select, insert',
    );
    await runner.query(
      'create unique index backtest_deal_external on backtest_deal (tenant_id, backtest_id, external_id) where external_id is not null',
    );
    await runner.query('create index backtest_deal_page on backtest_deal (tenant_id, backtest_id, id)');
  }
}
