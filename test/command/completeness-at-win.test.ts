import pg from 'pg';
import { CompletenessAtWin1700000000060 } from '../../migrations/0060-completeness-at-win.js';
import type { Row } from '../../src/core/statement.js';
import { CAST } from '../../src/sandbox/demo/cast.js';
import { operation } from '../kit/operation.js';
import { refreshReporting } from '../kit/reporting.js';
import { openSuite, START, type Suite } from '../kit/suite.js';
import { dealOf, Desk } from '../kit/variants.js';
import type { World } from '../kit/world.js';

const IMPORT = operation('import-deal');
const TODAY = '2026-11-23T15:30:00';
const NOT_WON = null;

let suite: Suite;
let world: World;
let base: string;
beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  suite.clock.at = START;
  world = await suite.tenant();
  base = dealOf();
});
afterAll(() => suite.close());

interface Export {
  opportunity: Record<string, unknown>;
  quotation: { lines: Record<string, unknown>[] };
}

/** The deal as the PSA exports it, closed then; `hours` of design, 16 of which make a deal of the middle tier. */
function deal(dateclosed: string | null, hours = 16): string {
  const { opportunity, quotation } = JSON.parse(base) as Export;
  Object.assign(opportunity, { dateclosed, oppconverteddate: dateclosed });
  const lines = quotation.lines.map((line) =>
    line.id === 9001 ? { ...line, current_quantity: hours, net_total: 110 * hours } : line,
  );
  return JSON.stringify({ opportunity, quotation: { ...quotation, lines } });
}

/** Brings the deal in once more, so many minutes after the start. */
async function again(minutes: number, payload: string): Promise<string> {
  suite.clock.at = new Date(START.getTime() + minutes * 60_000);
  const { data } = await (await world.as(CAST.sales)).graphql(IMPORT, { input: { payload } });
  return data!.importDeal.id as string;
}

const itemOf = async (desk: Desk, code: string): Promise<{ itemId: string }> => {
  const [row] = await world.rows(
    'select id from checklist_item where tenant_id = $1 and handoff_id = $2 and code = $3',
    [desk.handoffId, code],
  );
  return { itemId: row!.id as string };
};
const reopen = async (desk: Desk, who: string, code: string): Promise<unknown> =>
  desk.done(who, 'reopen-item', { ...(await itemOf(desk, code)), reason: 'Found to be of another client.' });

/** A deal before its win of which SIGNED_SCOPE (20) was proven and reopened, and PAYMENT_OR_PO (5) does not apply. */
async function beforeWin(): Promise<Desk> {
  const desk = await Desk.open(world, { payload: deal(NOT_WON) });
  await desk.write();
  const purchase = await itemOf(desk, 'PAYMENT_OR_PO');
  await desk.done(CAST.sales, 'claim-not-applicable', { ...purchase, reason: 'The client pays by direct debit.' });
  await desk.done(CAST.finance, 'accept-not-applicable', purchase);
  await desk.prove(({ code }) => code !== 'EXECUTED_CONTRACT');
  suite.clock.at = new Date(START.getTime() + 60_000);
  await reopen(desk, CAST.delivery, 'SIGNED_SCOPE');
  return desk;
}

const BEFORE_WIN = '68/103';

/** What reporting says of a handoff: day, numerator and denominator. */
async function figure({ handoffId }: Pick<Desk, 'handoffId'>): Promise<string | null> {
  await refreshReporting(world);
  const [row] = await world.rows(
    `select concat(counts_on, ' ', numerator, '/', denominator) as said from fact_kpi_case
      where tenant_id = $1 and handoff_id = $2 and kpi_key = 'COMPLETENESS_SCORE'`,
    [handoffId],
  );
  return (row?.said as string | undefined) ?? null;
}

/** What was kept of a handoff, oldest win first: as of when, and the weights. */
async function kept({ handoffId }: Pick<Desk, 'handoffId'>): Promise<string[]> {
  const rows = await world.rows(
    `select c.* from completeness_at_win c join deal_snapshot s on s.tenant_id = $1 and s.id = c.deal_snapshot_id
      where c.tenant_id = $1 and c.handoff_id = $2 order by s.revision`,
    [handoffId],
  );
  return rows.map(said);
}
const said = ({ as_of, proven_weight, applicable_weight }: Row): string =>
  `${(as_of as Date).toISOString()} ${String(proven_weight)}/${String(applicable_weight)}`;

describe('a past win', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await beforeWin();
    expect(await figure(desk)).toBeNull();
    await again(90, deal(TODAY));
    expect(await figure(desk)).toBe(`2026-11-23 ${BEFORE_WIN}`);
    suite.clock.at = new Date('2026-11-23T16:00:00Z');
  });
  afterEach(async () => {
    expect(await figure(desk)).toBe(`2026-11-23 ${BEFORE_WIN}`);
    expect(await kept(desk)).toEqual([`2026-11-23T15:30:00.000Z ${BEFORE_WIN}`]);
  });

  it('keeps its figure when what did not apply is reopened', async () => {
    await reopen(desk, CAST.finance, 'PAYMENT_OR_PO');
  });

  it('keeps its figure when the terms that come next raise the tier', async () => {
    await again(130, deal(TODAY, 1_600));
    expect((await desk.row()).tier).toBe('HIGH_TOUCH');
    await again(150, deal(TODAY, 1_600));
  });

  it('keeps its figure when what was reopened before is proven and reopened once more', async () => {
    await desk.prove(({ code }) => code === 'SIGNED_SCOPE');
    await reopen(desk, CAST.delivery, 'SIGNED_SCOPE');
  });
});

it('a deal that was lost and won again counts by its later win', async () => {
  const desk = await beforeWin();
  await again(90, deal(TODAY));
  await again(100, deal(NOT_WON));
  expect(await figure(desk)).toBeNull();
  await desk.prove();
  await again(1_530, deal('2026-11-24T15:20:00'));
  expect(await figure(desk)).toBe('2026-11-24 103/103');
  expect(await kept(desk)).toEqual([`2026-11-23T15:30:00.000Z ${BEFORE_WIN}`, '2026-11-24T15:30:00.000Z 103/103']);
});

it('a win whose day alone is known is judged as of the end of that day', async () => {
  const desk = await beforeWin();
  suite.clock.at = new Date('2026-11-25T09:00:00Z');
  await desk.prove();
  await again(2_880, deal(TODAY));
  expect(await kept(desk)).toEqual([`2026-11-24T00:00:00.000Z ${BEFORE_WIN}`]);
  expect(await figure(desk)).toBe(`2026-11-23 ${BEFORE_WIN}`);
});

it('the import that tells of the win brings the terms by which it is judged', async () => {
  const desk = await beforeWin();
  await again(90, deal(TODAY, 1_600));
  expect((await desk.row()).tier).toBe('HIGH_TOUCH');
  const [{ weight }] = (await world.rows(
    `select sum(weight)::int as weight from checklist_item where tenant_id = $1 and handoff_id = $2 and required
      and state <> 'NOT_APPLICABLE'`,
    [desk.handoffId],
  )) as [{ weight: number }];
  expect(weight).toBeGreaterThan(103);
  expect(await figure(desk)).toBe(`2026-11-23 68/${weight}`);
});

it('a handoff that a win opens had nothing proven, and so has the next one of the same win', async () => {
  const first = await Desk.open(world, { payload: deal(TODAY) });
  expect(await kept(first)).toEqual([`${START.toISOString()} 0/108`]);
  await again(10, deal(TODAY, 17));
  await first.done(CAST.sales, 'withdraw-handoff', { reason: 'The client begins with another office.' });
  const second = { handoffId: await again(20, deal(TODAY, 17)) };
  expect(second.handoffId).not.toBe(first.handoffId);
  expect(await kept(second)).toEqual([`${START.toISOString()} 0/108`]);
  expect(await figure(second)).toBe('2026-11-23 0/108');
});

it('of wins from before it is what their items still tell', async () => {
  const desk = await beforeWin();
  await again(90, deal(TODAY));
  const late = { handoffId: (await Desk.open(world, { payload: dealOf() })).handoffId };
  const before = [...(await kept(desk)), ...(await kept(late))];
  expect(before).toEqual([`2026-11-23T15:30:00.000Z ${BEFORE_WIN}`, '2026-09-30T23:00:00.000Z 0/108']);
  const client = new pg.Client({ connectionString: suite.ownerUrl });
  await client.connect();
  try {
    await client.query('begin');
    await client.query("select set_config('countersign.application_role', 'countersign_app', true)");
    await client.query('drop table completeness_at_win');
    const runner = { query: async (text: string) => (await client.query(text)).rows };
    await new CompletenessAtWin1700000000060().up(runner as never);
    await client.query('alter table completeness_at_win no force row level security');
    const { rows } = await client.query<Row>(
      'select * from completeness_at_win where tenant_id = $1 order by handoff_id',
      [world.tenantId],
    );
    expect(rows.map(said)).toEqual(before);
  } finally {
    await client.query('rollback');
    await client.end();
  }
});
