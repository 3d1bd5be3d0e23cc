import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Index, table, columns, and the rows that are in it. Every one leads with the tenant, and ends with what a page is sorted by. */
const INDEXES: readonly (readonly [name: string, table: string, columns: string, where?: string])[] = [
  // Rows of one parent, which a list of a hundred parents asks for at once.
  ['approval_request_of', 'approval_request', 'subject_id, id'],
  ['role_grant_person', 'role_grant', 'person_id, id'],
  ['budget_baseline_project', 'budget_baseline', 'project_id, version'],
  ['red_flag_review', 'red_flag', 'review_id, id'],
  ['pilot_handoff_rollout', 'pilot_handoff', 'rollout_id, id'],
  // What lists are narrowed to, by an argument or by what somebody may read.
  ['approval_request_kind', 'approval_request', 'kind, id'],
  ['certification_person', 'certification', 'person_id, id'],
  ['ledger_entry_actor', 'ledger_entry', 'actor_id, id'],
  ['outbox_effect_aggregate', 'outbox_effect', 'aggregate_id, id'],
  ['power_bi_batch_newest', 'power_bi_batch', 'integration_id, id'],
  ['power_bi_refresh_newest', 'power_bi_refresh', 'integration_id, id'],
  ['remediation_owner', 'remediation', 'owner_id, id'],
  ['report_file_requester', 'report_file', 'requested_by, id'],
  ['audit_sample_drawer', 'audit_sample', 'drawn_by, id'],
  // Reports that are sorted by a time: a page of them reads itself and no more.
  ['fact_sla_event_waiting', 'fact_sla_event', 'due_at, id', 'stopped_at is null and voided_at is null'],
  ['fact_exception_opened', 'fact_exception', 'opened_at, id'],
];

/** Every list finds its page by an index that leads with the tenant, whatever else the tenant has (test/tenancy/plans). */
export class ListIndexes1700000000054 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [name, table, columns, where] of INDEXES)
      await runner.query(`create index ${name} on ${table} (tenant_id, ${columns})${where ? ` where ${where}` : ''}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [name] of INDEXES.toReversed()) await runner.query(`drop index ${name}`);
  }
}
