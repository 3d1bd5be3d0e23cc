import { type Finding, finding } from '../core/finding.js';
import { formatMoney } from '../core/money.js';
import type { TermsLine } from '../deal/terms.rules.js';
import type { MarginGroup, MarginQuestion } from './margin.rules.js';

/** Every line without a cost. */
export function costFindings(lines: readonly TermsLine[]): Finding[] {
  return lines
    .filter(({ costMinor }) => costMinor === null)
    .map(({ position, externalId }) =>
      finding({
        code: 'COST_MISSING',
        path: `terms.lines[${position}].unitCost`,
        message: `Line ${position} has no cost, so that its margin is unknown.`,
        facts: { position, lineId: externalId },
        remedy: 'Enter the unit cost of the line in HaloPSA (0 when it truly costs nothing) and import again.',
      }),
    );
}

/** A contract that earns nothing, or less. */
export function revenueFindings([total]: readonly MarginGroup[], currency: string): Finding[] {
  if (!total || total.revenueMinor > 0n) return [];
  const revenue = formatMoney({ minor: total.revenueMinor, currency });
  return [
    finding({
      code: 'REVENUE_NOT_POSITIVE',
      discloses: 'MARGIN',
      path: 'margin.TOTAL',
      message: `The contract earns ${revenue} ${currency}; a margin needs a revenue above zero.`,
      facts: { revenueMinor: total.revenueMinor.toString(), currency },
      remedy: 'Enter what the client pays; state what is given away as a discount or credit within a paying deal.',
    }),
  ];
}

/** Every sold part that no floor of the policy serves. */
export function floorFindings(
  groups: readonly MarginGroup[],
  { serviceTemplate, dealType, on }: MarginQuestion,
): Finding[] {
  const parts = groups.filter(({ scope, floorBps }) => floorBps === null && scope !== 'TOTAL');
  // Without a line there is no part; then the total itself has to have its floor.
  const without = groups.length === 1 ? groups.filter(({ floorBps }) => floorBps === null) : parts;
  return without.map(({ scope }) =>
    finding({
      code: 'MARGIN_FLOOR_MISSING',
      path: `margin.${scope}`,
      message: `No margin floor is in force for ${scope} of ${serviceTemplate} / ${dealType} on ${on}.`,
      facts: { scope, serviceTemplate, dealType, on },
      remedy: "Add a margin floor for this service template and deal type to the tenant's configuration.",
    }),
  );
}

/** Every judged part below its floor; parts with the same figures once. */
export function marginFindings(groups: readonly MarginGroup[], currency: string): Finding[] {
  const below = groups.filter(
    ({ ok, floorBps, costMinor, scope, revenueMinor }) =>
      !ok && floorBps !== null && costMinor !== null && (scope !== 'TOTAL' || revenueMinor > 0n),
  );
  return below
    .filter((group, index) => !below.slice(0, index).some((earlier) => covers(earlier, group)))
    .map((group) => belowFloor(group, currency));
}

/** Whether a reported part has the same figures under a floor that is at least as high: then one finding is enough. */
function covers(reported: MarginGroup, group: MarginGroup): boolean {
  return (
    reported.revenueMinor === group.revenueMinor &&
    reported.costMinor === group.costMinor &&
    (reported.floorBps ?? 0) >= (group.floorBps ?? 0)
  );
}

function belowFloor(group: MarginGroup, currency: string): Finding {
  const { scope, floorBps, marginBps: actualBps, shortfallMinor, priceShortfallMinor, shortfallBps } = group;
  const amount = (minor: bigint): string => `${formatMoney({ minor, currency })} ${currency}`;
  const ways = [
    priceShortfallMinor === null ? [] : [`raise the price by ${amount(priceShortfallMinor)}`],
    shortfallMinor === null || group.revenueMinor < 0n ? [] : [`cut the cost by ${amount(shortfallMinor)}`],
    ['request a margin exception'],
  ].flat();
  return finding({
    code: 'MARGIN_BELOW_FLOOR',
    discloses: 'MARGIN',
    path: `margin.${scope}`,
    message: `${scope}: the margin is ${actualBps === null ? 'without a rate' : `${actualBps} bps`}, the floor ${floorBps} bps.`,
    facts: {
      scope,
      currency,
      floorBps,
      actualBps,
      shortfallBps,
      shortfallMinor: text(shortfallMinor),
      priceShortfallMinor: text(priceShortfallMinor),
      revenueMinor: text(group.revenueMinor),
      costMinor: text(group.costMinor),
    },
    remedy: `Over the contract: ${ways.join(', or ')}.`,
    exceptionable: true,
  });
}

function text(minor: bigint | null): string | null {
  return minor === null ? null : minor.toString();
}
