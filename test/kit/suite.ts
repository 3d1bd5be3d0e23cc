import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ApolloServer } from '@apollo/server';
import { pino } from 'pino';
import { MIGRATIONS } from '../../migrations/index.js';
import { parseConfigurationFile } from '../../src/catalogue/configuration-file.js';
import type { TenantConfiguration } from '../../src/catalogue/configuration.js';
import { provisionTenant } from '../../src/catalogue/tenant.provision.js';
import { systemActor } from '../../src/core/actor.js';
import { SettableClock } from '../../src/core/clock.js';
import { openOwner } from '../../src/core/data-source.js';
import { Gateway } from '../../src/core/gateway.js';
import { MemoryKeyRing, newKeyBytes } from '../../src/core/keys.js';
import type { ApiContext, OutsideKey } from '../../src/core/graphql/context.js';
import { Plans } from '../../src/core/compiled/plans.js';
import { createApi } from '../../src/core/graphql/server.js';
import { newId } from '../../src/core/id.js';
import { Pipeline } from '../../src/core/pipeline.js';
import { Vault } from '../../src/core/vault.js';
import { refreshActor } from '../../src/identity/actor.queries.js';
import { createDatabase, dropDatabase } from '../../src/sandbox/postgres/index.js';
import { ENTITIES } from '../../src/entities.js';
import { ABILITIES } from '../../src/abilities.js';
import { buildApiSchema } from '../../src/schema.js';
import { World } from './world.js';

/** A Monday morning in London and New York alike: the moment at which every test's clock starts. */
export const START = new Date('2026-11-23T14:00:00.000Z');

/** A migrated database of a test file's own, with everything that runs on it. */
export interface Suite {
  /** How queries of the suite were answered. */
  readonly plans: Plans;
  readonly gateway: Gateway;
  readonly pipeline: Pipeline;
  readonly clock: SettableClock;
  readonly vault: Vault;
  readonly api: ApolloServer<ApiContext>;
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly superuserUrl: string;
  /** Every statement that was sent, for counting. */
  readonly statements: string[];
  /** What resolvers find beside the database; empty until a test puts something there. */
  readonly outside: Map<OutsideKey<unknown>, unknown>;
  /** A new MSP with the people of tenants/northwind-managed.yaml, isolated from every other test's. */
  tenant(change?: (configuration: TenantConfiguration) => void): Promise<World>;
  close(): Promise<void>;
}

interface Cluster {
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly superuserUrl: string;
}

/** Opens a suite; call `close` in afterAll. */
export async function openSuite(): Promise<Suite> {
  const cluster = JSON.parse(readFileSync(process.env.COUNTERSIGN_TEST_CLUSTER!, 'utf8')) as Cluster;
  const name = `t_${randomBytes(8).toString('hex')}`;
  const { ownerUrl, appUrl } = await createDatabase(cluster, name);
  const owner = await openOwner(ownerUrl, appUrl, ENTITIES, MIGRATIONS);
  await owner.runMigrations();
  await owner.destroy();
  const statements: string[] = [];
  const log = pino({ level: process.env.TEST_LOG ?? 'silent' });
  const clock = new SettableClock(START);
  const vault = new Vault(new MemoryKeyRing([newKeyBytes()]));
  const gateway = new Gateway({
    url: appUrl,
    poolSize: 12,
    prepare: true,
    onStatement: (text) => void statements.push(text),
    present: () => clock.at,
  });
  const pipeline = new Pipeline({ gateway, clock, abilities: ABILITIES, refresh: refreshActor, vault, log });
  const schema = buildApiSchema();
  const plans = new Plans(schema);
  const api = createApi({ schema, introspection: true, trusted: null, plans, log });
  await api.start();
  const suite: Suite = {
    plans,
    gateway,
    pipeline,
    clock,
    vault,
    api,
    ownerUrl,
    appUrl,
    superuserUrl: Object.assign(new URL(cluster.superuserUrl), { pathname: `/${name}` }).href,
    statements,
    outside: new Map(),
    tenant: async (change) => {
      const configuration = sampleConfiguration();
      configuration.tenant = { ...configuration.tenant, id: newId(), entraTid: newId() };
      for (const person of configuration.people) {
        person.id = newId();
        person.accounts = person.accounts.map((account) => ({ ...account, oid: newId() }));
      }
      change?.(configuration);
      await pipeline.run(
        systemActor(configuration.tenant.id, 'test'),
        provisionTenant,
        { configuration },
        {
          idempotencyKey: null,
          path: 'test',
        },
      );
      return new World(suite, configuration);
    },
    close: async () => {
      await api.stop();
      await gateway.end();
      await dropDatabase(cluster, name);
    },
  };
  return suite;
}

/** The sample tenant's configuration, parsed anew so that a test may change it. */
export function sampleConfiguration(): TenantConfiguration {
  const parsed = parseConfigurationFile(readFileSync(resolve('tenants/northwind-managed.yaml'), 'utf8'));
  if (!parsed.ok) throw new Error(`The sample tenant is not sound: ${JSON.stringify(parsed.faults)}`);
  return JSON.parse(JSON.stringify(parsed.configuration)) as TenantConfiguration;
}
