import { type AppError, badInput } from './error.js';

/** The most rows that one page may have, whether asked by literal, variable or default. */
export const LARGEST_PAGE = 100;
export const DEFAULT_PAGE = 25;

/** Relay's forward arguments, checked. */
export interface PageArguments {
  readonly first: number;
  readonly after: string | null;
}

/** Relay's connection, as plain data. */
export interface Page<T> {
  readonly edges: readonly { readonly node: T; readonly cursor: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Refuses a page that is too large, empty or negative, instead of quietly giving another one. */
export function pageArguments(first: number | null | undefined, after: string | null | undefined): PageArguments {
  const size = first ?? DEFAULT_PAGE;
  if (!Number.isInteger(size) || size < 1 || size > LARGEST_PAGE) {
    throw badInput('first', `is ${size}`, `Ask for 1 to ${LARGEST_PAGE} rows a page and follow pageInfo.endCursor.`);
  }
  return { first: size, after: after ?? null };
}

/** A cursor is the uuid of the last row, so that a page costs the same wherever it starts. */
export function encodeCursor(id: string): string {
  return Buffer.from(`id:${id}`).toString('base64url');
}

/** The id in a cursor; anything else is bad input. */
export function decodeCursor(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString('utf8').replace(/^id:/, '');
  if (!UUID.test(id)) throw foreignCursor();
  return id;
}

const foreignCursor = (): AppError =>
  badInput('after', 'is not a cursor of this list', 'Pass pageInfo.endCursor of the page before.');

/** The same cursor, made by PostgreSQL of an expression that is a uuid. */
export function cursorSql(id: string): string {
  return `translate(encode(convert_to('id:' || ${id}, 'UTF8'), 'base64'), '+/', '-_')`;
}

/** Where a row stands in a list by time. */
export interface Place {
  readonly at: Date;
  readonly id: string;
}

const PLACE = /^at:(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z) (.*)$/;

/**
 * A cursor of a list by time is the place of the last row, so that it holds when that row has another instant, or is gone,
 * by the time of the next page.
 */
export function encodePlace({ at, id }: Place): string {
  return Buffer.from(`at:${at.toISOString()} ${id}`).toString('base64url');
}

/** The place in a cursor; anything else is bad input. */
export function decodePlace(cursor: string): Place {
  const [, at = '', id = ''] = PLACE.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (Number.isNaN(Date.parse(at)) || !UUID.test(id)) throw foreignCursor();
  return { at: new Date(at), id };
}
