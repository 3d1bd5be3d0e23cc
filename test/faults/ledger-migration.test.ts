import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { LedgerSeal1700000000016 } from '../../migrations/0016-ledger-seal.js';
import { MIGRATIONS } from '../../migrations/index.js';
import { openOwner } from '../../src/core/data-source.js';
import { createDatabase, dropDatabase } from '../../src/sandbox/postgres/index.js';
import { readFileSync } from 'node:fs';

test('what was written before there was a sealer waits for it, in every tenant', async () => {
  const cluster = JSON.parse(readFileSync(process.env.COUNTERSIGN_TEST_CLUSTER!, 'utf8')) as {
    ownerUrl: string;
    appUrl: string;
    superuserUrl: string;
  };
  const name = `t_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  const { ownerUrl, appUrl } = await createDatabase(cluster, name);
  const before = MIGRATIONS.slice(0, MIGRATIONS.indexOf(LedgerSeal1700000000016));
  const old = await openOwner(ownerUrl, appUrl, [], before);
  await old.runMigrations();
  await old.destroy();
  const tenants = [randomUUID(), randomUUID()];
  const client = new pg.Client({ connectionString: appUrl });
  await client.connect();
  for (const tenant of tenants) {
    await client.query("insert into tenant values ($1, $2, null, 'ACTIVE', now())", [tenant, randomUUID()]);
    await client.query(`set app.tenant_id = '${tenant}'`);
    for (let n = 0; n < 3; n++)
      await client.query(
        "insert into ledger_entry values ($1, $2, now(), 'SYSTEM', 'x', 'x', 'DONE', 'x', null, '{}', repeat('0', 64))",
        [tenant, randomUUID()],
      );
  }
  const owner = await openOwner(ownerUrl, appUrl, [], MIGRATIONS);
  await owner.runMigrations();
  await owner.destroy();
  for (const tenant of tenants) {
    await client.query(`set app.tenant_id = '${tenant}'`);
    const { rows } = await client.query<{ entries: string; waiting: string }>(
      'select (select count(*) from ledger_entry) as entries, (select count(*) from ledger_pending) as waiting',
    );
    expect(rows).toEqual([{ entries: '3', waiting: '3' }]);
  }
  await client.end();
  await dropDatabase(cluster, name);
});
