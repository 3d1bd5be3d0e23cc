import { dateOf } from '../catalogue/calendar.rules.js';
import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { command, done, type Moment, refused } from '../core/command.js';
import { type Finding, finding } from '../core/finding.js';
import type { LedgerSubject } from '../core/ledger/entry.js';
import { insert, selectRequired, type Query, sql } from '../core/statement.js';
import { KPI_SET_VERSION, kpiByKey } from './kpi.definitions.js';
import { KpiBaseline, KpiBaselineConfirmation, KpiSignOff } from './kpi.entity.js';
import type {
  ConfirmKpiBaselineInput,
  CorrectKpiBaselineInput,
  FreezeKpiBaselineInput,
  SignOffKpiDefinitionsInput,
} from './kpi.input.js';
import { baselineConfirmations, baselinesOf, kpiSignOffs } from './kpi.queries.js';
import { baselineFindings, currentBaseline, marginFindings, signOffFindings } from './kpi.rules.js';

/** Signs the definitions for one side; the other side is another person (document 001, gate of phase 1). */
export const signOffKpiDefinitions = command({
  name: 'signOffKpiDefinitions',
  action: 'sign',
  subject: 'KpiSignOff',
  services: false,
  facts: (_input: SignOffKpiDefinitionsInput) => ({ signOffs: kpiSignOffs() }),
  decide: ({ signOffs }, { digest, side }, { actor, now, newId }) => {
    const findings = signOffFindings({ digest, side }, signOffs, actor);
    if (findings.length > 0) return refused(findings);
    const id = newId();
    return done({
      id,
      subject: { type: 'KpiSignOff', id },
      body: { digest, side, setVersion: KPI_SET_VERSION },
      writes: [
        insert(KpiSignOff, { id, digest, side, setVersion: KPI_SET_VERSION, signedBy: actor.id, signedAt: now }),
      ],
    });
  },
});

/** Freezes what a KPI was before; once. What was wrong is corrected by a row of its own (002 "capture baselines for all KPIs"). */
export const freezeKpiBaseline = command({
  name: 'freezeKpiBaseline',
  action: 'freeze',
  subject: 'KpiBaseline',
  services: false,
  facts: ({ kpi }: FreezeKpiBaselineInput) => ({ ruling: rulingConfiguration(), before: baselinesOf(kpi) }),
  decide: ({ ruling, before }, input, moment) => {
    const today = dateOf(configurationOf(ruling).calendar, moment.now);
    const findings = baselineFindings(figuresOf(input.kpi, input), moment.actor.roles, today);
    if (before.length > 0) findings.push(alreadyFrozen(input.kpi, before[0]!));
    if (findings.length > 0) return refused(findings);
    return frozen(input.kpi, input, { supersedesId: null, reason: null }, moment);
  },
});

/** Proposes other figures than those that were frozen, and why; they count once a second person has confirmed them. */
export const correctKpiBaseline = command({
  name: 'correctKpiBaseline',
  action: 'freeze',
  subject: 'KpiBaseline',
  services: false,
  facts: ({ baselineId }: CorrectKpiBaselineInput) => ({
    wrong: selectRequired(KpiBaseline, baselineId),
    ruling: rulingConfiguration(),
    before: siblingsOf(baselineId),
    confirmations: baselineConfirmations(),
  }),
  decide: ({ wrong, ruling, before, confirmations }, input, moment) => {
    const today = dateOf(configurationOf(ruling).calendar, moment.now);
    const findings = [
      ...baselineFindings(figuresOf(wrong.kpi, input), moment.actor.roles, today),
      ...supersededFindings(wrong.id, currentBaseline(before, confirmations)),
    ];
    if (findings.length > 0) return refused(findings, { subject: subjectOf(wrong.id) });
    return frozen(wrong.kpi, input, { supersedesId: wrong.id, reason: input.reason }, moment);
  },
});

/** Confirms a correction as somebody who did not propose it: from then on its figures count. */
export const confirmKpiBaseline = command({
  name: 'confirmKpiBaseline',
  action: 'confirm',
  subject: 'KpiBaseline',
  services: false,
  facts: ({ baselineId }: ConfirmKpiBaselineInput) => ({
    correction: selectRequired(KpiBaseline, baselineId),
    before: siblingsOf(baselineId),
    confirmations: baselineConfirmations(),
  }),
  decide: ({ correction, before, confirmations }, _input, { actor, now, newId }) => {
    const { id: baselineId, supersedesId, frozenBy: proposedBy, kpi, isMargin } = correction;
    const subject = subjectOf(baselineId);
    const findings = [
      ...marginFindings({ isMargin }, actor.roles),
      ...(supersedesId === null
        ? [nothingToConfirm()]
        : supersededFindings(supersedesId, currentBaseline(before, confirmations))),
    ];
    if (proposedBy === actor.id) {
      findings.push(
        finding({
          code: 'SELF_APPROVAL',
          path: 'baselineId',
          message: 'You proposed this correction yourself.',
          facts: {},
          remedy: 'Ask somebody else to confirm it.',
        }),
      );
    }
    if (supersedesId === null || findings.length > 0) return refused(findings, { subject });
    const confirmed = { id: newId(), baselineId, supersedesId, proposedBy, confirmedBy: actor.id, confirmedAt: now };
    return done({
      id: baselineId,
      subject,
      body: { kpi, supersedesId },
      writes: [insert(KpiBaselineConfirmation, confirmed)],
    });
  },
});

const subjectOf = (id: string): LedgerSubject => ({ type: 'KpiBaseline', id });

/** Every baseline of the KPI that this one is of. */
function siblingsOf(baselineId: string): Query<Pick<KpiBaseline, 'id' | 'supersedesId'>[]> {
  const text = `select b.id, b.supersedes_id from kpi_baseline b
    join kpi_baseline a on a.tenant_id = $1 and a.id = $2 and a.kpi = b.kpi where b.tenant_id = $1 order by b.id`;
  return sql(text, [baselineId], (rows) =>
    rows.map((row) => ({ id: row.id as string, supersedesId: row.supersedes_id as string | null })),
  );
}

/** The figures of a baseline with their source. */
export type Figures = Omit<FreezeKpiBaselineInput, 'kpi'>;

const figuresOf = (kpi: string, { fromOn, toOn, numerator, denominator }: Figures) => ({
  kpi,
  fromOn,
  toOn,
  numerator: BigInt(numerator),
  denominator: BigInt(denominator),
});

/** Freezes figures as a baseline of a KPI that there is, or as a correction of one. */
export function frozen(
  kpi: string,
  input: Figures,
  correction: Pick<KpiBaseline, 'supersedesId' | 'reason'>,
  { actor, now, newId }: Moment,
) {
  const id = newId();
  const { version, isMargin } = kpiByKey(kpi)!;
  const { cohort, sourceUrl, sourceSha256 = null } = input;
  const { fromOn, toOn, numerator, denominator } = figuresOf(kpi, input);
  const figures = isMargin ? {} : { numerator: String(numerator), denominator: String(denominator) };
  return done({
    id,
    subject: subjectOf(id),
    body: { kpi, version, fromOn, toOn, ...figures, supersedesId: correction.supersedesId, sourceSha256 },
    writes: [
      insert(KpiBaseline, {
        id,
        kpi,
        definitionVersion: version,
        isMargin,
        fromOn,
        toOn,
        numerator,
        denominator,
        cohort,
        sourceUrl,
        sourceSha256,
        frozenBy: actor.id,
        frozenAt: now,
        ...correction,
      }),
    ],
  });
}

/** A baseline is frozen once. */
export const alreadyFrozen = (kpi: string, { id, frozenAt }: KpiBaseline): Finding =>
  finding({
    code: 'ALREADY_FROZEN',
    path: 'kpi',
    message: `The baseline of ${kpi} is frozen.`,
    facts: { baselineId: id, frozenAt: frozenAt.toISOString() },
    remedy: 'Propose a correction with its reason (correctKpiBaseline); a second person confirms it.',
  });

const nothingToConfirm = (): Finding =>
  finding({
    code: 'NOT_OPEN',
    path: 'baselineId',
    message: 'This is a first baseline, which counts without a confirmation.',
    facts: {},
    remedy: 'Confirm a correction.',
  });

function supersededFindings(id: string, current: Pick<KpiBaseline, 'id'> | null): Finding[] {
  if (current?.id === id) return [];
  return [
    finding({
      code: 'SUPERSEDED',
      path: 'baselineId',
      message: 'Another correction counts meanwhile.',
      facts: { currentId: current?.id ?? null },
      remedy: 'Correct the baseline that counts now, if it is still wrong.',
    }),
  ];
}
