import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration } from '../src/core/migration.js';

/** Tenant profile, people, accounts, roles and API keys. */
export class Identity1700000000002 extends TablesMigration {
  readonly tables = ['tenant_profile', 'person', 'account', 'role_grant', 'api_key'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'tenant_profile',
      `slug text not null,
      name text not null,
      state text not null check (state in ('ACTIVE', 'SUSPENDED')),
      revision int not null check (revision > 0),
      check (id = tenant_id)`,
      'select, insert, update',
    );
    await createTenantTable(
      runner,
      'person',
      `handle text not null,
      name text not null,
      email text not null,
      state text not null check (state in ('ACTIVE', 'SUSPENDED')),
      merged_into uuid check (merged_into <> id),
      revision int not null check (revision > 0),
      created_at timestamptz(3) not null,
      unique (tenant_id, handle),
      foreign key (tenant_id, merged_into) references person (tenant_id, id)`,
      'select, insert, update',
    );
    await createTenantTable(
      runner,
      'account',
      `person_id uuid not null,
      issuer text not null,
      subject text not null,
      linked_at timestamptz(3) not null,
      unlinked_at timestamptz(3),
      foreign key (tenant_id, person_id) references person (tenant_id, id)`,
      'select, insert, update',
    );
    await runner.query(
      'create unique index account_linked on account (tenant_id, issuer, subject) where unlinked_at is null',
    );
    await runner.query('create index account_person on account (tenant_id, person_id)');
    await createTenantTable(
      runner,
      'role_grant',
      `person_id uuid not null,
      role text not null check (role in ('SALES_MANAGER', 'DELIVERY_MANAGER', 'FINANCE_APPROVER', 'SERVICE_DELIVERY_LEAD', 'REVOPS_ADMIN', 'AUDITOR')),
      granted_by text not null,
      granted_at timestamptz(3) not null,
      revoked_by text,
      revoked_at timestamptz(3),
      foreign key (tenant_id, person_id) references person (tenant_id, id)`,
      'select, insert, update',
    );
    await runner.query(
      'create unique index role_grant_held on role_grant (tenant_id, person_id, role) where revoked_at is null',
    );
    await createTenantTable(
      runner,
      'api_key',
      `name text not null,
      secret_hash text not null,
      scopes text not null,
      created_at timestamptz(3) not null,
      expires_at timestamptz(3) not null,
      revoked_at timestamptz(3)`,
      'select, insert, update',
    );
  }
}
