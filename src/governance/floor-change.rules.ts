import type { MarginFloor } from '../catalogue/configuration.js';
import { ANY, BILLINGS, DEAL_TYPES } from '../catalogue/configuration.words.js';
import { type FloorScope, resolveFloor } from '../margin/floor.rules.js';
import type { Policy, PolicyChange, PolicyEffect } from './policy-change.rules.js';

/**
 * Every row of the floors that is new, gone or different. Whether it tightens is asked of the floors as they resolve,
 * for every service, deal type, part and date that the row reaches: a row that is more specific may lower the bar by
 * being added, and a row that another outranks changes nothing.
 */
export function floorChanges(before: Policy, after: Policy): PolicyChange[] {
  const [a, b] = [before.marginFloors, after.marginFloors];
  const names = [...new Set([...b, ...a].map(nameOf))];
  return names.flatMap((name): PolicyChange[] => {
    const [was, is] = [a, b].map((floors) =>
      floors.filter((floor) => nameOf(floor) === name).map(({ floorBps }) => floorBps),
    );
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    const row = [...b, ...a].find((floor) => nameOf(floor) === name)!;
    const path = `marginFloors[${name}]`;
    return [{ path, before: valueOf(was!), after: valueOf(is!), effect: effectOf(row, before, after) }];
  });
}

/** Doubled rows are faults of the file, but none may be hidden. */
const valueOf = (rates: readonly number[]): number | readonly number[] | undefined =>
  rates.length > 1 ? rates : rates[0];

function nameOf({ serviceTemplate, dealType, lineKind, billing, from }: MarginFloor): string {
  return [serviceTemplate, dealType, lineKind, billing, from].join(' ');
}

function effectOf(row: MarginFloor, before: Policy, after: Policy): PolicyEffect {
  const templates = new Set([before, after].flatMap(({ serviceTemplates }) => Object.keys(serviceTemplates)));
  const dates = [before, after].flatMap(({ marginFloors }) => marginFloors.map(({ from }) => from));
  let [isHigher, isLower] = [false, false];
  for (const serviceTemplate of row.serviceTemplate === ANY ? templates : [row.serviceTemplate]) {
    for (const dealType of row.dealType === ANY ? DEAL_TYPES : [row.dealType]) {
      for (const on of new Set(dates.filter((date) => date >= row.from))) {
        for (const scope of scopesOf(row)) {
          const [was, is] = [before, after].map(({ marginFloors }) =>
            bar(scope, resolveFloor(scope, { floors: marginFloors, serviceTemplate, dealType, on })?.floorBps),
          );
          isHigher ||= is! > was!;
          isLower ||= is! < was!;
        }
      }
    }
  }
  if (isHigher === isLower) return 'OTHER';
  return isHigher ? 'STRICTER' : 'LOOSER';
}

/** A kind without a floor of its own is not judged apart; another part without one never passes (MARGIN_FLOOR_MISSING). */
function bar({ lineKind }: FloorScope, floorBps: number | undefined): number {
  return floorBps ?? (lineKind === ANY ? Infinity : -1);
}

/** The parts of a deal that a row may be the floor of. */
function scopesOf({ lineKind, billing }: MarginFloor): FloorScope[] {
  const billings: FloorScope['billing'][] = billing === ANY ? [ANY, ...BILLINGS] : [billing];
  return billings.map((own) => ({ lineKind, billing: own }));
}
