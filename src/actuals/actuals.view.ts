import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { MoneyType } from '../core/graphql/types.js';
import { formatMoney } from '../core/money.js';
import type { Reader } from '../core/reader.js';
import { BudgetBaseline, BudgetBaselineLine } from '../project/baseline.entity.js';
import { type Project, ProjectMilestone, ProjectTask } from '../project/project.entity.js';
import { ActualsCursor, ActualsLine, ActualsMark, ActualsSnapshot } from './actuals.entity.js';
import { FirstDeliverable, FirstTouch, ForecastLine, MarginErosion, ProjectForecast } from './actuals.types.js';
import { firstDeliverable, minutesToTouch } from './deliverable.rules.js';
import { erosionOf, type Forecast, forecastOf } from './forecast.rules.js';

/** The current snapshot of a project; null before the first read. */
export async function actualsOf(reader: Reader, project: Project): Promise<ActualsSnapshot | null> {
  const cursor = await reader.first(ActualsCursor, 'projectId', project.id);
  return reader.one(ActualsSnapshot, cursor?.snapshotId ?? null);
}

/** Actual plus remaining against the baseline that counts; null before the first read. */
export async function forecastViewOf(reader: Reader, project: Project): Promise<ProjectForecast | null> {
  const judged = await judgedOf(reader, project);
  if (!judged) return null;
  const { snapshot, baseline, forecast } = judged;
  const { lines, costMinor, ...figures } = forecast;
  const money = moneyIn(baseline.currency);
  return Object.assign(new ProjectForecast(), {
    baselineVersion: baseline.version,
    takenAt: snapshot.takenAt,
    isRealised: snapshot.closedAt !== null,
    ...figures,
    cost: money(costMinor),
    lines: lines.map(({ costMinor: cost, ...line }) =>
      Object.assign(new ForecastLine(), { ...line, cost: money(cost) }),
    ),
  });
}

/** What of the margin is being lost; null before the first read. */
export async function erosionViewOf(reader: Reader, project: Project): Promise<MarginErosion | null> {
  const judged = await judgedOf(reader, project);
  if (!judged) return null;
  const { baseline, baselineLines, forecast } = judged;
  const { revenueMinor, baselineMarginMinor, forecastMarginMinor, erosionMinor, ...rates } = erosionOf(
    baselineLines,
    forecast,
  );
  const money = moneyIn(baseline.currency);
  return Object.assign(new MarginErosion(), {
    baselineVersion: baseline.version,
    revenue: money(revenueMinor)!,
    baselineMargin: money(baselineMarginMinor),
    forecastMargin: money(forecastMarginMinor),
    erosion: money(erosionMinor),
    ...rates,
  });
}

/** The milestone that is due first; null for a plan without one. Before the first read nothing is known to be done. */
export async function firstDeliverableOf(reader: Reader, project: Project): Promise<FirstDeliverable | null> {
  const [milestones, tasks, snapshot, ruling, now] = await Promise.all([
    reader.many(ProjectMilestone, 'projectId', project.id, ['position', 'id']),
    reader.many(ProjectTask, 'projectId', project.id, ['position', 'id']),
    actualsOf(reader, project),
    reader.once('rulingConfiguration', rulingConfiguration),
    reader.now(),
  ]);
  const marks = snapshot ? await reader.many(ActualsMark, 'snapshotId', snapshot.id, ['ownId']) : [];
  const found = firstDeliverable(milestones, marks, tasks, configurationOf(ruling).calendar, now);
  if (!found) return null;
  const { milestone, doneAt, businessDaysLate } = found;
  const { targetOn } = milestone;
  return Object.assign(new FirstDeliverable(), {
    milestone,
    targetOn,
    doneAt,
    businessDaysLate,
    isLate: businessDaysLate > 0,
  });
}

/** Close and first outreach; null before the first read. */
export async function firstTouchOf(reader: Reader, project: Project): Promise<FirstTouch | null> {
  const snapshot = await actualsOf(reader, project);
  if (!snapshot) return null;
  const { wonAt, firstContactAt: contactAt } = snapshot;
  return Object.assign(new FirstTouch(), { wonAt, contactAt, minutes: minutesToTouch(wonAt, contactAt) });
}

/** Minor units as the API shows them. */
export function moneyIn(currency: string): (minor: bigint | null) => MoneyType | null {
  return (minor) =>
    minor === null ? null : Object.assign(new MoneyType(), { amount: formatMoney({ minor, currency }), currency });
}

interface Judged {
  readonly snapshot: ActualsSnapshot;
  readonly baseline: BudgetBaseline;
  readonly baselineLines: readonly BudgetBaselineLine[];
  readonly forecast: Forecast;
}

async function judgedOf(reader: Reader, project: Project): Promise<Judged | null> {
  const [snapshot, baseline] = await Promise.all([
    actualsOf(reader, project),
    reader.first(BudgetBaseline, 'projectId', project.id, ['-version']),
  ]);
  if (!snapshot || !baseline) return null;
  const [lines, baselineLines] = await Promise.all([
    reader.many(ActualsLine, 'snapshotId', snapshot.id, ['position']),
    reader.many(BudgetBaselineLine, 'baselineId', baseline.id, ['position']),
  ]);
  return { snapshot, baseline, baselineLines, forecast: forecastOf(baselineLines, lines, snapshot.closedAt !== null) };
}
