import {
  configurationOf,
  configurationOfHandoff,
  configurationsById,
  rulingConfiguration,
} from '../../src/catalogue/catalogue.queries.js';
import { ConfigurationVersion } from '../../src/catalogue/configuration-version.entity.js';
import { asRows, type Queries, type Query, select } from '../../src/core/statement.js';
import { newestConfiguration } from '../../src/decision/decision.queries.js';
import { configurationByExternal } from '../../src/handoff/handoff.queries.js';
import { Role } from '../../src/identity/roles.js';
import { configurationsOf } from '../../src/meeting/meeting.queries.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { bring, rule } from './exception.kit.js';

let suite: Suite;
let world: World;

beforeAll(async () => {
  suite = await openSuite();
});
beforeEach(async () => {
  world = await suite.tenant();
});
afterAll(() => suite.close());

const read = async <T>(query: Query<T>): Promise<T> => (await world.read({ query })).query;

/** The contents that the database sends for these queries, in their order; null for one that it leaves out. */
async function contents(queries: Queries): Promise<unknown[]> {
  const rows = await suite.gateway.read(world.tenantId, asRows(queries));
  return Object.values(rows).flatMap((found) => found.map(({ content }) => content));
}

/** A handoff that is opened under what rules now. */
const opened = async (): Promise<string> =>
  bring(await world.as(Role.SALES_MANAGER), { id: 1, price: 1000, cost: 500 });

const stored = async (): Promise<ConfigurationVersion[]> =>
  read(select(ConfigurationVersion, {}, { orderBy: ['version'] }));

describe('the content of a configuration', () => {
  it('travels to a process once', async () => {
    const [version] = await stored();
    expect(await contents({ ruling: rulingConfiguration() })).toEqual([version!.content]);
    expect(await read(rulingConfiguration())).toEqual(version);
    expect(await contents({ ruling: rulingConfiguration() })).toEqual([null]);
    expect(await read(rulingConfiguration())).toEqual(version);
  });

  it('is the same by every way to a version', async () => {
    const handoffId = await opened();
    const [version] = await stored();
    for (let times = 0; times < 2; times++) {
      expect(await read(configurationOfHandoff(handoffId))).toEqual(version);
      expect((await read(configurationsById([version!.id]))).get(version!.id)).toEqual(version);
      expect((await read(configurationsOf([handoffId]))).get(handoffId)).toEqual(version);
      expect(await read(configurationByExternal('HALOPSA', '1'))).toEqual(version);
      expect(await read(newestConfiguration())).toEqual(version);
    }
    expect(
      await contents({
        handoff: configurationOfHandoff(handoffId),
        ids: configurationsById([version!.id]),
        handoffs: configurationsOf([handoffId]),
        opportunity: configurationByExternal('HALOPSA', '1'),
        newest: newestConfiguration(),
      }),
    ).toEqual([null, null, null, null, null]);
  });

  it('travels again when another version rules, and both are known then', async () => {
    const handoffId = await opened();
    await read(rulingConfiguration());
    await rule(world, (configuration) => {
      configuration.marginFloors[0]!.floorBps += 1;
    });
    const [before, after] = await stored();
    expect((await read(rulingConfiguration())).id).toBe(after!.id);
    expect(configurationOf(await read(rulingConfiguration()))).toEqual(JSON.parse(after!.content));
    expect(configurationOf(await read(configurationOfHandoff(handoffId)))).toEqual(JSON.parse(before!.content));
    expect(await contents({ ruling: rulingConfiguration(), opened: configurationOfHandoff(handoffId) })).toEqual([
      null,
      null,
    ]);
  });

  it('is each tenant’s own where one query is sent for several', async () => {
    const other = await suite.tenant();
    await rule(other, (configuration) => {
      configuration.marginFloors[0]!.floorBps += 2;
    });
    await read(rulingConfiguration());
    for (let times = 0; times < 2; times++) {
      const query = rulingConfiguration();
      const answers = new Map(await suite.gateway.readEach([world.tenantId, other.tenantId], { query }));
      const versions = [world, other].map(({ tenantId }) => answers.get(tenantId)!.query);
      expect(versions.map(({ tenantId }) => tenantId)).toEqual([world.tenantId, other.tenantId]);
      for (const { tenantId, id, content } of versions) {
        const { found } = await suite.gateway.read(tenantId, { found: select(ConfigurationVersion, { id }) });
        expect(content).toBe(found[0]!.content);
      }
    }
  });
});
