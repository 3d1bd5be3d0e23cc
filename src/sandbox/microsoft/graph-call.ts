import type { Answer, Exchange } from './exchange.js';
import type { Library } from './records.js';
import type { RequestSchema } from './request-schema.js';
import type { Tree } from './sharepoint/tree.js';
import type { MicrosoftWorld, Token } from './world.js';

/** One call of Microsoft Graph, its token checked and its body conforming. */
export interface GraphCall {
  readonly world: MicrosoftWorld;
  readonly tree: Tree;
  readonly exchange: Exchange;
  readonly caller: Token;
  /** The named parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The JSON body as the route's schema has it; undefined for a route without one. */
  readonly body: unknown;
}

/** A call about one item of a drive, however it was addressed. */
export interface ItemCall extends GraphCall {
  readonly library: Library;
  /** The item's id, or `root`. */
  readonly base: string;
  /** Names below the base; null when it was addressed by its id. */
  readonly names: readonly string[] | null;
}

/** One call that the sandbox simulates; everything else answers 501. */
export interface Route<C extends GraphCall = GraphCall> {
  /** As the log and the faults name it. */
  readonly operation: string;
  readonly method: string;
  /** Path below the version (or below the item); `:name` stands for one segment. */
  readonly path: string;
  /** SharePoint's resource units; 0 for what SharePoint does not serve. */
  readonly units: number;
  /** Of the JSON body; absent for no body or bytes. */
  readonly schema?: RequestSchema;
  readonly run: (call: C) => Answer | Promise<Answer>;
}

/** The query options that the sandbox understands; another one answers 501 instead of being overlooked. */
export const QUERY_OPTIONS = ['$select', '$expand', '$top', '$skiptoken', 'token', '@microsoft.graph.conflictBehavior'];

/** Keeps what `$select` asks for; annotations stay. */
export function selected(call: GraphCall, record: Record<string, unknown>): Record<string, unknown> {
  const names = call.exchange.query.get('$select')?.split(',');
  if (!names) return record;
  return Object.fromEntries(Object.entries(record).filter(([name]) => name.startsWith('@') || names.includes(name)));
}

/** One page of a collection with the absolute, opaque `@odata.nextLink` that Graph gives. */
export function page<T>(call: GraphCall, all: readonly T[], view: (one: T) => unknown, usual: number): Answer {
  const { query, path } = call.exchange;
  const size = Math.min(Number(query.get('$top') ?? usual) || usual, 999);
  const start = Number(Buffer.from(query.get('$skiptoken') ?? '', 'base64url').toString('utf8')) || 0;
  const rest = new URLSearchParams(query);
  rest.set('$skiptoken', Buffer.from(String(start + size)).toString('base64url'));
  const next = `https://graph.microsoft.com${path}?${rest.toString()}`;
  return {
    status: 200,
    body: {
      value: all.slice(start, start + size).map(view),
      ...(start + size < all.length ? { '@odata.nextLink': next } : {}),
    },
  };
}
