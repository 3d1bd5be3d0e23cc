import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration } from '../src/core/migration.js';

const HANDOFF = 'foreign key (tenant_id, handoff_id) references handoff (tenant_id, id)';
/** Rows are written anew with every projection of their handoff, and never changed. */
const WRITTEN_ANEW = 'select, insert, delete';

interface Fact {
  readonly name: string;
  readonly columns: string;
  /** The column by which its rows are read in the order of time. */
  readonly at: string;
}

/** The facts that belong to a handoff; the handoff itself is one more. */
const FACTS: readonly Fact[] = [
  {
    name: 'fact_gate_finding',
    at: 'evaluated_at',
    columns: `evaluation_id uuid not null,
      gate text not null,
      verdict text not null,
      code text not null,
      severity text not null,
      path text not null,
      exceptionable boolean not null,
      evaluated_at timestamptz(3) not null`,
  },
  {
    name: 'fact_exception',
    at: 'opened_at',
    columns: `kind text not null,
      state text not null,
      requester_id uuid not null,
      round int not null,
      shortfall_minor bigint,
      shortfall_bps int,
      emergency boolean not null,
      opened_at timestamptz(3) not null,
      decided_at timestamptz(3),
      lead_minutes int,
      used_at timestamptz(3)`,
  },
  {
    name: 'fact_vote',
    at: 'cast_at',
    columns: `exception_id uuid not null,
      voter_id uuid not null,
      decision text not null,
      round int not null,
      revoked boolean not null,
      cast_at timestamptz(3) not null`,
  },
  {
    name: 'fact_decision',
    at: 'opened_at',
    columns: `number text not null,
      kind text not null,
      state text not null,
      owner_id uuid not null,
      blocks_kickoff boolean not null,
      opened_at timestamptz(3) not null,
      due_on date not null,
      decided_at timestamptz(3)`,
  },
  {
    name: 'fact_scope_change',
    at: 'raised_at',
    columns: `number text not null,
      origin text not null,
      state text not null,
      incident boolean not null,
      cause_item text,
      margin_effect_minor bigint,
      margin_effect_bps int,
      raised_at timestamptz(3) not null,
      decided_at timestamptz(3)`,
  },
  {
    name: 'fact_budget',
    at: 'frozen_at',
    columns: `version int not null,
      in_force boolean not null,
      currency text not null,
      planned_minutes bigint not null,
      revenue_minor bigint not null,
      cost_minor bigint,
      margin_minor bigint,
      margin_bps int,
      actual_minutes bigint,
      remaining_minutes bigint,
      forecast_margin_minor bigint,
      erosion_minor bigint,
      erosion_bps int,
      frozen_at timestamptz(3) not null,
      actuals_at timestamptz(3)`,
  },
  {
    name: 'fact_sla_event',
    at: 'started_at',
    columns: `clock text not null,
      started_at timestamptz(3) not null,
      due_at timestamptz(3),
      stopped_at timestamptz(3),
      voided_at timestamptz(3),
      late boolean not null,
      client_caused boolean not null,
      escalations int not null`,
  },
  {
    name: 'fact_quality_score',
    at: 'scored_at',
    columns: `cause text not null,
      total int not null,
      band text not null,
      counts boolean not null,
      owner_id uuid not null,
      delivery_manager_id uuid,
      scored_at timestamptz(3) not null`,
  },
  {
    name: 'fact_commitment',
    at: 'recorded_at',
    columns: `channel text not null,
      state text not null,
      made_by_id uuid not null,
      made_on date not null,
      due_on date,
      delivered_at timestamptz(3),
      as_stated boolean,
      recorded_at timestamptz(3) not null`,
  },
  {
    name: 'fact_kpi_case',
    at: 'counts_at',
    columns: `kpi_key text not null,
      source_id uuid not null,
      counts_on date not null,
      counts_at timestamptz(3) not null,
      numerator bigint not null,
      denominator bigint not null,
      span_from_on date,
      span_to_on date,
      client_caused boolean not null,
      is_margin boolean not null,
      client_id uuid not null,
      service_template_key text not null,
      deal_type_key text not null,
      tier_key text not null,
      owner_id uuid not null,
      delivery_manager_id uuid`,
  },
];

/** Records that a projection reads handoff by handoff, of which one handoff's could only be found by reading them all. */
const READ_BY_HANDOFF = [
  { name: 'feasibility_sign_off_handoff', on: 'feasibility_sign_off (tenant_id, handoff_id)' },
  { name: 'kickoff_sign_off', on: 'kickoff (tenant_id, sign_off_id)' },
  { name: 'project_task_milestone', on: 'project_task (tenant_id, milestone_id)' },
] as const;

/**
 * The star schema that every report reads: facts that are projected from the records of a handoff, dimensions, and how
 * far the projection has come. All of it can be dropped and projected again.
 */
export class Reporting1700000000046 extends TablesMigration {
  readonly tables = [
    'fact_handoff',
    ...FACTS.map(({ name }) => name),
    'dim_date',
    'dim_word',
    'dim_kpi',
    'reporting_progress',
  ];

  async up(runner: QueryRunner): Promise<void> {
    await this.handoffs(runner);
    for (const { name, columns, at } of FACTS) {
      await createTenantTable(runner, name, `handoff_id uuid not null, ${columns}, ${HANDOFF}`, WRITTEN_ANEW);
      await runner.query(`create index ${name}_handoff on ${name} (tenant_id, handoff_id)`);
      await runner.query(`create index ${name}_at on ${name} (tenant_id, ${at}, id)`);
    }
    await runner.query('create index fact_kpi_case_counts on fact_kpi_case (tenant_id, kpi_key, counts_on)');
    for (const { name, on } of READ_BY_HANDOFF) await runner.query(`create index ${name} on ${on}`);
    await this.dimensions(runner);
    await createTenantTable(
      runner,
      'reporting_progress',
      `projected_seq bigint not null check (projected_seq >= 0),
      projected_at timestamptz(3) not null,
      model_version int not null check (model_version >= 0),
      rebuilt_to uuid,
      dimensions text not null`,
      'select, insert, update',
      'tenant_id',
    );
  }

  override async down(runner: QueryRunner): Promise<void> {
    await super.down(runner);
    for (const { name } of READ_BY_HANDOFF) await runner.query(`drop index ${name}`);
  }

  private async handoffs(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'fact_handoff',
      `number text not null,
      stage text not null,
      client_id uuid not null,
      service_template_key text not null,
      deal_type_key text not null,
      tier_key text not null,
      segment text,
      owner_id uuid not null,
      delivery_manager_id uuid,
      pending_contract boolean not null,
      currency text not null,
      revenue_minor bigint,
      margin_minor bigint,
      margin_bps int,
      completeness_bps int not null,
      opened_at timestamptz(3) not null,
      won_on date,
      won_at timestamptz(3),
      submitted_at timestamptz(3),
      first_submitted_at timestamptz(3),
      submissions int not null,
      returns int not null,
      signed_off_at timestamptz(3),
      sign_off_live boolean not null,
      kickoff_starts_at timestamptz(3),
      kickoff_held_at timestamptz(3),
      first_touch_at timestamptz(3),
      first_deliverable_at timestamptz(3),
      first_deliverable_due_on date,
      quality_score int,
      closed_at timestamptz(3),
      withdrawn_at timestamptz(3),
      foreign key (tenant_id, id) references handoff (tenant_id, id)`,
      WRITTEN_ANEW,
    );
    await runner.query('create index fact_handoff_at on fact_handoff (tenant_id, opened_at, id)');
    await runner.query('create index fact_handoff_team on fact_handoff (tenant_id, delivery_manager_id)');
    await runner.query('create index fact_handoff_service on fact_handoff (tenant_id, service_template_key)');
  }

  private async dimensions(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'dim_date',
      `day date not null,
      year int not null,
      quarter int not null,
      month int not null,
      iso_year int not null,
      iso_week int not null,
      weekday int not null,
      business_day boolean not null`,
      WRITTEN_ANEW,
    );
    // The id follows from the day, so that no day stands twice.
    await runner.query('create index dim_date_day on dim_date (tenant_id, day)');
    await createTenantTable(
      runner,
      'dim_word',
      `kind text not null check (kind in ('SERVICE_TEMPLATE', 'DEAL_TYPE', 'TIER')),
      key text not null,
      name text not null,
      unique (tenant_id, kind, key)`,
      WRITTEN_ANEW,
    );
    await createTenantTable(
      runner,
      'dim_kpi',
      `key text not null,
      name text not null,
      formula text not null,
      form text not null,
      unit text not null,
      direction text not null,
      source text not null,
      definition_version int not null,
      target_kind text,
      target_from int,
      target_to int,
      target_within_days int,
      baseline_from_on date,
      baseline_to_on date,
      baseline_numerator bigint,
      baseline_denominator bigint,
      baseline_frozen_at timestamptz(3),
      is_margin boolean not null,
      unique (tenant_id, key)`,
      WRITTEN_ANEW,
    );
  }
}
