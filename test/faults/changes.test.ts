import pg from 'pg';
import { pino } from 'pino';
import { Changes, type ChangesTiming } from '../../src/core/changes.js';
import { newId } from '../../src/core/id.js';
import type { SignalStream } from '../../src/core/signal-stream.js';
import { openSuite, type Suite } from '../kit/suite.js';

const CHANNEL = 'countersign_changes';
/** Long enough that nothing but a notification can be why a stream is told. */
const NEVER = { pollEvery: 600_000, lookEvery: 600_000 };

let suite: Suite;
let database: pg.Client;
let changes: Changes;
const logged: string[] = [];

beforeAll(async () => {
  suite = await openSuite();
  database = new pg.Client({ connectionString: suite.superuserUrl });
  await database.connect();
});
afterEach(() => changes.stop());
afterAll(async () => {
  await database.end();
  await suite.close();
});

const send = (payload: unknown): Promise<unknown> =>
  database.query('select pg_notify($1, $2)', [
    CHANNEL,
    typeof payload === 'string' ? payload : JSON.stringify(payload),
  ]);

function open(timing: Partial<ChangesTiming>, deaf = false, url = suite.appUrl): Changes {
  logged.length = 0;
  changes = new Changes({
    url,
    notify: (channel, payload) =>
      deaf ? Promise.resolve() : suite.gateway.global('select pg_notify($1, $2)', [channel, payload]),
    log: pino({ level: 'info' }, { write: (line: string) => void logged.push(line) }),
    timing,
  });
  return changes;
}

async function until(holds: () => boolean, withinMs = 5000): Promise<void> {
  for (const end = performance.now() + withinMs; !holds();) {
    if (performance.now() > end) throw new Error(`Not so within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Counts what a stream tells, from now on. */
function counted(stream: SignalStream): { told: number; hasEnded: boolean } {
  const state = { told: 0, hasEnded: false };
  void (async () => {
    for await (const _ of stream) state.told += 1;
    state.hasEnded = true;
  })();
  return state;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

it('opens no connection before somebody subscribes', async () => {
  open(NEVER);
  await pause(200);
  const { rows } = await database.query(
    "select 1 from pg_stat_activity where application_name = 'countersign-changes' and datname = current_database()",
  );
  expect(rows).toEqual([]);
});

it('tells the subscribers of that tenant and topic, and no others', async () => {
  const [tenant, other] = [newId(), newId()];
  open(NEVER);
  const mine = counted(changes.subscribe(tenant, ['Handoff', 'Person']));
  const topic = counted(changes.subscribe(tenant, ['Deal']));
  const foreign = counted(changes.subscribe(other, ['Handoff', 'Person']));
  await until(() => changes.isListening);
  await pause(50);
  const before = [mine.told, topic.told, foreign.told];
  await send({ tenant, topics: ['Ledger', 'Person'] });
  await until(() => mine.told === before[0]! + 1);
  await pause(100);
  expect([topic.told, foreign.told]).toEqual(before.slice(1));
});

it.each([
  { payload: 'not json' },
  { payload: '' },
  { payload: 'null' },
  { payload: '[]' },
  { payload: '{"tenant": 1, "topics": ["Handoff"]}' },
  { payload: '{"topics": ["Handoff"]}' },
  { payload: '{"tenant": "x", "topics": "Handoff"}' },
  { payload: '{"tenant": "x", "topics": [1]}' },
])('hears $payload without harm', async ({ payload }) => {
  const tenant = newId();
  open(NEVER);
  const mine = counted(changes.subscribe(tenant, ['Handoff']));
  await until(() => changes.isListening);
  await pause(50);
  const before = mine.told;
  await send(payload);
  await send({ tenant, topics: ['Handoff'] });
  await until(() => mine.told === before + 1);
});

it('connects again when the connection is cut, and tells everybody to look again', async () => {
  const tenant = newId();
  open({ ...NEVER, firstPause: 50 });
  const mine = counted(changes.subscribe(tenant, ['Handoff']));
  await until(() => changes.isListening);
  await pause(50);
  const before = mine.told;
  await database.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'countersign-changes' and datname = current_database()",
  );
  await until(() => !changes.isListening);
  await until(() => changes.isListening);
  await until(() => mine.told === before + 1);
  await send({ tenant, topics: ['Handoff'] });
  await until(() => mine.told === before + 2);
});

it('asks everybody to look again every so often while nothing can be heard, and says why once', async () => {
  open({ pollEvery: 100, proofWithin: 50, firstPause: 20 }, true);
  const mine = counted(changes.subscribe(newId(), ['Handoff']));
  await until(() => mine.told >= 4);
  expect(changes.isListening).toBe(false);
  expect(logged.filter((line) => line.includes('CHANGES_DATABASE_URL'))).toHaveLength(1);
});

it('does so too while the database is away', async () => {
  open({ pollEvery: 100, firstPause: 20 }, false, 'postgresql://nobody@127.0.0.1:1/none');
  const mine = counted(changes.subscribe(newId(), ['Handoff']));
  await until(() => mine.told >= 3);
  expect(logged.join()).not.toContain('nobody');
});

it('looks again now and then even when everything can be heard: deadlines pass without a notification', async () => {
  open({ pollEvery: 100, lookEvery: 200 });
  const mine = counted(changes.subscribe(newId(), ['Handoff']));
  await until(() => changes.isListening);
  const before = mine.told;
  await until(() => mine.told >= before + 2);
});

it('ends every stream when it stops, and takes no new one', async () => {
  open(NEVER);
  const mine = counted(changes.subscribe(newId(), ['Handoff']));
  await until(() => changes.isListening);
  await changes.stop();
  await until(() => mine.hasEnded);
  expect(() => changes.subscribe(newId(), ['Handoff'])).toThrow('shutting down');
});
