import type { MigrationInterface, QueryRunner } from 'typeorm';
import { allowValues, forbidValues, refuseOverEvidence } from '../src/core/migration.js';

/** A handoff that was classified anew has other checkpoints: those that nobody has accepted are dropped (0038). */
export class DroppedCheckpoints1700000000057 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await allowValues(runner, 'checkpoint', 'state', ['DROPPED']);
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseOverEvidence(runner);
    await forbidValues(runner, 'checkpoint', 'state', ['DROPPED']);
  }
}
