import { selectFirst } from '../../src/core/statement.js';
import { Budgets } from '../../src/integrations/http/budget.js';
import { type BudgetShare, DatabaseShare } from '../../src/integrations/http/budget.share.js';
import { VendorBudget } from '../../src/integrations/http/vendor-budget.entity.js';
import { openSuite, START, type Suite } from '../kit/suite.js';

let suite: Suite;
let tenantId: string;

beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  suite.clock.at = START;
  tenantId = (await suite.tenant()).tenantId;
});
afterAll(() => suite.close());

const now = (): number => suite.clock.at.getTime();
const share = (): DatabaseShare => new DatabaseShare(suite.gateway, suite.clock);
const worker = (shared: BudgetShare = share()): Budgets => new Budgets(now, shared);

/** Five seconds a request: whoever finds nothing is told so at once. */
const budget = () => ({ tenantId, instance: 'psa.example.com/api', perMinute: 12, burst: 60 });

/** Sends until the budget says no; how many went out. */
async function sendAll(budgets: Budgets, of = budget()): Promise<number> {
  for (let sent = 0; ; sent += 1) {
    try {
      await budgets.spend(of);
    } catch (error) {
      expect(error).toMatchObject({ kind: 'THROTTLED', code: 'BUDGET_SPENT' });
      return sent;
    }
  }
}

const total = (counts: number[]): number => counts.reduce((sum, count) => sum + count, 0);

test('four workers at once send what one may', async () => {
  const workers = [worker(), worker(), worker(), worker()];
  expect(total(await Promise.all(workers.map((one) => sendAll(one))))).toBe(60);
  suite.clock.advanceHours(1 / 60);
  expect(total(await Promise.all(workers.map((one) => sendAll(one))))).toBe(12);
  const other = (await suite.tenant()).tenantId;
  expect(await sendAll(workers[0]!, { ...budget(), tenantId: other })).toBe(60);
});

test('the row is written once in ten requests, and what nobody used runs out', async () => {
  const one = worker();
  suite.statements.length = 0;
  for (let sent = 0; sent < 10; sent += 1) await one.spend(budget());
  expect(suite.statements.filter((text) => text.startsWith('update vendor_budget'))).toHaveLength(1);
  await one.spend(budget());
  suite.clock.at = new Date(now() + 6000);
  const left = async () => (await suite.gateway.read(tenantId, { row: selectFirst(VendorBudget, {}) })).row!.tokens;
  expect(await left()).toBe(40);
  await one.spend(budget());
  expect(await left()).toBe(31);
});

test('silence that the vendor asks one worker for is kept by all', async () => {
  const [one, another] = [worker(), worker()];
  await one.spend(budget());
  const shared = share();
  await shared.close({ ...budget() }, 30_000);
  expect(await sendAll(another)).toBe(0);
  suite.clock.at = new Date(now() + 30_000);
  expect(await sendAll(another)).toBeGreaterThan(0);
});

test('without the row a worker goes on with its part, and comes back', async () => {
  let isDown = true;
  const shared = share();
  const one = worker({
    take: (...asked) => (isDown ? Promise.reject(new Error('no database')) : shared.take(...asked)),
    close: () => Promise.reject(new Error('no database')),
  });
  expect(await sendAll(one)).toBe(15);
  isDown = false;
  suite.clock.at = new Date(now() + 6000);
  expect(await sendAll(one)).toBe(60);
});
