import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration } from '../src/core/migration.js';

/** The PSA: counterparts of projects there, opportunities as they were read, sweeps, and what webhooks must know. */
export class HaloPsa1700000000027 extends TablesMigration {
  readonly tables = ['psa_object', 'psa_deal', 'psa_sweep', 'psa_webhook'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'psa_object',
      `handoff_id uuid not null,
      kind text not null check (kind in ('PROJECT', 'MILESTONE', 'TASK')),
      own_id uuid not null,
      label text not null check (length(label) between 1 and 80),
      remote_id text check (length(remote_id) between 1 and 80),
      digest text check (digest ~ '^[0-9a-f]{64}$'),
      written_at timestamptz(3),
      check ((remote_id is null) = (written_at is null) and (remote_id is null) = (digest is null)),
      unique (tenant_id, own_id),
      unique (tenant_id, handoff_id, label),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id)`,
      'select, insert, update',
    );
    await createTenantTable(
      runner,
      'psa_deal',
      `integration_id uuid not null,
      external_id text not null check (length(external_id) between 1 and 80),
      state text not null check (state in ('OPEN', 'WON', 'LOST', 'GONE')),
      last_update text not null check (length(last_update) <= 80),
      handoff_id uuid,
      problem text check (length(problem) <= 80),
      remedy text check (length(remedy) <= 1000),
      checked_at timestamptz(3) not null,
      unique (tenant_id, integration_id, external_id),
      foreign key (tenant_id, integration_id) references integration (tenant_id, id),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id)`,
      'select, insert, update',
    );
    await createTenantTable(
      runner,
      'psa_sweep',
      `integration_id uuid not null,
      watermark text check (length(watermark) <= 80),
      since text check (length(since) <= 80),
      swept_at timestamptz(3) not null,
      problem text check (length(problem) <= 80),
      remedy text check (length(remedy) <= 1000),
      unique (tenant_id, integration_id),
      foreign key (tenant_id, integration_id) references integration (tenant_id, id)`,
      'select, insert, update',
    );
    await createTenantTable(
      runner,
      'psa_webhook',
      `integration_id uuid not null,
      path_hash text not null check (path_hash ~ '^[0-9a-f]{64}$'),
      password_hash text not null check (password_hash ~ '^[0-9a-f]{64}$'),
      issued_at timestamptz(3) not null,
      unique (tenant_id, integration_id),
      foreign key (tenant_id, integration_id) references integration (tenant_id, id)`,
      'select, insert, update',
    );
  }
}
