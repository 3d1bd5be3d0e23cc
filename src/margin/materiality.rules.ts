import type { ApprovalNeed, Step } from '../approval/need.rules.js';
import { both } from '../approval/need.rules.js';
import { bothTerms, type BreakGlassTerms } from '../approval/break-glass.rules.js';
import type {
  ApprovalLevel,
  ApprovalRule,
  ExchangeRate,
  Materiality,
  RuledConfiguration,
} from '../catalogue/configuration.js';
import type { DealType } from '../catalogue/configuration.words.js';
import {
  approversOf,
  CLIENT_WINDOW_DAYS,
  rateOn,
  ROLE_COOL_DOWN_HOURS,
  ruleFor,
  stepsOf,
} from '../catalogue/policy.rules.js';
import { currencyExponent } from '../core/currency.js';
import { parseDecimal } from '../core/decimal.js';
import type { MarginGroup, MarginVerdict } from './margin.rules.js';

const DAY = 86_400_000;
const FULL_BPS = 10_000n;

/** Another exception of the same client, asked for before. */
export interface PriorException {
  readonly requestId: string;
  readonly handoffId: string;
  readonly openedAt: Date;
  readonly currency: string;
  /** The largest shortfall of any part, in minor units of its currency. */
  readonly shortfallMinor: bigint;
}

/** How grave a shortfall is: the level of the policy that answers it. */
export type Gravity = 'BELOW' | 'MATERIAL' | 'GRAVE';

/** What a shortfall was weighed by; kept with the request, so that the number of approvers can be explained later. */
export interface Weighing {
  readonly gravity: Gravity;
  /** The rate by which another currency was read; null for the tenant's own, and where there is none. */
  readonly rate: ExchangeRate | null;
  /** Missing margin in minor units of the tenant's currency; null when it cannot be said. */
  readonly shortfallMinor: string | null;
  /** What the client's other exceptions miss, within the window (approvals rule 4). */
  readonly priorMinor: string | null;
  readonly priorRequestIds: readonly string[];
}

/** What a policy is asked about. */
export interface WeighedCase {
  readonly verdict: MarginVerdict;
  readonly below: readonly MarginGroup[];
  readonly dealType: string;
  readonly priors: readonly PriorException[];
  /** ISO date of the judgement, for exchange rates. */
  readonly on: string;
  readonly now: Date;
}

/** Weighs a shortfall against the thresholds of a policy: strictly above any number is graver (approvals rule 4). */
export function weigh(configuration: RuledConfiguration, weighed: WeighedCase): Weighing {
  const { verdict, below, dealType, priors, on, now } = weighed;
  const { approvalPolicy: policy, tenant } = configuration;
  const rule = ruleFor(policy.marginException, dealType as DealType);
  const days = rule.clientWindowDays ?? CLIENT_WINDOW_DAYS;
  const counted = priors.filter(({ openedAt }) => now.getTime() - openedAt.getTime() <= days * DAY);
  const own = (currency: string, minor: bigint): bigint | null =>
    inTenantCurrency(minor, currency, tenant.currency, rateOn(policy, currency, on));
  const prior = sum(counted.map(({ currency, shortfallMinor }) => own(currency, shortfallMinor)));
  const missing = largest(
    below.map((group) => (group.shortfallMinor === null ? null : own(verdict.currency, group.shortfallMinor))),
  );
  const exceeds = (limit: Materiality): boolean =>
    missing === null ||
    prior === null ||
    missing + prior > BigInt(limit.shortfallMinor) ||
    below.some((group) => exceedsRates(group, limit));
  const gravity = exceeds(rule.materiality)
    ? rule.grave && exceeds(rule.grave.beyond)
      ? 'GRAVE'
      : 'MATERIAL'
    : 'BELOW';
  return {
    gravity,
    rate: verdict.currency === tenant.currency ? null : rateOn(policy, verdict.currency, on),
    shortfallMinor: missing?.toString() ?? null,
    priorMinor: prior?.toString() ?? null,
    priorRequestIds: counted.map(({ requestId }) => requestId),
  };
}

/** What a policy asks for a shortfall of this gravity. `handleIds` are person ids by the keys that the policy names. */
export function needFor(
  configuration: RuledConfiguration,
  gravity: Gravity,
  dealType: string,
  handleIds: ReadonlyMap<string, string>,
): ApprovalNeed {
  const rule = ruleFor(configuration.approvalPolicy.marginException, dealType as DealType);
  return needOfLevel(levelOf(rule, gravity), configuration, handleIds);
}

/** The most that a policy ever asks for an exception, of whatever deal type: what a round on changed terms needs. */
export function strictestNeed(configuration: RuledConfiguration, handleIds: ReadonlyMap<string, string>): ApprovalNeed {
  const { marginException: rule } = configuration.approvalPolicy;
  const types = [undefined, ...Object.keys(rule.byDealType ?? {})] as (DealType | undefined)[];
  const gravest = types
    .map((dealType) => levelOf(dealType ? ruleFor(rule, dealType) : rule, 'GRAVE'))
    .reduce((most, level) => (approversOf(level) > approversOf(most) ? level : most));
  return needOfLevel(gravest, configuration, handleIds);
}

/** A level of the policy in the engine's words. */
export function needOfLevel(
  level: ApprovalLevel,
  { approvalPolicy }: Pick<RuledConfiguration, 'approvalPolicy'>,
  handleIds: ReadonlyMap<string, string>,
): ApprovalNeed {
  const quorum: Step[] = stepsOf(level).map(({ name, approvers, roles, people }) => ({
    name,
    approvers,
    roles: [...roles],
    people: people.flatMap((key) => handleIds.get(key) ?? []),
  }));
  return {
    quorums: [quorum],
    rejections: level.rejections ?? 1,
    freshSignInMinutes: level.freshSignInMinutes ?? null,
    coolDownHours: approvalPolicy.roleCoolDownHours ?? ROLE_COOL_DOWN_HOURS,
  };
}

/** Who may pass a request in an emergency: whom both the pinned and the ruling policy let do so (approvals rule 13). */
export function breakGlassOf(
  pinned: Pick<RuledConfiguration, 'approvalPolicy'>,
  ruling: Pick<RuledConfiguration, 'approvalPolicy'>,
  handleIds: ReadonlyMap<string, string>,
): BreakGlassTerms | null {
  return bothTerms(termsOfPolicy(pinned, handleIds), termsOfPolicy(ruling, handleIds));
}

/** The same of one policy, in the engine's words; null when it names nobody. */
function termsOfPolicy(
  { approvalPolicy }: Pick<RuledConfiguration, 'approvalPolicy'>,
  handleIds: ReadonlyMap<string, string>,
): BreakGlassTerms | null {
  const { breakGlass } = approvalPolicy;
  if (!breakGlass || breakGlass.people.length === 0) return null;
  const { approvers, minutes, reviewRoles, reviewHours } = breakGlass;
  const people = breakGlass.people.flatMap((key) => handleIds.get(key) ?? []);
  return { people, approvers, minutes, reviewRoles: [...reviewRoles], reviewHours };
}

/** Business hours of a new request: the fewer of what the pinned and the ruling rule give (approvals rules 6 and 13). */
export function hoursOf(
  pinned: ApprovalRule,
  ruling: ApprovalRule,
): { readonly pendingHours: number; readonly grantHours: number } {
  return {
    pendingHours: Math.min(pinned.pendingExpiryBusinessHours, ruling.pendingExpiryBusinessHours),
    grantHours: Math.min(pinned.grantExpiryBusinessHours, ruling.grantExpiryBusinessHours),
  };
}

/** Both needs at once; null stands for none. */
export function bothNeeds(one: ApprovalNeed | null, other: ApprovalNeed | null): ApprovalNeed | null {
  return one && other ? both(one, other) : (one ?? other);
}

/** The level of a rule that answers a shortfall of this gravity. */
export function levelOf(rule: ApprovalRule, gravity: Gravity): ApprovalLevel {
  if (gravity === 'BELOW') return rule.below;
  return gravity === 'GRAVE' && rule.grave ? rule.grave.level : rule.above;
}

/** A part without a rate, or whose floor asks for no margin at all, exceeds every threshold. */
function exceedsRates(
  { shortfallBps, shortfallMinor, revenueMinor, floorBps }: MarginGroup,
  limit: Materiality,
): boolean {
  if (shortfallBps === null || shortfallBps > limit.shortfallBps) return true;
  if (limit.shortfallShareBps === undefined) return false;
  const asked = revenueMinor * BigInt(floorBps ?? 0);
  if (asked <= 0n || shortfallMinor === null) return true;
  return shortfallMinor * FULL_BPS * FULL_BPS > BigInt(limit.shortfallShareBps) * asked;
}

/** An amount in the tenant's currency, rounded up: against the one who asks. Null without a rate. */
export function inTenantCurrency(
  minor: bigint,
  currency: string,
  tenant: string,
  rate: ExchangeRate | null,
): bigint | null {
  if (currency === tenant) return minor;
  if (!rate) return null;
  const { unscaled, scale } = parseDecimal(rate.rate);
  const shift = currencyExponent(tenant) - currencyExponent(currency) - scale;
  const product = minor * unscaled;
  if (shift >= 0) return product * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return (product + divisor - 1n) / divisor;
}

function sum(amounts: readonly (bigint | null)[]): bigint | null {
  return amounts.reduce<bigint | null>(
    (total, amount) => (total === null || amount === null ? null : total + amount),
    0n,
  );
}

function largest(amounts: readonly (bigint | null)[]): bigint | null {
  return amounts.reduce<bigint | null>(
    (most, amount) => (most === null || amount === null ? null : amount > most ? amount : most),
    0n,
  );
}
