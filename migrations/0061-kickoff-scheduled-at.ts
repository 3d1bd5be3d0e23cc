import type { MigrationInterface, QueryRunner } from 'typeorm';
import { refuseOverEvidence } from '../src/core/migration.js';

/** When a handoff's kickoff was first scheduled, in the reporting model. Workers project every row anew with it. */
export class KickoffScheduledAt1700000000061 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table fact_handoff add column kickoff_scheduled_at timestamptz(3)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseOverEvidence(runner);
    await runner.query('alter table fact_handoff drop column kickoff_scheduled_at');
  }
}
