/** A row's value by property, and how it becomes the property's. */
export interface FilledProperty {
  readonly property: string;
  readonly column: string;
  /** Null where the column's value is the property's. */
  readonly from: ((value: unknown) => unknown) | null;
}

/**
 * Functions that read rows, written out column by column. A loop stores under a name that varies, which V8 looks up at each
 * store: that was a tenth of what an answer of many rows costs. The text consists of quoted names and of
 * numbers alone; what it uses is `known` under a name of its own.
 */
export function writtenOut(known: Readonly<Record<string, unknown>>, body: string): unknown {
  // oxlint-disable-next-line typescript/no-implied-eval -- nothing in the text comes from a request.
  return new Function(...Object.keys(known), `'use strict'; ${body}`)(...Object.values(known));
}

/** A name as the text of such a function has it. */
export const quoted = (name: string): string => JSON.stringify(name);

/** Makes an instance of a class of a row that has its columns. */
export function instanceMaker<T extends object>(
  type: new () => T,
  properties: readonly FilledProperty[],
): (row: Readonly<Record<string, unknown>>) => T {
  const stores = properties.map(({ property, column, from }, at) => {
    const value = `row[${quoted(column)}]`;
    return `made[${quoted(property)}] = ${from ? `read[${at}](${value})` : value};`;
  });
  const text = `return (row) => { const made = new Type(); ${stores.join(' ')} return made; };`;
  const read = properties.map(({ from }) => from);
  return writtenOut({ Type: type, read }, text) as (row: Readonly<Record<string, unknown>>) => T;
}
