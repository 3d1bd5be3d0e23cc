import { marginMeetsFloor, marginShortfall } from '../core/basis-points.js';
import type { BudgetType } from '../catalogue/configuration.js';
import { type FloorQuestion, type FloorScope, highestFloor, type MarginFloor } from '../margin/floor.rules.js';
import type { CostedLine } from './budget-lines.rules.js';
import { type Sums, sumsOf } from './effect.rules.js';

/** A part of the budget that a change brings below its floor, or further below it. */
export interface BrokenFloor {
  /** TOTAL, or the line kind that a budget type holds alone. */
  readonly scope: string;
  readonly floorBps: number;
}

/** For which deal, on which day, and by which policies: of each the highest floor binds. */
export interface FloorGround extends Omit<FloorQuestion, 'floors'> {
  readonly floors: readonly (readonly MarginFloor[])[];
}

/**
 * The floors that a change breaks. A baseline has budget types and not quote lines, so judged are the whole contract and
 * the budget types that hold one line kind alone; floors of one billing cannot be asked. A floor that the baseline misses
 * already, by an exception of the sale, is broken only when the change makes it worse.
 */
export function brokenFloors(
  baseline: readonly CostedLine[],
  proposed: readonly CostedLine[],
  types: readonly BudgetType[],
  ground: FloorGround,
): BrokenFloor[] {
  const parts = [{ scope: 'TOTAL', asked: scope('*'), of: () => true }, ...ofKinds(types)];
  return parts.flatMap((part) => {
    const floor = highestFloor(part.asked, ground);
    if (!floor) return [];
    const [former, next] = [baseline, proposed].map((lines) => sumsOf(lines.filter(part.of)));
    return isBroken(former!, next!, floor.floorBps) ? [{ scope: part.scope, floorBps: floor.floorBps }] : [];
  });
}

const scope = (lineKind: FloorScope['lineKind']): FloorScope => ({ lineKind, billing: '*' });

function ofKinds(types: readonly BudgetType[]) {
  return types
    .filter(({ lineKinds }) => lineKinds.length === 1)
    .map(({ key, lineKinds: [kind] }) => ({
      scope: kind!,
      asked: scope(kind!),
      of: ({ budgetType }: CostedLine) => budgetType === key,
    }));
}

function isBroken(former: Sums, next: Sums, floorBps: number): boolean {
  if (marginMeetsFloor(next.priceMinor, next.costMinor, floorBps)) return false;
  if (marginMeetsFloor(former.priceMinor, former.costMinor, floorBps)) return true;
  const before = marginShortfall(former.priceMinor, former.costMinor, floorBps).costMinor;
  const after = marginShortfall(next.priceMinor, next.costMinor, floorBps).costMinor;
  return before === null || after === null || after > before;
}
