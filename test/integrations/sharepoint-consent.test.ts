import { selectFirst } from '../../src/core/statement.js';
import { testIntegration } from '../../src/integrations/connection/connection.commands.js';
import { Integration } from '../../src/integrations/connection/connection.entity.js';
import { useSharePoint } from './sharepoint.kit.js';

const bench = useSharePoint();

const connection = async (): Promise<Integration> =>
  (await bench.world.read({ found: selectFirst(Integration, {}) })).found!;

test('consent that was given late is seen by the next test, though the token of before has not ended', async () => {
  const { people } = bench.simulator;
  people.consent(bench.sample.tid, { roles: [] });
  const integrationId = await bench.connect();
  const handlers = bench.handlers();
  await bench.work({ handlers });
  expect(await connection()).toMatchObject({ state: 'ERROR' });
  people.consent(bench.sample.tid, { roles: ['Sites.Selected'] });
  const admin = await bench.world.as('REVOPS_ADMIN');
  await admin.done(testIntegration, { integrationId });
  await bench.work({ handlers });
  expect(await connection()).toMatchObject({ state: 'CONNECTED', reason: null });
});
