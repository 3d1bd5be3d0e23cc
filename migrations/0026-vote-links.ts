import type { QueryRunner } from 'typeorm';
import { applicationRole, createTenantTable, TablesMigration } from '../src/core/migration.js';

/**
 * Links that open a request for one person, once (approvals rule 15). A link is bound to the content that it was made
 * for by the round's own key; the application may note its use, and nothing else.
 */
export class VoteLinks1700000000026 extends TablesMigration {
  readonly tables = ['vote_link'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'vote_link',
      `request_id uuid not null,
      round int not null,
      digest text not null check (digest ~ '^[0-9a-f]{64}$'),
      content_revision int not null,
      person_id uuid not null,
      secret_hash text not null check (secret_hash ~ '^[0-9a-f]{64}$'),
      issued_at timestamptz(3) not null,
      expires_at timestamptz(3) not null check (expires_at > issued_at),
      used_at timestamptz(3) check (used_at >= issued_at),
      foreign key (tenant_id, request_id, round, digest, content_revision)
        references approval_round (tenant_id, request_id, round, digest, content_revision),
      foreign key (tenant_id, person_id) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query(`grant update (used_at) on vote_link to ${await applicationRole(runner)}`);
    await runner.query('create index vote_link_request on vote_link (tenant_id, request_id)');
    // What an approver is told of earlier exceptions.
    await runner.query('create index approval_request_asked on approval_request (tenant_id, kind, opened_at)');
  }

  override async down(runner: QueryRunner): Promise<void> {
    await super.down(runner);
    await runner.query('drop index approval_request_asked');
  }
}
