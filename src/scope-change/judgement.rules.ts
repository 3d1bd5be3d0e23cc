import type { ApprovalNeed } from '../approval/need.rules.js';
import type { RuledConfiguration } from '../catalogue/configuration.js';
import { serviceTemplateOf } from '../catalogue/selection.rules.js';
import { localDay } from '../core/local-day.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { costed, type StandingLine, withChanges } from './budget-lines.rules.js';
import { type MarginEffect, marginEffect, sumsOf } from './effect.rules.js';
import { brokenFloors } from './floor-break.rules.js';
import { type LossWeighing, needOfLoss, type PriorLoss } from './loss.rules.js';
import type { ScopeChangeLine } from './scope-change.entity.js';

/** Everything that the approval of a scope change depends on. */
export interface ChangeCase {
  /** The configuration that the handoff was opened under, and the one that rules now. */
  readonly configuration: RuledConfiguration;
  readonly ruling: RuledConfiguration;
  readonly handoff: Pick<Handoff, 'serviceTemplate' | 'dealType'>;
  readonly currency: string;
  /** The baseline that is changed, with all costs known, and what changes of it. */
  readonly baselineLines: readonly StandingLine[];
  readonly changed: readonly Pick<
    ScopeChangeLine,
    'position' | 'budgetType' | 'label' | 'hours' | 'costMinor' | 'priceMinor'
  >[];
  /** What other scope changes of the client lose that were asked for before. */
  readonly priors: readonly PriorLoss[];
  /** Person ids by the keys that a policy names. */
  readonly handleIds: ReadonlyMap<string, string>;
  readonly now: Date;
}

/** What a scope change does to the margin, and who has to approve it. */
export interface JudgedChange {
  readonly effect: MarginEffect;
  readonly need: ApprovalNeed;
  readonly weighing: LossWeighing;
}

/** Computes the effect and asks the policy; the same when it is asked for and when it takes effect. */
export function judgeChange(asked: ChangeCase): JudgedChange {
  const { configuration, ruling, handoff, currency, baselineLines, changed, priors, handleIds, now } = asked;
  const { serviceTemplate, dealType } = handoff;
  const on = localDay(configuration.tenant.timeZone, now);
  const baseline = costed(withChanges(baselineLines, []));
  const proposed = costed(withChanges(baselineLines, changed));
  const effect = marginEffect(sumsOf(baseline), sumsOf(proposed));
  const types = serviceTemplateOf(configuration, serviceTemplate)?.budgetTypes ?? [];
  const floors = [configuration.marginFloors, ruling.marginFloors];
  const broken = brokenFloors(baseline, proposed, types, { floors, serviceTemplate, dealType, on });
  const loss = { effect, currency, broken, priors, dealType, on, now };
  return { effect, ...needOfLoss({ pinned: configuration, ruling }, loss, handleIds) };
}
