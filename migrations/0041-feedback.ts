import type { QueryRunner } from 'typeorm';
import {
  allowValues,
  createTenantTable,
  forbidValues,
  refuseOverEvidence,
  TablesMigration,
  withoutForce,
} from '../src/core/migration.js';

const HANDOFF = 'foreign key (tenant_id, handoff_id) references handoff (tenant_id, id)';
const CATEGORIES = `('CUSTOMER_CONTEXT', 'STAKEHOLDERS', 'BUSINESS_OBJECTIVES', 'SCOPE_AND_COMMITMENTS', 'TECHNICAL', 'IMPLEMENTATION_PLANNING', 'RISKS')`;
const CAUSES = ['FEEDBACK', 'FIRST_DELIVERABLE', 'FIRST_TOUCH'];
const TEMPLATES = ['FEEDBACK_ASKED', 'FOLLOW_UP_OPENED'];

/**
 * Acceptance with its verdicts, what is learned from returns, feedback, repeated questions, the client's survey. A date
 * that the client has now names the live sign-off in a foreign key: no path whatever can leave one without the other.
 */
export class Feedback1700000000041 extends TablesMigration {
  readonly tables = ['follow_up', 'repeat_ask', 'client_survey'];

  async up(runner: QueryRunner): Promise<void> {
    await this.returns(runner);
    await this.lock(runner);
    await withoutForce(runner, 'handoff_feedback', async () => {
      await runner.query(`alter table handoff_feedback add column categories text not null default '[]',
        add column closes boolean not null default true`);
      await runner.query(`alter table handoff_feedback alter column categories drop default,
        alter column closes drop default, add check (categories like '[%]')`);
    });
    await this.tasks(runner);
    await allowValues(runner, 'escalation', 'cause', CAUSES);
    await runner.query(`create unique index escalation_cause_once on escalation (tenant_id, handoff_id, cause, mark, step)
      where cause in ('FEEDBACK', 'FIRST_DELIVERABLE', 'FIRST_TOUCH')`);
    await allowValues(runner, 'notice', 'template', TEMPLATES);
    await createTenantTable(
      runner,
      'follow_up',
      `kind text not null check (kind in ('REJECTED', 'REPEATED_RETURN', 'COACHING', 'PROCESS_REVIEW')),
      return_id uuid not null,
      handoff_id uuid not null,
      rep_id uuid not null,
      owner_id uuid not null,
      return_ids text not null check (return_ids like '["%'),
      state text not null check (state in ('OPEN', 'DONE')),
      called_for_at timestamptz(3) not null,
      opened_at timestamptz(3) not null,
      outcome text check (length(outcome) between 10 and 2000),
      settled_by uuid,
      settled_at timestamptz(3),
      revision int not null,
      check ((state = 'DONE') = (settled_at is not null) and (state = 'DONE') = (settled_by is not null)
        and (state = 'DONE') = (outcome is not null)),
      check (settled_by <> rep_id),
      check (opened_at >= called_for_at),
      unique (tenant_id, kind, return_id),
      foreign key (tenant_id, return_id) references handoff_return (tenant_id, id),
      ${HANDOFF},
      foreign key (tenant_id, rep_id) references person (tenant_id, id),
      foreign key (tenant_id, owner_id) references person (tenant_id, id),
      foreign key (tenant_id, settled_by) references person (tenant_id, id)`,
      'select, insert, update',
    );
    await runner.query('create index follow_up_handoff on follow_up (tenant_id, handoff_id)');
    await runner.query('create index follow_up_owner on follow_up (tenant_id, owner_id, id)');
    await createTenantTable(
      runner,
      'repeat_ask',
      `handoff_id uuid not null,
      category text not null check (category in ${CATEGORIES}),
      item_path text not null check (length(item_path) between 2 and 120),
      asked_of text not null check (asked_of in ('CLIENT', 'SALES')),
      asked_on date not null,
      recorded_by uuid not null,
      recorded_at timestamptz(3) not null,
      ${HANDOFF},
      foreign key (tenant_id, recorded_by) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query('create index repeat_ask_handoff on repeat_ask (tenant_id, handoff_id)');
    await createTenantTable(
      runner,
      'client_survey',
      `handoff_id uuid not null,
      score int not null check (score between 0 and 10),
      answered_on date not null,
      evidence_url text not null check (evidence_url ~ '^https://'),
      recorded_by uuid not null,
      recorded_at timestamptz(3) not null,
      ${HANDOFF},
      foreign key (tenant_id, recorded_by) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query('create index client_survey_handoff on client_survey (tenant_id, handoff_id)');
  }

  override async down(runner: QueryRunner): Promise<void> {
    await refuseOverEvidence(runner);
    await super.down(runner);
    await forbidValues(runner, 'notice', 'template', TEMPLATES);
    await runner.query('drop index escalation_cause_once');
    await forbidValues(runner, 'escalation', 'cause', CAUSES);
    await runner.query('alter table project_task drop column done_at');
    await runner.query('alter table handoff_feedback drop column categories, drop column closes');
    await runner.query('alter table kickoff drop column live_sign_off');
    await runner.query('alter table feasibility_sign_off drop constraint feasibility_sign_off_state_key');
    await runner.query('alter table feasibility_sign_off drop column end_code, drop column end_facts');
    await runner.query('alter table handoff_return drop column verdict, drop column owner_id, drop column reason');
  }

  /** A return says what it is and whose handoff it was: owners change later. Before, every return asked for a revision. */
  private async returns(runner: QueryRunner): Promise<void> {
    await withoutForce(runner, 'handoff_return', () =>
      withoutForce(runner, 'handoff', () =>
        withoutForce(runner, 'person', async () => {
          await runner.query(`alter table handoff_return
            add column verdict text not null default 'NEEDS_REVISION' check (verdict in ('NEEDS_REVISION', 'REJECTED')),
            add column reason text check (length(reason) between 10 and 2000),
            add column owner_id uuid`);
          await runner.query(`update handoff_return r set owner_id = h.owner_id from handoff h
            where h.tenant_id = r.tenant_id and h.id = r.handoff_id`);
          await runner.query(`alter table handoff_return alter column verdict drop default, alter column owner_id set not null,
            add check ((verdict = 'REJECTED') = (reason is not null)),
            add foreign key (tenant_id, owner_id) references person (tenant_id, id)`);
        }),
      ),
    );
  }

  /** A date that stands names the state LIVE of its sign-off; ending the sign-off fails while a date stands under it. */
  private async lock(runner: QueryRunner): Promise<void> {
    await withoutForce(runner, 'kickoff', () =>
      withoutForce(runner, 'feasibility_sign_off', async () => {
        await runner.query(`alter table feasibility_sign_off add column end_code text check (end_code ~ '^[A-Z_]{3,40}$'),
          add column end_facts text check (end_facts like '{%')`);
        await runner.query(`update feasibility_sign_off set end_facts = '{}', end_code = case
            when state = 'REVOKED' then 'REVOKED'
            when end_reason = 'the deal has changed in the PSA' then 'DEAL_CHANGED'
            when end_reason = 'the handoff was withdrawn' then 'WITHDRAWN'
            else 'CHANGED' end
          where state <> 'LIVE'`);
        await runner.query(`alter table feasibility_sign_off add check ((ended_at is null) = (end_code is null)
            and (ended_at is null) = (end_facts is null)),
          add constraint feasibility_sign_off_state_key unique (tenant_id, id, state)`);
        await runner.query(`update kickoff k set state = 'VOID', void_reason = 'the sign-off under it ended'
          from feasibility_sign_off s
          where s.tenant_id = k.tenant_id and s.id = k.sign_off_id and k.state = 'SCHEDULED' and s.state <> 'LIVE'`);
        await runner.query('alter table kickoff add column live_sign_off text');
        await runner.query("update kickoff set live_sign_off = 'LIVE' where state = 'SCHEDULED'");
        await runner.query(`alter table kickoff
          add check ((state = 'SCHEDULED') = (live_sign_off is not null)),
          add check (live_sign_off = 'LIVE'),
          add constraint kickoff_under_live_sign_off foreign key (tenant_id, sign_off_id, live_sign_off)
            references feasibility_sign_off (tenant_id, id, state)`);
      }),
    );
  }

  /** When a task was done; of those done before, when the ledger says so. */
  private async tasks(runner: QueryRunner): Promise<void> {
    await withoutForce(runner, 'project_task', () =>
      withoutForce(runner, 'ledger_entry', async () => {
        await runner.query('alter table project_task add column done_at timestamptz(3)');
        await runner.query(`update project_task t set done_at = (select max(l.at) from ledger_entry l
            where l.tenant_id = t.tenant_id and l.subject_id = t.handoff_id::text and l.action = 'completeTask'
              and l.outcome = 'DONE' and position(t.id::text in l.content) > 0)
          where t.state = 'DONE'`);
      }),
    );
  }
}
