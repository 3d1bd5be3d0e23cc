import type { QueryRunner } from 'typeorm';
import { applicationRole, hasCitus, TablesMigration, withoutForce } from '../src/core/migration.js';

/**
 * The end of a tenant and its return: states CLOSED, ERASING and ERASED; the epoch that a restore raises; what a
 * tombstone keeps; and the one deletion that the ledger's trigger lets through, of a tenant that is being erased.
 */
export class TenantLife1700000000021 extends TablesMigration {
  readonly tables = [];

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table tenant
      alter column entra_tid drop not null,
      add column epoch int not null default 1 check (epoch > 0),
      add column erased_at timestamptz(3),
      add column export_digest text check (export_digest ~ '^[0-9a-f]{64}$'),
      add column checkpoint_digest text check (checkpoint_digest ~ '^[0-9a-f]{64}$'),
      drop constraint tenant_state_check,
      add constraint tenant_state_check check (state in ('ACTIVE', 'SUSPENDED', 'CLOSED', 'ERASING', 'ERASED')),
      add constraint tenant_tombstone check ((state = 'ERASED') = (erased_at is not null) and (state = 'ERASED') = (entra_tid is null))`);
    await runner.query(`grant update (epoch) on tenant to ${await applicationRole(runner)}`);
    await profileStates(runner, "'ACTIVE', 'SUSPENDED', 'CLOSED'");
    if (await hasCitus(runner)) return;
    // The state alone is no key to this door: the application role has no DELETE here at all.
    await runner.query(`create or replace function ledger_is_append_only() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' and exists (select 1 from tenant where tenant_id = old.tenant_id and state = 'ERASING') then
          return old;
        end if;
        raise exception 'the ledger is append-only' using errcode = 'insufficient_privilege';
      end $$`);
  }

  override async down(runner: QueryRunner): Promise<void> {
    await super.down(runner);
    if (!(await hasCitus(runner)))
      await runner.query(`create or replace function ledger_is_append_only() returns trigger language plpgsql as $$
        begin raise exception 'the ledger is append-only' using errcode = 'insufficient_privilege'; end $$`);
    await profileStates(runner, "'ACTIVE', 'SUSPENDED'");
    await runner.query(`revoke update (epoch) on tenant from ${await applicationRole(runner)}`);
    await runner.query(`alter table tenant
      drop constraint tenant_tombstone,
      drop constraint tenant_state_check,
      add constraint tenant_state_check check (state in ('ACTIVE', 'SUSPENDED')),
      drop column checkpoint_digest,
      drop column export_digest,
      drop column erased_at,
      drop column epoch,
      alter column entra_tid set not null`);
  }
}

async function profileStates(runner: QueryRunner, states: string): Promise<void> {
  await withoutForce(runner, 'tenant_profile', async () => {
    await runner.query(`alter table tenant_profile drop constraint tenant_profile_state_check,
      add constraint tenant_profile_state_check check (state in (${states}))`);
  });
}
