import type { FeedModel, FeedSet } from './model.js';
import { badRequest, notImplemented, ODataError } from './odata.error.js';
import { boundType, familyOf, literalFamily, SQL_TYPES } from './query/literal.js';
import { TokenReader } from './query/token-reader.js';

/** Where the feed stands; the version is in the path (facts of the feed: a schema change is a breaking change). */
export const FEED_PATH = '/odata/v4';

/** The longest address of a request, in characters; of one that we made ourselves, with a $skiptoken. */
const LONGEST = 8_192;
const LONGEST_NEXT = 14_000;

/** The address of a request in its parts, decoded. */
export interface Address {
  /** The segments of the path behind FEED_PATH. */
  readonly segments: readonly string[];
  readonly options: readonly (readonly [string, string])[];
}

/**
 * Takes an address apart as the protocol says: cut first, decoded then (OData 4.01 part 2, section 2). A `+` in the query is
 * a space, as the writers of forms mean it and Microsoft's services read it; a plus sign itself is written %2B. 414 for a
 * long one, 400 for what is not encoded as it should be.
 */
export function addressOf(url: string): Address {
  const [path = '', ...rest] = url.split('#')[0]!.split('?');
  const query = rest.join('?');
  if (url.length > (/(^|&)(\$|%24)skiptoken=/i.test(query) ? LONGEST_NEXT : LONGEST))
    throw new ODataError(414, `An address has at most ${LONGEST} characters: ask for less, and filter what you got.`);
  const segments = path.slice(FEED_PATH.length).split('/').slice(1);
  if (segments.at(-1) === '') segments.pop();
  const options = query.split('&').filter((part) => part !== '');
  return {
    segments: segments.map(decoded),
    options: options.map((part) => {
      const at = part.indexOf('=');
      const [name, value] = at === -1 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
      return [decoded(name.replaceAll('+', ' ')), decoded(value.replaceAll('+', ' '))];
    }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badRequest(`The address is not encoded as UTF-8: "${text.slice(0, 40)}"`);
  }
}

/** What a path of the feed stands for. */
export type Resource =
  | { readonly kind: 'service' }
  | { readonly kind: 'metadata' }
  | { readonly kind: 'collection'; readonly set: FeedSet }
  | { readonly kind: 'count'; readonly set: FeedSet }
  | { readonly kind: 'entity'; readonly set: FeedSet; readonly key: { readonly text: string; readonly type: string } };

/** The resource of a path: 404 for what is not there, 501 for what the protocol knows beside it. */
export function resourceOf({ segments }: Pick<Address, 'segments'>, model: FeedModel): Resource {
  const [first, second, ...more] = segments;
  if (first === undefined) return { kind: 'service' };
  if (first === '$metadata' && second === undefined) return { kind: 'metadata' };
  if (first.startsWith('$')) throw known(first, ['$batch', '$crossjoin', '$all', '$entity', '$metadata']);
  const { name, predicate } = /^(?<name>[^(]*)(?<predicate>\(.*\))?$/s.exec(first)?.groups ?? {};
  const set = model.sets.get(name ?? '');
  if (!set) throw new ODataError(404, `There is no entity set "${(name ?? first).slice(0, 60)}".`);
  if (predicate !== undefined && predicate !== '()') {
    if (second !== undefined) throw notImplemented('A path behind an entity');
    return { kind: 'entity', set, key: keyOf(set, predicate) };
  }
  if (second === undefined) return { kind: 'collection', set };
  if (second === '$count' && more.length === 0) return { kind: 'count', set };
  if (second.startsWith('$'))
    throw known(second, ['$ref', '$value', '$filter', '$each', '$query', '$count', '$search']);
  if (second.includes('.')) throw notImplemented('A type in the path');
  throw new ODataError(404, `There is nothing at "${second.slice(0, 60)}" of ${set.dataset.name}.`);
}

function known(segment: string, ours: readonly string[]): ODataError {
  const name = /^\$\w*/.exec(segment)?.[0] ?? segment;
  return ours.includes(name)
    ? notImplemented(segment.slice(0, 60))
    : new ODataError(404, `There is no resource ${segment.slice(0, 60)}.`);
}

/** The value between the brackets, with or without the name of the key. */
function keyOf(set: FeedSet, predicate: string): { text: string; type: string } {
  const reader = new TokenReader(predicate, 'the key');
  reader.expectMark('(');
  if (reader.peek().kind === 'name') {
    const name = reader.expectName('the name of the key');
    if (name.text !== set.key.name)
      throw badRequest(`The key of ${set.dataset.entity} is ${set.key.name}`, undefined, name.at);
    reader.expectMark('=');
  }
  const token = reader.peek();
  if (token.kind !== 'literal') throw reader.unexpected('a value');
  if (literalFamily(token.type) !== familyOf(set.key.type))
    throw badRequest(`The key of ${set.dataset.entity} is of type ${set.key.type}`, undefined, token.at);
  boundType(token, 'the key');
  reader.take();
  reader.expectMark(')');
  reader.expectEnd();
  return { text: token.text, type: SQL_TYPES[set.key.type] };
}
