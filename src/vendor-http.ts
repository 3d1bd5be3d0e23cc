import type { Config } from './core/config.js';
import { SILENT, type Telemetry } from './core/telemetry/telemetry.js';
import { VENDOR_HOSTS } from './integrations/connection/connection.forms.js';
import type { Budgets } from './integrations/http/budget.js';
import { VendorHttp } from './integrations/http/client.js';
import { simulatedMicrosoft } from './sandbox/microsoft/constants.js';

/**
 * The way out to vendors. `ownAddress` is this process's listener, known once it listens and empty without one: in the
 * sandbox the vendors are simulated there, and Microsoft 365 there or at the address of a setting. `budgets` are those
 * that all workers share; without them the process counts for itself. `telemetry` is told every request.
 */
export function vendorHttp(
  config: Config,
  ownAddress: () => string,
  { budgets, telemetry = SILENT }: { readonly budgets?: Budgets; readonly telemetry?: Telemetry } = {},
): VendorHttp {
  const isSandbox = config.identity.kind === 'sandbox';
  const microsoft = (): string | null => (isSandbox ? (config.microsoftSimulator ?? (ownAddress() || null)) : null);
  const simulators = (): string[] => (isSandbox ? [ownAddress(), microsoft() ?? ''].filter(Boolean) : []);
  return new VendorHttp({
    loopback: () => [...config.simulatorOrigins, ...simulators()],
    hosts: [...VENDOR_HOSTS, ...config.vendorHosts],
    ...(budgets ? { budgets } : {}),
    onCall: (call) => telemetry.vendorCalled(call),
    ...(isSandbox ? { simulated: (url: URL) => simulatedMicrosoft(microsoft())(url) } : {}),
  });
}
