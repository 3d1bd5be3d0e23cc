import type { QueryRunner } from 'typeorm';
import {
  allowValues,
  createTenantTable,
  forbidValues,
  refuseOverEvidence,
  TablesMigration,
  withoutForce,
} from '../src/core/migration.js';

/** Content that a handoff may take over from an earlier one. */
const CARRIED = ['stakeholder', 'assumption', 'risk', 'handoff_statement', 'commitment'] as const;
/** Content of which somebody must say that it still holds; an assumption is assumed again, a promise has no home. */
const CONFIRMED = ['stakeholder', 'risk', 'handoff_statement'] as const;
const TOPIC = '^[a-z0-9]+(-[a-z0-9]+)*$';

/**
 * Handoffs before the close, in phases and after an earlier one, and conflicts that open their decision by themselves.
 * The two people of a pre-close review, the one live request of a handoff, the one decision of a cause and the one
 * checkpoint of a key stand in the schema.
 */
export class Triggers1700000000040 extends TablesMigration {
  readonly tables = ['pre_close', 'checkpoint', 'checkpoint_return'];

  override async up(runner: QueryRunner): Promise<void> {
    await this.variants(runner);
    await this.preClose(runner);
    await this.checkpoints(runner);
    await this.conflicts(runner);
  }

  override async down(runner: QueryRunner): Promise<void> {
    await refuseOverEvidence(runner);
    await runner.query('drop index decision_cause');
    await withoutForce(runner, 'decision', async () => {
      await runner.query(`alter table decision
        drop constraint decision_decided, drop constraint decision_opener, drop column cause_key,
        alter column opened_by set not null,
        add constraint decision_check check ((state = 'OPEN') = (decided_by is null and decided_at is null))`);
    });
    await runner.query('alter table commitment drop column topic, drop column promised_hours');
    await runner.query('alter table commitment drop column promised_amount, drop column resolution_terms_revision');
    await runner.query('alter table handoff_statement drop column topic');
    await runner.query('drop index escalation_once');
    await runner.query('alter table escalation drop column checkpoint_id');
    await runner.query(
      'create unique index escalation_once on escalation (tenant_id, handoff_id, coalesce(clock, decision_id::text), mark, step)',
    );
    await forbidValues(runner, 'escalation', 'cause', ['CHECKPOINT']);
    await forbidValues(runner, 'gate_evaluation', 'gate', ['PRE_CLOSE']);
    await forbidValues(runner, 'notice', 'template', ['PRE_CLOSE_REQUESTED']);
    for (const table of CONFIRMED) await runner.query(`alter table ${table} drop column to_confirm`);
    for (const table of CARRIED) await runner.query(`alter table ${table} drop column carried_from_id`);
    await runner.query(`alter table handoff drop column pending_contract, drop column predecessor_id,
      drop column predecessor_by, drop column fields_to_confirm`);
    for (const table of this.tables.toReversed()) await runner.query(`drop table ${table}`);
  }

  /** The flag of a contract that is not signed yet, and what came from an earlier handoff. */
  private async variants(runner: QueryRunner): Promise<void> {
    await withoutForce(runner, 'handoff', async () => {
      await runner.query(`alter table handoff
        add column pending_contract boolean not null default false,
        add column predecessor_id uuid constraint handoff_not_own_predecessor check (predecessor_id <> id),
        add column predecessor_by text constraint handoff_predecessor_by_check check (predecessor_by in ('PERSON', 'RULE')),
        add column fields_to_confirm text not null default '[]',
        add constraint handoff_predecessor_stated check ((predecessor_id is null) = (predecessor_by is null)),
        add constraint handoff_pending_contract check (not pending_contract or stage in ('IN_REVIEW', 'RETURNED')),
        add constraint handoff_predecessor foreign key (tenant_id, predecessor_id) references handoff (tenant_id, id)`);
    });
    await runner.query(
      'create index handoff_predecessor on handoff (tenant_id, predecessor_id) where predecessor_id is not null',
    );
    for (const table of CARRIED) {
      await withoutForce(runner, table, async () => {
        await runner.query(`alter table ${table} add column carried_from_id uuid,
          add constraint ${table}_carried_from foreign key (tenant_id, carried_from_id) references handoff (tenant_id, id)`);
      });
    }
    for (const table of CONFIRMED) {
      await withoutForce(runner, table, async () => {
        await runner.query(`alter table ${table} add column to_confirm boolean not null default false`);
      });
    }
  }

  /** Who asked that delivery reviews before the signature, and the other person who allowed it. */
  private async preClose(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'pre_close',
      `handoff_id uuid not null,
      state text not null check (state in ('REQUESTED', 'APPROVED', 'REJECTED', 'COMPLETED', 'ENDED')),
      expected_close_on date not null,
      probability_percent int check (probability_percent between 0 and 100),
      reason text not null check (length(reason) > 0),
      requested_by uuid not null,
      requested_at timestamptz(3) not null,
      decided_by uuid,
      decided_at timestamptz(3),
      decision_reason text,
      ended_at timestamptz(3),
      constraint pre_close_two_people check (decided_by <> requested_by),
      check ((decided_by is null) = (decided_at is null)),
      check (state in ('REQUESTED', 'ENDED') or decided_by is not null),
      check (state <> 'REQUESTED' or decided_by is null),
      check ((state in ('COMPLETED', 'ENDED')) = (ended_at is not null)),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, requested_by) references person (tenant_id, id),
      foreign key (tenant_id, decided_by) references person (tenant_id, id)`,
      'select, insert, update',
    );
    await runner.query('create index pre_close_handoff on pre_close (tenant_id, handoff_id)');
    await runner.query(
      "create unique index pre_close_live on pre_close (tenant_id, handoff_id) where state in ('REQUESTED', 'APPROVED')",
    );
    await allowValues(runner, 'gate_evaluation', 'gate', ['PRE_CLOSE']);
    await allowValues(runner, 'notice', 'template', ['PRE_CLOSE_REQUESTED']);
  }

  /** The checkpoints of a handoff in phases, each once, and every return with its gaps. */
  private async checkpoints(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'checkpoint',
      `handoff_id uuid not null,
      key text not null,
      name text not null,
      position int not null check (position > 0),
      checklist_items text not null,
      milestones text not null,
      due_on date not null,
      state text not null check (state in ('OPEN', 'RETURNED', 'ACCEPTED')),
      opened_at timestamptz(3) not null,
      accepted_by uuid,
      accepted_at timestamptz(3),
      sources text not null check (sources <> '[]'),
      check ((state = 'ACCEPTED') = (accepted_by is not null)),
      check ((state = 'ACCEPTED') = (accepted_at is not null)),
      unique (tenant_id, handoff_id, key),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, accepted_by) references person (tenant_id, id)`,
      'select, insert, update',
    );
    await createTenantTable(
      runner,
      'checkpoint_return',
      `handoff_id uuid not null,
      checkpoint_id uuid not null,
      gaps text not null check (gaps <> '[]'),
      returned_by uuid not null,
      returned_at timestamptz(3) not null,
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, checkpoint_id) references checkpoint (tenant_id, id),
      foreign key (tenant_id, returned_by) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query('create index checkpoint_return_checkpoint on checkpoint_return (tenant_id, checkpoint_id)');
    await allowValues(runner, 'escalation', 'cause', ['CHECKPOINT']);
    await withoutForce(runner, 'escalation', async () => {
      await runner.query(`alter table escalation add column checkpoint_id uuid,
        add constraint escalation_checkpoint_cause check ((cause = 'CHECKPOINT') = (checkpoint_id is not null)),
        add constraint escalation_checkpoint foreign key (tenant_id, checkpoint_id) references checkpoint (tenant_id, id)`);
    });
    await runner.query('drop index escalation_once');
    await runner.query(
      `create unique index escalation_once on escalation
        (tenant_id, handoff_id, coalesce(clock, decision_id::text, checkpoint_id::text), mark, step)`,
    );
  }

  /** What statements and promises are about, and the one decision of each cause. */
  private async conflicts(runner: QueryRunner): Promise<void> {
    await runner.query(
      `alter table handoff_statement add column topic text check (topic ~ '${TOPIC}' and length(topic) <= 80)`,
    );
    await runner.query(`alter table commitment
      add column topic text check (topic ~ '${TOPIC}' and length(topic) <= 80),
      add column promised_hours text check (promised_hours ~ '^[0-9]{1,9}(\\.[0-9]{1,9})?$'),
      add column promised_amount text check (promised_amount ~ '^[0-9]{1,15}(\\.[0-9]{1,9})?$'),
      add column resolution_terms_revision int check (resolution_terms_revision > 0)`);
    await withoutForce(runner, 'decision', async () => {
      await runner.query(`alter table decision
        drop constraint ${await checkAbout(runner, 'decision', 'decided_by')},
        add column cause_key text check (length(cause_key) between 1 and 200),
        alter column opened_by drop not null,
        add constraint decision_opener check (opened_by is not null or cause_key is not null),
        add constraint decision_decided check ((state = 'OPEN') = (decided_at is null)
          and (state <> 'OPEN' or decided_by is null)
          and (state = 'OPEN' or decided_by is not null or (state = 'OBSOLETE' and cause_key is not null)))`);
    });
    await runner.query(
      'create unique index decision_cause on decision (tenant_id, handoff_id, cause_key) where cause_key is not null',
    );
  }
}

/** The name that PostgreSQL gave to the one check of a table that reads a column. */
async function checkAbout(runner: QueryRunner, table: string, column: string): Promise<string> {
  const rows = (await runner.query(
    `select conname as name from pg_constraint where conrelid = $1::regclass and contype = 'c'
      and position($2 in pg_get_constraintdef(oid)) > 0`,
    [table, column],
  )) as { name: string }[];
  if (rows.length !== 1) throw new Error(`${table} has ${rows.length} checks about ${column}`);
  return rows[0]!.name;
}
