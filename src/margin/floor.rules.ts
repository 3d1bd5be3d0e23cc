import type { Billing, LineKind } from '../deal/terms.rules.js';

/** One row of the tenant's floor policy; `*` stands for any. */
export interface MarginFloor {
  readonly serviceTemplate: string;
  readonly dealType: string;
  readonly lineKind: LineKind | '*';
  readonly billing: Billing | '*';
  /** Least margin in basis points of the revenue, 0 to 10000. */
  readonly floorBps: number;
  /** ISO date from which it is in force. */
  readonly from: string;
}

/** The part of a deal that a floor is looked up for; `*` is the whole of that dimension. */
export interface FloorScope {
  readonly lineKind: LineKind | '*';
  readonly billing: Billing | '*';
}

/** For which deal, and on which day. */
export interface FloorQuestion {
  readonly floors: readonly MarginFloor[];
  readonly serviceTemplate: string;
  readonly dealType: string;
  readonly on: string;
}

/**
 * The floor that applies to a part, null when none does. The most specific one wins: a named service template before
 * a named deal type before a named billing; among equals the latest `from` that has come; and among floors of the
 * same day the highest, so that a doubled row never lowers the bar.
 *
 * A floor for billing `*` serves the total and each billing on its own. A line kind is judged only by floors that name
 * it: if a floor for all kinds bound every kind on its own, no hardware could be sold beside labour.
 */
export function resolveFloor(scope: FloorScope, question: FloorQuestion): MarginFloor | null {
  return question.floors
    .filter((floor) => isInForce(floor, question) && serves(floor, scope))
    .reduce<MarginFloor | null>((best, floor) => (best && !beats(floor, best) ? best : floor), null);
}

/** The floor of each policy for a part, and of these the highest: a policy that was tightened since holds too. */
export function highestFloor(
  scope: FloorScope,
  { floors, ...question }: Omit<FloorQuestion, 'floors'> & { readonly floors: readonly (readonly MarginFloor[])[] },
): MarginFloor | null {
  return floors
    .map((own) => resolveFloor(scope, { ...question, floors: own }))
    .reduce<MarginFloor | null>(
      (most, floor) => (floor && (!most || floor.floorBps > most.floorBps) ? floor : most),
      null,
    );
}

function serves({ lineKind, billing }: MarginFloor, scope: FloorScope): boolean {
  return lineKind === scope.lineKind && (billing === scope.billing || (billing === '*' && scope.lineKind === '*'));
}

function isInForce(floor: MarginFloor, { serviceTemplate, dealType, on }: FloorQuestion): boolean {
  return (
    (floor.serviceTemplate === '*' || floor.serviceTemplate === serviceTemplate) &&
    (floor.dealType === '*' || floor.dealType === dealType) &&
    floor.from <= on
  );
}

function beats(a: MarginFloor, b: MarginFloor): boolean {
  const specific = specificity(a) - specificity(b);
  if (specific !== 0) return specific > 0;
  return a.from === b.from ? a.floorBps > b.floorBps : a.from > b.from;
}

function specificity({ serviceTemplate, dealType, billing }: MarginFloor): number {
  return [serviceTemplate, dealType, billing].reduce((rank, part) => rank * 2 + (part === '*' ? 0 : 1), 0);
}
