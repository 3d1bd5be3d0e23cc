import pg from 'pg';
import { openSuite, type Suite } from '../kit/suite.js';
import { CATALOGUE_CHECKS } from './catalogue.checks.js';

describe('the catalogue of the database', () => {
  let suite: Suite;
  let owner: pg.Client;

  beforeAll(async () => {
    suite = await openSuite();
    owner = new pg.Client({ connectionString: suite.ownerUrl });
    await owner.connect();
  });
  afterAll(async () => {
    await owner.end();
    await suite.close();
  });

  it.each(CATALOGUE_CHECKS.map((check) => [check.rule, check] as const))('%s', async (...[, check]) => {
    expect(await check.faults(async (text) => (await owner.query(text)).rows as never[])).toEqual([]);
  });
});
