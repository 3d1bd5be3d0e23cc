import type { QueryRunner } from 'typeorm';
import { applicationRole, createTenantTable, TablesMigration } from '../src/core/migration.js';

const DIGEST = "digest text not null check (digest ~ '^[0-9a-f]{64}$')";

/**
 * The approval engine. The two-person rule stands here as well as in the rules (design 3): a vote by the requester, by a
 * contributor of the round, by a service account, a second vote, and a vote on other content are refused by constraints.
 */
export class Approval1700000000006 extends TablesMigration {
  readonly tables = [
    'approval_request',
    'approval_round',
    'approval_participant',
    'approval_vote',
    'approval_grant',
    'contribution',
  ];

  async up(runner: QueryRunner): Promise<void> {
    // A vote names an account together with the person that the account belongs to.
    await runner.query('alter table account add constraint account_of_person unique (tenant_id, id, person_id)');
    await this.requests(runner);
    await this.votes(runner);
    await createTenantTable(
      runner,
      'contribution',
      `subject_type text not null,
      subject_id uuid not null,
      content_revision int not null check (content_revision > 0),
      person_id uuid not null,
      contributed_at timestamptz(3) not null,
      unique (tenant_id, subject_type, subject_id, content_revision, person_id),
      foreign key (tenant_id, person_id) references person (tenant_id, id)`,
      'select, insert',
    );
  }

  override async down(runner: QueryRunner): Promise<void> {
    await super.down(runner);
    await runner.query('alter table account drop constraint account_of_person');
  }

  private async requests(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'approval_request',
      `subject_type text not null,
      subject_id uuid not null,
      kind text not null,
      state text not null check (state in ('PENDING', 'APPROVED', 'REJECTED', 'EXPIRED', 'WITHDRAWN')),
      requester_id uuid not null,
      reason text not null,
      round int not null check (round > 0),
      ${DIGEST},
      content_revision int not null check (content_revision > 0),
      approvers_needed int not null check (approvers_needed > 0),
      eligible_roles text not null check (eligible_roles <> '[]'),
      maximum_approvers int not null check (maximum_approvers >= approvers_needed),
      maximum_roles text not null check (maximum_roles <> '[]'),
      configuration_version_id uuid not null,
      policy text not null,
      sources text not null check (sources <> '[]'),
      opened_at timestamptz(3) not null,
      expires_at timestamptz(3) not null check (expires_at > opened_at),
      grant_hours int not null check (grant_hours > 0),
      working_times text not null check (working_times <> '[]'),
      decided_at timestamptz(3),
      revision int not null check (revision > 0),
      unique (tenant_id, id, requester_id),
      foreign key (tenant_id, requester_id) references person (tenant_id, id)`,
      'select, insert',
    );
    // Who asked for what, under which policy, stands as it was.
    await runner.query(
      `grant update (state, round, digest, content_revision, approvers_needed, eligible_roles, expires_at, decided_at, revision)
        on approval_request to ${await applicationRole(runner)}`,
    );
    await runner.query(
      "create unique index approval_request_open on approval_request (tenant_id, subject_type, subject_id, kind) where state in ('PENDING', 'APPROVED')",
    );
    await runner.query(
      'create index approval_request_subject on approval_request (tenant_id, subject_type, subject_id, id)',
    );
    await runner.query('create index approval_request_state on approval_request (tenant_id, state, id)');
    await createTenantTable(
      runner,
      'approval_round',
      `request_id uuid not null,
      round int not null check (round > 0),
      ${DIGEST},
      content_revision int not null check (content_revision > 0),
      approvers_needed int not null check (approvers_needed > 0),
      opened_at timestamptz(3) not null,
      opened_by text not null,
      unique (tenant_id, request_id, round),
      unique (tenant_id, request_id, content_revision),
      unique (tenant_id, request_id, round, digest, content_revision),
      foreign key (tenant_id, request_id) references approval_request (tenant_id, id)`,
      'select, insert',
    );
  }

  private async votes(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'approval_participant',
      `request_id uuid not null,
      round int not null,
      person_id uuid not null,
      part text not null check (part in ('CONTRIBUTOR', 'VOTER')),
      unique (tenant_id, request_id, round, person_id, part),
      foreign key (tenant_id, request_id, round) references approval_round (tenant_id, request_id, round),
      foreign key (tenant_id, person_id) references person (tenant_id, id)`,
      'select, insert',
      'tenant_id, request_id, round, person_id',
    );
    await createTenantTable(
      runner,
      'approval_vote',
      `request_id uuid not null,
      round int not null,
      requester_id uuid not null,
      voter_id uuid not null constraint approval_vote_not_requester check (voter_id <> requester_id),
      account_id uuid not null,
      part text not null check (part = 'VOTER'),
      decision text not null check (decision in ('APPROVE', 'REJECT')),
      reason text not null,
      ${DIGEST},
      content_revision int not null,
      cast_at timestamptz(3) not null,
      constraint approval_vote_once unique (tenant_id, request_id, round, voter_id),
      constraint approval_vote_requester foreign key (tenant_id, request_id, requester_id) references approval_request (tenant_id, id, requester_id),
      constraint approval_vote_content foreign key (tenant_id, request_id, round, digest, content_revision)
        references approval_round (tenant_id, request_id, round, digest, content_revision),
      constraint approval_vote_participant foreign key (tenant_id, request_id, round, voter_id, part)
        references approval_participant (tenant_id, request_id, round, person_id, part),
      constraint approval_vote_person foreign key (tenant_id, voter_id) references person (tenant_id, id),
      constraint approval_vote_account foreign key (tenant_id, account_id, voter_id) references account (tenant_id, id, person_id)`,
      'select, insert',
    );
    await runner.query('create index approval_vote_account on approval_vote (tenant_id, account_id)');
    await createTenantTable(
      runner,
      'approval_grant',
      `request_id uuid not null,
      round int not null,
      subject_type text not null,
      subject_id uuid not null,
      kind text not null,
      ${DIGEST},
      content_revision int not null,
      approvers int not null check (approvers > 0),
      granted_at timestamptz(3) not null,
      expires_at timestamptz(3) not null check (expires_at > granted_at),
      unique (tenant_id, request_id, round),
      foreign key (tenant_id, request_id, round, digest, content_revision)
        references approval_round (tenant_id, request_id, round, digest, content_revision)`,
      'select, insert',
    );
    await runner.query('create index approval_grant_subject on approval_grant (tenant_id, subject_type, subject_id)');
  }
}
