import type { QueryRunner } from 'typeorm';
import {
  allowValues,
  applicationRole,
  createTenantTable,
  forbidValues,
  TablesMigration,
} from '../src/core/migration.js';

const TEMPLATES = ['MEETING_SCHEDULED', 'MEETING_AGENDA', 'MEETING_CANCELLED', 'ACTION_ASSIGNED', 'ACTION_OVERDUE'];

/**
 * The internal handoff meeting: one row a date (moving it makes another), who is invited and was there, what became of
 * the agenda and the checklist, and the actions that it left. At most one date of a handoff is open at a time.
 */
export class HandoffMeeting1700000000037 extends TablesMigration {
  readonly tables = ['handoff_meeting', 'meeting_participant', 'meeting_segment', 'meeting_check', 'action_item'];

  async up(runner: QueryRunner): Promise<void> {
    const role = await applicationRole(runner);
    await createTenantTable(
      runner,
      'handoff_meeting',
      `handoff_id uuid not null,
      state text not null check (state in ('TENTATIVE', 'SCHEDULED', 'HELD', 'MOVED', 'CANCELLED')),
      starts_at timestamptz(3) not null,
      starts_on date not null,
      duration_minutes int not null check (duration_minutes between 15 and 480),
      agenda_due_at timestamptz(3) not null,
      plan text not null,
      probability_percent int check (probability_percent between 0 and 100),
      scheduled_by uuid not null,
      scheduled_at timestamptz(3) not null,
      confirmed_by uuid,
      confirmed_at timestamptz(3),
      ended_by uuid,
      ended_at timestamptz(3),
      end_reason text,
      held_at timestamptz(3),
      notes text,
      recording_url text,
      recorded_by uuid,
      recorded_at timestamptz(3),
      check (agenda_due_at <= starts_at),
      check (state <> 'TENTATIVE' or probability_percent is not null),
      check ((confirmed_at is null) = (confirmed_by is null)),
      check ((state in ('MOVED', 'CANCELLED')) = (ended_at is not null) and (ended_at is null) = (ended_by is null)),
      check ((state = 'HELD') = (held_at is not null) and (held_at is null) = (recorded_by is null)
        and (held_at is null) = (recorded_at is null)),
      check (held_at <= recorded_at),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, scheduled_by) references person (tenant_id, id),
      foreign key (tenant_id, confirmed_by) references person (tenant_id, id),
      foreign key (tenant_id, ended_by) references person (tenant_id, id),
      foreign key (tenant_id, recorded_by) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query(
      `create unique index handoff_meeting_open on handoff_meeting (tenant_id, handoff_id) where state in ('TENTATIVE', 'SCHEDULED')`,
    );
    await runner.query('create index handoff_meeting_handoff on handoff_meeting (tenant_id, handoff_id, id)');
    await runner.query('create index handoff_meeting_day on handoff_meeting (tenant_id, starts_on, id)');
    await runner.query(
      `create index handoff_meeting_agenda on handoff_meeting (tenant_id, agenda_due_at) where state = 'SCHEDULED'`,
    );
    await runner.query(`grant update (state, confirmed_by, confirmed_at, ended_by, ended_at, end_reason, held_at, notes,
      recording_url, recorded_by, recorded_at) on handoff_meeting to ${role}`);
    await createTenantTable(
      runner,
      'meeting_participant',
      `handoff_id uuid not null,
      meeting_id uuid not null,
      person_id uuid not null,
      parts text not null,
      need text not null check (need in ('REQUIRED', 'RECOMMENDED', 'OPTIONAL')),
      attended boolean,
      unique (tenant_id, meeting_id, person_id),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, meeting_id) references handoff_meeting (tenant_id, id),
      foreign key (tenant_id, person_id) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query('create index meeting_participant_handoff on meeting_participant (tenant_id, handoff_id)');
    await runner.query(`grant update (attended) on meeting_participant to ${role}`);
    await createTenantTable(
      runner,
      'meeting_segment',
      `handoff_id uuid not null,
      meeting_id uuid not null,
      position int not null check (position > 0),
      segment text not null check (length(segment) between 1 and 60),
      covered boolean not null,
      answered text not null,
      remark text,
      unique (tenant_id, meeting_id, segment),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, meeting_id) references handoff_meeting (tenant_id, id)`,
      'select, insert',
    );
    await runner.query('create index meeting_segment_handoff on meeting_segment (tenant_id, handoff_id)');
    await runner.query(`grant update (remark) on meeting_segment to ${role}`);
    await createTenantTable(
      runner,
      'meeting_check',
      `handoff_id uuid not null,
      meeting_id uuid not null,
      position int not null check (position > 0),
      item text not null check (length(item) between 1 and 60),
      answer text not null check (answer in ('YES', 'NO', 'NOT_APPLICABLE')),
      remark text,
      unique (tenant_id, meeting_id, item),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, meeting_id) references handoff_meeting (tenant_id, id)`,
      'select, insert',
    );
    await runner.query('create index meeting_check_handoff on meeting_check (tenant_id, handoff_id)');
    await runner.query(`grant update (remark) on meeting_check to ${role}`);
    await createTenantTable(
      runner,
      'action_item',
      `handoff_id uuid not null,
      meeting_id uuid,
      number text not null check (length(number) between 1 and 20),
      text text not null,
      owner_id uuid not null,
      due_on date not null,
      state text not null check (state in ('OPEN', 'DONE')),
      created_by uuid not null,
      created_at timestamptz(3) not null,
      assigned_at timestamptz(3) not null,
      done_by uuid,
      done_at timestamptz(3),
      remark text,
      unique (tenant_id, handoff_id, number),
      check ((state = 'DONE') = (done_at is not null) and (done_at is null) = (done_by is null)),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, meeting_id) references handoff_meeting (tenant_id, id),
      foreign key (tenant_id, owner_id) references person (tenant_id, id),
      foreign key (tenant_id, created_by) references person (tenant_id, id),
      foreign key (tenant_id, done_by) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query(`create index action_item_open on action_item (tenant_id, due_on, id) where state = 'OPEN'`);
    await runner.query('create index action_item_owner on action_item (tenant_id, owner_id, id)');
    await runner.query(
      `grant update (text, owner_id, due_on, assigned_at, state, done_by, done_at, remark) on action_item to ${role}`,
    );
    await allowValues(runner, 'escalation', 'clock', ['HANDOFF_MEETING']);
    await allowValues(runner, 'notice', 'template', TEMPLATES);
  }

  override async down(runner: QueryRunner): Promise<void> {
    await super.down(runner);
    await forbidValues(runner, 'notice', 'template', TEMPLATES);
    await forbidValues(runner, 'escalation', 'clock', ['HANDOFF_MEETING']);
  }
}
