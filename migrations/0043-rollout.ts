import type { QueryRunner } from 'typeorm';
import { applicationRole, createTenantTable, TablesMigration } from '../src/core/migration.js';

const person = (column: string): string => `foreign key (tenant_id, ${column}) references person (tenant_id, id)`;
const handoff = 'foreign key (tenant_id, handoff_id) references handoff (tenant_id, id)';
const programme = 'foreign key (tenant_id, rollout_id) references rollout (tenant_id, id)';

const ITEMS = `('SCOPE_FROZEN', 'BASELINES_CAPTURED', 'ACCESS_CONFIRMED', 'SUBSET_RUN', 'MISFIRES_LOGGED', 'WEEK_REVIEWED',
  'NORMAL_VOLUME', 'THRESHOLDS_TUNED', 'SLA_CONFIRMED', 'RUNBOOK_PUBLISHED', 'CADENCE_LOCKED', 'BACKLOG_APPROVED')`;

/**
 * Definitions of KPIs signed by both sides and baselines frozen once; the rollout of a tenant with its twelve items, its
 * pilot and hypercare; gates that misfired; training, certification and buddies. Who proposes confirms nothing of it: the
 * second person stands in the checks.
 */
export class Rollout1700000000043 extends TablesMigration {
  readonly tables = [
    'kpi_sign_off',
    'kpi_baseline',
    'kpi_baseline_confirmation',
    'rollout',
    'rollout_item',
    'pilot_handoff',
    'hypercare_check',
    'gate_misfire',
    'training_record',
    'certification',
    'handoff_buddy',
  ];

  async up(runner: QueryRunner): Promise<void> {
    await this.createKpi(runner);
    await this.createRollout(runner);
    await this.createTraining(runner);
  }

  private async createKpi(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'kpi_sign_off',
      `digest text not null check (digest ~ '^[0-9a-f]{64}$'),
      set_version int not null check (set_version > 0),
      side text not null check (side in ('SALES', 'DELIVERY')),
      signed_by uuid not null,
      signed_at timestamptz(3) not null,
      unique (tenant_id, digest, side),
      unique (tenant_id, digest, signed_by),
      ${person('signed_by')}`,
      'select, insert',
    );
    await createTenantTable(
      runner,
      'kpi_baseline',
      `kpi text not null check (kpi ~ '^[A-Z][A-Z0-9_]{2,59}$'),
      definition_version int not null check (definition_version > 0),
      is_margin boolean not null,
      from_on date not null,
      to_on date not null check (to_on >= from_on),
      numerator bigint not null,
      denominator bigint not null check (denominator >= 0),
      cohort text not null check (length(cohort) between 3 and 500),
      source_url text not null check (source_url ~ '^https://'),
      source_sha256 text check (source_sha256 ~ '^[0-9a-f]{64}$'),
      frozen_by uuid not null,
      frozen_at timestamptz(3) not null,
      supersedes_id uuid check (supersedes_id <> id),
      reason text check (length(reason) between 10 and 1000),
      check ((supersedes_id is null) = (reason is null)),
      unique (tenant_id, id, frozen_by),
      unique (tenant_id, id, kpi),
      foreign key (tenant_id, supersedes_id, kpi) references kpi_baseline (tenant_id, id, kpi),
      ${person('frozen_by')}`,
      'select, insert',
    );
    await runner.query(
      'create unique index kpi_baseline_first on kpi_baseline (tenant_id, kpi) where supersedes_id is null',
    );
    await runner.query('create index kpi_baseline_kpi on kpi_baseline (tenant_id, kpi, id)');
    await createTenantTable(
      runner,
      'kpi_baseline_confirmation',
      `baseline_id uuid not null,
      supersedes_id uuid not null,
      proposed_by uuid not null,
      confirmed_by uuid not null check (confirmed_by <> proposed_by),
      confirmed_at timestamptz(3) not null,
      unique (tenant_id, baseline_id),
      unique (tenant_id, supersedes_id),
      foreign key (tenant_id, baseline_id, proposed_by) references kpi_baseline (tenant_id, id, frozen_by),
      foreign key (tenant_id, supersedes_id) references kpi_baseline (tenant_id, id),
      ${person('confirmed_by')}`,
      'select, insert',
    );
  }

  private async createRollout(runner: QueryRunner): Promise<void> {
    const role = await applicationRole(runner);
    await createTenantTable(
      runner,
      'rollout',
      `phase text not null check (phase in ('SHADOW', 'PILOT', 'NORMAL', 'COMPLETED')),
      phase_since timestamptz(3) not null,
      started_on date not null,
      started_by uuid not null,
      started_at timestamptz(3) not null,
      confirmed_by uuid check (confirmed_by <> started_by),
      confirmed_at timestamptz(3),
      enforced_by uuid,
      enforced_at timestamptz(3),
      normal_since timestamptz(3),
      revision int not null check (revision > 0),
      check ((confirmed_by is null) = (confirmed_at is null)),
      check ((enforced_by is null) = (enforced_at is null)),
      check (confirmed_at is not null or (phase = 'SHADOW' and enforced_at is null)),
      check ((phase in ('NORMAL', 'COMPLETED')) = (normal_since is not null)),
      check (normal_since is null or enforced_at is not null),
      unique (tenant_id),
      ${person('started_by')},
      ${person('confirmed_by')},
      ${person('enforced_by')}`,
      'select, insert',
    );
    await runner.query(
      `grant update (phase, phase_since, confirmed_by, confirmed_at, enforced_by, enforced_at, normal_since, revision) on rollout to ${role}`,
    );
    await createTenantTable(
      runner,
      'rollout_item',
      `rollout_id uuid not null,
      key text not null check (key in ${ITEMS}),
      week int not null check (week between 1 and 4),
      position int not null check (position between 1 and 12),
      due_on date not null,
      owner_id uuid,
      state text not null check (state in ('OPEN', 'DONE')),
      evidence_url text check (evidence_url ~ '^https://'),
      evidence_sha256 text check (evidence_sha256 ~ '^[0-9a-f]{64}$'),
      completed_by uuid,
      completed_at timestamptz(3),
      revision int not null check (revision > 0),
      check ((state = 'DONE') = (completed_at is not null) and (completed_at is null) = (completed_by is null)),
      check (state = 'OPEN' or (owner_id is not null and evidence_url is not null)),
      unique (tenant_id, rollout_id, key),
      ${programme},
      ${person('owner_id')},
      ${person('completed_by')}`,
      'select, insert',
    );
    await runner.query(
      `grant update (due_on, owner_id, state, evidence_url, evidence_sha256, completed_by, completed_at, revision) on rollout_item to ${role}`,
    );
    await createTenantTable(
      runner,
      'pilot_handoff',
      `rollout_id uuid not null,
      handoff_id uuid not null,
      by_rule boolean not null,
      chosen_by uuid not null,
      chosen_at timestamptz(3) not null,
      unique (tenant_id, handoff_id),
      ${programme},
      ${handoff},
      ${person('chosen_by')}`,
      'select, insert',
    );
    await createTenantTable(
      runner,
      'hypercare_check',
      `rollout_id uuid not null,
      kind text not null check (kind in ('COMPLETION', 'OFFICE_HOURS')),
      due_on date not null,
      complete int check (complete between 0 and closed),
      closed int check (closed >= 0),
      checked_by uuid not null,
      checked_at timestamptz(3) not null,
      check ((kind = 'COMPLETION') = (closed is not null) and (closed is null) = (complete is null)),
      unique (tenant_id, rollout_id, kind, due_on),
      ${programme},
      ${person('checked_by')}`,
      'select, insert',
    );
    await createTenantTable(
      runner,
      'gate_misfire',
      `handoff_id uuid not null,
      kind text not null check (kind in ('FALSE_POSITIVE', 'FALSE_NEGATIVE')),
      gate text not null check (gate in ('SUBMIT', 'SIGN_OFF', 'KICKOFF')),
      code text not null check (code ~ '^[A-Z][A-Z0-9_]{2,59}$'),
      reason text not null check (length(reason) between 1 and 4000),
      reported_by uuid not null,
      reported_at timestamptz(3) not null,
      ${handoff},
      ${person('reported_by')}`,
      'select, insert',
    );
    await runner.query('create index gate_misfire_handoff on gate_misfire (tenant_id, handoff_id, id)');
    // Somebody's own words about a client: an erasure writes over the names in them.
    await runner.query(`grant update (reason) on gate_misfire to ${role}`);
  }

  private async createTraining(runner: QueryRunner): Promise<void> {
    const role = await applicationRole(runner);
    await createTenantTable(
      runner,
      'training_record',
      `person_id uuid not null,
      kind text not null check (kind in ('COURSE', 'SHADOWING', 'OBSERVED_HANDOFF')),
      course text check (length(course) between 1 and 60),
      handoff_id uuid,
      completed_on date not null,
      recorded_by uuid not null check (recorded_by <> person_id),
      recorded_at timestamptz(3) not null,
      check ((kind = 'COURSE') = (course is not null) and (kind = 'COURSE') = (handoff_id is null)),
      ${handoff},
      ${person('person_id')},
      ${person('recorded_by')}`,
      'select, insert',
    );
    await runner.query('create index training_record_person on training_record (tenant_id, person_id, id)');
    await createTenantTable(
      runner,
      'certification',
      `person_id uuid not null,
      certified_by uuid not null check (certified_by <> person_id),
      certified_at timestamptz(3) not null,
      expires_at timestamptz(3) check (expires_at > certified_at),
      ended_by uuid,
      ended_at timestamptz(3),
      end_reason text check (length(end_reason) between 1 and 1000),
      check ((ended_at is null) = (ended_by is null) and (ended_at is null) = (end_reason is null)),
      ${person('person_id')},
      ${person('certified_by')},
      ${person('ended_by')}`,
      'select, insert',
    );
    await runner.query(
      'create unique index certification_live on certification (tenant_id, person_id) where ended_at is null',
    );
    await runner.query(`grant update (ended_by, ended_at, end_reason) on certification to ${role}`);
    await createTenantTable(
      runner,
      'handoff_buddy',
      `handoff_id uuid not null,
      rep_id uuid not null,
      buddy_id uuid not null check (buddy_id <> rep_id),
      named_by uuid not null,
      named_at timestamptz(3) not null,
      ${handoff},
      ${person('rep_id')},
      ${person('buddy_id')},
      ${person('named_by')}`,
      'select, insert',
    );
    await runner.query('create index handoff_buddy_handoff on handoff_buddy (tenant_id, handoff_id, id)');
  }
}
