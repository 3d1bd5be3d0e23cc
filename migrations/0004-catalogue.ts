import type { QueryRunner } from 'typeorm';
import { applicationRole, createTenantTable, TablesMigration } from '../src/core/migration.js';

/** The versions of each tenant's configuration. */
export class Catalogue1700000000004 extends TablesMigration {
  readonly tables = ['configuration_version'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'configuration_version',
      `version int not null check (version > 0),
      state text not null check (state in ('PROPOSED', 'EFFECTIVE', 'REJECTED')),
      content text not null,
      digest text not null check (digest ~ '^[0-9a-f]{64}$'),
      effective_from timestamptz(3) not null,
      proposed_by text not null,
      proposed_at timestamptz(3) not null,
      decided_by text check (decided_by <> proposed_by),
      decided_at timestamptz(3),
      unique (tenant_id, version)`,
      'select, insert',
    );
    // What was proposed stands as it was: only the decision is written afterwards.
    await runner.query(
      `grant update (state, decided_by, decided_at) on configuration_version to ${await applicationRole(runner)}`,
    );
  }
}
