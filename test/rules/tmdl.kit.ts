/** A table of a model as a TMDL file says it. */
export interface TmdlTable {
  readonly name: string;
  /** By name: the source column of each. */
  readonly columns: ReadonlyMap<string, string>;
  /** By name: the DAX of each. */
  readonly measures: ReadonlyMap<string, string>;
  /** The M of its partition. */
  readonly query: string;
}

const unquoted = (name: string): string => name.replace(/^'(.*)'$/, '$1').replaceAll("''", "'");

/** What a line is indented by tabs; throws on any other indentation. */
function depthOf(line: string): number {
  const [, tabs, rest] = /^(\t*)(.*)$/.exec(line)!;
  // Within M and DAX, lines go on with four spaces behind their tabs.
  if (rest!.startsWith(' ') && tabs!.length < 2) throw new Error(`Indented by spaces: ${JSON.stringify(line)}`);
  return tabs!.length;
}

/** What is wrong with the characters of a TMDL file: tabs, line feeds and nothing at the end of a line. */
export function characterFaults(text: string): string[] {
  const faults = text.split('\n').flatMap((line, index) => {
    if (/[ \t]$/.test(line)) return [`${index + 1}: blank at the end`];
    try {
      depthOf(line);
      return [];
    } catch (error) {
      return [`${index + 1}: ${(error as Error).message}`];
    }
  });
  if (/\r|\uFEFF/.test(text)) faults.push('a carriage return or a byte order mark');
  if (!text.endsWith('\n') || text.endsWith('\n\n')) faults.push('not one line feed at the end');
  return faults;
}

/** The objects of a depth in a text, each with its lines. */
function objects(lines: readonly string[], depth: number): { heading: string; body: string[] }[] {
  const found: { heading: string; body: string[] }[] = [];
  for (const line of lines) {
    if (line.trim() === '' || line.trim().startsWith('///')) continue;
    if (depthOf(line) === depth) found.push({ heading: line.trim(), body: [] });
    else found.at(-1)?.body.push(line);
  }
  return found;
}

/** The one table of a file; throws when there is another number of them. */
export function readTable(text: string): TmdlTable {
  const tables = objects(text.split('\n'), 0);
  const [table] = tables;
  if (!table || tables.length > 1 || !table.heading.startsWith('table ')) throw new Error('Not one table');
  const parts = objects(table.body, 1);
  const columns = parts.flatMap(({ heading, body }) => {
    const name = /^column (.+)$/.exec(heading)?.[1];
    const source = body.map((line) => /^\t\tsourceColumn: (.+)$/.exec(line)?.[1]).find(Boolean);
    return name ? [[unquoted(name), source ?? ''] as const] : [];
  });
  const measures = parts.flatMap(({ heading, body }) => {
    const [, name, first = ''] = /^measure ('(?:[^']|'')+'|\S+) =\s?(.*)$/.exec(heading) ?? [];
    const dax = [first, ...body.filter((line) => depthOf(line) >= 3).map((line) => line.slice(3))];
    return name ? [[unquoted(name), dax.join('\n').trim()] as const] : [];
  });
  for (const list of [columns, measures]) {
    const names = list.map(([name]) => name);
    if (new Set(names).size !== names.length) throw new Error(`Twice in ${table.heading}: ${names.join(', ')}`);
  }
  const partition = parts.find(({ heading }) => heading.startsWith('partition '));
  const query = (partition?.body ?? []).filter((line) => depthOf(line) >= 4).map((line) => line.slice(4));
  return {
    name: unquoted(table.heading.slice('table '.length)),
    columns: new Map(columns),
    measures: new Map(measures),
    query: query.join('\n'),
  };
}

/** The columns that a query adds or makes itself. */
export const madeBy = (query: string): string[] => [
  ...[...query.matchAll(/Table\.AddColumn\(\w+, "(\w+)"/g)].map(([, name]) => name!),
  ...[...query.matchAll(/#table\(type table \[([^\]]+)\]/g)].flatMap(([, row]) =>
    row!.split(',').map((field) => field.split('=')[0]!.trim()),
  ),
];

/** The columns that a query selects from the feed. */
export const selectedBy = (query: string): string[] =>
  [...(/Table\.SelectColumns\(\w+, \{([^}]*)\}/.exec(query)?.[1] ?? '').matchAll(/"(\w+)"/g)].map(([, name]) => name!);

/** The relationships of a file. */
export const readRelationships = (text: string) =>
  objects(text.split('\n'), 0).map(({ heading, body }) => {
    const property = (name: string): string =>
      body.map((line) => new RegExp(`^\\t${name}: (.+)$`).exec(line)?.[1]).find(Boolean) ?? '';
    const [from = '', fromColumn = ''] = property('fromColumn').split('.');
    const [to = '', toColumn = ''] = property('toColumn').split('.');
    return { id: heading, from, fromColumn, to, toColumn, isActive: property('isActive') !== 'false' };
  });

/** What a DAX text names: columns as `Table[Column]`, measures as `[Measure]`. */
export function namedIn(dax: string): { columns: string[]; measures: string[] } {
  const text = dax.replaceAll(/"[^"]*"/g, '""');
  return {
    columns: [...text.matchAll(/\b([A-Za-z]\w*)\[([^\]]+)\]/g)].map(([, table, column]) => `${table}[${column}]`),
    measures: [...text.matchAll(/(?<![\w\]])\[([^\]]+)\]/g)].map(([, measure]) => measure!),
  };
}
