import { join } from 'node:path';
import { type App, SANDBOX_AUDIENCE } from '../app.js';
import type { Config } from '../core/config.js';
import { mountHaloSandbox } from '../sandbox/halopsa/mount.js';
import type { HaloInstances } from '../sandbox/halopsa/instances.js';
import { SANDBOX_IDENTITY_PATH } from '../sandbox/identity/constants.js';
import { mountSandboxIdentity } from '../sandbox/identity/mount.js';
import { mountMicrosoftSandbox } from '../sandbox/microsoft/sandbox.js';
import type { MicrosoftSimulator } from '../sandbox/microsoft/simulator.js';
import { sandboxPeople } from '../sandbox/people.js';

/** The sandbox's systems in a listener. */
export interface MountedSandbox {
  readonly halopsa: HaloInstances;
  readonly microsoft: MicrosoftSimulator;
}

/** Mounts identity provider and simulators in the API's listener; its address is known once it listens. */
export async function mountSandbox(
  { listener, gateway, registry }: App,
  { dataRoot }: Config,
  root: string,
  address: () => string,
): Promise<MountedSandbox> {
  const people = () => sandboxPeople(gateway, registry);
  await mountSandboxIdentity(listener, {
    issuer: () => `${address()}${SANDBOX_IDENTITY_PATH}`,
    keyFile: join(dataRoot, 'identity-keys.json'),
    audience: SANDBOX_AUDIENCE,
    people,
  });
  const halopsa = await mountHaloSandbox(listener, {
    samplesFolder: join(root, 'samples/halopsa'),
    stateFolder: join(dataRoot, 'halopsa'),
    tenants: async () => (await people()).map(({ tenantSlug }) => tenantSlug),
  });
  const microsoft = await mountMicrosoftSandbox(listener, { folder: join(dataRoot, 'microsoft'), people, address });
  return { halopsa, microsoft };
}
