import type { Config } from './core/config.js';
import { VENDOR_HOSTS } from './integrations/connection/connection.forms.js';
import { VendorHttp } from './integrations/http/client.js';
import { simulatedMicrosoft } from './sandbox/microsoft/constants.js';

/**
 * The way out to vendors of a process that answers people. `ownAddress` is the listener's, known once it listens: in the
 * sandbox Microsoft 365 is simulated there, or at the address of a setting.
 */
export function vendorHttp(config: Config, ownAddress: () => string): VendorHttp {
  const isSandbox = config.identity.kind === 'sandbox';
  const simulator = (): string | null => (isSandbox ? (config.microsoftSimulator ?? (ownAddress() || null)) : null);
  return new VendorHttp({
    loopback: () => [...config.simulatorOrigins, ...[simulator() ?? []].flat()],
    hosts: [...VENDOR_HOSTS, ...config.vendorHosts],
    ...(isSandbox ? { simulated: (url: URL) => simulatedMicrosoft(simulator())(url) } : {}),
  });
}
