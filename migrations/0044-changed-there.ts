import type { MigrationInterface, QueryRunner } from 'typeorm';
import { refuseOverEvidence } from '../src/core/migration.js';

/** When the PSA last changed a counterpart of ours, as of our own writing: what is untouched since costs no request. */
export class ChangedThere1700000000044 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'alter table psa_object add column changed_there text check (length(changed_there) between 1 and 80)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseOverEvidence(runner);
    await runner.query('alter table psa_object drop column changed_there');
  }
}
