import type { ApprovalNeed } from '../approval/need.rules.js';
import type { ExchangeRate, Materiality, RuledConfiguration } from '../catalogue/configuration.js';
import type { DealType } from '../catalogue/configuration.words.js';
import { CLIENT_WINDOW_DAYS, rateOn, ruleFor } from '../catalogue/policy.rules.js';
import { WHOLE_BPS } from '../core/basis-points.js';
import { bothNeeds, type Gravity, inTenantCurrency, levelOf, needOfLevel } from '../margin/materiality.rules.js';
import { exceedsRate, type MarginEffect } from './effect.rules.js';
import type { BrokenFloor } from './floor-break.rules.js';

const DAY = 86_400_000;
const WHOLE = BigInt(WHOLE_BPS);

/** The margin that another scope change of the same client loses. */
export interface PriorLoss {
  readonly requestId: string;
  readonly openedAt: Date;
  readonly currency: string;
  /** Above zero, in minor units of its currency. */
  readonly lossMinor: bigint;
}

/** What a policy is asked about. */
export interface LossCase {
  readonly effect: MarginEffect;
  readonly currency: string;
  readonly broken: readonly BrokenFloor[];
  /** Others of the client that were asked for before; the window is the policy's. */
  readonly priors: readonly PriorLoss[];
  readonly dealType: string;
  /** ISO date, for exchange rates. */
  readonly on: string;
  readonly now: Date;
}

/** What a loss was weighed by; kept with the request, so that the number of approvers can be explained later. */
export interface LossWeighing {
  readonly gravity: Gravity;
  readonly rate: ExchangeRate | null;
  /** Margin lost in minor units of the tenant's currency, 0 for none; null when it cannot be said. */
  readonly lossMinor: string | null;
  /** What the client's other scope changes within the window lose. */
  readonly priorMinor: string | null;
  readonly priorRequestIds: readonly string[];
  /** The parts that the change brings below their floor. */
  readonly brokenFloors: readonly string[];
}

/** How a scope change is approved, and why. */
export interface LossNeed {
  readonly need: ApprovalNeed;
  /** How the pinned policy weighed it. */
  readonly weighing: LossWeighing;
}

/**
 * Weighs the margin that a change loses by the rule `rebaseline`: strictly above any number of a threshold is graver, a
 * broken floor is material at least, and what cannot be measured (no exchange rate, no margin rate) is above it. Losses of
 * one client count together within the window, so that a large one is not cut into small ones (approvals rule 4). Without
 * a loss and a broken floor the lowest level answers.
 */
export function weighLoss(configuration: RuledConfiguration, asked: LossCase): LossWeighing {
  const { approvalPolicy: policy, tenant } = configuration;
  const { effect, broken, now } = asked;
  const rule = ruleFor(policy.rebaseline, asked.dealType as DealType);
  const days = rule.clientWindowDays ?? CLIENT_WINDOW_DAYS;
  const counted = asked.priors.filter(({ openedAt }) => now.getTime() - openedAt.getTime() <= days * DAY);
  const own = (currency: string, minor: bigint): bigint | null =>
    inTenantCurrency(minor, currency, tenant.currency, rateOn(policy, currency, asked.on));
  const lossMinor = effect.marginEffectMinor < 0n ? own(asked.currency, -effect.marginEffectMinor) : 0n;
  const priorMinor = counted
    .map((prior) => own(prior.currency, prior.lossMinor))
    .reduce<bigint | null>((sum, one) => (sum === null || one === null ? null : sum + one), 0n);
  const exceeds = (limit: Materiality): boolean =>
    lossMinor === null || (lossMinor > 0n && exceedsMoney(lossMinor, priorMinor, limit)) || exceedsRates(asked, limit);
  const isMaterial = broken.length > 0 || exceeds(rule.materiality);
  const isGrave = isMaterial && rule.grave !== undefined && exceeds(rule.grave.beyond);
  return {
    gravity: isGrave ? 'GRAVE' : isMaterial ? 'MATERIAL' : 'BELOW',
    rate: asked.currency === tenant.currency ? null : rateOn(policy, asked.currency, asked.on),
    lossMinor: lossMinor?.toString() ?? null,
    priorMinor: priorMinor?.toString() ?? null,
    priorRequestIds: counted.map(({ requestId }) => requestId),
    brokenFloors: broken.map(({ scope }) => scope),
  };
}

/** Who must approve: what the pinned policy asks, and what the ruling one asks where it asks for more (rule 13). */
export function needOfLoss(
  policies: { readonly pinned: RuledConfiguration; readonly ruling: RuledConfiguration },
  asked: LossCase,
  handleIds: ReadonlyMap<string, string>,
): LossNeed {
  const weighing = weighLoss(policies.pinned, asked);
  const needBy = (configuration: RuledConfiguration, { gravity }: LossWeighing): ApprovalNeed => {
    const rule = ruleFor(configuration.approvalPolicy.rebaseline, asked.dealType as DealType);
    return needOfLevel(levelOf(rule, gravity), configuration, handleIds);
  };
  const present = needBy(policies.ruling, weighLoss(policies.ruling, asked));
  return { need: bothNeeds(needBy(policies.pinned, weighing), present)!, weighing };
}

function exceedsMoney(lossMinor: bigint, priorMinor: bigint | null, { shortfallMinor }: Materiality): boolean {
  return priorMinor === null || lossMinor + priorMinor > BigInt(shortfallMinor);
}

/** A share is taken of the margin that the highest broken floor asks for; without a broken floor there is none. */
function exceedsRates({ effect, broken }: LossCase, limit: Materiality): boolean {
  const { baseline, proposed, marginEffectMinor } = effect;
  const isSame = baseline.priceMinor === proposed.priceMinor && baseline.costMinor === proposed.costMinor;
  if (isSame) return false;
  if (exceedsRate(effect, limit.shortfallBps)) return true;
  if (limit.shortfallShareBps === undefined || broken.length === 0 || marginEffectMinor >= 0n) return false;
  const floorBps = BigInt(Math.max(...broken.map((one) => one.floorBps)));
  const asked = proposed.priceMinor * floorBps;
  return asked <= 0n || -marginEffectMinor * WHOLE * WHOLE > BigInt(limit.shortfallShareBps) * asked;
}
