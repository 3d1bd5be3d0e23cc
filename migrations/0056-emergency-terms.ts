import type { MigrationInterface, QueryRunner } from 'typeorm';
import { applicationRole, refuseOverEvidence } from '../src/core/migration.js';

/** Who may pass an open request in an emergency follows a policy that was tightened, as what it needs does (0023). */
export class EmergencyTerms1700000000056 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`grant update (break_glass) on approval_request to ${await applicationRole(runner)}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseOverEvidence(runner);
    await runner.query(`revoke update (break_glass) on approval_request from ${await applicationRole(runner)}`);
  }
}
