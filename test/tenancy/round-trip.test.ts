import pg from 'pg';
import { roundTrip, type Sending } from '../../src/core/round-trip.js';
import { MOST_PREPARED } from '../../src/core/statement-names.js';
import { openSuite, type Suite } from '../kit/suite.js';

let suite: Suite;
let client: pg.Client;
beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  client = new pg.Client({ connectionString: suite.superuserUrl });
  await client.connect();
});
afterEach(() => client.end());
afterAll(() => suite.close());

const named = (name: string, text: string, values: readonly unknown[] = []): Sending => ({ name, text, values });
const keep = named('keep', 'select $1::int as one, $2::text as two', [1, null]);

describe('a round trip', () => {
  it('answers each statement with its rows, its count and its command', async () => {
    const results = await roundTrip(client, [
      { text: 'begin' },
      { text: 'create temporary table t (id int, at timestamptz, tags text[]) on commit drop' },
      { text: 'insert into t values ($1, $2, $3), (2, null, null)', values: [1, new Date(0), ['a', 'b"c']] },
      { text: 'select * from t order by id' },
      { text: '' },
      { text: 'commit' },
    ]);
    expect(results.map(({ command, rowCount }) => [command, rowCount])).toEqual([
      ['BEGIN', 0],
      ['CREATE', 0],
      ['INSERT', 2],
      ['SELECT', 2],
      ['', 0],
      ['COMMIT', 0],
    ]);
    expect(results[3]!.rows).toEqual([
      { id: 1, at: new Date(0), tags: ['a', 'b"c'] },
      { id: 2, at: null, tags: null },
    ]);
  });

  it('keeps a named statement prepared, also when it stands twice in one trip', async () => {
    for (let round = 0; round < 3; round++) {
      const results = await roundTrip(client, [keep, { ...keep, values: [2, 'b'] }]);
      expect(results.map(({ rows }) => rows[0])).toEqual([
        { one: 1, two: null },
        { one: 2, two: 'b' },
      ]);
    }
    const [kept] = await roundTrip(client, [{ text: 'select name from pg_prepared_statements' }]);
    expect(kept!.rows).toEqual([{ name: 'keep' }]);
  });

  it('fails with the first statement that fails, and does nothing of the others', async () => {
    const broken = named('broken', 'select 1 / $1::int as n', [0]);
    const trip = [{ text: 'begin' }, keep, broken, { text: "select set_config('x.y', 'done', false)" }];
    await expect(roundTrip(client, trip)).rejects.toMatchObject({ code: '22012' });
    await expect(roundTrip(client, [{ text: 'select 1' }])).rejects.toMatchObject({ code: '25P02' });
    await roundTrip(client, [{ text: 'rollback' }]);
    const [after, , again] = await roundTrip(client, [
      { text: "select current_setting('x.y', true) as y" },
      keep,
      { ...broken, values: [1] },
    ]);
    expect(after!.rows[0]!.y).not.toBe('done');
    expect(again!.rows).toEqual([{ n: 1 }]);
  });

  it('parses a statement anew whose rows were altered by a migration', async () => {
    await roundTrip(client, [{ text: 'create temporary table altered (id int)' }]);
    const all = named('all', 'select * from altered');
    await roundTrip(client, [all]);
    await roundTrip(client, [{ text: "alter table altered add name text default 'n'" }]);
    await roundTrip(client, [{ text: 'insert into altered values (1)' }]);
    await expect(roundTrip(client, [all])).rejects.toMatchObject({ code: '0A000' });
    expect((await roundTrip(client, [all]))[0]!.rows).toEqual([{ id: 1, name: 'n' }]);
  });

  describe('of more statements than a connection is to keep', () => {
    const nth = (n: number): Sending => named(`s${n}`, `select ${n} as n, $1::int as one`, [1]);
    const kept = async (): Promise<string[]> => {
      const [names] = await roundTrip(client, [
        { text: 'select name from pg_prepared_statements order by prepare_time' },
      ]);
      return names!.rows.map(({ name }) => name as string);
    };
    const fill = async (from: number, count: number): Promise<void> => {
      for (let n = from; n < from + count; n++) await roundTrip(client, [keep, nth(n)]);
    };

    it('closes the longest unused, and keeps what is asked all the time', async () => {
      await fill(0, MOST_PREPARED + 20);
      const names = await kept();
      expect(names).toHaveLength(MOST_PREPARED);
      expect([names[0], names.at(-1)]).toEqual(['keep', `s${MOST_PREPARED + 19}`]);
      expect(names).not.toContain('s0');
      const [again] = await roundTrip(client, [nth(0)]);
      expect(again!.rows).toEqual([{ n: 0, one: 1 }]);
    });

    it('parses one anew that the same trip lets go of', async () => {
      await fill(0, MOST_PREPARED);
      const [first, second] = await roundTrip(client, [nth(0), nth(0)]);
      expect([first!.rows, second!.rows]).toEqual([[{ n: 0, one: 1 }], [{ n: 0, one: 1 }]]);
      expect((await kept()).length).toBeLessThanOrEqual(MOST_PREPARED + 1);
    });

    it('knows of no statement whether it was let go of by a trip that failed', async () => {
      await fill(0, MOST_PREPARED);
      await expect(roundTrip(client, [named('broken', 'select 1 / $1::int as n', [0])])).rejects.toThrow();
      const circle: Record<string, unknown> = {};
      circle.self = circle;
      await expect(roundTrip(client, [{ text: 'select $1::text', values: [circle] }])).rejects.toThrow(/circular/i);
      for (const n of [0, 1, 2, 3]) expect((await roundTrip(client, [nth(n)]))[0]!.rows).toEqual([{ n, one: 1 }]);
    });
  });

  it('is answered when what may fail, after the rest, has failed', async () => {
    const trip = [{ text: 'begin' }, { text: 'commit' }, { text: 'select 1 / 0', mayFail: true }];
    const results = await roundTrip(client, trip);
    expect(results.map(({ command }) => command)).toEqual(['BEGIN', 'COMMIT']);
    await expect(roundTrip(client, [{ text: 'select 1 / 0' }])).rejects.toMatchObject({ code: '22012' });
  });

  it('sends nothing of a trip with a value that cannot be written', async () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    const trip = [{ text: "select set_config('x.z', 'done', false)" }, { text: 'select $1::text', values: [circle] }];
    await expect(roundTrip(client, trip)).rejects.toThrow(/circular/i);
    const [after] = await roundTrip(client, [{ text: "select current_setting('x.z', true) as z" }]);
    expect(after!.rows[0]!.z).not.toBe('done');
  });

  it('fails when the connection is lost', async () => {
    client.on('error', () => undefined);
    await expect(roundTrip(client, [{ text: 'select pg_terminate_backend(pg_backend_pid())' }])).rejects.toThrow();
    await expect(roundTrip(client, [keep])).rejects.toThrow(/Connection terminated|not queryable/);
  });
});
