import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration } from '../src/core/migration.js';

/** The handoff and the content that people write into it. */
export class Handoff1700000000005 extends TablesMigration {
  readonly tables = ['handoff', 'stakeholder', 'assumption', 'risk', 'handoff_statement'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'handoff',
      `number text not null,
      deal_id uuid not null,
      client_id uuid not null,
      stage text not null check (stage in ('DRAFT', 'IN_REVIEW', 'RETURNED', 'SIGNED_OFF', 'KICKOFF_SCHEDULED', 'KICKED_OFF', 'CLOSED', 'WITHDRAWN')),
      revision int not null check (revision > 0),
      deal_snapshot_id uuid not null,
      terms_revision int not null check (terms_revision > 0),
      terms_digest text not null check (terms_digest ~ '^[0-9a-f]{64}$'),
      service_template text not null,
      deal_type text not null check (deal_type in ('NEW_BUSINESS', 'EXPANSION', 'RENEWAL', 'UPSELL', 'POC_TO_PAID')),
      segment text,
      tier text not null check (tier in ('LIGHT', 'STANDARD', 'HIGH_TOUCH')),
      tier_sources text not null check (tier_sources <> '[]'),
      configuration_version_id uuid not null,
      checklist_template text not null,
      answers text not null,
      owner_id uuid not null,
      delivery_manager_id uuid,
      start_on date,
      context text,
      communication_preferences text,
      billing_terms text,
      payment_schedule text,
      special_terms text,
      intake_notes text,
      opened_at timestamptz(3) not null,
      submitted_at timestamptz(3),
      correction_due_at timestamptz(3),
      withdrawn_at timestamptz(3),
      withdrawn_reason text,
      check ((stage = 'WITHDRAWN') = (withdrawn_at is not null)),
      unique (tenant_id, number),
      foreign key (tenant_id, deal_id) references deal (tenant_id, id),
      foreign key (tenant_id, client_id) references client (tenant_id, id),
      foreign key (tenant_id, deal_snapshot_id) references deal_snapshot (tenant_id, id),
      foreign key (tenant_id, configuration_version_id) references configuration_version (tenant_id, id),
      foreign key (tenant_id, owner_id) references person (tenant_id, id),
      foreign key (tenant_id, delivery_manager_id) references person (tenant_id, id)`,
      'select, insert, update',
    );
    await runner.query("create unique index handoff_live on handoff (tenant_id, deal_id) where stage <> 'WITHDRAWN'");
    await runner.query('create index handoff_stage on handoff (tenant_id, stage, id)');
    for (const by of ['deal', 'client', 'owner', 'delivery_manager']) {
      await runner.query(`create index handoff_${by} on handoff (tenant_id, ${by}_id, id)`);
    }
    await createTenantTable(
      runner,
      'stakeholder',
      `handoff_id uuid not null,
      side text not null check (side in ('CLIENT', 'PROVIDER')),
      role text not null check (role in ('EXECUTIVE_SPONSOR', 'CHAMPION', 'ECONOMIC_BUYER', 'TECHNICAL_EVALUATOR', 'END_USER', 'BLOCKER', 'PRIMARY_CONTACT', 'SIGNER', 'ACCOUNT_OWNER', 'PROJECT_LEAD', 'OTHER')),
      name text not null,
      title text,
      email text,
      phone text,
      notes text,
      deal_snapshot_id uuid,
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, deal_snapshot_id) references deal_snapshot (tenant_id, id)`,
      'select, insert, update, delete',
    );
    await createTenantTable(
      runner,
      'assumption',
      `handoff_id uuid not null,
      text text not null,
      state text not null check (state in ('ASSUMED', 'CONFIRMED', 'REFUTED')),
      source text not null,
      impact text,
      resolution text check ((state = 'ASSUMED') = (resolution is null)),
      created_at timestamptz(3) not null,
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id)`,
      'select, insert, update, delete',
    );
    await createTenantTable(
      runner,
      'risk',
      `handoff_id uuid not null,
      text text not null,
      level text not null check (level in ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')),
      mitigation text,
      source text not null,
      deal_snapshot_id uuid,
      created_at timestamptz(3) not null,
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, deal_snapshot_id) references deal_snapshot (tenant_id, id)`,
      'select, insert, update, delete',
    );
    await createTenantTable(
      runner,
      'handoff_statement',
      `handoff_id uuid not null,
      kind text not null check (kind in ('IN_SCOPE', 'OUT_OF_SCOPE', 'DEVIATION', 'DEPENDENCY', 'ACCEPTANCE_CRITERION', 'PROMISED_TIMELINE', 'INTEGRATION_CONSTRAINT', 'COMMERCIAL_GUARDRAIL', 'BUSINESS_OBJECTIVE', 'TECHNICAL_REQUIREMENT')),
      text text not null,
      source text not null,
      due_on date,
      deal_snapshot_id uuid,
      created_at timestamptz(3) not null,
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, deal_snapshot_id) references deal_snapshot (tenant_id, id)`,
      'select, insert, update, delete',
    );
    for (const table of this.tables.slice(1))
      await runner.query(`create index ${table}_handoff on ${table} (tenant_id, handoff_id)`);
  }
}
