import type { FieldClass } from '../core/graphql/rights.js';

/** The types of a column, by their names in OData (CSDL 4.0, section 4.4). */
export type EdmType =
  | 'Edm.Guid'
  | 'Edm.String'
  | 'Edm.Boolean'
  | 'Edm.Int32'
  | 'Edm.Int64'
  | 'Edm.Decimal'
  | 'Edm.Date'
  | 'Edm.DateTimeOffset';

/** One column of a dataset. */
export interface Column {
  /** Its name as every reader sees it, in PascalCase: never renamed once published. */
  readonly name: string;
  readonly type: EdmType;
  readonly nullable: boolean;
  /** The column of the relation that holds it. */
  readonly column: string;
  /** Who may read it: whoever lacks the class sees no such column at all; undefined for everybody. */
  readonly sees?: FieldClass;
  /** What it holds, with its unit. */
  readonly description: string;
}

/** A way from one dataset to the one row of another. */
export interface Navigation {
  readonly name: string;
  /** The name of the other dataset. */
  readonly to: string;
  /** The column of this dataset that holds the other's key. */
  readonly from: string;
}

export enum DatasetKind {
  FACT = 'FACT',
  DIMENSION = 'DIMENSION',
}

/**
 * One set of the reporting model: what the OData feed serves, Power BI imports, exports write and charts read. Flat, with
 * one key of one column, by which pages are kept apart.
 */
export interface Dataset {
  /** Its name, a plural in PascalCase: the entity set of the feed, the table of the model, the sheet of an export. */
  readonly name: string;
  /** The singular: the entity type. */
  readonly entity: string;
  readonly kind: DatasetKind;
  readonly description: string;
  /**
   * What is read, as PostgreSQL writes it after FROM: a table, or a query in brackets over `$1`, the tenant. It has a
   * column `tenant_id`, and every statement says `tenant_id = $1` on it.
   */
  readonly relation: string;
  /** The name of the column that is the key; its values never change and are not null. */
  readonly key: string;
  /**
   * The name of a column of type Edm.DateTimeOffset, indexed: when what a row tells of happened; null for a
   * dimension. Only GateFindings are refreshed incrementally by it: rows of the other facts may change, and move,
   * long after.
   */
  readonly happenedAt: string | null;
  readonly columns: readonly Column[];
  readonly navigations: readonly Navigation[];
  /** Rows that only readers of a class see: those where this column is true. */
  readonly guardedRows?: { readonly column: string; readonly sees: FieldClass };
}
