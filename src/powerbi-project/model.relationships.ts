import { type Dataset, DatasetKind } from '../reporting/dataset.js';
import { calendarColumn } from './model.columns.js';
import { stableId, type TmdlNode } from './tmdl.js';

/** A way from many rows of one table to one row of another. */
export interface Relationship {
  readonly from: string;
  readonly fromColumn: string;
  readonly to: string;
  readonly toColumn: string;
  /** Of two ways from one table to another only one may filter; an author can ask for the other. */
  readonly isActive: boolean;
}

/**
 * The relationships of the star: of each fact the calendar first, then its navigations in their order. One that would
 * open a second way to a table that is reached already is inactive, since Power BI refuses ambiguous ways. So a fact is
 * read by client, owner, team, template, type and tier through its handoff, which the projector keeps the same on both.
 */
export function relationshipsOf(datasets: readonly Dataset[]): readonly Relationship[] {
  const keys = new Map(datasets.map(({ name, key }) => [name, key]));
  const active: Relationship[] = [];
  const all: Relationship[] = [];
  for (const dataset of datasets.filter(({ kind }) => kind === DatasetKind.FACT)) {
    const calendar = calendarColumn(dataset);
    const wanted = [
      ...(calendar === null ? [] : [{ from: calendar, to: 'Dates' }]),
      ...dataset.navigations.map(({ from, to }) => ({ from, to })),
    ];
    for (const { from: fromColumn, to } of wanted) {
      const isActive = !isHub(dataset, to) && !opensSecondWay(active, dataset.name, to);
      const way = { from: dataset.name, fromColumn, to, toColumn: keys.get(to)!, isActive };
      all.push(way);
      if (isActive) active.push(way);
    }
  }
  return all;
}

/** Handoffs stand between the dimensions and every other fact, which have the calendar of their own. */
const isHub = ({ name }: Dataset, to: string): boolean => name === 'Handoffs' && to === 'Dates';

function opensSecondWay(active: readonly Relationship[], from: string, to: string): boolean {
  const reached = reachedFrom(active, from);
  return [to, ...reachedFrom(active, to)].some((table) => reached.has(table));
}

function reachedFrom(active: readonly Relationship[], start: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [start];
  for (let table = open.pop(); table !== undefined; table = open.pop()) {
    for (const { from, to } of active) {
      if (from !== table || found.has(to)) continue;
      found.add(to);
      open.push(to);
    }
  }
  return found;
}

/** One relationship in the model. */
export const relationshipNode = ({ from, fromColumn, to, toColumn, isActive }: Relationship): TmdlNode => ({
  heading: `relationship ${stableId(`relationship ${from}.${fromColumn} ${to}`)}`,
  properties: [
    ...(isActive ? [] : ['isActive: false']),
    `fromColumn: ${from}.${fromColumn}`,
    `toColumn: ${to}.${toColumn}`,
  ],
});
