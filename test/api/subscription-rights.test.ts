import { getNamedType } from 'graphql';
import { accessMatrix } from '../../src/cli/access-matrix.js';
import { API_SCOPES } from '../../src/identity/api-key.entity.js';
import { Role } from '../../src/identity/roles.js';
import { createApiKey } from '../../src/identity/tenant.commands.js';
import { RawSocket } from '../kit/socket.js';
import type { World } from '../kit/world.js';
import { calls, schema } from '../tenancy/population.js';
import { Stage } from './subscriptions.kit.js';

const ROWS = accessMatrix().filter(({ kind }) => kind === 'subscription');
const CELLS = ROWS.flatMap(({ name, allowed }) =>
  Object.values(Role).map((role) => ({ name, role, right: allowed[role] })),
);

let stage: Stage;
let world: World;

beforeAll(async () => {
  stage = await Stage.open();
  world = await stage.suite.tenant();
});
afterAll(() => stage.close());

/** What somebody with exactly this role signs in by; a program has every scope. */
async function tokenOf(role: Role): Promise<string> {
  if (role !== Role.INTEGRATOR)
    return stage.provider.token(
      world,
      world.configuration.people.find(({ roles }) => roles.length === 1 && (roles as string[]).includes(role))!.key,
    );
  const admin = await world.as(Role.REVOPS_ADMIN);
  return ((await admin.run(createApiKey, { name: 'rights', scopes: [...API_SCOPES], days: 1 })) as { secret: string })
    .secret;
}

it('there are some', () => {
  expect(ROWS.map(({ name }) => name)).toContain('approvalInboxChanged');
});

it.each(CELLS)('$name by $role: $right, as the matrix says', async ({ name, role, right }) => {
  const type = getNamedType(schema.getSubscriptionType()!.getFields()[name]!.type);
  const socket = await RawSocket.signedIn(stage.server.address, await tokenOf(role));
  socket.subscribe('1', `subscription { ${name} ${calls.selection(type, 1)} }`);
  const { type: answered, payload } = await socket.heard(({ id }) => id === '1');
  if (right === 'no') expect(payload[0].extensions.code).toBe('FORBIDDEN');
  else expect([answered, payload.errors]).toEqual(['next', undefined]);
  socket.socket.close();
});
