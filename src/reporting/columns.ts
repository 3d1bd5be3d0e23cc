import type { Column, EdmType } from './dataset.js';

type Options = Partial<Pick<Column, 'nullable' | 'sees'>>;

const snake = (name: string): string => name.replace(/(?<=[a-z0-9])([A-Z])/g, '_$1').toLowerCase();

const of =
  (type: EdmType) =>
  (name: string, description: string, { nullable = false, sees }: Options = {}): Column => ({
    name,
    type,
    nullable,
    column: snake(name),
    description,
    ...(sees && { sees }),
  });

/** Columns by type; the relation's column is the name in snake case. */
export const guid = of('Edm.Guid');
export const text = of('Edm.String');
export const flag = of('Edm.Boolean');
export const int = of('Edm.Int32');
export const big = of('Edm.Int64');
export const decimal = of('Edm.Decimal');
export const date = of('Edm.Date');
export const instant = of('Edm.DateTimeOffset');
