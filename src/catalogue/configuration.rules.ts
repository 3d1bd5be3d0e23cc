import type { TenantConfiguration } from './configuration.js';
import type { ConfigurationFault } from './configuration.fault.js';

export function ruleFaults(_data: unknown, _broken: ReadonlySet<string>): ConfigurationFault[] {
  const x: TenantConfiguration | null = null;
  return x ?? [];
}
