import type { MigrationInterface, QueryRunner } from 'typeorm';
import { refuseOverEvidence, withoutForce } from '../src/core/migration.js';

/** A baseline that was measured here has no document elsewhere: its source is a URN, with the digest of what it was measured from. */
export class KpiSource1700000000052 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await this.accept(runner, '^(https://|urn:countersign:)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseOverEvidence(runner);
    await this.accept(runner, '^https://');
  }

  private async accept(runner: QueryRunner, pattern: string): Promise<void> {
    await withoutForce(runner, 'kpi_baseline', async () => {
      await runner.query(`alter table kpi_baseline drop constraint kpi_baseline_source_url_check,
        add constraint kpi_baseline_source_url_check check (source_url ~ '${pattern}')`);
    });
  }
}
