import type { History } from '../history.js';

/** An instant of a line; `-` for none. */
export const at = (instant: Date | number | null): string => (instant === null ? '-' : new Date(instant).toISOString());

/** The name by which people know a handoff. */
export const numberOf = ({ deal, ordinal }: History['tale']): string =>
  `H-${deal}${ordinal === 1 ? '' : `.${ordinal}`}`;

/** For kinds that no worker has a part in. */
export const NO_WORKER = { planners: () => [], handlers: {}, timeless: (line: string) => line };
