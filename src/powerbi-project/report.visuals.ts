const SCHEMA =
  'https://developer.microsoft.com/json-schemas/fabric/item/report/definition/visualContainer/2.9.0/schema.json';

/** A field of the model in a visual. */
export interface FieldOf {
  readonly table: string;
  readonly name: string;
  readonly isMeasure: boolean;
  /** How the visual calls it; its own name when left out. */
  readonly shownAs?: string;
}

/** A column. */
export const columnField = (table: string, name: string, shownAs?: string): FieldOf => ({
  table,
  name,
  isMeasure: false,
  ...(shownAs && { shownAs }),
});

/** A measure. */
export const measureField = (name: string, shownAs?: string): FieldOf => ({
  table: 'Measures',
  name,
  isMeasure: true,
  ...(shownAs && { shownAs }),
});

/** Where a visual stands on its page, in pixels of 1280 by 720. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One visual: what it shows in which role, with a title and a text for screen readers. */
export interface Visual {
  readonly name: string;
  readonly type: 'card' | 'tableEx' | 'pivotTable' | 'lineChart' | 'clusteredColumnChart' | 'funnel' | 'slicer';
  readonly title: string;
  /** What it tells, for who does not see it. */
  readonly altText: string;
  readonly box: Box;
  readonly roles: Readonly<Record<string, readonly FieldOf[]>>;
  /** The field by which its rows stand, largest first. */
  readonly descendingBy?: FieldOf;
}

const literal = (value: string) => ({ expr: { Literal: { Value: value } } });
const textLiteral = (text: string) => literal(`'${text.replaceAll("'", "''")}'`);

/** A field as the report's JSON writes it. */
export function fieldExpression({ table, name, isMeasure }: FieldOf): object {
  const parts = { Expression: { SourceRef: { Entity: table } }, Property: name };
  return isMeasure ? { Measure: parts } : { Column: parts };
}

const projection = (field: FieldOf) => ({
  field: fieldExpression(field),
  queryRef: `${field.table}.${field.name}`,
  nativeQueryRef: field.name,
  ...(field.shownAs && { displayName: field.shownAs }),
});

/** The content of a visual.json. `order` is its place in the order of the tabulator key. */
export function visualJson({ name, type, title, altText, box, roles, descendingBy }: Visual, order: number): object {
  const queryState = Object.fromEntries(
    Object.entries(roles).map(([role, fields]) => [role, { projections: fields.map(projection) }]),
  );
  const sort = descendingBy && { sort: [{ field: fieldExpression(descendingBy), direction: 'Descending' }] };
  return {
    $schema: SCHEMA,
    name,
    position: { ...box, z: order, tabOrder: order },
    visual: {
      visualType: type,
      query: { queryState, ...(sort && { sortDefinition: sort }) },
      visualContainerObjects: {
        title: [{ properties: { show: literal('true'), text: textLiteral(title) } }],
        general: [{ properties: { altText: textLiteral(altText) } }],
      },
      drillFilterOtherVisuals: true,
    },
  };
}
