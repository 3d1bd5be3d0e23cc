import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration, withoutForce } from '../src/core/migration.js';

/**
 * The history of membership: who confirmed a role and until when it is given, when members were suspended, and which
 * records were merged when. What happened before is taken over from the ledger.
 */
export class Members1700000000019 extends TablesMigration {
  readonly tables = ['member_suspension', 'member_merge'];

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `alter table role_grant add confirmed_by text, add confirmed_at timestamptz(3), add ends_at timestamptz(3)`,
    );
    await createTenantTable(
      runner,
      'member_suspension',
      `person_id uuid not null,
      suspended_at timestamptz(3) not null,
      suspended_by text not null,
      ended_at timestamptz(3) check (ended_at >= suspended_at),
      ended_by text,
      check ((ended_at is null) = (ended_by is null)),
      foreign key (tenant_id, person_id) references person (tenant_id, id)`,
      'select, insert, update',
    );
    await runner.query(
      'create unique index member_suspension_open on member_suspension (tenant_id, person_id) where ended_at is null',
    );
    await runner.query(
      'create index member_suspension_person on member_suspension (tenant_id, person_id, suspended_at)',
    );
    await createTenantTable(
      runner,
      'member_merge',
      `person_id uuid not null,
      merged_at timestamptz(3) not null,
      into_person_id uuid not null check (into_person_id <> person_id),
      merged_by text not null,
      foreign key (tenant_id, person_id) references person (tenant_id, id),
      foreign key (tenant_id, into_person_id) references person (tenant_id, id)`,
      'select, insert',
    );
    await runner.query('create index member_merge_person on member_merge (tenant_id, person_id, merged_at)');
    await this.backfill(runner);
    await withoutForce(runner, 'role_grant', async () => {
      await runner.query(`alter table role_grant
        add constraint role_grant_confirmed check ((confirmed_by is null) = (confirmed_at is null)),
        add constraint role_grant_ends check (ends_at > granted_at),
        add constraint role_grant_seat check ((role = 'AUDITOR') = (ends_at is not null))`);
    });
  }

  override async down(runner: QueryRunner): Promise<void> {
    await super.down(runner);
    await runner.query('alter table role_grant drop confirmed_by, drop confirmed_at, drop ends_at');
  }

  /** Roles given by the operator's file count as confirmed, seats get an end; the rest is read off the ledger. */
  private async backfill(runner: QueryRunner): Promise<void> {
    const tables = ['role_grant', 'person', 'ledger_entry', 'member_suspension', 'member_merge'];
    await unforced(runner, tables, async () => {
      await runner.query(CONFIRMATIONS);
      await runner.query(SEATS);
      await runner.query(SUSPENSIONS);
      await runner.query(MERGES);
    });
  }
}

async function unforced(runner: QueryRunner, tables: readonly string[], work: () => Promise<void>): Promise<void> {
  const [first, ...rest] = tables;
  if (first === undefined) return work();
  return withoutForce(runner, first, () => unforced(runner, rest, work));
}

const CONFIRMATIONS = `update role_grant r set confirmed_by = r.granted_by, confirmed_at = r.granted_at
  where not exists (select 1 from person p where p.tenant_id = r.tenant_id and p.id::text = r.granted_by)`;

/** An auditor's seat that was given without an end gets the longest that is allowed, from today. */
const SEATS = `update role_grant set ends_at = date_trunc('milliseconds', now()) + interval '366 days' where role = 'AUDITOR'`;

/** Only the turns between working and suspended: a repeated suspension changed nothing. */
const SUSPENSIONS = `insert into member_suspension
    (tenant_id, id, person_id, suspended_at, suspended_by, ended_at, ended_by)
  select tenant_id, gen_random_uuid(), person_id, at, actor_id, next_at, next_by from (
    select tenant_id, person_id, action, at, actor_id,
        lead(at) over turns as next_at, lead(actor_id) over turns as next_by
      from (
        select l.tenant_id, p.id as person_id, l.action, l.at, l.actor_id, l.id,
            lag(l.action) over (partition by l.tenant_id, p.id order by l.at, l.id) as before
          from ledger_entry l
          join person p on p.tenant_id = l.tenant_id and p.id::text = l.subject_id
          where l.outcome = 'DONE' and l.action in ('suspendMember', 'reinstateMember')
      ) acts
      where before is distinct from action
      window turns as (partition by tenant_id, person_id order by at, id)
  ) turned where action = 'suspendMember'`;

const MERGES = `insert into member_merge (tenant_id, id, person_id, merged_at, into_person_id, merged_by)
  select p.tenant_id, gen_random_uuid(), p.id, coalesce(l.at, p.created_at), p.merged_into, coalesce(l.actor_id, 'migration')
    from person p
    left join lateral (
      select e.at, e.actor_id from ledger_entry e
        where e.tenant_id = p.tenant_id and e.subject_id = p.id::text
          and e.action = 'mergeMember' and e.outcome = 'DONE'
        order by e.at desc limit 1
    ) l on true
    where p.merged_into is not null`;
