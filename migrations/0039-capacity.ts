import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration, withoutForce } from '../src/core/migration.js';

const REASONS = "('LEAVE', 'TRAINING', 'OTHER_WORK', 'WORKING_TIME', 'TEAM_CHANGE', 'CORRECTION')";

/**
 * The team's hours in single weeks, and the conflicts that a sign-off accepted. Whether a line of a plan is promised has no
 * column: it follows from the live sign-off, so that nothing has to be written when one lapses.
 */
export class Capacity1700000000039 extends TablesMigration {
  readonly tables = ['capacity_change'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'capacity_change',
      `kind text not null check (kind in ('CAPACITY', 'ABSENCE')),
      role text not null,
      person_id uuid,
      week_on date not null check (extract(isodow from week_on) = 1),
      hours text check (hours ~ '^[0-9]{1,5}([.][0-9]{1,2})?$'),
      reason text not null check (reason in ${REASONS}),
      set_by uuid not null,
      set_at timestamptz(3) not null,
      foreign key (tenant_id, person_id) references person (tenant_id, id),
      foreign key (tenant_id, set_by) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query('create index capacity_change_week on capacity_change (tenant_id, week_on)');
    await runner.query('create index resource_booking_period on resource_booking (tenant_id, to_on)');
    await withoutForce(runner, 'feasibility_sign_off', async () => {
      await runner.query(
        `alter table feasibility_sign_off add column accepted_conflicts text not null default '[]', add column conflict_reason text`,
      );
      await runner.query(
        `alter table feasibility_sign_off add constraint feasibility_sign_off_conflicts
          check ((accepted_conflicts = '[]') = (conflict_reason is null))`,
      );
    });
  }

  override async down(runner: QueryRunner): Promise<void> {
    await super.down(runner);
    await runner.query('alter table feasibility_sign_off drop constraint feasibility_sign_off_conflicts');
    await runner.query('alter table feasibility_sign_off drop column accepted_conflicts, drop column conflict_reason');
    await runner.query('drop index resource_booking_period');
  }
}
