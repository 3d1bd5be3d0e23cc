import type { PageArguments } from '../page.js';
import type { Reader } from '../reader.js';
import type { Where } from '../statement.js';
import type { EntityClass } from '../table.js';

/** Rows that a root field asks for, not yet read. */
export interface Reading {
  /** ONE and REQUIRED: a row by its values; MANY: all rows; PAGE: a page of them, newest first. */
  readonly kind: 'ONE' | 'REQUIRED' | 'MANY' | 'PAGE';
  readonly entity: EntityClass;
  readonly where: Where<object>;
  readonly orderBy: readonly string[];
  /** Of a PAGE. */
  readonly page: PageArguments | null;
}

const readings = new WeakMap<object, Reading>();

/** What was read, when a root field answered with exactly what the reader gave it. */
export function readingOf(answer: unknown): Reading | null {
  return typeof answer === 'object' && answer !== null ? (readings.get(answer) ?? null) : null;
}

/** Thrown where a resolver wants more than rows: the operation is then executed in the ordinary way. */
export class NotCompiled extends Error {}

function refuse(): never {
  throw new NotCompiled();
}

/** A stand-in for rows: whoever looks into it wants to decide by what was read, which only the ordinary way can. */
function standIn(reading: Reading): never {
  const answer = new Proxy(
    {},
    {
      // `await` asks whether it is a promise.
      get: (_target, property) => (property === 'then' ? undefined : refuse()),
      has: refuse,
      ownKeys: refuse,
      getOwnPropertyDescriptor: refuse,
    },
  );
  readings.set(answer, reading);
  return answer as never;
}

/** A reader that takes down what a root field would read, and the promise that rejects when the field asks for more. */
export interface Recording {
  readonly reader: Reader;
  readonly refused: Promise<never>;
}

/**
 * Takes down what a root field would read. Questions that are not rows of one entity are refused: they are never
 * answered, since a resolver that asks several at once would leave rejections which nobody awaits, and those end a process.
 */
export function recording(): Recording {
  let refuseAll: (error: Error) => void;
  const refused = new Promise<never>((_resolve, reject) => (refuseAll = reject));
  const unanswered = (): Promise<never> => {
    refuseAll(new NotCompiled());
    return new Promise<never>(() => undefined);
  };
  const rows = (kind: Reading['kind'], entity: EntityClass, where: Where<object>, orderBy: readonly string[]): never =>
    standIn({ kind, entity, where, orderBy, page: null });
  const reader: Partial<Record<keyof Reader, unknown>> = {
    one: (entity: EntityClass, id: string | null) => (id === null ? null : rows('ONE', entity, { id }, [])),
    required: (entity: EntityClass, id: string) => rows('REQUIRED', entity, { id }, []),
    many: (entity: EntityClass, property: string, parent: string, orderBy: readonly string[] = ['id']) =>
      rows('MANY', entity, { [property]: parent }, orderBy),
    first: (entity: EntityClass, property: string, parent: string, orderBy: readonly string[] = ['-id']) =>
      rows('ONE', entity, { [property]: parent }, orderBy),
    page: (entity: EntityClass, where: Where<object>, page: PageArguments) =>
      standIn({ kind: 'PAGE', entity, where, orderBy: ['-id'], page }),
  };
  const proxy = new Proxy(reader, { get: (known, name) => known[name as keyof Reader] ?? unanswered });
  return { reader: proxy as unknown as Reader, refused };
}
