import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { importDeal } from '../../src/passage/intake.commands.js';
import { openSuite, type Suite } from '../kit/suite.js';

let suite: Suite;
beforeAll(async () => {
  suite = await openSuite();
});
afterAll(() => suite.close());

it('what an import notes about a cost is told to those who see costs, and to others only that there is something', async () => {
  const world = await suite.tenant();
  const sales = await world.as('sofia.sales');
  const sample = readFileSync(resolve('samples/halopsa/managed-network-healthy.json'), 'utf8');
  const payload = sample.replace(/"costprice": [\d.]+/, '"costprice": 1.2345e2');
  await sales.done(importDeal, { payload, serviceTemplate: 'managed-network', dealType: null, segment: null });
  const query =
    '{ deals(first: 1) { edges { node { currentSnapshot { findings { code path message facts { value } remedy } } } } } }';
  const told = async (key: string): Promise<string> => JSON.stringify(await (await world.as(key)).graphql(query));
  expect(await told('freda.finance')).toContain('123.45');
  const withheld = await told('dana.delivery');
  expect(withheld).toContain('NUMBER_IN_EXPONENT_FORM');
  expect(withheld).not.toMatch(/123\.45|1\.2345e2/);
});
