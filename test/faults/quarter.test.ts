import { writeFileSync } from 'node:fs';
import { openSuite, type Suite } from '../kit/suite.js';
import { playQuarter, type QuarterResult } from '../quarter/play.js';
import { looksOf, OUTAGES, QUARTER, talesOf } from '../quarter/scenario.js';
import { calendarOf, QUARTER_TENANTS } from '../quarter/tenants.js';

/**
 * A quarter of three MSPs, played by the ordinary commands under a clock of the test's own; `npm run quarter` plays the
 * same with the figures of its arguments, which it gives in the environment, and reads the result from a file.
 */
const figure = (name: string, otherwise: number): number => Number(process.env[`QUARTER_${name}`] ?? otherwise);
const SEED = figure('SEED', 7);
/** Of the smaller quarter, which is played three times. */
const SMALL_SEED = 20_261_123;

let suite: Suite;
beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());

const amiss = ({ kinds }: QuarterResult): object[] =>
  kinds.flatMap(({ kind, missing, surplus }) => {
    const some = { missing: missing.slice(0, 12), surplus: surplus.slice(0, 12) };
    return missing.length + surplus.length > 0 ? [{ kind, ...some, all: [missing.length, surplus.length] }] : [];
  });

it('has London, New York and Sydney change their clocks within it, and holidays on working days', () => {
  const changes = QUARTER_TENANTS.map((tenant) => {
    const calendar = calendarOf(tenant);
    const [before, after] = [QUARTER.from, QUARTER.to].map((at) => Number(calendar.wall(at).slice(11, 13)));
    return (after! - before! + 24) % 24;
  });
  expect(changes).toEqual([23, 23, 1]);
  for (const { calendar } of QUARTER_TENANTS) expect(calendar.holidays.length).toBeGreaterThan(2);
});

it(
  'ends with exactly the escalations, clocks, lapses and dates that follow from what happened',
  async () => {
    const handoffsPerTenant = figure('HANDOFFS', 67);
    const tenants = talesOf({ seed: SEED, handoffsPerTenant, afterthoughts: true });
    const looks = looksOf(SEED + 1, figure('HOURS', 10), OUTAGES);
    const result = await playQuarter(suite, { tenants, looks });
    const file = process.env.QUARTER_RESULT;
    if (file) writeFileSync(file, JSON.stringify(result));
    expect(amiss(result)).toEqual([]);
    for (const { kind, expected } of result.kinds) expect([kind, expected > 0]).toEqual([kind, true]);
  },
  figure('WITHIN_SECONDS', 1500) * 1000,
);

/** The same happenings, with workers that look often, every third day, or once in six weeks. */
let played: Promise<QuarterResult[]> | null = null;
function whenever(): Promise<QuarterResult[]> {
  return (played ??= (async () => {
    const tenants = talesOf({ seed: SMALL_SEED, handoffsPerTenant: 5, afterthoughts: true });
    const runs: QuarterResult[] = [];
    for (const [hours, outages] of [
      [10, OUTAGES],
      [72, []],
      [24 * 42, []],
    ] as const)
      runs.push(await playQuarter(suite, { tenants, looks: looksOf(SMALL_SEED + 1 + hours, hours, outages) }));
    return runs;
  })());
}

const timeless = (runs: readonly QuarterResult[], isMeant: (kind: string) => boolean): unknown[] =>
  runs.map(({ kinds }) => kinds.filter(({ kind }) => isMeant(kind)).map((one) => [one.kind, one.timeless]));

it('ends with the same whenever workers were alive: often, every third day, or once in six weeks', async () => {
  const runs = await whenever();
  expect(runs.flatMap(amiss)).toEqual([]);
  const [often, ...others] = timeless(runs, (kind) => kind !== 'scores');
  for (const other of others) expect(other).toEqual(often);
}, 600_000);

it('scores the same whenever workers were alive', async () => {
  const [often, ...others] = timeless(await whenever(), (kind) => kind === 'scores');
  for (const other of others) expect(other).toEqual(often);
}, 600_000);
