import pg from 'pg';
import { AppError } from '../../src/core/error.js';
import { inviteMember } from '../../src/identity/member.commands.js';
import { Role } from '../../src/identity/roles.js';
import { newId } from '../../src/core/id.js';
import { openSuite, type Suite } from '../kit/suite.js';

describe('a database whose connections are cut', () => {
  let suite: Suite;
  beforeAll(async () => {
    suite = await openSuite();
  });
  afterAll(() => suite.close());

  it('leaves nothing half done, and every repeat with the same key ends in exactly one change', async () => {
    const world = await suite.tenant();
    const admin = await world.as(Role.REVOPS_ADMIN);
    const killer = new pg.Client({ connectionString: suite.superuserUrl });
    await killer.connect();
    const stop = new AbortController();
    const cuts = (async () => {
      while (!stop.signal.aborted) {
        await killer.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'countersign_app' and datname = current_database() order by random() limit 1",
        );
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
    })();
    let failures = 0;
    const invite = async (index: number): Promise<string> => {
      const input = {
        handle: `cut.${index}`,
        name: 'N',
        email: 'n@example.com',
        roles: [Role.SALES_MANAGER],
        oid: newId(),
      };
      for (;;) {
        try {
          const result = await admin.run(inviteMember, input, `key-of-cut-${index}`);
          if (result.kind === 'done') return result.id;
          throw new Error('refused');
        } catch (error) {
          if (!(error instanceof AppError) || error.code !== 'UNAVAILABLE') throw error;
          failures += 1;
        }
      }
    };
    const ids: string[] = [];
    for (let batch = 0; batch < 20; batch++)
      ids.push(...(await Promise.all([0, 1, 2, 3, 4].map((n) => invite(batch * 5 + n)))));
    stop.abort();
    await cuts;
    await killer.end();
    expect(failures).toBeGreaterThan(0);
    expect(new Set(ids).size).toBe(100);
    const people = await world.rows("select id from person where tenant_id = $1 and handle like 'cut.%'");
    expect(people.length).toBe(100);
    const ledger = await world.rows(
      "select subject_id from ledger_entry where tenant_id = $1 and action = 'inviteMember' and outcome = 'DONE'",
    );
    expect(ledger.length).toBe(100);
    const grants = await world.rows(
      "select count(*)::int as n from role_grant g join person p on p.tenant_id = $1 and p.id = g.person_id where g.tenant_id = $1 and p.handle like 'cut.%'",
    );
    expect(grants[0]).toEqual({ n: 100 });
  });
});
