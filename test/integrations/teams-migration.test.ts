import pg from 'pg';
import { Teams1700000000032 } from '../../migrations/0032-teams.js';
import { newId } from '../../src/core/id.js';
import { useTeams } from './teams.kit.js';

const teams = useTeams();

test('cards that were asked for before they had rows are kept, by the ids of their effects', async () => {
  const integrationId = await teams.connect();
  const { world, suite } = teams.bench;
  await world.suite.gateway.transaction(world.tenantId, (tx) =>
    tx.commit([
      {
        text: `insert into outbox_effect (tenant_id, id, kind, aggregate_type, aggregate_id, effect_key, payload, vendor, effect_class, state, attempts, strikes, created_at, next_attempt_at, fencing_token, is_begun, in_doubt, receipt, done_at)
          values ($1, $2, 'teams.card', 'Decision', $3, 'k', $4, 'TEAMS', 'CONFIRM', 'DONE', 1, 0, $5, $5, 1, false, false, 'run', $5)`,
        values: [newId(), newId(), JSON.stringify({ integrationId, event: 'OPENED', mark: 'open/x' }), suite.clock.at],
      },
    ]),
  );
  const client = new pg.Client({ connectionString: suite.ownerUrl });
  await client.connect();
  try {
    await client.query('begin');
    await client.query("select set_config('countersign.application_role', 'countersign_app', true)");
    await client.query('create index outbox_effect_card on outbox_effect (tenant_id, aggregate_id)');
    await client.query('drop table teams_card');
    const runner = { query: async (text: string) => (await client.query(text)).rows };
    await new Teams1700000000032().up(runner as never);
    await client.query('alter table teams_card no force row level security');
    const { rows } = await client.query("select event, mark, state, way from teams_card where mark = 'open/x'");
    expect(rows).toEqual([{ event: 'OPENED', mark: 'open/x', state: 'POSTED', way: 'WEBHOOK' }]);
    await client.query('rollback');
  } finally {
    await client.end();
  }
});
