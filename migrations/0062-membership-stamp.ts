import type { QueryRunner } from 'typeorm';
import { createTenantTable, hasCitus, TablesMigration, withoutForce } from '../src/core/migration.js';

/**
 * A stamp that a tenant's membership is known by: every change of a row by which an actor is found gives it another, so
 * that whoever has it knows that they would be found the same. On Citus there are no triggers, and so there are no stamps.
 */
export class MembershipStamp1700000000062 extends TablesMigration {
  readonly tables = ['membership_stamp'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(runner, 'membership_stamp', 'stamp uuid not null', 'select, insert, update', 'tenant_id');
    if (await hasCitus(runner)) return;
    // A tenant that is being erased is left none.
    await runner.query(`create function membership_changed() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' then
          update membership_stamp set stamp = gen_random_uuid() where tenant_id = old.tenant_id;
        else
          insert into membership_stamp (tenant_id, stamp) values (new.tenant_id, gen_random_uuid())
            on conflict (tenant_id) do update set stamp = excluded.stamp;
        end if;
        return null;
      end $$`);
    for (const table of STAMPED) {
      const updated = table === 'tenant_profile' ? 'update of state' : 'update';
      await runner.query(
        `create trigger membership_changed after insert or delete or ${updated} on ${table} for each row execute function membership_changed()`,
      );
    }
    await withoutForce(runner, 'membership_stamp', () =>
      withoutForce(
        runner,
        'tenant_profile',
        () =>
          runner.query(
            'insert into membership_stamp (tenant_id, stamp) select tenant_id, gen_random_uuid() from tenant_profile',
          ) as Promise<void>,
      ),
    );
  }

  override async down(runner: QueryRunner): Promise<void> {
    await super.down(runner);
    if (!(await hasCitus(runner))) await runner.query('drop function membership_changed() cascade');
  }
}

const STAMPED = ['account', 'api_key', 'member_merge', 'person', 'role_grant', 'tenant_profile'];
