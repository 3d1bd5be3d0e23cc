import { command, done, type Moment, refused } from '../core/command.js';
import { type Finding, finding } from '../core/finding.js';
import { draw, idsDigest, makeSeed } from '../core/sampling.js';
import { insert, insertAll, type Statement } from '../core/statement.js';
import type { DrawSampleInput } from './audit.input.js';
import { AuditExport } from './audit-export.entity.js';
import { selectGiven } from './given.js';
import { type Period, Population, type PopulationRow } from './population.js';
import { askedByExport, askedFor, populationRows } from './population.queries.js';
import { periodFindings, sizeFindings } from './population.rules.js';
import { AuditSample, AuditSampleItem } from './sample.entity.js';

/** A population that nobody asked for: the period ends where it begins. */
const NO_PERIOD: Period = { from: new Date(0), to: new Date(0) };

const periodOf = ({ from, to }: DrawSampleInput): Period => (from && to ? { from, to } : NO_PERIOD);

/** Draws a sample by a seed that stays on record; the same seed draws the same rows again. */
export const drawSample = command({
  name: 'drawSample',
  action: 'draw',
  subject: 'AuditSample',
  services: false,
  facts: (input: DrawSampleInput) => ({
    of: selectGiven(AuditExport, input.exportId),
    rows: populationRows(
      input.exportId
        ? askedByExport(input.exportId)
        : askedFor(input.population ?? Population.APPROVAL_REQUESTS, periodOf(input)),
    ),
  }),
  decide: ({ of, rows }, input, moment) => {
    const findings = [
      ...sourceFindings(input, of),
      ...(of === null && input.from && input.to ? periodFindings(periodOf(input), moment.now) : []),
      ...sizeFindings(rows),
    ];
    if (findings.length > 0) return refused(findings);
    const period = of ? { from: of.fromAt!, to: of.toAt! } : periodOf(input);
    const population = of?.population ?? input.population!;
    const { sample, statements } = sampleOf(
      { population, period, rows, size: input.size, seed: input.seed ?? makeSeed() },
      moment,
    );
    return done({
      id: sample.id,
      subject: { type: 'AuditSample', id: sample.id },
      body: { exportId: of?.id ?? null, ...sampleBody(sample), seedGiven: Boolean(input.seed) },
      writes: statements,
    });
  },
});

/** Of what, how much and by which seed is drawn. */
export interface Drawing {
  readonly population: Population;
  readonly period: Period;
  readonly rows: readonly PopulationRow[];
  readonly size: number;
  readonly seed: string;
}

/** The rows of a new sample. */
export function sampleOf(
  { population, period, rows, size, seed }: Drawing,
  { now, actor, newId }: Moment,
): {
  readonly sample: Omit<AuditSample, 'tenantId'>;
  readonly items: readonly Omit<AuditSampleItem, 'tenantId'>[];
  readonly drawn: readonly PopulationRow[];
  readonly statements: Statement[];
} {
  const id = newId();
  const drawn = draw(rows, size, seed);
  const sample = {
    id,
    population,
    fromAt: period.from,
    toAt: period.to,
    seed,
    size: drawn.length,
    rows: rows.length,
    idsSha256: idsDigest(rows),
    drawnBy: actor.id,
    drawnAt: now,
  };
  const items = drawn.map(({ id: rowId, kind: rowKind, requestId, subjectType, subjectId, at }, index) => ({
    id: newId(),
    sampleId: id,
    position: index + 1,
    rowId,
    rowKind,
    requestId,
    subjectType,
    subjectId,
    at,
  }));
  return { sample, items, drawn, statements: [insert(AuditSample, sample), ...insertAll(AuditSampleItem, items)] };
}

/** What the ledger keeps of a sample: enough to draw it again. */
export function sampleBody(sample: Omit<AuditSample, 'tenantId'>): Record<string, unknown> {
  const { population, fromAt: from, toAt: to, seed, size, rows, idsSha256 } = sample;
  return { population, from, to, seed, size, rows, idsSha256 };
}

function sourceFindings({ population, from, to }: DrawSampleInput, of: AuditExport | null): Finding[] {
  const beside = [population, from, to].some((given) => given !== null && given !== undefined);
  const complete = [population, from, to].every((given) => given !== null && given !== undefined);
  if (of ? !beside && of.population !== null : complete) return [];
  return [
    finding({
      code: 'ONE_OF_TWO',
      path: 'exportId',
      message: 'A sample is drawn of the export of a population, or of a population and a period.',
      facts: {},
      remedy: 'Give the id of an export of a population alone, or population, from and to.',
    }),
  ];
}
