import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration, withoutForce } from '../src/core/migration.js';

/** What the channels in Teams are to be told and what became of it: cards, digests, and the messages of people. */
export class Teams1700000000032 extends TablesMigration {
  readonly tables = ['teams_card'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'teams_card',
      `integration_id uuid not null,
      subject_type text not null check (length(subject_type) between 1 and 80),
      subject_id uuid not null,
      event text not null check (event in ('OPENED', 'REASSIGNED', 'DECIDED', 'OVERDUE', 'REQUESTED', 'ANSWERED', 'SUBMITTED',
        'SIGNED_OFF', 'RAISED', 'DIGEST')),
      mark text not null check (length(mark) between 1 and 200),
      state text not null check (state in ('WAITING', 'ASKED', 'POSTED', 'NOT_NEEDED')),
      waits_for text check (waits_for in ('QUIET_HOURS', 'DIGEST', 'BURST')),
      digest_id uuid,
      actor_id uuid,
      way text check (way in ('WEBHOOK', 'DELEGATED')),
      message_id text check (length(message_id) <= 200),
      thread_id text check (length(thread_id) <= 200),
      web_url text check (length(web_url) <= 2000),
      sender_id uuid,
      wanted_at timestamptz(3) not null,
      asked_at timestamptz(3),
      settled_at timestamptz(3),
      check ((waits_for is not null) = (state = 'WAITING')),
      check ((asked_at is null) = (state = 'WAITING')),
      check ((settled_at is null) = (state in ('WAITING', 'ASKED'))),
      check (digest_id is null or event <> 'DIGEST'),
      unique (tenant_id, integration_id, subject_id, mark),
      foreign key (tenant_id, integration_id) references integration (tenant_id, id),
      foreign key (tenant_id, digest_id) references teams_card (tenant_id, id),
      foreign key (tenant_id, actor_id) references person (tenant_id, id),
      foreign key (tenant_id, sender_id) references person (tenant_id, id)`,
      'select, insert, update',
    );
    await runner.query(
      "create index teams_card_waiting on teams_card (tenant_id, integration_id, id) where state = 'WAITING'",
    );
    // How many a channel has had lately, and what a digest names.
    await runner.query('create index teams_card_asked on teams_card (tenant_id, integration_id, asked_at)');
    await runner.query(
      'create index teams_card_digest on teams_card (tenant_id, digest_id) where digest_id is not null',
    );
    await runner.query('create index teams_card_subject on teams_card (tenant_id, subject_id, id)');
    await withoutForce(runner, 'outbox_effect', () => withoutForce(runner, 'teams_card', () => this.keepAsked(runner)));
    await runner.query('drop index outbox_effect_card');
  }

  override async down(runner: QueryRunner): Promise<void> {
    await super.down(runner);
    await runner.query(
      "create index outbox_effect_card on outbox_effect (tenant_id, aggregate_id) where kind = 'teams.card'",
    );
  }

  /** Cards that were asked for already: their rows have the ids of their effects, which know no other. */
  private async keepAsked(runner: QueryRunner): Promise<void> {
    await runner.query(`insert into teams_card (tenant_id, id, integration_id, subject_type, subject_id, event, mark, state, way,
        wanted_at, asked_at, settled_at)
      select e.tenant_id, e.id, (e.payload::json ->> 'integrationId')::uuid, e.aggregate_type, e.aggregate_id,
        e.payload::json ->> 'event', e.payload::json ->> 'mark',
        case when e.state <> 'DONE' then 'ASKED' when e.receipt = 'NOT_NEEDED' then 'NOT_NEEDED' else 'POSTED' end,
        case when e.state = 'DONE' and e.receipt <> 'NOT_NEEDED' then 'WEBHOOK' end, e.created_at, e.created_at,
        case when e.state = 'DONE' then coalesce(e.done_at, e.created_at) end
      from outbox_effect e where e.kind = 'teams.card' and e.payload::json ->> 'mark' is not null
      on conflict (tenant_id, integration_id, subject_id, mark) do nothing`);
  }
}
