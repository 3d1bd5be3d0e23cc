import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration } from '../src/core/migration.js';

/** Who is told what, by which way it has gone, and how each person wants to be told. */
export class Notice1700000000030 extends TablesMigration {
  readonly tables = ['notice', 'notice_preference'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'notice',
      `person_id uuid not null,
      template text not null check (template in ('HANDOFF_ASSIGNED', 'HANDOFF_SUBMITTED', 'SIGN_OFF_LAPSED', 'HANDOFF_RETURNED',
        'APPROVAL_ASKED', 'DECISION_OPENED', 'DECISION_OVERDUE', 'KICKOFF_SCHEDULED', 'KICKOFF_VOIDED', 'DEADLINE_NEAR',
        'DEADLINE_PASSED', 'ALERT_RAISED', 'BREAK_GLASS')),
      subject_type text not null check (length(subject_type) between 1 and 80),
      subject_id uuid not null,
      event_key text not null check (length(event_key) between 1 and 300),
      is_urgent boolean not null,
      in_digest boolean not null,
      state text not null check (state in ('WAITING', 'ASKED', 'MAILED', 'NOT_NEEDED', 'LISTED')),
      mail_key text check (length(mail_key) <= 300),
      raised_at timestamptz(3) not null,
      due_at timestamptz(3) not null,
      settled_at timestamptz(3),
      check ((mail_key is null) = (state in ('WAITING', 'LISTED'))),
      check ((settled_at is null) = (state in ('WAITING', 'ASKED'))),
      unique (tenant_id, person_id, event_key),
      foreign key (tenant_id, person_id) references person (tenant_id, id)`,
      'select, insert, update',
    );
    // What is due, what one mail carries, and a person's own list and budget.
    await runner.query("create index notice_due on notice (tenant_id, due_at) where state = 'WAITING'");
    await runner.query('create index notice_mail on notice (tenant_id, mail_key) where mail_key is not null');
    await runner.query('create index notice_list on notice (tenant_id, person_id, id)');
    await runner.query('create index notice_subject on notice (tenant_id, subject_id, template)');
    await runner.query('create index notice_budget on notice (tenant_id, raised_at)');
    await createTenantTable(
      runner,
      'notice_preference',
      `person_id uuid not null,
      delivery text not null check (delivery in ('IMMEDIATE', 'DIGEST')),
      quiet_hours boolean not null,
      daily_mails int not null check (daily_mails between 0 and 200),
      set_at timestamptz(3) not null,
      unique (tenant_id, person_id),
      foreign key (tenant_id, person_id) references person (tenant_id, id)`,
      'select, insert, update',
    );
  }
}
