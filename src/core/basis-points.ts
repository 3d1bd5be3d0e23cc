/** One whole: 10000 basis points are 100 %. */
export const WHOLE_BPS = 10_000;
const WHOLE = BigInt(WHOLE_BPS);
const DISPLAY_LIMIT = 2_000_000_000;

/** What is missing for a margin to meet its floor; all zero when it does. */
export interface MarginShortfall {
  /** Minor units by which the cost must fall, at the given revenue; null when no cost helps (revenue negative). */
  readonly costMinor: bigint | null;
  /** Minor units by which the revenue must rise, at the given cost; null when no price can reach the floor. */
  readonly revenueMinor: bigint | null;
  /** Basis points to the floor, rounded up; null when the margin has no rate (revenue zero or negative). */
  readonly bps: number | null;
}

/**
 * Whether the margin meets its floor, as integers: (revenue - cost) * 10000 >= floor * revenue. Exactly at the floor
 * meets it; never a rounded percentage (design 6). Defined answers: nothing sold at no cost (or at a refund of cost)
 * meets every floor; nothing sold at a cost meets none; negative revenue meets none, since dividing by it would turn
 * the inequality around. Guards say "allow only if this is true" (reliability 0, finding 2).
 */
export function marginMeetsFloor(revenueMinor: bigint, costMinor: bigint, floorBps: number): boolean {
  const floor = checkedFloor(floorBps);
  if (revenueMinor < 0n) return false;
  return (revenueMinor - costMinor) * WHOLE >= floor * revenueMinor;
}

/** The opposite of marginMeetsFloor, for messages; a guard asks marginMeetsFloor. */
export function marginBelowFloor(revenueMinor: bigint, costMinor: bigint, floorBps: number): boolean {
  return !marginMeetsFloor(revenueMinor, costMinor, floorBps);
}

/**
 * The margin in basis points of the revenue, for display only: rounded down (towards minus infinity), so that a
 * margin below its floor never shows as equal to it. Null when the revenue is zero or negative: there is no rate.
 * Held within plus and minus 2000000000, the range of a GraphQL Int; no decision reads this figure.
 */
export function marginBps(revenueMinor: bigint, costMinor: bigint): number | null {
  if (revenueMinor <= 0n) return null;
  const bps = Number(floorDivide((revenueMinor - costMinor) * WHOLE, revenueMinor));
  return Math.max(-DISPLAY_LIMIT, Math.min(DISPLAY_LIMIT, bps));
}

/**
 * What is missing to the floor, in money and in basis points. Both amounts are the least whole minor units that do:
 * after the cost falls by `costMinor`, or the revenue rises by `revenueMinor`, marginMeetsFloor answers true.
 */
export function marginShortfall(revenueMinor: bigint, costMinor: bigint, floorBps: number): MarginShortfall {
  if (marginMeetsFloor(revenueMinor, costMinor, floorBps)) return { costMinor: 0n, revenueMinor: 0n, bps: 0 };
  const room = WHOLE - checkedFloor(floorBps);
  const actual = marginBps(revenueMinor, costMinor);
  return {
    costMinor: revenueMinor < 0n ? null : costMinor - floorDivide(room * revenueMinor, WHOLE),
    revenueMinor: neededRevenue(costMinor, room, revenueMinor),
    bps: actual === null ? null : floorBps - actual,
  };
}

/** The least revenue of zero or more with (revenue - cost) * 10000 >= floor * revenue, less what there is. */
function neededRevenue(costMinor: bigint, room: bigint, revenueMinor: bigint): bigint | null {
  // Below the floor without a cost means a negative revenue: up to zero is enough.
  if (costMinor <= 0n) return -revenueMinor;
  if (room === 0n) return null;
  return -floorDivide(-costMinor * WHOLE, room) - revenueMinor;
}

function checkedFloor(floorBps: number): bigint {
  if (!Number.isSafeInteger(floorBps) || floorBps < 0 || floorBps > WHOLE_BPS) {
    throw new RangeError(`A margin floor is a whole number of basis points from 0 to ${WHOLE_BPS}, not ${floorBps}`);
  }
  return BigInt(floorBps);
}

/** The quotient rounded towards minus infinity. */
export function floorDivide(numerator: bigint, positive: bigint): bigint {
  const quotient = numerator / positive;
  return numerator < 0n && quotient * positive !== numerator ? quotient - 1n : quotient;
}
