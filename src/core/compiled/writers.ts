import {
  type FieldNode,
  getArgumentValues,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';
import { isPromise } from 'graphql/jsutils/isPromise.js';
import type { RequestContext } from '../graphql/context.js';
import { NotCompiled } from './recording-reader.js';
import type { SchemaTypes } from './schema-types.js';
import type { Selections } from './selections.js';

/** For whom fields are answered, and with which variables. */
export interface Asker {
  readonly context: RequestContext;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The JSON text of what a value answers, at once where nothing is read for it: most of a large answer is columns. */
export type Writer = (value: unknown, asker: Asker) => string | Promise<string>;

/**
 * Writes fields by their ordinary resolvers, as GraphQL completes values (specification 6.4.3): what a selection asks is
 * looked up once for all rows. Whatever is an error there ends in a rejection, and is told by the executor.
 */
export class Writers {
  private readonly known = new WeakMap<readonly FieldNode[], Writer>();

  constructor(
    private readonly types: SchemaTypes,
    private readonly selections: Selections,
  ) {}

  /** A field of an object of the type. */
  field(parent: GraphQLObjectType, nodes: readonly FieldNode[]): Writer {
    const known = this.known.get(nodes) ?? this.newField(parent, nodes);
    this.known.set(nodes, known);
    return known;
  }

  private newField(parent: GraphQLObjectType, nodes: readonly FieldNode[]): Writer {
    const name = nodes[0]!.name.value;
    if (name === '__typename') return () => `"${parent.name}"`;
    const field = parent.getFields()[name];
    if (!field) throw new NotCompiled();
    const write = this.value(field.type, nodes);
    const property = this.types.property(parent.name, name);
    if (property !== undefined)
      return (row, asker) => written(write, (row as Record<string, unknown>)[property], asker);
    const { resolve, args } = field;
    if (!resolve) throw new NotCompiled();
    return (row, asker) => {
      const given = args.length === 0 ? {} : getArgumentValues(field, nodes[0]!, asker.variables);
      return written(write, resolve(row, given, asker.context, undefined as never), asker);
    };
  }

  private value(type: GraphQLOutputType, nodes: readonly FieldNode[]): Writer {
    const isRequired = isNonNullType(type);
    const write = this.present(isRequired ? type.ofType : type, nodes);
    return (value, asker) => {
      if (value !== null && value !== undefined) return write(value, asker);
      if (isRequired) throw new NotCompiled();
      return 'null';
    };
  }

  private present(type: GraphQLOutputType, nodes: readonly FieldNode[]): Writer {
    if (isListType(type)) return this.list(type.ofType, nodes);
    if (isLeafType(type)) return (value) => leaf(type, value);
    if (isAbstractType(type) || isNonNullType(type)) throw new NotCompiled();
    return this.object(type, nodes);
  }

  private list(type: GraphQLOutputType, nodes: readonly FieldNode[]): Writer {
    const write = this.value(type, nodes);
    return (value, asker) => {
      const items = Array.from(value as Iterable<unknown>, (item) => attempted(write, item, asker));
      return whenAllThere(items, (texts) => `[${texts.join(',')}]`);
    };
  }

  private object(type: GraphQLObjectType, nodes: readonly FieldNode[]): Writer {
    const selection = this.selections.of(type, nodes);
    const keys = Array.from(selection.keys(), (key) => `"${key}":`);
    const writers = Array.from(selection.values(), (same) => this.field(type, same));
    return (value, asker) => {
      if (value instanceof Error) throw new NotCompiled();
      const fields = writers.map((write) => attempted(write, value, asker));
      return whenAllThere(fields, (texts) => `{${texts.map((text, at) => keys[at]! + text).join(',')}}`);
    };
  }
}

function leaf(type: GraphQLLeafType, value: unknown): string {
  const serialized = type.serialize(value);
  if (serialized === null || serialized === undefined) throw new NotCompiled();
  return JSON.stringify(serialized);
}

function written(write: Writer, value: unknown, asker: Asker): string | Promise<string> {
  return isPromise(value) ? value.then((settled: unknown) => write(settled, asker)) : write(value, asker);
}

/** The same with every refusal as a rejection: nobody would hear of those of siblings that still wait. */
export function attempted(write: Writer, value: unknown, asker: Asker): string | Promise<string> {
  try {
    return written(write, value, asker);
  } catch (error) {
    return Promise.reject(error);
  }
}

/** What becomes of texts when the last of them is there. */
export function whenAllThere(
  texts: (string | Promise<string>)[],
  then: (texts: readonly string[]) => string,
): string | Promise<string> {
  return texts.some(isPromise) ? Promise.all(texts as Promise<string>[]).then(then) : then(texts as string[]);
}
