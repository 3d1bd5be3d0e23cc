import { type Box, columnField, type FieldOf, measureField, type Visual } from './report.visuals.js';

/** One page of the report. */
export interface Page {
  readonly name: string;
  readonly title: string;
  readonly visuals: readonly Visual[];
  /** The columns by which a reader comes here from another visual; such a page is no tab of its own. */
  readonly drillThrough?: readonly FieldOf[];
}

/** A place on the page. */
export const at = (x: number, y: number, width: number, height: number): Box => ({ x, y, width, height });

/** The fields that most visuals name. */
export const KPI_NAME = columnField('Kpis', 'Name', 'KPI');
export const HANDOFF = columnField('Handoffs', 'Number', 'Handoff');
export const CLIENT = columnField('Clients', 'Name', 'Client');
export const OWNER = columnField('People', 'Name', 'Owner');
export const TEAM = columnField('Teams', 'Name', 'Delivery manager');
export const MONTH = columnField('Dates', 'MonthStartsOn', 'Month');
export const WEEK = columnField('Dates', 'WeekStartsOn', 'Week');

/** A choice of rows. */
export const slicer = (name: string, title: string, box: Box, field: FieldOf): Visual => ({
  name,
  type: 'slicer',
  title,
  altText: `Chooses ${title.toLowerCase()}.`,
  box,
  roles: { Values: [field] },
});

/** One number, below the head. */
export const card = (name: string, title: string, x: number, measure: string, width = 296): Visual => ({
  name,
  type: 'card',
  title,
  altText: `${title}, as one number.`,
  box: at(x, 84, width, 110),
  roles: { Values: [measureField(measure)] },
});

/** Rows with their figures. */
export const table = (
  name: string,
  title: string,
  box: Box,
  fields: readonly FieldOf[],
  descendingBy?: FieldOf,
): Visual => ({
  name,
  type: 'tableEx',
  title,
  altText: `${title}, as a table.`,
  box,
  roles: { Values: fields },
  ...(descendingBy && { descendingBy }),
});

/** The slicers at the head of every page: period, client and tier. */
export const head = (): Visual[] => [
  slicer('days', 'Days', at(16, 8, 400, 68), columnField('Dates', 'Day')),
  slicer('client', 'Client', at(432, 8, 400, 68), CLIENT),
  slicer('tier', 'Tier', at(848, 8, 416, 68), columnField('Tiers', 'Name', 'Tier')),
];
