import {
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getArgumentValues,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { RequestContext } from '../graphql/context.js';
import { entityOf } from './column-sql.js';
import { HOLE, type Hole, type Projection } from './projection.js';
import { NotCompiled } from './recording-reader.js';

type Subfields = Projection['subfields'];

/** Answers fields that are not compiled, with their ordinary resolvers. */
export class Resolving {
  constructor(
    private readonly context: RequestContext,
    private readonly variables: Readonly<Record<string, unknown>>,
    private readonly subfields: Subfields,
  ) {}

  /** The answer of a statement with its holes filled in, all of them at once so that their reads share a flush. */
  async fill(answer: string, holes: readonly Hole[]): Promise<string> {
    if (holes.length === 0) return answer;
    const parts: string[] = [];
    const filled: Promise<void>[] = [];
    const rows = new Map<number, object>();
    let from = 0;
    for (let at = answer.indexOf(MARK); at !== -1; at = answer.indexOf(MARK, from)) {
      const end = endOfText(answer, at + MARK.length);
      const text = JSON.parse(answer.slice(at, end)) as string;
      const colon = text.indexOf(':', HOLE.length);
      const hole = holes[Number(text.slice(HOLE.length, colon))]!;
      if (colon + 1 < text.length) rows.set(hole.selection, rowIn(text.slice(colon + 1), hole));
      const place = parts.push(answer.slice(from, at), '') - 1;
      filled.push(this.resolved(hole, rows.get(hole.selection)!).then((filling) => void (parts[place] = filling)));
      from = end;
    }
    await Promise.all(filled);
    return parts.join('') + answer.slice(from);
  }

  private async resolved({ parent, nodes }: Hole, row: object): Promise<string> {
    return JSON.stringify(await this.field(parent, nodes, row));
  }

  private async field(parent: GraphQLObjectType, nodes: readonly FieldNode[], source: object): Promise<unknown> {
    const name = nodes[0]!.name.value;
    if (name === '__typename') return parent.name;
    const field = parent.getFields()[name]!;
    const { type, resolve, args } = field;
    const given = args.length === 0 ? {} : getArgumentValues(field, nodes[0]!, this.variables);
    const value: unknown = await (resolve
      ? resolve(source, given, this.context, undefined as never)
      : (source as Record<string, unknown>)[name]);
    return this.complete(type, nodes, value);
  }

  /**
   * GraphQL's completion of a value (specification 6.4.3), a promise of it for lists and objects; whatever is an error there
   * is told by the executor.
   */
  private complete(type: GraphQLOutputType, nodes: readonly FieldNode[], value: unknown): unknown {
    if (isNonNullType(type)) return present(this.complete(type.ofType, nodes, value));
    if (value === null || value === undefined) return null;
    if (isListType(type))
      return Promise.all(
        Array.from(value as Iterable<unknown>, async (each) => this.complete(type.ofType, nodes, await each)),
      );
    if (isLeafType(type)) return type.serialize(value) ?? null;
    if (isAbstractType(type) || value instanceof Error) throw new NotCompiled();
    return this.object(type, nodes, value);
  }

  private async object(type: GraphQLObjectType, nodes: readonly FieldNode[], value: object): Promise<object> {
    const fields = [...this.subfields(type, nodes)].map(
      async ([key, same]) => [key, await this.field(type, same, value)] as const,
    );
    return Object.fromEntries(await Promise.all(fields));
  }
}

function present(value: unknown): unknown {
  if (value === null) throw new NotCompiled();
  return value;
}

const MARK = `"${HOLE}`;

/** The place behind the quotation mark that ends a JSON text. */
function endOfText(json: string, from: number): number {
  for (let at = from; ; at++) {
    const char = json[at];
    if (char === '"') return at + 1;
    if (char === '\\') at++;
  }
}

function rowIn(text: string, { entity }: Hole): object {
  return entityOf(entity, JSON.parse(text) as unknown[]);
}
