import type { MigrationInterface, QueryRunner } from 'typeorm';
import { applicationRole, refuseOverEvidence, withoutForce } from '../src/core/migration.js';

/**
 * What deadlines, scores and reviews follow from, whenever a worker looks: what a handoff held when delivery accepted it, the
 * days on which a decision was due before, and when an introduction was recorded.
 */
export class AsOfItsMoment1700000000051 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table feasibility_sign_off add column content text');
    await runner.query("alter table decision add column earlier_dues text not null default '[]'");
    await runner.query('alter table decision alter column earlier_dues drop default');
    await runner.query('alter table introduction add column recorded_at timestamptz(3)');
    await runner.query(`grant update (recorded_at) on introduction to ${await applicationRole(runner)}`);
    await withoutForce(runner, 'introduction', async () => {
      await runner.query('update introduction set recorded_at = introduced_at');
    });
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseOverEvidence(runner);
    await runner.query('alter table introduction drop column recorded_at');
    await runner.query('alter table decision drop column earlier_dues');
    await runner.query('alter table feasibility_sign_off drop column content');
  }
}
