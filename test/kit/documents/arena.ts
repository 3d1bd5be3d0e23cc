import type { GraphQLSchema } from 'graphql';
import type pg from 'pg';
import { accessMatrix } from '../../../src/cli/access-matrix.js';
import { abilityOf, allows } from '../../../src/core/ability.js';
import { sensitiveFields } from '../../../src/core/graphql/rights.js';
import { ABILITIES } from '../../../src/abilities.js';
import { API_SCOPES } from '../../../src/identity/api-key.entity.js';
import { Role } from '../../../src/identity/roles.js';
import { createApiKey } from '../../../src/identity/tenant.commands.js';
import { type Population, populate, schema } from '../../tenancy/population.js';
import { startServer, type TestServer } from '../server.js';
import { openSuite, type Suite } from '../suite.js';
import type { Persona, World } from '../world.js';
import { type Asker, openSuperuser, Pair, takeRecords } from './difference.js';
import type { Material } from './document.js';
import { candidatesOf, knownOf } from './pool.js';
import { salt } from './salt.js';

/** Who asks, and what they would ask about. */
export interface Player {
  readonly asker: Asker;
  readonly material: Material;
}

/** Two populated tenants, a server that compiles and one that does not, and people and programs who ask both. */
export interface Arena {
  readonly schema: GraphQLSchema;
  readonly suite: Suite;
  readonly pair: Pair;
  /** The server that executes, and the one whose resolvers write every answer. */
  readonly writtenPair: Pair;
  readonly ordinary: TestServer;
  readonly compiled: TestServer;
  readonly populations: readonly Population[];
  readonly players: readonly Player[];
  /** Values that salt has changed. */
  readonly salted: number;
  close(): Promise<void>;
}

const matrix = accessMatrix();
const classes = new Map(sensitiveFields(schema).map(({ path, fieldClass }) => [path, fieldClass]));

/** Opens one; call `close` in afterAll. */
export async function openArena(): Promise<Arena> {
  const suite = await openSuite();
  const ours = await populate(await suite.tenant(), { closed: false });
  const theirs = await populate(await suite.tenant(), { closed: true });
  const populations = [ours, theirs];
  const key = await programOf(ours.world);
  const superuser = await openSuperuser(suite.superuserUrl);
  let salted = 0;
  for (const { world } of populations) salted += await salt(superuser, world.tenantId);
  const ordinary = await startServer(suite, { REQUESTS_PER_MINUTE: '1000000' }, { queriesBy: 'EXECUTOR' });
  const compiled = await startServer(suite, { REQUESTS_PER_MINUTE: '1000000' }, { queriesBy: 'STATEMENTS' });
  const written = await startServer(suite, { REQUESTS_PER_MINUTE: '1000000' }, { queriesBy: 'RESOLVERS' });
  return {
    schema,
    suite,
    pair: new Pair(ordinary, compiled, superuser),
    writtenPair: new Pair(ordinary, written, superuser),
    ordinary,
    compiled,
    populations,
    players: await playersOf(ours, theirs, key, [ordinary, compiled, written], superuser),
    salted,
    close: async () => {
      await superuser.end();
      await written.close();
      await compiled.close();
      await ordinary.close();
      await suite.close();
    },
  };
}

/** A live API key with every scope. */
async function programOf(world: World): Promise<string> {
  const admin = await world.as(Role.REVOPS_ADMIN);
  const made = await admin.run(createApiKey, { name: 'arena', scopes: [...API_SCOPES], days: 30 });
  if (made.kind === 'refused' || made.secret === undefined) throw new Error('The API key was not made');
  return made.secret;
}

/** All roles of the first tenant, an API key, and two members of the second. */
async function playersOf(
  ours: Population,
  theirs: Population,
  key: string,
  servers: readonly TestServer[],
  superuser: pg.Client,
): Promise<Player[]> {
  const known = new Map<Population, Awaited<ReturnType<typeof knownOf>>>();
  for (const one of [ours, theirs]) known.set(one, await knownOf(one, schema, await askersOf(one.world)));
  // What these questions have put on record.
  for (const { world } of [ours, theirs]) await takeRecords(superuser, world.tenantId);
  const player = (of: Population, name: string, persona: Persona, authorization: Asker['authorization']): Player => ({
    asker: {
      name,
      tenantId: of.world.tenantId,
      authorization,
      isOnRecord: persona.actor.roles.includes(Role.AUDITOR),
    },
    material: {
      schema,
      candidates: candidatesOf(known.get(of)!, known.get(of === ours ? theirs : ours)!, schema),
      leave: leavingOf(persona),
    },
  });
  const member = async (of: Population, role: Role): Promise<Player> => {
    const tokens = await Promise.all(
      servers.map(async (server) => [server, `Bearer ${await server.token(of.world, role)}`] as const),
    );
    const whose = of === ours ? '' : ' of the other tenant';
    return player(of, `${role}${whose}`, await of.world.as(role), new Map(tokens));
  };
  const roles = Object.values(Role).filter((role) => role !== Role.INTEGRATOR);
  const people = [
    ...roles.map((role) => () => member(ours, role)),
    () => member(theirs, Role.SALES_MANAGER),
    () => member(theirs, Role.REVOPS_ADMIN),
  ];
  const found: Player[] = [];
  for (const person of people) found.push(await person());
  const program = ours.world.acting({
    kind: 'SERVICE',
    tenantId: ours.world.tenantId,
    id: key.split('_')[1] ?? '',
    roles: [Role.INTEGRATOR],
    scopes: [...API_SCOPES],
    authTime: null,
    accountId: null,
  });
  return [
    ...found,
    player(ours, Role.INTEGRATOR, program, new Map(servers.map((server) => [server, `Bearer ${key}`]))),
  ];
}

/** Somebody of a tenant who may ask a root field, the administrator first; null when no person may. */
async function askersOf(world: World): Promise<(root: string) => Persona | null> {
  const roles = [Role.REVOPS_ADMIN, Role.SALES_MANAGER, Role.FINANCE_APPROVER, Role.DELIVERY_MANAGER, Role.AUDITOR];
  const personas = new Map<Role, Persona>();
  for (const role of roles) personas.set(role, await world.as(role));
  return (root) => {
    const row = matrix.find(({ kind, name }) => kind === 'query' && name === root);
    const role = roles.find((one) => row && row.allowed[one] !== 'no');
    return role ? personas.get(role)! : null;
  };
}

/** Root fields and fields of a class that this actor may not ask for. */
function leavingOf({ actor }: Persona): (path: string) => boolean {
  const ability = abilityOf(actor, ABILITIES);
  const denied = new Set(
    matrix
      .filter(({ kind, action, subject }) => kind === 'query' && !allows(ability, action, subject))
      .map(({ name }) => `Query.${name}`),
  );
  return (path) => denied.has(path) || (classes.has(path) && !allows(ability, 'see', classes.get(path)!));
}
