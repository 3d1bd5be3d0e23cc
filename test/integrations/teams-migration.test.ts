import pg from 'pg';
import { Teams1700000000032 } from '../../migrations/0032-teams.js';
import { AssignedAt1700000000059 } from '../../migrations/0059-assigned-at.js';
import { newId } from '../../src/core/id.js';
import { reassignDecision } from '../../src/decision/decision.commands.js';
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

test('a decision was given when the ledger last says so, and what was told of it stays told', async () => {
  await teams.connect();
  const { world, suite } = teams.bench;
  const opened = suite.clock.at;
  const [kept, given] = [await teams.open(), await teams.open()];
  suite.clock.advanceHours(1);
  const delivery = await world.as('DELIVERY_MANAGER');
  const ownerId = await world.idOf('SERVICE_DELIVERY_LEAD');
  const handoffId = teams.handoffId;
  await delivery.done(reassignDecision, {
    handoffId,
    decisionId: given,
    expectedRevision: await teams.revision(),
    ownerId,
  });
  await teams.work();
  const client = new pg.Client({ connectionString: suite.ownerUrl });
  await client.connect();
  const query = async (text: string, values: unknown[] = []) => (await client.query(text, values)).rows;
  const told = async () => [
    ...(await query('select subject_id, mark from teams_card order by id')),
    ...(await query('select subject_id, event_key from notice order by id')),
  ];
  try {
    await query('begin');
    for (const table of ['decision', 'teams_card', 'notice'])
      await query(`alter table ${table} no force row level security`);
    await query(
      `insert into notice (tenant_id, id, person_id, template, subject_type, subject_id, event_key, is_urgent, in_digest, state, raised_at, due_at)
       select tenant_id, gen_random_uuid(), owner_id, 'DECISION_OPENED', 'Decision', id,
         'DECISION_OPENED/' || id || '/open/' || extract(epoch from assigned_at), false, false, 'WAITING', $1, $1 from decision`,
      [opened],
    );
    const now = await told();
    await query(
      `update teams_card k set mark = 'open/' || d.owner_id || '/' || d.due_on from decision d where d.id = k.subject_id`,
    );
    await query(
      `update notice n set event_key = 'DECISION_OPENED/' || d.id || '/open/' || d.due_on from decision d where d.id = n.subject_id`,
    );
    expect(await told()).not.toEqual(now);
    await query('alter table decision drop column assigned_at');
    await new AssignedAt1700000000059().up({ query } as never);
    for (const table of ['decision', 'teams_card', 'notice'])
      await query(`alter table ${table} no force row level security`);
    expect(await told()).toEqual(now);
    const rows = await query('select id, assigned_at from decision where id = any($1::uuid[])', [[kept, given]]);
    expect(new Map(rows.map(({ id, assigned_at }) => [id, assigned_at]))).toEqual(
      new Map([
        [kept, opened],
        [given, suite.clock.at],
      ]),
    );
  } finally {
    await query('rollback');
    await client.end();
  }
});
