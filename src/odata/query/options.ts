import { badRequest, notImplemented } from '../odata.error.js';
import type { ExpandItem, OrderItem, QueryOptions, SelectItem } from './ast.js';
import { parseFilter, readPath } from './expression.js';
import { TokenReader } from './token-reader.js';

/** The options that this feed reads, by name. */
export type OptionTexts = Readonly<Partial<Record<OptionName, string>>>;
export const OPTION_NAMES = [
  '$filter',
  '$orderby',
  '$select',
  '$expand',
  '$top',
  '$skip',
  '$count',
  '$format',
  '$skiptoken',
] as const;
export type OptionName = (typeof OPTION_NAMES)[number];

/** Options that the protocol knows beside them (OData 4.01 part 2, section 5.1). */
const OTHER_OPTIONS: readonly string[] = [
  '$search',
  '$apply',
  '$compute',
  '$index',
  '$deltatoken',
  '$schemaversion',
  '$levels',
  '$id',
  '$query',
];
/** As many columns as an answer may be ordered by. */
const MOST_ORDERS = 8;
/** The largest number of $top and $skip: that of a 32-bit integer. */
const LARGEST = 2_147_483_647;

/**
 * The options of a request by name. 400 for one that is given twice or that the protocol does not know, 501 for those
 * that it knows and this feed does not offer. Options of a name without a $ are the caller's own and pass, except for the
 * names that 4.01 lets stand without it: to overlook a filter would answer with more than was asked for.
 */
export function optionTexts(pairs: readonly (readonly [string, string])[]): OptionTexts {
  const texts: Partial<Record<OptionName, string>> = {};
  for (const [name, value] of pairs) {
    if (name.startsWith('@')) throw notImplemented('A parameter alias', name);
    if (OTHER_OPTIONS.includes(name)) throw notImplemented(name, name);
    if (isKnown(`$${name}`)) throw notImplemented(`An option without its $, such as ${name},`, name);
    if (!name.startsWith('$')) continue;
    if (!isKnown(name)) throw badRequest(`There is no query option ${name.slice(0, 40)}`, name.slice(0, 40));
    if (texts[name] !== undefined) throw badRequest(`${name} is given twice`, name);
    texts[name] = value;
  }
  return texts;
}

const isKnown = (name: string): name is OptionName => (OPTION_NAMES as readonly string[]).includes(name);

/** Reads the texts of the options; what a page needs beside them ($format, $skiptoken) is read where it is used. */
export function parseOptions(texts: OptionTexts): QueryOptions {
  const { $filter, $orderby, $select, $expand, $top, $skip, $count } = texts;
  return {
    filter: $filter === undefined ? null : parseFilter($filter),
    orderby: $orderby === undefined ? [] : parseOrderby($orderby),
    select: $select === undefined ? null : parseSelect(new TokenReader($select, '$select')),
    expand: $expand === undefined ? [] : parseExpand($expand),
    top: $top === undefined ? null : whole('$top', $top),
    skip: $skip === undefined ? 0 : whole('$skip', $skip),
    count: $count !== undefined && truth('$count', $count),
  };
}

/** Reads $orderby: properties, each with `asc` or `desc`. */
export function parseOrderby(text: string): OrderItem[] {
  const reader = new TokenReader(text, '$orderby');
  const items: OrderItem[] = [];
  do {
    reader.skipSpace();
    if (reader.isMark('(', 1)) throw notImplemented('A function in $orderby', '$orderby', reader.peek().at);
    const expression = readPath(reader);
    let descending = false;
    if (reader.skipSpace() && reader.peek().kind === 'name') {
      const { text: direction, at } = reader.expectName('asc or desc');
      if (direction !== 'asc' && direction !== 'desc')
        throw badRequest(`$orderby: expected asc or desc, found "${direction.slice(0, 40)}"`, '$orderby', at);
      descending = direction === 'desc';
      reader.skipSpace();
    }
    items.push({ expression, descending });
    if (items.length > MOST_ORDERS) throw badRequest(`$orderby may have ${MOST_ORDERS} parts`, '$orderby');
  } while (reader.takeMark(','));
  reader.expectEnd();
  return items;
}

/** Reads $select, to the end of its text or of the brackets of an $expand. */
export function parseSelect(reader: TokenReader, isNested = false): SelectItem[] {
  const items: SelectItem[] = [];
  do {
    reader.skipSpace();
    const { at } = reader.peek();
    if (reader.takeMark('*')) items.push({ name: '*', at });
    else {
      const { names } = readPath(reader);
      if (names.length > 1 || reader.isMark('(')) throw notImplemented('A path in $select', '$select', at);
      items.push({ name: names[0]!, at });
    }
    reader.skipSpace();
  } while (reader.takeMark(','));
  if (!isNested) reader.expectEnd();
  return items;
}

/** Reads $expand: navigations, each with a $select of its own at most. */
export function parseExpand(text: string): ExpandItem[] {
  const reader = new TokenReader(text, '$expand');
  const items: ExpandItem[] = [];
  do {
    reader.skipSpace();
    const { at } = reader.peek();
    if (reader.isMark('*')) throw notImplemented('Expanding everything', '$expand', at);
    const { names } = readPath(reader);
    if (names.length > 1) throw notImplemented('Expanding more than one level', '$expand', at);
    items.push({ navigation: names[0]!, select: reader.takeMark('(') ? nestedSelect(reader) : null, at });
    reader.skipSpace();
  } while (reader.takeMark(','));
  reader.expectEnd();
  return items;
}

function nestedSelect(reader: TokenReader): SelectItem[] {
  reader.skipSpace();
  const { text, at } = reader.expectName('$select');
  if (text !== '$select') {
    if (text === '$expand') throw notImplemented('Expanding more than one level', '$expand', at);
    if (isKnown(text) || OTHER_OPTIONS.includes(text)) throw notImplemented(`${text} within $expand`, '$expand', at);
    throw badRequest(`There is no query option ${text.slice(0, 40)}`, '$expand', at);
  }
  reader.expectMark('=');
  const items = parseSelect(reader, true);
  if (reader.isMark(';')) throw notImplemented('More than $select within $expand', '$expand', reader.peek().at);
  reader.expectMark(')');
  return items;
}

function whole(option: string, text: string): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (Number.isNaN(value) || value > LARGEST)
    throw badRequest(`${option} is a whole number from 0 to ${LARGEST}`, option, 0);
  return value;
}

function truth(option: string, text: string): boolean {
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw badRequest(`${option} is true or false`, option, 0);
}
