import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration } from '../src/core/migration.js';

/** Outbound events: the endpoints that tenants want them at, their sealed secrets, and what was delivered. */
export class Events1700000000031 extends TablesMigration {
  readonly tables = ['event_endpoint', 'event_secret', 'event_delivery'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'event_endpoint',
      `url text not null check (length(url) between 1 and 500),
      description text check (length(description) <= 200),
      event_types text not null,
      state text not null check (state in ('ACTIVE', 'DISABLED', 'DELETED')),
      reason text check (reason in ('BY_HAND', 'GONE', 'FAILING')),
      secret_version int not null check (secret_version > 0),
      failures int not null check (failures >= 0),
      failing_since timestamptz(3),
      relayed_seq bigint not null check (relayed_seq >= 0),
      created_at timestamptz(3) not null,
      ended_at timestamptz(3),
      revision int not null check (revision > 0),
      check ((state = 'DISABLED') = (reason is not null)),
      check ((state = 'ACTIVE') = (ended_at is null)),
      check ((failures = 0) = (failing_since is null))`,
      'select, insert, update',
    );
    await createTenantTable(
      runner,
      'event_secret',
      `endpoint_id uuid not null,
      version int not null check (version > 0),
      wrapped text not null,
      kek_id text not null,
      sealed text not null,
      created_at timestamptz(3) not null,
      expires_at timestamptz(3),
      unique (tenant_id, endpoint_id, version),
      foreign key (tenant_id, endpoint_id) references event_endpoint (tenant_id, id)`,
      'select, insert, update, delete',
    );
    await createTenantTable(
      runner,
      'event_delivery',
      `endpoint_id uuid not null,
      event_id text not null check (event_id ~ '^[^.]+$'),
      type text not null,
      occurred_at timestamptz(3) not null,
      subject_type text not null,
      subject_id uuid not null,
      data text not null,
      replay_id uuid,
      state text not null check (state in ('PENDING', 'DELIVERED', 'FAILED', 'CANCELLED')),
      attempts int not null check (attempts >= 0),
      response_status int,
      reason text,
      created_at timestamptz(3) not null,
      last_attempt_at timestamptz(3),
      next_attempt_at timestamptz(3),
      check ((state = 'PENDING') = (next_attempt_at is not null)),
      unique nulls not distinct (tenant_id, endpoint_id, event_id, replay_id),
      foreign key (tenant_id, endpoint_id) references event_endpoint (tenant_id, id)`,
      'select, insert, update',
    );
    await runner.query('create index event_delivery_endpoint on event_delivery (tenant_id, endpoint_id, id)');
    await runner.query(
      "create index event_delivery_pending on event_delivery (tenant_id, endpoint_id) where state = 'PENDING'",
    );
    // What waits for one endpoint is ended at once when it is disabled.
    await runner.query(
      "create index outbox_effect_webhook on outbox_effect (tenant_id, vendor) where kind = 'event.deliver' and state = 'PENDING'",
    );
  }

  override async down(runner: QueryRunner): Promise<void> {
    await super.down(runner);
    await runner.query('drop index outbox_effect_webhook');
  }
}
