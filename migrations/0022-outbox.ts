import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration, withoutForce } from '../src/core/migration.js';

const OLD_STATES = "'PENDING', 'DONE', 'DEAD'";
const STATES = "'PENDING', 'DONE', 'UNKNOWN', 'DEAD', 'PARKED', 'CANCELLED'";

/** The outbox's attempts, classes and pauses; the tenant's connections to vendors and their secrets. */
export class Outbox1700000000022 extends TablesMigration {
  readonly tables = ['outbox_attempt', 'vendor_pause', 'integration', 'integration_secret'];

  async up(runner: QueryRunner): Promise<void> {
    await this.effects(runner);
    await this.attempts(runner);
    await this.connections(runner);
  }

  override async down(runner: QueryRunner): Promise<void> {
    await super.down(runner);
    await runner.query('drop index outbox_effect_order, outbox_effect_due, outbox_effect_open');
    await runner.query(`alter table outbox_effect
      drop constraint outbox_effect_doubt, drop constraint outbox_effect_state_check,
      drop column vendor, drop column effect_class, drop column reason, drop column strikes, drop column not_before,
      drop column is_begun, drop column in_doubt, drop column adopted_receipt, drop column remedy,
      add check (state in (${OLD_STATES}))`);
    await runner.query(
      "create index outbox_effect_due on outbox_effect (tenant_id, next_attempt_at) where state = 'PENDING'",
    );
  }

  private async effects(runner: QueryRunner): Promise<void> {
    await withoutForce(runner, 'outbox_effect', async () => {
      await runner.query(`alter table outbox_effect
        drop constraint outbox_effect_state_check,
        add constraint outbox_effect_state_check check (state in (${STATES})),
        add column vendor text check (length(vendor) between 1 and 80),
        add column effect_class text not null default 'PUT' check (effect_class in ('PUT', 'LOOKUP', 'CONFIRM')),
        add column reason text,
        add column strikes int not null default 0 check (strikes >= 0),
        add column not_before timestamptz(3),
        add column is_begun bool not null default false,
        add column in_doubt bool not null default false,
        add column adopted_receipt text,
        add column remedy text,
        add constraint outbox_effect_doubt check (not in_doubt or effect_class <> 'PUT')`);
      await runner.query('alter table outbox_effect alter effect_class drop default, alter strikes drop default');
      await runner.query('alter table outbox_effect alter in_doubt drop default, alter is_begun drop default');
    });
    await runner.query('drop index outbox_effect_due');
    // Small however long the history: only what is not done yet stands in them.
    await runner.query(
      "create index outbox_effect_due on outbox_effect (tenant_id, next_attempt_at, id) where state in ('PENDING', 'UNKNOWN')",
    );
    await runner.query(
      "create index outbox_effect_order on outbox_effect (tenant_id, aggregate_id, id) where state in ('PENDING', 'UNKNOWN')",
    );
    await runner.query("create index outbox_effect_open on outbox_effect (tenant_id, state, id) where state <> 'DONE'");
  }

  private async attempts(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'outbox_attempt',
      `effect_id uuid not null,
      number int not null check (number > 0),
      fencing_token int not null check (fencing_token > 0),
      phase text not null check (phase in ('LOOKUP', 'PERFORM', 'ADOPT')),
      outcome text not null check (outcome in ('DONE', 'RETRY', 'THROTTLED', 'REFUSED', 'UNKNOWN_OUTCOME',
        'DISCONNECTED', 'FAILED', 'LOST', 'FENCED')),
      started_at timestamptz(3),
      ended_at timestamptz(3) not null,
      code text,
      status int,
      error text check (length(error) <= 500),
      receipt text,
      unique (tenant_id, effect_id, fencing_token, outcome),
      foreign key (tenant_id, effect_id) references outbox_effect (tenant_id, id)`,
      'select, insert',
    );
    await createTenantTable(
      runner,
      'vendor_pause',
      `vendor text not null,
      until timestamptz(3),
      reason text not null check (reason in ('THROTTLED', 'UNAVAILABLE', 'DISCONNECTED')),
      failures int not null check (failures > 0),
      since timestamptz(3) not null,
      remedy text not null,
      check ((until is null) = (reason = 'DISCONNECTED'))`,
      'select, insert, update, delete',
      'tenant_id, vendor',
    );
  }

  private async connections(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'integration',
      `vendor text not null,
      name text not null,
      base_url text not null,
      settings text not null,
      state text not null check (state in ('CONNECTED', 'DISCONNECTED', 'ERROR')),
      reason text,
      remedy text,
      checks text not null,
      checked_at timestamptz(3),
      connected_at timestamptz(3) not null,
      disconnected_at timestamptz(3),
      secret_version int not null check (secret_version > 0),
      revision int not null check (revision > 0),
      check ((state = 'DISCONNECTED') = (disconnected_at is not null)),
      unique (tenant_id, vendor, name)`,
      'select, insert, update',
    );
    // Wrapped data key and sealed text: opened with the key ring of the worker alone, destroyed by deleting the row.
    await createTenantTable(
      runner,
      'integration_secret',
      `integration_id uuid not null,
      version int not null check (version > 0),
      wrapped text not null,
      kek_id text not null,
      sealed text not null,
      created_at timestamptz(3) not null,
      unique (tenant_id, integration_id, version),
      foreign key (tenant_id, integration_id) references integration (tenant_id, id)`,
      'select, insert, update, delete',
    );
  }
}
