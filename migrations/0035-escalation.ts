import type { QueryRunner } from 'typeorm';
import { applicationRole, createTenantTable, TablesMigration } from '../src/core/migration.js';

const CLOCKS = `('INTRODUCTION', 'DOCUMENT_COMPLETE', 'RETURN_CORRECTION', 'PREPARATION', 'KICKOFF_SCHEDULED', 'KICKOFF_HELD', 'KICKOFF_HARD_BREACH')`;

/**
 * Deadlines and who was told of them. Clocks have no table: they follow from what happened. A step of a ladder is taken
 * once (unique), whatever process takes it and when. The introduction keeps who approved which text and where its thread
 * is, not the text.
 */
export class Escalation1700000000035 extends TablesMigration {
  readonly tables = ['introduction', 'handoff_pause', 'escalation', 'clock_settlement'];

  async up(runner: QueryRunner): Promise<void> {
    const role = await applicationRole(runner);
    await createTenantTable(
      runner,
      'introduction',
      `handoff_id uuid not null,
      text_sha256 text not null check (text_sha256 ~ '^[0-9a-f]{64}$'),
      template_version int not null check (template_version > 0),
      approved_by uuid not null,
      approved_at timestamptz(3) not null,
      thread_url text,
      recorded_by uuid,
      introduced_at timestamptz(3),
      check ((introduced_at is null) = (recorded_by is null) and (introduced_at is null) = (thread_url is null)),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, approved_by) references person (tenant_id, id),
      foreign key (tenant_id, recorded_by) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query('create index introduction_handoff on introduction (tenant_id, handoff_id)');
    await runner.query(
      `create unique index introduction_once on introduction (tenant_id, handoff_id) where introduced_at is not null`,
    );
    await runner.query(`grant update (thread_url, recorded_by, introduced_at) on introduction to ${role}`);
    await createTenantTable(
      runner,
      'handoff_pause',
      `handoff_id uuid not null,
      reason text not null check (length(reason) between 10 and 2000),
      paused_by uuid not null,
      paused_at timestamptz(3) not null,
      resumed_by uuid,
      resumed_at timestamptz(3) check (resumed_at >= paused_at),
      check ((resumed_at is null) = (resumed_by is null)),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, paused_by) references person (tenant_id, id),
      foreign key (tenant_id, resumed_by) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query('create index handoff_pause_handoff on handoff_pause (tenant_id, handoff_id)');
    await runner.query(
      'create unique index handoff_pause_open on handoff_pause (tenant_id, handoff_id) where resumed_at is null',
    );
    await runner.query(`grant update (resumed_by, resumed_at) on handoff_pause to ${role}`);
    await createTenantTable(
      runner,
      'escalation',
      `handoff_id uuid not null,
      cause text not null check (cause in ('CLOCK', 'DECISION')),
      clock text check (clock in ${CLOCKS}),
      decision_id uuid,
      mark text not null check (length(mark) between 1 and 100),
      step int not null check (step >= 0),
      person_id uuid not null,
      due_at timestamptz(3),
      fires_at timestamptz(3) not null,
      fired_at timestamptz(3) not null,
      is_news boolean not null,
      ended_at timestamptz(3),
      check ((cause = 'CLOCK') = (clock is not null) and (cause = 'DECISION') = (decision_id is not null)),
      check (fired_at >= fires_at),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, decision_id) references decision (tenant_id, id),
      foreign key (tenant_id, person_id) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query(
      `create unique index escalation_once on escalation (tenant_id, handoff_id, coalesce(clock, decision_id::text), mark, step)`,
    );
    await runner.query('create index escalation_person on escalation (tenant_id, person_id, id)');
    await runner.query('create index escalation_open on escalation (tenant_id, id) where ended_at is null');
    await runner.query(`grant update (ended_at) on escalation to ${role}`);
    await createTenantTable(
      runner,
      'clock_settlement',
      `handoff_id uuid not null,
      settled_at timestamptz(3) not null,
      unique (tenant_id, handoff_id),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id)`,
      'select, insert',
    );
  }
}
