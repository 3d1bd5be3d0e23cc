import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How figures find their cases whatever the number of others: the cases of days, and those of spans, with all that is
 * added up, so that the rows themselves need not be read; and the pages of a figure's cases, newest first.
 */
export class CaseIndexes1700000000053 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('drop index fact_kpi_case_counts');
    await runner.query(`create index fact_kpi_case_counts on fact_kpi_case (tenant_id, kpi_key, counts_on)
      include (counts_at, span_from_on, numerator, denominator, client_caused, is_margin)`);
    await runner.query(`create index fact_kpi_case_spans on fact_kpi_case (tenant_id, kpi_key, span_from_on)
      include (span_to_on, counts_at, denominator, is_margin) where span_from_on is not null`);
    await runner.query('create index fact_kpi_case_newest on fact_kpi_case (tenant_id, kpi_key, counts_at, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index fact_kpi_case_newest');
    await runner.query('drop index fact_kpi_case_spans');
    await runner.query('drop index fact_kpi_case_counts');
    await runner.query('create index fact_kpi_case_counts on fact_kpi_case (tenant_id, kpi_key, counts_on)');
  }
}
