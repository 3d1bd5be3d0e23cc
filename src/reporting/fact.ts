import { guid } from './columns.js';
import { type Column, type Dataset, DatasetKind, type Navigation } from './dataset.js';

/** The column by which a fact is found and projected anew. */
export const HANDOFF_ID = guid('HandoffId', 'The handoff that it belongs to.');
/** The way from a fact to its handoff. */
export const TO_HANDOFF: Navigation = { name: 'Handoff', to: 'Handoffs', from: 'HandoffId' };
/** Of columns that tell of margin. */
export const MARGIN = { sees: 'MARGIN' } as const;
/** Of columns that may be empty. */
export const NULLABLE = { nullable: true } as const;

/** The key that every fact has: the id of the row that it tells of. */
const KEY: Column = guid('Id', 'The key of the row; it never changes.');

type Stated = Omit<Dataset, 'kind' | 'key' | 'relation' | 'navigations'> & Partial<Pick<Dataset, 'navigations'>>;
/** A fact over its table, with the key that every fact has. */
export const fact = (table: string, { navigations = [TO_HANDOFF], columns, ...stated }: Stated): Dataset => ({
  ...stated,
  kind: DatasetKind.FACT,
  relation: table,
  key: KEY.name,
  columns: [KEY, ...columns],
  navigations,
});
