import Fastify from 'fastify';
import type { AddressInfo } from 'node:net';
import type { HaloInstance } from './instance.js';
import type { SimulatorOptions } from './instances.js';
import { mountHaloSandbox, SANDBOX_HALOPSA_PATH } from './mount.js';

/** A simulator that listens by itself. */
export interface HaloSimulator {
  /** For example `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** The instance of a tenant, to look into and to act in. */
  instance(slug: string): HaloInstance;
  /** `{resourceServer}` of a tenant: the API's root. */
  resourceServer(slug: string): string;
  /** `{authServer}` of a tenant: `/token` follows. */
  authServer(slug: string): string;
  close(): Promise<void>;
}

/** Starts a simulator on this machine, on a free port unless one is given. */
export async function startHaloSimulator(
  options: SimulatorOptions & { readonly port?: number } = {},
): Promise<HaloSimulator> {
  const { port = 0, ...rest } = options;
  const app = Fastify({ forceCloseConnections: true, bodyLimit: 10_000_000 });
  const instances = await mountHaloSandbox(app, rest);
  await app.listen({ host: '127.0.0.1', port });
  const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const base = (slug: string): string => `${origin}${SANDBOX_HALOPSA_PATH}/${slug}`;
  return {
    origin,
    instance: (slug) => {
      const halo = instances.of(slug);
      if (!halo) throw new RangeError(`"${slug}" is no tenant's short name.`);
      return halo;
    },
    resourceServer: (slug) => `${base(slug)}/api`,
    authServer: (slug) => `${base(slug)}/auth`,
    close: () => app.close(),
  };
}
