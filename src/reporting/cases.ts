import { dateOf } from '../catalogue/calendar.rules.js';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import { clocksOf } from '../escalation/clock.rules.js';
import { KPI_DEFINITIONS } from '../kpi/kpi.definitions.js';
import type { CaseDraft, CaseGround, KpiCaseRow } from './case.types.js';
import { type CaseSubject, completenessCases, completionCases, firstTouchCases, promiseCases } from './cases.deal.js';
import {
  clientCases,
  deliverableCases,
  erosionCases,
  firstValueCases,
  kickoffCases,
  qualityCases,
  scopeChangeCases,
} from './cases.delivery.js';
import { approvalCases, assumptionCases, fillTimeCases, overrideCases, rejectionCases } from './cases.passage.js';
import { derivedId } from './derived-id.js';
import { clocksOfGround } from './ground-clocks.js';

const RULES: readonly ((subject: CaseSubject) => CaseDraft[])[] = [
  completenessCases,
  completionCases,
  qualityCases,
  kickoffCases,
  scopeChangeCases,
  erosionCases,
  assumptionCases,
  promiseCases,
  overrideCases,
  rejectionCases,
  firstTouchCases,
  approvalCases,
  clientCases,
  fillTimeCases,
  deliverableCases,
  firstValueCases,
];

const MARGIN_KPIS = new Set(KPI_DEFINITIONS.filter(({ isMargin }) => isMargin).map(({ key }) => key));

/**
 * The cases of every KPI that a handoff makes, by the words of the definitions (docs/kpis.md says what they leave open).
 * Nothing of it depends on the present: what is due in the future counts from then on (`countsAt`). Days are those of the
 * calendar that the handoff was opened under, as its clocks are.
 */
export function casesOf(ground: CaseGround): KpiCaseRow[] {
  const { handoff, deadlines } = ground;
  const configuration = configurationOf(deadlines.version);
  const { calendar, tenant } = configuration;
  const { history } = deadlines;
  const clocks = clocksOfGround(deadlines);
  const subject: CaseSubject = {
    ground,
    calendar,
    currency: tenant.currency,
    clocks,
    unpaused: history.pauses.length === 0 ? clocks : clocksOf({ ...history, pauses: [] }, configuration),
    dayOf: (instant) => dateOf(calendar, instant),
  };
  const dimensions = {
    clientId: handoff.clientId,
    serviceTemplateKey: handoff.serviceTemplate,
    dealTypeKey: handoff.dealType,
    tierKey: handoff.tier,
    ownerId: handoff.ownerId,
    deliveryManagerId: handoff.deliveryManagerId,
  };
  return RULES.flatMap((rule) => rule(subject)).map(({ kpiKey, sourceId, span, ...draft }) => ({
    id: derivedId('fact_kpi_case', kpiKey, sourceId),
    kpiKey,
    handoffId: handoff.id,
    sourceId,
    countsOn: draft.countsOn,
    countsAt: draft.countsAt,
    numerator: BigInt(draft.numerator),
    denominator: BigInt(draft.denominator),
    spanFromOn: span?.fromOn ?? null,
    spanToOn: span?.toOn ?? null,
    clientCaused: draft.clientCaused ?? false,
    isMargin: MARGIN_KPIS.has(kpiKey),
    ...dimensions,
  }));
}
