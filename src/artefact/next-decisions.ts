import { KpiDirection } from '../kpi/kpi.words.js';
import { type Edition, nameOf } from './edition.js';
import type { BusinessFacts } from './facts.business.js';
import type { KpiLine } from './facts.kpi.js';
import { shownValue, targetText } from './figure.format.js';
import { count, missed } from './sentences.js';

/** Decisions that fit on a slide. */
const MOST_DECISIONS = 6;

/** Something that somebody above the process has to decide, and on what grounds. */
export interface NextDecision {
  readonly head: string;
  readonly body: string;
}

/**
 * What waits for a decision, the most pressing first: overdue entries of the decision log, undecided exceptions, grave
 * risks without a mitigation, missed targets, KPIs without a baseline. Follows from the facts alone.
 */
export function nextDecisions(
  edition: Edition,
  { kpis, business }: { readonly kpis: readonly KpiLine[]; readonly business: BusinessFacts },
): NextDecision[] {
  const { currency, today } = edition;
  const overdue = business.decisions.filter(({ dueOn }) => dueOn < today);
  const pending = business.exceptions.filter(({ state }) => state === 'PENDING');
  const bare = business.risks.filter(
    ({ level, mitigation }) => mitigation === null && (level === 'CRITICAL' || level === 'HIGH'),
  );
  const unfrozen = kpis.filter(({ definition, comparison }) => definition.target !== null && !comparison.baseline);
  const found: NextDecision[] = [];
  if (overdue.length > 0) {
    const [first] = overdue;
    found.push({
      head: `Settle ${count(overdue.length, 'overdue entry', 'overdue entries')} of the decision log`,
      body: `The oldest, ${first!.number} of ${first!.handoff}, was due on ${first!.dueOn}; ${nameOf(edition, first!.ownerId)} answers for it.`,
    });
  }
  if (pending.length > 0) {
    found.push({
      head: `Decide ${count(pending.length, 'request')} that ${pending.length === 1 ? 'waits' : 'wait'} for votes`,
      body: `${pending
        .slice(0, 5)
        .map(({ handoff }) => handoff)
        .join(', ')}: a request that is not decided in time is denied.`,
    });
  }
  if (bare.length > 0) {
    found.push({
      head: `Name a mitigation for ${count(bare.length, 'high or critical risk')}`,
      body: [...new Set(bare.map(({ handoff, client }) => `${handoff} (${client})`))].slice(0, 4).join(', '),
    });
  }
  for (const { definition, now } of missed(kpis)) {
    const verb = definition.direction === KpiDirection.LOWER_IS_BETTER ? 'lower' : 'raise';
    found.push({
      head: `How to ${verb} ${definition.name.charAt(0).toLowerCase()}${definition.name.slice(1)}`,
      body: `It stands at ${shownValue(now.value, definition.unit, currency)} over ${count(now.cases ?? 0, 'case')}; the target is to ${phrase(targetText(definition, currency))}.`,
    });
  }
  if (unfrozen.length > 0) {
    found.push({
      head: `Freeze a baseline for ${count(unfrozen.length, 'KPI')} with a target`,
      body: unfrozen
        .slice(0, 4)
        .map(({ definition }) => definition.name)
        .join(', '),
    });
  }
  return found.slice(0, MOST_DECISIONS);
}

const phrase = (target: string): string => (target.startsWith('improve') ? target : `be ${target}`);
