import type { FieldClass } from '../core/graphql/rights.js';
import { decodePlace, encodePlace, type Page, type PageArguments } from '../core/page.js';
import { type Query, type Row, sql } from '../core/statement.js';
import { KPI_CASES } from './datasets.kpi-cases.js';
import { rowGuard } from './datasets.js';
import type { KpiSlice, Period } from './kpi-figure.js';
import { asOfText, sliceCondition } from './kpi-figure.queries.js';
import { KpiCase } from './kpi-figure.types.js';

/** Which cases are asked for. */
export interface CaseQuestion {
  readonly key: string;
  readonly period: Period;
  readonly slice: KpiSlice;
  /** Null is the present, for a command's facts. */
  readonly asOf: Date | null;
  readonly asOfOn: string;
  readonly sees: ReadonlySet<FieldClass>;
}

/**
 * The condition by which a case `c` belongs to a figure, `$2` to `$6` being key, first day, last day, as-of instant and
 * as-of day: the same as in kpiFigures().
 */
const belongs = (
  asOf: Date | null,
): string => `c.tenant_id = $1 and c.kpi_key = $2 and c.counts_at <= ${asOfText(asOf, '$5')}
  and ((c.span_from_on is null and c.counts_on between $3::date and $4::date)
    or (c.span_from_on <= least($4::date, $6::date) and coalesce(c.span_to_on, $6::date) >= $3::date and $3::date <= $6::date))`;

const basis = ({ key, period, asOf, asOfOn }: CaseQuestion): unknown[] => [
  key,
  period.fromOn,
  period.toOn,
  asOf,
  asOfOn,
];

/** A page of the cases of a figure, those that counted last first; as far as the reader sees them. */
export function kpiCasesPage(question: CaseQuestion, page: PageArguments): Query<Page<KpiCase>> {
  const values = basis(question);
  const where = `${belongs(question.asOf)}${sliceCondition(question.slice, 'c', values)}${rowGuard(KPI_CASES, question.sees, 'c')}`;
  const text = `select c.id, c.kpi_key, c.handoff_id, c.source_id, c.counts_on, c.counts_at, c.numerator, c.denominator,
      c.span_from_on, c.span_to_on, c.client_caused
    from fact_kpi_case c where ${where}${beyond(page.after, '(c.counts_at, c.id) <', values)}
    order by c.counts_at desc, c.id desc limit ${page.first + 1}`;
  return sql(text, values, (rows) => pageOf(rows.map(caseOf), page, ({ countsAt }) => countsAt));
}

/**
 * The condition by which rows stand beyond a cursor, after what is compared with its place, such as `(c.counts_at, c.id) <`;
 * none without a cursor. Adds its values. The row of the cursor is not looked up: the projection may have moved or removed it.
 */
export function beyond(after: string | null, compared: string, values: unknown[]): string {
  if (after === null) return '';
  const { at, id } = decodePlace(after);
  values.push(at, id);
  return ` and ${compared} ($${values.length}, $${values.length + 1})`;
}

/** Rows of which one more was asked than fits the page, as a page; `at` is the instant by which they are in order. */
export function pageOf<T extends { readonly id: string }>(
  rows: readonly T[],
  { first, after }: PageArguments,
  at: (row: T) => Date,
): Page<T> {
  const edges = rows.slice(0, first).map((node) => ({ node, cursor: encodePlace({ at: at(node), id: node.id }) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > first,
      hasPreviousPage: after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

function caseOf(row: Row): KpiCase {
  return Object.assign(new KpiCase(), {
    id: row.id,
    key: row.kpi_key,
    handoffId: row.handoff_id,
    sourceId: row.source_id,
    countsOn: row.counts_on,
    countsAt: row.counts_at,
    numerator: String(row.numerator),
    denominator: String(row.denominator),
    spanFromOn: row.span_from_on,
    spanToOn: row.span_to_on,
    clientCaused: row.client_caused,
  });
}

/**
 * SHA-256 (lower-case hex) over the cases of a figure in the order of their ids, one line each with id, days, instant and
 * figures: what a baseline that is frozen from them names as its source.
 */
export function kpiCasesDigest(question: CaseQuestion): Query<string> {
  const line = `concat_ws(' ', c.id, c.counts_on, to_char(c.counts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    c.numerator, c.denominator, coalesce(c.span_from_on::text, '-'), coalesce(c.span_to_on::text, '-'), c.client_caused)`;
  const text = `select encode(sha256(convert_to(coalesce(string_agg(${line}, E'\\n' order by c.id), ''), 'UTF8')), 'hex') as digest
    from fact_kpi_case c where ${belongs(question.asOf)}`;
  return sql(text, basis(question), ([row]) => row!.digest as string);
}
