import type { MigrationInterface, QueryRunner } from 'typeorm';
import { applicationRole, withoutForce } from '../src/core/migration.js';

/**
 * Policy as a governed thing (approvals rule 13): a version after the first rules only by a grant about exactly its
 * content. Versions that were decided before stay as they are; a proposal of that time has no request and lapses.
 */
export class Governance1700000000024 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'alter table approval_grant add constraint approval_grant_content unique (tenant_id, id, digest, content_revision)',
    );
    await runner.query(`alter table configuration_version
      add column base_version_id uuid constraint configuration_version_not_own_base check (base_version_id <> id),
      add column grant_id uuid,
      drop constraint configuration_version_state_check,
      add constraint configuration_version_state_check check (state in ('PROPOSED', 'EFFECTIVE', 'REJECTED', 'LAPSED')),
      add constraint configuration_version_four_eyes check (state <> 'EFFECTIVE' or version = 1 or grant_id is not null
        or (base_version_id is null and decided_by is not null)),
      add constraint configuration_version_one_grant unique (tenant_id, grant_id)`);
    await withoutForce(runner, 'configuration_version', async () => {
      await runner.query(`alter table configuration_version
        add constraint configuration_version_base foreign key (tenant_id, base_version_id) references configuration_version (tenant_id, id),
        add constraint configuration_version_grant foreign key (tenant_id, grant_id, digest, version)
          references approval_grant (tenant_id, id, digest, content_revision)`);
    });
    await runner.query(
      `grant update (effective_from, grant_id) on configuration_version to ${await applicationRole(runner)}`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await withoutForce(runner, 'configuration_version', async () => {
      await runner.query("update configuration_version set state = 'REJECTED' where state = 'LAPSED'");
    });
    await runner.query(`revoke update (effective_from) on configuration_version from ${await applicationRole(runner)}`);
    await runner.query(`alter table configuration_version
      drop constraint configuration_version_four_eyes,
      drop column base_version_id, drop column grant_id,
      drop constraint configuration_version_state_check,
      add constraint configuration_version_state_check check (state in ('PROPOSED', 'EFFECTIVE', 'REJECTED'))`);
    await runner.query('alter table approval_grant drop constraint approval_grant_content');
  }
}
