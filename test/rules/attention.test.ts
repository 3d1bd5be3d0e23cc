import { Attention, type Looks } from '../../src/core/attention.js';

const EVERY = 30_000;
const HOUR = 3_600_000;
let now: number;
let isHearing: boolean;
let attention: Attention;

beforeEach(() => {
  now = 1_000_000;
  isHearing = true;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  attention = new Attention(() => isHearing);
});
afterEach(() => jest.restoreAllMocks());

/** How often one tenant is looked at in a time, in steps of the planner. */
function looksIn(ms: number, looks: Looks, found: (at: number) => boolean = () => false): number[] {
  const at: number[] = [];
  for (const end = now + ms; now < end; now += EVERY) {
    if (!looks.isTurn('t')) continue;
    at.push(now);
    looks.looked('t', now, found(now));
  }
  return at;
}

const largestGap = (at: readonly number[]): number => Math.max(...at.slice(1).map((one, index) => one - at[index]!));

test('a tenant in which nothing happens is looked at ever more seldom, but well within five minutes while anything is open', () => {
  const at = looksIn(HOUR, attention.looks(EVERY));
  expect(at.length).toBeLessThan(25);
  expect(largestGap(at)).toBeLessThanOrEqual(4 * 60_000 + EVERY);
});

test('where nothing is open, every quarter of an hour is enough', () => {
  attention.found('t', 'DORMANT');
  const at = looksIn(6 * HOUR, attention.looks(EVERY));
  expect(at.length).toBeLessThan(35);
  expect(largestGap(at)).toBeLessThanOrEqual(15 * 60_000 + EVERY);
});

test('whatever is heard of, found due, or opened makes it worth a look at the next step', () => {
  attention.found('t', 'DORMANT');
  const looks = attention.looks(EVERY);
  looksIn(2 * HOUR, looks);
  looks.looked('t', now, false);
  expect(looks.isTurn('t')).toBe(false);
  attention.note('t');
  expect(looks.isTurn('t')).toBe(true);
  looksIn(2 * HOUR, looks);
  // What was found due brings the next look.
  const busy = looksIn(HOUR, looks, (at) => at % 2 === 0);
  expect(largestGap(busy.slice(3))).toBe(EVERY);
  looksIn(2 * HOUR, looks);
  attention.found('t', 'OPEN');
  expect(looksIn(5 * 60_000, looks).length).toBeGreaterThan(0);
});

test('while nothing can be heard, everyone is looked at every time; then what was missed is looked at', () => {
  attention.found('t', 'DORMANT');
  const looks = attention.looks(EVERY);
  isHearing = false;
  expect(looksIn(HOUR, looks)).toHaveLength(HOUR / EVERY);
  isHearing = true;
  looksIn(2 * HOUR, looks);
  looks.looked('t', now, false);
  expect(looks.isTurn('t')).toBe(false);
  attention.noteAll();
  expect(looks.isTurn('t')).toBe(true);
});
