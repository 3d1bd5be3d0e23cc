import { KpiTargetState } from '../reporting/kpi-figure.js';
import type { BusinessFacts, RiskLine } from './facts.business.js';
import type { KpiLine } from './facts.kpi.js';
import { amount, change, shownValue } from './figure.format.js';

/** `1 handoff`, `2 handoffs`. */
export const count = (figure: number, one: string, many = `${one}s`): string =>
  `${figure} ${figure === 1 ? one : many}`;

const inState = (kpis: readonly KpiLine[], state: KpiTargetState): readonly KpiLine[] =>
  kpis.filter(({ now }) => now.target === state);

/** KPIs that missed their target, in the order of the definitions. */
export const missed = (kpis: readonly KpiLine[]): readonly KpiLine[] => inState(kpis, KpiTargetState.MISSED);

/** How many targets are met, missed and not to be judged, in one sentence. */
export function stateCounts(kpis: readonly KpiLine[]): string {
  const of = (state: KpiTargetState): number => inState(kpis, state).length;
  const open = of(KpiTargetState.NO_BASELINE) + of(KpiTargetState.NO_CASES);
  return `${of(KpiTargetState.MET)} met, ${of(KpiTargetState.MISSED)} missed, ${open} without baseline or case, ${of(KpiTargetState.NO_TARGET)} without a stated target.`;
}

/** What the KPIs say, as a title. */
export function trackerTitle(kpis: readonly KpiLine[]): string {
  const met = inState(kpis, KpiTargetState.MET).length;
  const judged = met + missed(kpis).length;
  if (judged === 0) return 'No target can be judged yet: baselines or cases are missing';
  if (met === judged) return `All ${judged} targets that can be judged are met`;
  return `${met} of ${judged} targets that can be judged are met`;
}

/** What the gates did, as a title. */
export function gateTitle({ handoffsStopped, passedSince }: BusinessFacts['gate']): string {
  if (handoffsStopped === 0) return 'No handoff was stopped in the last 90 days';
  const since = passedSince === 0 ? 'none has passed since' : `${passedSince} passed once the gaps were closed`;
  return `The gates stopped ${count(handoffsStopped, 'handoff')}; ${since}`;
}

/** What the exceptions say, as a title. */
export function exceptionTitle(exceptions: BusinessFacts['exceptions']): string {
  if (exceptions.length === 0) return 'Nobody asked for an approval in the last 90 days';
  const granted = exceptions.filter(({ state }) => state === 'APPROVED' || state === 'USED');
  const emergencies = exceptions.filter(({ emergency }) => emergency).length;
  const alone = granted.filter(({ approverIds }) => new Set(approverIds).size < 2).length;
  const urgent = emergencies === 0 ? 'no emergency' : count(emergencies, 'emergency', 'emergencies');
  const single = alone === 0 ? 'each by two people or more' : `${alone} of them by one person`;
  return granted.length === 0
    ? `${count(exceptions.length, 'approval')} asked for, none granted, ${urgent}`
    : `${granted.length} of ${count(exceptions.length, 'approval')} asked for granted, ${single}; ${urgent}`;
}

/** What margin erosion says, as a title; money by currency, never added up across them. */
export function erosionTitle(erosion: NonNullable<BusinessFacts['erosion']>): string {
  const lost = erosion.filter(({ erosionMinor }) => erosionMinor > 0n);
  if (erosion.length === 0) return 'No project has actuals to measure erosion by yet';
  if (lost.length === 0) return 'No project has eroded its baseline margin';
  const sums = new Map<string, bigint>();
  for (const { currency, erosionMinor } of lost) sums.set(currency, (sums.get(currency) ?? 0n) + erosionMinor);
  const text = [...sums].map(([currency, minor]) => amount(minor, currency)).join(' and ');
  return `${count(lost.length, 'project')} of ${erosion.length} lost margin against baseline: ${text}`;
}

/** What the open risks say, as a title. */
export function riskSentence(risks: readonly RiskLine[]): string {
  if (risks.length === 0) return 'No risk is open';
  const grave = risks.filter(({ level }) => level === 'CRITICAL' || level === 'HIGH');
  const bare = grave.filter(({ mitigation }) => mitigation === null).length;
  const without = bare === 0 ? 'all with a mitigation' : `${bare} without a mitigation`;
  return grave.length === 0
    ? `${count(risks.length, 'risk')} open, none of them high or critical`
    : `${count(grave.length, 'high or critical risk')} of ${risks.length} open, ${without}`;
}

/** A figure with how it compares: `62.5 % (+12.5 % against baseline, 5 of 8)`. */
export function figureSentence({ definition, now }: KpiLine, currency: string): string {
  const value = shownValue(now.value, definition.unit, currency);
  const against = now.improvementBps === null ? '' : `, ${change(now.improvementBps)} against the baseline`;
  return `${value}${against}`;
}
