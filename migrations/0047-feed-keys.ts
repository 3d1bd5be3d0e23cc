import type { QueryRunner } from 'typeorm';
import { applicationRole, createTenantTable, TablesMigration } from '../src/core/migration.js';

const person = (column: string): string => `foreign key (tenant_id, ${column}) references person (tenant_id, id)`;

/** Keys for the OData feed, and the secret by which each tenant's page tokens are signed. */
export class FeedKeys1700000000047 extends TablesMigration {
  readonly tables = ['feed_key', 'feed_signing'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'feed_key',
      `name text not null check (length(name) between 3 and 80),
      secret_hash text not null check (secret_hash ~ '^[0-9a-f]{64}$'),
      sees text not null check (sees in ('[]', '["MARGIN"]', '["PERSONAL"]', '["MARGIN","PERSONAL"]', '["PERSONAL","MARGIN"]')),
      created_by uuid not null,
      created_at timestamptz(3) not null,
      vouched_by uuid not null,
      expires_at timestamptz(3) not null check (expires_at > created_at),
      revoked_at timestamptz(3),
      session_at timestamptz(3),
      ${person('created_by')},
      ${person('vouched_by')}`,
      'select, insert',
    );
    await runner.query(
      `grant update (secret_hash, vouched_by, expires_at, revoked_at, session_at) on feed_key to ${await applicationRole(runner)}`,
    );
    await createTenantTable(
      runner,
      'feed_signing',
      `secret text not null check (secret ~ '^[A-Za-z0-9_-]{43}$'),
      check (id = tenant_id)`,
      'select, insert',
    );
  }
}
