/** What a year is made from. */
export interface YearOptions {
  /** A tenant that was provisioned: its people, roles and configuration are read from the database. */
  readonly tenantId: string;
  /** Any number; the same one makes the same year. */
  readonly seed: number;
  readonly handoffs: number;
  /** The number of the first handoff, 1 by default: a later call goes on where an earlier one ended. */
  readonly first?: number;
  /** IANA zone of the tenant's calendar. */
  readonly zone: string;
  /** ISO 4217; a few deals are in the other one. */
  readonly currency: string;
  readonly foreignCurrency: string;
  /** Handoffs are opened between these instants. */
  readonly from: Date;
  readonly to: Date;
  /** Nothing has happened after this instant; deadlines may lie beyond it. */
  readonly asOf: Date;
  /** Handoffs a transaction; 10,000 by default. */
  readonly chunk?: number;
  /** Told of every step and its milliseconds. */
  readonly onStep?: (step: string, milliseconds: number) => void;
}

/**
 * Seeds a year of handoffs into the tables of a tenant, in every stage and with everything that belongs to them, as the
 * owner under row security and all constraints. Throws with the name of the step that did not work.
 */
export function seedYear(ownerUrl: string, options: YearOptions): Promise<void>;
