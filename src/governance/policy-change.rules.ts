import { type ConfigurationChange, diffConfigurations } from '../catalogue/configuration-diff.js';
import type {
  ApprovalPolicy,
  ApprovalRule,
  BreakGlassPolicy,
  ExchangeRate,
  Materiality,
  PreClosePolicy,
  RuledConfiguration,
} from '../catalogue/configuration.js';
import type { StoredConfiguration } from '../catalogue/stored-configuration.js';
import { DEAL_TYPES } from '../catalogue/configuration.words.js';
import { CLIENT_WINDOW_DAYS, rateOn, ROLE_COOL_DOWN_HOURS, ruleFor } from '../catalogue/policy.rules.js';
import { preClosePolicy } from '../catalogue/variant.rules.js';
import { compareDecimals, parseDecimal } from '../core/decimal.js';
import { floorChanges } from './floor-change.rules.js';
import { levelEffect } from './level-change.rules.js';

/** What a change of policy does to what passes: STRICTER lets less pass, LOOSER more, OTHER neither or both. */
export type PolicyEffect = 'STRICTER' | 'LOOSER' | 'OTHER';

/** One change of policy; values are JSON, undefined where there is none. */
export interface PolicyChange extends ConfigurationChange {
  readonly effect: PolicyEffect;
}

/** As much of a configuration as approvals are decided by. */
export type Policy = Pick<
  RuledConfiguration,
  'marginFloors' | 'approvalPolicy' | 'tenant' | 'serviceTemplates' | 'quality' | 'variants'
> &
  Pick<StoredConfiguration, 'calendar'>;

/**
 * What a version changes of how approvals are decided: floors, thresholds, levels, expiry, emergencies, rates, and the
 * calendar and currency in which they are counted. Each says whether it tightens or loosens.
 */
export function policyChanges(before: Policy, after: Policy): PolicyChange[] {
  const [a, b] = [before.approvalPolicy, after.approvalPolicy];
  const at = (part: string): string => `approvalPolicy.${part}`;
  return [
    ...floorChanges(before, after),
    ...ruleChanges(at('marginException'), a.marginException, b.marginException),
    ...ruleChanges(at('rebaseline'), a.rebaseline, b.rebaseline),
    ...change(at('configurationChange'), a.configurationChange, b.configurationChange, levelEffect),
    ...change(
      at('roleCoolDownHours'),
      a.roleCoolDownHours ?? ROLE_COOL_DOWN_HOURS,
      b.roleCoolDownHours ?? ROLE_COOL_DOWN_HOURS,
      higherIsStricter,
    ),
    ...breakGlassChanges(at('breakGlass'), a.breakGlass, b.breakGlass),
    ...rateChanges(at('exchangeRates'), a, b),
    ...change('quality', before.quality, after.quality, neither),
    ...preCloseChanges('variants.preClose', preClosePolicy(before), preClosePolicy(after)),
    ...change('tenant.currency', before.tenant.currency, after.tenant.currency, neither),
    ...change('tenant.timeZone', before.tenant.timeZone, after.tenant.timeZone, neither),
    ...diffConfigurations({ calendar: before.calendar } as never, { calendar: after.calendar } as never).map((own) => ({
      ...own,
      effect: 'OTHER' as const,
    })),
  ];
}

type Compare<T> = (before: T, after: T) => PolicyEffect;

const neither = (): PolicyEffect => 'OTHER';
const higherIsStricter: Compare<number> = (before, after) => (after > before ? 'STRICTER' : 'LOOSER');
const lowerIsStricter: Compare<number> = (before, after) => (after < before ? 'STRICTER' : 'LOOSER');

function change<T>(path: string, before: T, after: T, compare: Compare<T>): PolicyChange[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ path, before, after, effect: compare(before, after) }];
}

/** The rule itself, then for each deal type what is said of it alone. */
function ruleChanges(path: string, before: ApprovalRule, after: ApprovalRule): PolicyChange[] {
  return [
    ...levelChanges(path, before, after),
    ...change(
      `${path}.clientWindowDays`,
      before.clientWindowDays ?? CLIENT_WINDOW_DAYS,
      after.clientWindowDays ?? CLIENT_WINDOW_DAYS,
      higherIsStricter,
    ),
    ...change(
      `${path}.pendingExpiryBusinessHours`,
      before.pendingExpiryBusinessHours,
      after.pendingExpiryBusinessHours,
      lowerIsStricter,
    ),
    ...change(
      `${path}.grantExpiryBusinessHours`,
      before.grantExpiryBusinessHours,
      after.grantExpiryBusinessHours,
      lowerIsStricter,
    ),
    ...DEAL_TYPES.filter((type) => before.byDealType?.[type] ?? after.byDealType?.[type]).flatMap((type) =>
      levelChanges(`${path}.byDealType.${type}`, ruleFor(before, type), ruleFor(after, type)),
    ),
  ];
}

function levelChanges(path: string, before: ApprovalRule, after: ApprovalRule): PolicyChange[] {
  return [
    ...thresholdChanges(`${path}.materiality`, before.materiality, after.materiality),
    ...change(`${path}.below`, before.below, after.below, levelEffect),
    ...change(`${path}.above`, before.above, after.above, levelEffect),
    ...graveChanges(`${path}.grave`, before, after),
  ];
}

/** A lower threshold makes more shortfalls graver; one that is not stated is never exceeded. */
function thresholdChanges(path: string, before: Materiality, after: Materiality): PolicyChange[] {
  return (['shortfallMinor', 'shortfallBps', 'shortfallShareBps'] as const).flatMap((name) =>
    change(`${path}.${name}`, before[name], after[name], (from, to) =>
      lowerIsStricter(from ?? Infinity, to ?? Infinity),
    ),
  );
}

/** Without a second threshold a shortfall beyond it is answered as `above`. */
function graveChanges(path: string, before: ApprovalRule, after: ApprovalRule): PolicyChange[] {
  if (before.grave && after.grave) {
    return [
      ...thresholdChanges(`${path}.beyond`, before.grave.beyond, after.grave.beyond),
      ...change(`${path}.level`, before.grave.level, after.grave.level, levelEffect),
    ];
  }
  return change(path, before.grave, after.grave, () =>
    levelEffect(before.grave?.level ?? before.above, after.grave?.level ?? after.above),
  );
}

function breakGlassChanges(
  path: string,
  before: BreakGlassPolicy | undefined,
  after: BreakGlassPolicy | undefined,
): PolicyChange[] {
  if (!before || !after) return change(path, before, after, () => (after ? 'LOOSER' : 'STRICTER'));
  return [
    ...change(`${path}.people`, before.people, after.people, fewerIsStricter),
    ...change(`${path}.approvers`, before.approvers, after.approvers, higherIsStricter),
    ...change(`${path}.minutes`, before.minutes, after.minutes, lowerIsStricter),
    ...change(`${path}.reviewRoles`, before.reviewRoles, after.reviewRoles, fewerIsStricter),
    ...change(`${path}.reviewHours`, before.reviewHours, after.reviewHours, lowerIsStricter),
  ];
}

/** What lets delivery begin before the contract is signed: more tiers, a longer window, a lower probability. */
function preCloseChanges(
  path: string,
  before: Required<PreClosePolicy>,
  after: Required<PreClosePolicy>,
): PolicyChange[] {
  return [
    ...change(`${path}.tiers`, before.tiers, after.tiers, fewerIsStricter),
    ...change(`${path}.dealTypes`, before.dealTypes, after.dealTypes, fewerIsStricter),
    ...change(`${path}.opensDaysBefore`, before.opensDaysBefore, after.opensDaysBefore, lowerIsStricter),
    ...change(`${path}.leastDaysBefore`, before.leastDaysBefore, after.leastDaysBefore, higherIsStricter),
    ...change(
      `${path}.fromProbabilityPercent`,
      before.fromProbabilityPercent,
      after.fromProbabilityPercent,
      higherIsStricter,
    ),
  ];
}

function fewerIsStricter(before: readonly string[], after: readonly string[]): PolicyEffect {
  const isWider = after.some((one) => !before.includes(one));
  const isNarrower = before.some((one) => !after.includes(one));
  if (isWider === isNarrower) return 'OTHER';
  return isWider ? 'LOOSER' : 'STRICTER';
}

/** A higher rate makes a shortfall weigh more; a currency without a rate is always material. */
function rateChanges(path: string, before: ApprovalPolicy, after: ApprovalPolicy): PolicyChange[] {
  const dates = new Map<string, { currency: string; from: string }>();
  for (const { currency, from } of [...(before.exchangeRates ?? []), ...(after.exchangeRates ?? [])])
    dates.set(`${currency} ${from}`, { currency, from });
  return [...dates].flatMap(([name, { currency, from }]) => {
    const stated = ({ exchangeRates = [] }: ApprovalPolicy) =>
      exchangeRates.find((rate) => rate.currency === currency && rate.from === from);
    return change(`${path}[${name}]`, stated(before), stated(after), () =>
      rateEffect(rateOn(before, currency, from), rateOn(after, currency, from)),
    );
  });
}

function rateEffect(before: ExchangeRate | null, after: ExchangeRate | null): PolicyEffect {
  if (!before || !after) return before ? 'STRICTER' : after ? 'LOOSER' : 'OTHER';
  const order = compareDecimals(parseDecimal(after.rate), parseDecimal(before.rate));
  return order === 0 ? 'OTHER' : order > 0 ? 'STRICTER' : 'LOOSER';
}
