import { dateOf } from '../catalogue/calendar.rules.js';
import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { command, refused } from '../core/command.js';
import { type Finding, finding } from '../core/finding.js';
import { FIELD_CLASSES } from '../core/graphql/rights.js';
import { selectFirst } from '../core/statement.js';
import { alreadyFrozen, frozen } from '../kpi/kpi.commands.js';
import { kpiByKey } from '../kpi/kpi.definitions.js';
import { baselinesOf } from '../kpi/kpi.queries.js';
import { baselineFindings } from '../kpi/kpi.rules.js';
import { kpiCasesDigest } from './kpi-case.queries.js';
import type { FreezeKpiBaselineFromCasesInput } from './kpi-figure.input.js';
import { kpiFigures } from './kpi-figure.queries.js';
import { ReportingProgress } from './reporting.entity.js';
import { sealedSeq } from './watermark.queries.js';

/**
 * Freezes what was measured in a period as the baseline of a KPI; once, as one that is given by hand (002 "capture
 * baselines for all KPIs"). The digest of the cases is its source. The lock of the model's progress comes first, so that
 * figure and digest are of the same rows.
 */
export const freezeKpiBaselineFromCases = command({
  name: 'freezeKpiBaselineFromCases',
  action: 'freeze',
  subject: 'KpiBaseline',
  services: false,
  facts: ({ kpi, fromOn, toOn }: FreezeKpiBaselineFromCasesInput) => {
    const period = { fromOn, toOn };
    // The period is over: spans end with it, and what counts is asked as of the present.
    const question = { slice: {}, asOf: null, asOfOn: toOn, sees: new Set(FIELD_CLASSES) };
    return {
      progress: selectFirst(ReportingProgress, {}, { lock: 'UPDATE' }),
      sealed: sealedSeq(),
      ruling: rulingConfiguration(),
      before: baselinesOf(kpi),
      figures: kpiFigures({ ...question, keys: kpiByKey(kpi) ? [kpi] : [], periods: [period] }),
      digest: kpiCasesDigest({ ...question, key: kpi, period }),
    };
  },
  decide: ({ progress, sealed, ruling, before, figures, digest }, { kpi, fromOn, toOn }, moment) => {
    const today = dateOf(configurationOf(ruling).calendar, moment.now);
    const { numerator, denominator } = figures[0] ?? { numerator: 0n, denominator: 0n };
    const draft = { kpi, fromOn, toOn, numerator, denominator };
    const findings = [
      ...baselineFindings(draft, moment.actor.roles, today),
      ...(toOn === today ? [notOver(toOn)] : []),
      ...(before.length > 0 ? [alreadyFrozen(kpi, before[0]!)] : []),
      ...currencyFindings(progress, sealed),
    ];
    if (findings.length > 0) return refused(findings);
    const measured = {
      fromOn,
      toOn,
      numerator: String(numerator),
      denominator: String(denominator),
      cohort: kpiByKey(kpi)!.cohort,
      sourceUrl: `urn:countersign:kpi-cases:${kpi}:${fromOn}:${toOn}`,
      sourceSha256: digest,
    };
    return frozen(kpi, measured, { supersedesId: null, reason: null }, moment);
  },
});

const notOver = (toOn: string): Finding =>
  finding({
    code: 'PERIOD_INVALID',
    path: 'toOn',
    message: 'What is measured is over: today may still bring cases.',
    facts: { toOn },
    remedy: 'Give yesterday or an earlier day as the last.',
  });

/** The figures are those of the records only when the model has come as far as the sealed ledger. */
function currencyFindings(
  progress: Pick<ReportingProgress, 'projectedSeq' | 'rebuiltTo'> | null,
  sealedSeq: number,
): Finding[] {
  if (progress && progress.rebuiltTo === null && progress.projectedSeq >= sealedSeq) return [];
  return [
    finding({
      code: 'REPORTING_BEHIND',
      path: 'reportingState',
      message: 'The reporting model does not show everything that was recorded.',
      facts: { projectedSeq: progress?.projectedSeq ?? 0, sealedSeq },
      remedy: 'Try again in a minute; see reportingState. A worker has to run.',
    }),
  ];
}
