import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { MIGRATIONS } from '../../migrations/index.js';
import { Members1700000000019 } from '../../migrations/0019-members.js';
import { newId } from '../../src/core/id.js';
import { openOwner } from '../../src/core/data-source.js';
import { ENTITIES } from '../../src/entities.js';
import { createDatabase, dropDatabase } from '../../src/sandbox/postgres/index.js';

type Cluster = Parameters<typeof createDatabase>[0];
const cluster = (): Cluster => JSON.parse(readFileSync(process.env.COUNTERSIGN_TEST_CLUSTER!, 'utf8')) as Cluster;

/** A tenant as it was before members had a history, and what the migration makes of it. */
it('takes suspensions, merges, confirmations and ends of seats over from what was there', async () => {
  const name = `t_${randomBytes(8).toString('hex')}`;
  const { ownerUrl, appUrl } = await createDatabase(cluster(), name);
  const before = MIGRATIONS.slice(0, MIGRATIONS.indexOf(Members1700000000019));
  const old = await openOwner(ownerUrl, appUrl, ENTITIES, before);
  await old.runMigrations();
  await old.destroy();
  const superuser = new pg.Client({
    connectionString: Object.assign(new URL(cluster().superuserUrl), { pathname: `/${name}` }).href,
  });
  await superuser.connect();
  try {
    const [tenant, admin, away, twin] = [newId(), newId(), newId(), newId()];
    const at = (hour: number): Date => new Date(Date.UTC(2026, 0, 1, hour));
    await superuser.query(`insert into tenant values ($1, $2, null, 'ACTIVE', $3)`, [tenant, newId(), at(0)]);
    for (const [id, handle, mergedInto, state] of [
      [admin, 'admin', null, 'ACTIVE'],
      [away, 'away', null, 'SUSPENDED'],
      [twin, 'twin', away, 'ACTIVE'],
    ])
      await superuser.query(`insert into person values ($1, $2, $3, 'N', 'e', $5, $4, 1, $6)`, [
        tenant,
        id,
        handle,
        mergedInto,
        state,
        at(0),
      ]);
    const grant = (person: string, role: string, by: string) =>
      superuser.query(`insert into role_grant values ($1, $2, $3, $4, $5, $6, null, null)`, [
        tenant,
        newId(),
        person,
        role,
        by,
        at(0),
      ]);
    await grant(admin, 'REVOPS_ADMIN', 'tenants-apply');
    await grant(away, 'SALES_MANAGER', admin);
    await grant(twin, 'AUDITOR', admin);
    const act = (action: string, person: string, hour: number, outcome = 'DONE') =>
      superuser.query(
        `insert into ledger_entry (tenant_id, id, at, actor_kind, actor_id, action, outcome, subject_type, subject_id, content, leaf_hash)
        values ($1, $2, $3, 'PERSON', $4, $5, $6, 'Person', $7, '{}', repeat('0', 64))`,
        [tenant, newId(), at(hour), admin, action, outcome, person],
      );
    await act('suspendMember', away, 1);
    await act('suspendMember', away, 2);
    await act('reinstateMember', away, 3);
    await act('suspendMember', away, 4, 'REFUSED');
    await act('reinstateMember', away, 5);
    await act('suspendMember', away, 6);
    await act('mergeMember', twin, 7);

    const migrated = await openOwner(ownerUrl, appUrl, ENTITIES, MIGRATIONS);
    await migrated.runMigrations();
    await migrated.destroy();
    const rows = async (text: string): Promise<unknown[]> => (await superuser.query(text)).rows as unknown[];
    expect(
      await rows(
        'select person_id, suspended_at, suspended_by, ended_at, ended_by from member_suspension order by suspended_at',
      ),
    ).toEqual([
      { person_id: away, suspended_at: at(1), suspended_by: admin, ended_at: at(3), ended_by: admin },
      { person_id: away, suspended_at: at(6), suspended_by: admin, ended_at: null, ended_by: null },
    ]);
    expect(await rows('select person_id, into_person_id, merged_at, merged_by from member_merge')).toEqual([
      { person_id: twin, into_person_id: away, merged_at: at(7), merged_by: admin },
    ]);
    expect(await rows('select role, confirmed_by, ends_at > now() as ends from role_grant order by role')).toEqual([
      { role: 'AUDITOR', confirmed_by: null, ends: true },
      { role: 'REVOPS_ADMIN', confirmed_by: 'tenants-apply', ends: null },
      { role: 'SALES_MANAGER', confirmed_by: null, ends: null },
    ]);
  } finally {
    await superuser.end();
    await dropDatabase(cluster(), name);
  }
});
