import { pino } from 'pino';
import { newId } from '../../src/core/id.js';
import { Dispatcher } from '../../src/core/outbox/dispatcher.js';
import { EffectClass } from '../../src/core/outbox/effect.entity.js';
import { enqueue } from '../../src/core/outbox/message.js';
import { VendorError } from '../../src/core/outbox/vendor-error.js';
import { connectIntegration } from '../../src/integrations/connection/connection.commands.js';
import { Vendor } from '../../src/integrations/connection/connection.entity.js';
import { provisionHandler } from '../../src/integrations/halopsa/provision.plan.js';
import { PROVISION_PROJECT } from '../../src/project/provision.message.js';
import { Role } from '../../src/identity/roles.js';
import type { World } from '../kit/world.js';

/** Connects HaloPSA with the story's project planned for it, and leaves a card in doubt: an attempt, and a pause of that one channel. */
export async function populateIntegrations(world: World): Promise<void> {
  const { suite, tenantId } = world;
  const admin = await world.as(Role.REVOPS_ADMIN);
  await admin.done(connectIntegration, {
    vendor: Vendor.HALOPSA,
    name: `PSA ${newId().slice(-12)}`,
    baseUrl: 'https://population.halopsa.com',
    settings: [{ name: 'mode', value: 'FLAG' }],
    credentials: [
      { name: 'clientId', value: newId() },
      { name: 'clientSecret', value: newId() },
    ],
  });
  const message = {
    kind: 'test.effect',
    aggregate: { type: 'Handoff', id: newId() },
    effectKey: newId(),
    payload: {},
    vendor: `${Vendor.TEAMS}/${newId()}`,
    effectClass: EffectClass.CONFIRM,
  };
  await suite.gateway.transaction(tenantId, (tx) => tx.commit(enqueue([message], suite.clock.at, newId)));
  const dispatcher = new Dispatcher({
    gateway: suite.gateway,
    clock: suite.clock,
    pipeline: suite.pipeline,
    handlers: {
      [PROVISION_PROJECT]: provisionHandler,
      // Before it in the order of the handoff.
      'brief.store': () => Promise.resolve({ receipt: 'stored', writes: [] }),
      'test.effect': () =>
        Promise.reject(new VendorError('UNKNOWN_OUTCOME', { code: 'NO_ANSWER', message: 'none', remedy: 'look' })),
    },
    tenants: async () => [tenantId],
    log: pino({ level: 'silent' }),
  });
  while ((await dispatcher.pass()) > 0);
}
