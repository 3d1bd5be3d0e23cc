import type { MigrationInterface, QueryRunner } from 'typeorm';
import { applicationRole, createTenantTable, refuseOverEvidence, withoutForce } from '../src/core/migration.js';

const STATES = "('PENDING', 'APPROVED', 'REJECTED', 'EXPIRED', 'WITHDRAWN'";

/** One step out of the old columns: so many people with one of the roles. */
const step = (approvers: string, roles: string): string =>
  `'{"quorums":[[{"name":"approval","approvers":' || ${approvers} || ',"roles":' || ${roles} || ',"people":[]}]],"rejections":1,"freshSignInMinutes":null,"coolDownHours":0}'`;

/** Working hours between two instants of a request, by what it pinned; at least one. */
const pinnedHours = `greatest(1, ceil((select coalesce(sum(extract(epoch from
    least((t->>'to')::timestamptz, expires_at) - (t->>'from')::timestamptz)), 0) / 3600
  from json_array_elements(working_times::json) t where (t->>'from')::timestamptz < expires_at)))::int`;

/**
 * Steps, delegation, revocation, the one effect of a grant, emergencies and alerts (approvals rules 3, 6, 7, 9, 12, 13).
 * The two-person rule keeps standing in the schema: nobody is two humans of one round, as voter or as the one voted for.
 */
export class ApprovalEngine1700000000023 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await this.requests(runner);
    await this.delegations(runner);
    await this.votes(runner);
    await this.emergencies(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await refuseOverEvidence(runner);
    const role = await applicationRole(runner);
    for (const table of ['alert', 'after_review', 'approval_use', 'approval_revocation'])
      await runner.query(`drop table ${table}`);
    await runner.query('alter table approval_grant drop column way');
    await runner.query('alter table approval_grant add unique (tenant_id, request_id, round)');
    await runner.query(`alter table approval_vote drop constraint approval_vote_decision_check,
      add constraint approval_vote_decision_check check (decision in ('APPROVE', 'REJECT')),
      drop column on_behalf_of, drop column delegation_id, drop column signed_in_at, drop column ticket`);
    await runner.query('drop table delegation');
    await runner.query(`alter table approval_round add column approvers_needed int not null default 1 check (approvers_needed > 0),
      drop column need`);
    await runner.query('alter table approval_round alter column approvers_needed drop default');
    await runner.query(`alter table approval_request
      add column approvers_needed int not null default 1 check (approvers_needed > 0),
      add column eligible_roles text not null default '[0]' check (eligible_roles <> '[]'),
      add column maximum_approvers int not null default 1,
      add column maximum_roles text not null default '[0]' check (maximum_roles <> '[]'),
      add constraint approval_request_check check (maximum_approvers >= approvers_needed),
      drop constraint approval_request_state_check,
      add constraint approval_request_state_check check (state in ${STATES})),
      drop column need, drop column strictest, drop column break_glass, drop column decide_by, drop column pending_hours`);
    for (const column of ['approvers_needed', 'eligible_roles', 'maximum_approvers', 'maximum_roles'])
      await runner.query(`alter table approval_request alter column ${column} drop default`);
    await runner.query(
      `grant update (state, round, digest, content_revision, approvers_needed, eligible_roles, expires_at, decided_at, revision)
        on approval_request to ${role}`,
    );
    await runner.query(`revoke update (working_times) on approval_request from ${role}`);
  }

  private async requests(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table approval_request
      add column need text, add column strictest text, add column break_glass text, add column decide_by timestamptz(3),
      add column pending_hours int,
      drop constraint approval_request_state_check,
      add constraint approval_request_state_check check (state in ${STATES}, 'USED'))`);
    await runner.query('alter table approval_round add column need text');
    await withoutForce(runner, 'approval_request', async () => {
      await runner.query(`update approval_request set need = ${step('approvers_needed', 'eligible_roles')},
        strictest = ${step('maximum_approvers', 'maximum_roles')}, decide_by = expires_at, pending_hours = ${pinnedHours}`);
      await withoutForce(runner, 'approval_round', async () => {
        await runner.query(`update approval_round o set need = ${step('o.approvers_needed', 'r.eligible_roles')}
          from approval_request r where r.tenant_id = o.tenant_id and r.id = o.request_id`);
      });
    });
    await runner.query(`alter table approval_request
      alter column need set not null, alter column strictest set not null, alter column decide_by set not null,
      alter column pending_hours set not null, add constraint approval_request_pending_hours check (pending_hours > 0),
      add constraint approval_request_decide_by check (decide_by > opened_at),
      drop column approvers_needed, drop column eligible_roles, drop column maximum_approvers, drop column maximum_roles`);
    await runner.query('alter table approval_round alter column need set not null, drop column approvers_needed');
    await runner.query(
      `grant update (need, strictest, decide_by, working_times) on approval_request to ${await applicationRole(runner)}`,
    );
  }

  private async delegations(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'delegation',
      `delegator_id uuid not null,
      delegate_id uuid not null constraint delegation_two_people check (delegate_id <> delegator_id),
      kinds text not null,
      reason text not null,
      from_at timestamptz(3) not null,
      until_at timestamptz(3) not null check (until_at > from_at),
      created_by uuid not null constraint delegation_not_by_delegate check (created_by <> delegate_id),
      created_at timestamptz(3) not null,
      confirmed_by uuid constraint delegation_four_eyes check (confirmed_by not in (created_by, delegator_id, delegate_id)),
      confirmed_at timestamptz(3),
      ended_by uuid,
      ended_at timestamptz(3),
      revision int not null check (revision > 0),
      check ((confirmed_by is null) = (confirmed_at is null)),
      check ((ended_by is null) = (ended_at is null)),
      unique (tenant_id, id, delegator_id),
      foreign key (tenant_id, delegator_id) references person (tenant_id, id),
      foreign key (tenant_id, delegate_id) references person (tenant_id, id),
      foreign key (tenant_id, created_by) references person (tenant_id, id),
      foreign key (tenant_id, confirmed_by) references person (tenant_id, id),
      foreign key (tenant_id, ended_by) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query(
      `grant update (confirmed_by, confirmed_at, ended_by, ended_at, revision) on delegation to ${await applicationRole(runner)}`,
    );
  }

  private async votes(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table approval_vote
      add column on_behalf_of uuid, add column delegation_id uuid, add column signed_in_at timestamptz(3), add column ticket text,
      drop constraint approval_vote_decision_check,
      add constraint approval_vote_decision_check check (decision in ('APPROVE', 'REJECT', 'BREAK_GLASS')),
      add constraint approval_vote_ticket check ((decision = 'BREAK_GLASS') = (ticket is not null)),
      add constraint approval_vote_principal check (on_behalf_of not in (requester_id, voter_id)),
      add constraint approval_vote_delegated check ((on_behalf_of is null) = (delegation_id is null)),
      add constraint approval_vote_principal_participant foreign key (tenant_id, request_id, round, on_behalf_of, part)
        references approval_participant (tenant_id, request_id, round, person_id, part),
      add constraint approval_vote_delegation foreign key (tenant_id, delegation_id, on_behalf_of)
        references delegation (tenant_id, id, delegator_id),
      add constraint approval_vote_own unique (tenant_id, id, request_id)`);
    // An approval that was taken back may be reached again in the same round.
    await runner.query(`alter table approval_grant drop constraint approval_grant_tenant_id_request_id_round_key,
      add column way text not null default 'QUORUM' check (way in ('QUORUM', 'BREAK_GLASS'))`);
    await runner.query('alter table approval_grant alter column way drop default');
    await runner.query('create index approval_grant_request on approval_grant (tenant_id, request_id, round)');
    await createTenantTable(
      runner,
      'approval_revocation',
      `request_id uuid not null,
      vote_id uuid not null,
      revoked_by uuid not null,
      reason text not null,
      revoked_at timestamptz(3) not null,
      unique (tenant_id, vote_id),
      foreign key (tenant_id, vote_id, request_id) references approval_vote (tenant_id, id, request_id),
      foreign key (tenant_id, revoked_by) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query('create index approval_revocation_request on approval_revocation (tenant_id, request_id)');
    await createTenantTable(
      runner,
      'approval_use',
      `request_id uuid not null,
      round int not null,
      grant_id uuid not null,
      effect text not null,
      used_by text not null,
      used_at timestamptz(3) not null,
      constraint approval_use_once unique (tenant_id, request_id, round),
      unique (tenant_id, grant_id),
      foreign key (tenant_id, request_id) references approval_request (tenant_id, id),
      foreign key (tenant_id, grant_id) references approval_grant (tenant_id, id)`,
      'select, insert',
    );
  }

  private async emergencies(runner: QueryRunner): Promise<void> {
    const role = await applicationRole(runner);
    await createTenantTable(
      runner,
      'after_review',
      `request_id uuid not null,
      grant_id uuid not null,
      declared_by text not null check (declared_by <> '[]'),
      roles text not null check (roles <> '[]'),
      state text not null check (state in ('OPEN', 'JUSTIFIED', 'NOT_JUSTIFIED')),
      opened_at timestamptz(3) not null,
      due_at timestamptz(3) not null check (due_at > opened_at),
      reviewed_by uuid,
      reviewed_at timestamptz(3),
      note text,
      revision int not null check (revision > 0),
      check ((state = 'OPEN') = (reviewed_by is null) and (reviewed_by is null) = (reviewed_at is null)),
      unique (tenant_id, grant_id),
      foreign key (tenant_id, request_id) references approval_request (tenant_id, id),
      foreign key (tenant_id, grant_id) references approval_grant (tenant_id, id),
      foreign key (tenant_id, reviewed_by) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query(`grant update (state, reviewed_by, reviewed_at, note, revision) on after_review to ${role}`);
    await runner.query('create index after_review_state on after_review (tenant_id, state, id)');
    await runner.query('create index after_review_request on after_review (tenant_id, request_id)');
    await createTenantTable(
      runner,
      'alert',
      `code text not null,
      subject_type text not null,
      subject_id uuid not null,
      facts text not null,
      raised_at timestamptz(3) not null,
      acknowledged_by uuid,
      acknowledged_at timestamptz(3),
      revision int not null check (revision > 0),
      check ((acknowledged_by is null) = (acknowledged_at is null)),
      foreign key (tenant_id, acknowledged_by) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query(`grant update (acknowledged_by, acknowledged_at, revision) on alert to ${role}`);
    await runner.query('create index alert_open on alert (tenant_id, id) where acknowledged_at is null');
  }
}
