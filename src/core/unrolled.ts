/** A row's value by property, and how it becomes the property's. */
export interface FilledProperty {
  readonly property: string;
  readonly column: string;
  /** Null where the column's value is the property's. */
  readonly from: ((value: unknown) => unknown) | null;
}

/**
 * Functions that read rows, written out column by column. A loop stores under a name that varies, which V8 looks up at each
 * store: that was a tenth of what an answer of many rows costs. The text consists of quoted names and of numbers alone.
 */
export function writtenOut(body: string, ...known: readonly unknown[]): unknown {
  // oxlint-disable-next-line typescript/no-implied-eval -- nothing in the text comes from a request.
  return new Function('known0', 'known1', `'use strict'; ${body}`)(...known);
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
    return `made[${quoted(property)}] = ${from ? `known1[${at}](${value})` : value};`;
  });
  const text = `return (row) => { const made = new known0(); ${stores.join(' ')} return made; };`;
  const read = properties.map(({ from }) => from);
  return writtenOut(text, type, read) as (row: Readonly<Record<string, unknown>>) => T;
}
