import type { FastifyInstance } from 'fastify';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { SANDBOX_IDENTITY_PATH } from '../identity/constants.js';
import type { PeopleSource } from '../identity/person.js';
import { MICROSOFT_PATH } from './constants.js';
import type { AssertionVerifier } from './entra/user-assertion.js';
import { mountMicrosoft } from './mount.js';
import { MicrosoftSimulator } from './simulator.js';

const REFRESH_MS = 2000;

/** What the sandbox's Microsoft 365 needs of the process that it runs in. */
export interface MicrosoftSandboxOptions {
  /** Where its state is kept across starts. */
  readonly folder: string;
  /** The sample tenants' people: each tenant gets a directory with them, also one that is added later. */
  readonly people: PeopleSource;
  /** The listener's own address, known once it listens. */
  readonly address: () => string;
}

/**
 * Mounts a Microsoft 365 for all sample tenants in the API's own listener, beside the sandbox's identity provider, whose
 * tokens it takes for on-behalf-of. Like that provider it must not be mounted where real customers are served.
 */
export async function mountMicrosoftSandbox(
  app: FastifyInstance,
  options: MicrosoftSandboxOptions,
): Promise<MicrosoftSimulator> {
  const simulator = new MicrosoftSimulator({
    folder: options.folder,
    verifyAssertion: sandboxAssertions(options.address),
    // Links to files lead to the sandbox: a person who follows one is not sent to the real SharePoint.
    webOrigin: () => `${options.address()}${MICROSOFT_PATH}`,
  });
  let refreshed = 0;
  let refreshing = Promise.resolve();
  const refresh = async (): Promise<void> => {
    const people = await options.people();
    for (const tid of new Set(people.map((person) => person.tid))) {
      const members = people.filter((person) => person.tid === tid);
      const named = members.map(({ oid, name, key }) => ({ oid, name, handle: key }));
      simulator.seed({ tid, slug: members[0]!.tenantSlug, people: named });
    }
  };
  const prepare = (): Promise<void> => {
    if (Date.now() - refreshed >= REFRESH_MS) {
      refreshed = Date.now();
      refreshing = refresh();
    }
    return refreshing;
  };
  await mountMicrosoft(app, simulator, prepare);
  return simulator;
}

/** Checks users' tokens with the keys of the sandbox's identity provider. */
function sandboxAssertions(address: () => string): AssertionVerifier {
  let keys: ReturnType<typeof createRemoteJWKSet> | null = null;
  return async (token) => {
    const issuer = `${address()}${SANDBOX_IDENTITY_PATH}`;
    keys ??= createRemoteJWKSet(new URL(`${issuer}/jwks`));
    try {
      return (await jwtVerify(token, keys, { issuer, algorithms: ['RS256'] })).payload;
    } catch {
      return null;
    }
  };
}
