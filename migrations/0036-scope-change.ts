import type { QueryRunner } from 'typeorm';
import { applicationRole, createTenantTable, TablesMigration } from '../src/core/migration.js';

const HANDOFF = 'foreign key (tenant_id, handoff_id) references handoff (tenant_id, id)';
const INCIDENTS = "('MISSING', 'WRONG', 'AMBIGUOUS')";

/**
 * Scope changes after the sign-off with their lines, and the client's agreement to a changed price. What was asked stays
 * as it was asked; only that the baseline moved by it is added, and names are erased from the two free texts.
 */
export class ScopeChange1700000000036 extends TablesMigration {
  readonly tables = ['scope_change', 'scope_change_line', 'change_order'];

  async up(runner: QueryRunner): Promise<void> {
    const role = await applicationRole(runner);
    await createTenantTable(
      runner,
      'scope_change',
      `handoff_id uuid not null,
      number text not null,
      baseline_id uuid not null,
      baseline_version int not null check (baseline_version > 0),
      description text not null,
      cause text not null check (cause in ('MISSING', 'WRONG', 'AMBIGUOUS', 'CLIENT_REQUEST', 'VENDOR', 'OTHER')),
      cause_item_type text check (cause_item_type in
        ('CHECKLIST_ITEM', 'STATEMENT', 'ASSUMPTION', 'COMMITMENT', 'RISK', 'STAKEHOLDER', 'DECISION', 'MILESTONE')),
      cause_item_id uuid,
      date_effect_days int not null check (date_effect_days between -250 and 250),
      hours_effect text not null,
      currency text not null,
      baseline_price_minor bigint not null,
      baseline_cost_minor bigint not null,
      proposed_price_minor bigint not null,
      proposed_cost_minor bigint not null,
      margin_effect_minor bigint not null,
      margin_effect_bps int,
      evidence_url text,
      content_digest text not null check (content_digest ~ '^[0-9a-f]{64}$'),
      request_id uuid not null,
      requested_by uuid not null,
      requested_at timestamptz(3) not null,
      new_baseline_id uuid,
      rebaselined_by uuid,
      rebaselined_at timestamptz(3) check (rebaselined_at >= requested_at),
      check (margin_effect_minor = (proposed_price_minor - proposed_cost_minor) - (baseline_price_minor - baseline_cost_minor)),
      check ((cause in ${INCIDENTS}) = (cause_item_type is not null)),
      check (cause_item_id is null or cause in ${INCIDENTS}),
      check (cause_item_id is not null or cause not in ('WRONG', 'AMBIGUOUS')),
      check ((new_baseline_id is null) = (rebaselined_by is null) and (new_baseline_id is null) = (rebaselined_at is null)),
      check (new_baseline_id <> baseline_id),
      unique (tenant_id, handoff_id, number),
      unique (tenant_id, handoff_id, id),
      unique (tenant_id, request_id),
      unique (tenant_id, new_baseline_id),
      ${HANDOFF},
      foreign key (tenant_id, handoff_id, baseline_id) references budget_baseline (tenant_id, handoff_id, id),
      foreign key (tenant_id, handoff_id, new_baseline_id) references budget_baseline (tenant_id, handoff_id, id),
      foreign key (tenant_id, request_id) references approval_request (tenant_id, id),
      foreign key (tenant_id, requested_by) references person (tenant_id, id),
      foreign key (tenant_id, rebaselined_by) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query('create index scope_change_raised on scope_change (tenant_id, requested_at)');
    await runner.query(
      `grant update (description, new_baseline_id, rebaselined_by, rebaselined_at) on scope_change to ${role}`,
    );
    await createTenantTable(
      runner,
      'scope_change_line',
      `scope_change_id uuid not null,
      position int not null check (position > 0),
      budget_type text not null,
      label text not null,
      former_hours text,
      former_cost_minor bigint,
      former_price_minor bigint,
      hours text not null,
      cost_minor bigint not null check (cost_minor >= 0),
      price_minor bigint not null,
      check ((former_hours is null) = (former_cost_minor is null) and (former_hours is null) = (former_price_minor is null)),
      unique (tenant_id, scope_change_id, budget_type),
      unique (tenant_id, scope_change_id, position),
      foreign key (tenant_id, scope_change_id) references scope_change (tenant_id, id)`,
      'select, insert',
    );
    await createTenantTable(
      runner,
      'change_order',
      `handoff_id uuid not null,
      scope_change_id uuid not null,
      document_url text not null check (document_url ~ '^https://'),
      content_hash text not null check (content_hash ~ '^[0-9a-f]{64}$'),
      signer text not null,
      signed_on date not null,
      recorded_by uuid not null,
      recorded_at timestamptz(3) not null,
      unique (tenant_id, scope_change_id),
      foreign key (tenant_id, handoff_id, scope_change_id) references scope_change (tenant_id, handoff_id, id),
      foreign key (tenant_id, recorded_by) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query('create index change_order_handoff on change_order (tenant_id, handoff_id)');
    await runner.query(`grant update (signer) on change_order to ${role}`);
  }
}
