import type { QueryRunner } from 'typeorm';
import { applicationRole, createTenantTable, hasCitus, TablesMigration } from '../src/core/migration.js';

/** The tenant registry, the ledger, the outbox and the idempotency keys. */
export class Core1700000000001 extends TablesMigration {
  readonly tables = ['tenant', 'ledger_entry', 'outbox_effect', 'idempotency_record'];

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table tenant (
      tenant_id uuid primary key,
      entra_tid uuid not null unique,
      placement text,
      state text not null check (state in ('ACTIVE', 'SUSPENDED')),
      created_at timestamptz(3) not null
    )`);
    await runner.query(`grant select, insert on tenant to ${await applicationRole(runner)}`);
    await runner.query(`grant update (state) on tenant to ${await applicationRole(runner)}`);
    await this.ledger(runner);
    await createTenantTable(
      runner,
      'outbox_effect',
      `kind text not null,
      aggregate_type text not null,
      aggregate_id uuid not null,
      effect_key text not null,
      payload text not null,
      state text not null check (state in ('PENDING', 'DONE', 'DEAD')),
      attempts int not null,
      created_at timestamptz(3) not null,
      next_attempt_at timestamptz(3) not null,
      leased_until timestamptz(3),
      fencing_token int not null,
      last_error text,
      receipt text,
      done_at timestamptz(3),
      unique (tenant_id, effect_key)`,
      'select, insert, update',
    );
    await runner.query(
      "create index outbox_effect_due on outbox_effect (tenant_id, next_attempt_at) where state = 'PENDING'",
    );
    await createTenantTable(
      runner,
      'idempotency_record',
      `principal text not null,
      key text not null check (length(key) between 8 and 200),
      path text not null,
      request_hash text not null,
      outcome text,
      created_at timestamptz(3) not null`,
      'select, insert, update, delete',
      'tenant_id, principal, key, path',
    );
    await runner.query('create index idempotency_record_age on idempotency_record (tenant_id, created_at)');
  }

  override async down(runner: QueryRunner): Promise<void> {
    await super.down(runner);
    await runner.query('drop function if exists ledger_is_append_only()');
  }

  private async ledger(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'ledger_entry',
      `at timestamptz(3) not null,
      actor_kind text not null check (actor_kind in ('PERSON', 'SERVICE', 'SYSTEM')),
      actor_id text not null,
      action text not null,
      outcome text not null check (outcome in ('DONE', 'REFUSED', 'DENIED')),
      subject_type text not null,
      subject_id text,
      content text not null,
      leaf_hash text not null check (leaf_hash ~ '^[0-9a-f]{64}$')`,
      'select, insert',
    );
    await runner.query('create index ledger_entry_subject on ledger_entry (tenant_id, subject_id, id)');
    if (await hasCitus(runner)) return;
    // The grants already forbid it to the application; the trigger stops the owner's slip as well.
    await runner.query(`create function ledger_is_append_only() returns trigger language plpgsql as $$
      begin raise exception 'the ledger is append-only' using errcode = 'insufficient_privilege'; end $$`);
    await runner.query(
      'create trigger ledger_entry_rows before update or delete on ledger_entry for each row execute function ledger_is_append_only()',
    );
    await runner.query(
      'create trigger ledger_entry_whole before truncate on ledger_entry for each statement execute function ledger_is_append_only()',
    );
  }
}
