import type { MigrationInterface, QueryRunner } from 'typeorm';
import { refuseOverEvidence, withoutForce } from '../src/core/migration.js';

/**
 * A decision goes on naming the assumption that it is about when that is removed: a distributed database takes no
 * ON DELETE SET NULL of a key with the tenant in it (Citus, EnsureSupportedFKeyOnDistKey), not of one column either.
 */
export class DecisionAssumption1700000000055 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table decision drop constraint decision_tenant_id_assumption_id_fkey');
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseOverEvidence(runner);
    await withoutForce(runner, 'decision', async () => {
      await runner.query(`alter table decision add constraint decision_tenant_id_assumption_id_fkey
        foreign key (tenant_id, assumption_id) references assumption (tenant_id, id) on delete set null (assumption_id)`);
    });
  }
}
