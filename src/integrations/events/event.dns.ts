import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Resolve } from '../http/resolve.js';

const TIMEOUT_MS = 2000;
const TRIES = 2;

/**
 * Resolves the names that customers choose, IPv4 and IPv6, without the system's resolver: that one works in four threads
 * that the whole process shares, so that a few names with slow servers would hold up everybody; and it knows this
 * machine's own names (/etc/hosts), which no customer has any business with.
 */
export function publicResolve(resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES })): Resolve {
  return async (hostname) => {
    if (isIP(hostname) !== 0) return [hostname];
    const found = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const addresses = found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    const [failed] = found.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : []));
    if (addresses.length === 0 && failed) throw failed;
    return addresses;
  };
}
