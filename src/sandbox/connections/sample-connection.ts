import type { Vendor } from '../../integrations/connection/connection.entity.js';

/** What an administrator types in to connect a system: values by the names of the vendor's form. */
export interface SampleConnection {
  readonly baseUrl: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly credentials: Readonly<Record<string, string>>;
}

/** The name of every connection that the sandbox makes; one of another name is somebody's own, and is left alone. */
export const SAMPLE_NAME = 'Sandbox';

/** A sample connection that stands. */
export interface SampleState {
  /** The tenant's short name. */
  readonly tenant: string;
  readonly tenantId: string;
  readonly vendor: Vendor;
  readonly integrationId: string;
  /** When its last test before this start was, null for none; undefined where this start has asked for no test. */
  readonly testedBefore: Date | null | undefined;
}
