import { randomBytes } from 'node:crypto';
import {
  type FieldNode,
  getNamedType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { type Ability, allows, areWithin, readCondition } from '../ability.js';
import { type Relation, relationOf } from '../graphql/relations.js';
import { FIELD_CLASSES } from '../graphql/rights.js';
import { toldBy, type ToldText } from '../graphql/told.js';
import { WITHHELD } from '../graphql/types.js';
import { conditions, ordering, type Where } from '../statement.js';
import { type EntityClass, tableOf } from '../table.js';
import { columnSql, isVerbatim, rowSql } from './column-sql.js';
import { Rows } from './rows.js';
import type { EntityType, SchemaTypes } from './schema-types.js';
import type { Selections } from './selections.js';
import type { Writer, Writers } from './writers.js';
import { NotCompiled } from './recording-reader.js';

/** A field that its resolver answers: its row travels in the answer and the field is filled in behind. */
export interface Hole {
  readonly entity: EntityClass;
  readonly write: Writer;
  /** Fields of one selection share the row that the first of them brings. */
  readonly selection: number;
}

/** What a selection of rows is compiled with. */
export interface Compilation {
  readonly schema: GraphQLSchema;
  readonly types: SchemaTypes;
  readonly selections: Selections;
  readonly writers: Writers;
  readonly ability: Ability;
}

/**
 * Starts a text that stands for a hole. Nobody who writes into a row can know it, so no stored text is taken for one.
 * It is JSON within JSON, so it must hold nothing that JSON escapes.
 */
export const HOLE = `~${randomBytes(12).toString('hex')}~`;

/** PostgreSQL cuts longer names off. */
const LONGEST_NAME = 63;

/** Selections of one root field, as SQL: `$1` is the tenant, then what the abilities and conditions compare with. */
export class Projection {
  readonly holes: Hole[] = [];
  /** What `$2` and on are, for whoever asks: each gives as many values as were counted when it was compiled. */
  readonly bindings: Binding[] = [];
  /** What stands before the selection, `name as materialized (...)`: the relations of sets of rows. */
  readonly sets: string[] = [];
  private readonly counted: unknown[] = [];
  private aliases = 0;
  private selections = 0;

  constructor(private readonly compilation: Compilation) {}

  /** `expr as "key", ...` of each of the rows, which are of the type. */
  columns(type: GraphQLObjectType, nodes: readonly FieldNode[], rows: Rows): string {
    const known = this.compilation.types.entity(type.name);
    if (!known) throw new NotCompiled();
    const selection = this.selections++;
    let carriesRow = true;
    const fields = [...this.compilation.selections.of(type, nodes)].map(([key, same]) => {
      const compiled = this.field(type, known, same, rows);
      if (compiled !== null) return named(compiled, key);
      const mark = `'${HOLE}${this.holes.length}:'`;
      this.holes.push({ entity: known.entity, write: this.compilation.writers.field(type, same), selection });
      const row = carriesRow ? ` || ${rowSql(tableOf(known.entity).columns, rows)}::text` : '';
      carriesRow = false;
      return named(`${mark}${row}`, key);
    });
    return fields.join(', ');
  }

  /** Rows of an entity as rows of JSON: `columns` of what stands under a new alias. */
  private rows(type: GraphQLObjectType, nodes: readonly FieldNode[], entity: EntityClass, filter: RowsInOrder): string {
    const rows = new Rows(this.alias());
    const columns = this.columns(type, nodes, rows);
    const bound = filter.limit === undefined ? '' : ` limit ${filter.limit}`;
    return `select ${columns} from ${this.source(entity, rows.alias, filter)}${ordering(entity, filter.orderBy, rows.alias)}${bound}`;
  }

  /** `table alias where ...`: the rows that the actor may read. */
  private source(entity: EntityClass, alias: string, { where = {}, condition, within = false }: RowFilter): string {
    const before = this.counted.length;
    const own = conditions(entity, where, this.counted);
    const constants = this.counted.slice(before);
    this.bindings.push(() => constants);
    return `${tableOf(entity).name} ${alias} where tenant_id = $1${condition}${own}${this.allowed(entity, within)}`;
  }

  /** ` and ...`: the rows of an entity that whoever asks may read; `within` such as they have read, or not. */
  allowed(entity: EntityClass, within = false): string {
    this.bindings.push((ability) => readValues(ability, entity, within));
    return readCondition(this.compilation.ability, entity, this.counted, within);
  }

  /** A name in the statement that no response key can be: GraphQL's names have no `$`. */
  alias(): string {
    return `t${this.aliases++}$`;
  }

  private field(type: GraphQLObjectType, known: EntityType, nodes: readonly FieldNode[], rows: Rows): string | null {
    const name = nodes[0]!.name.value;
    if (name === '__typename') return typename(type);
    const field = type.getFields()[name]!;
    const relation = relationOf(field);
    if (relation) return this.relation(field, relation, known, nodes, rows);
    const told = toldBy(field);
    if (told) return this.told(told, rows);
    const column = known.columns.get(name);
    if (!column) return null;
    const expression = rows.column(column.name);
    const plain = columnSql(column, expression, field.type);
    if (plain !== null || column.form !== 'JSON') return plain;
    if (isNonNullType(field.type) && column.isNullable) return null;
    return this.inJson(field.type, nodes, `${expression}::json`);
  }

  private told(text: ToldText, rows: Rows): string {
    this.bindings.push((ability) => [FIELD_CLASSES.filter((name) => allows(ability, 'see', name))]);
    this.counted.push(null);
    const discloses = rows.column('discloses');
    const seen = `coalesce(${discloses}, '') = '' or ${discloses} = any($${this.counted.length + 1})`;
    const [before, after] = WITHHELD[text].split('%');
    const withheld = after === undefined ? `'${before}'` : `'${before}' || ${discloses} || '${after}'`;
    return `case when ${seen} then ${rows.column(text)} else ${withheld} end`;
  }

  private relation(
    field: GraphQLField<unknown, unknown>,
    relation: Relation,
    parent: EntityType,
    nodes: readonly FieldNode[],
    parents: Rows,
  ): string | null {
    const type = getNamedType(field.type) as GraphQLObjectType;
    const { entity, kind } = relation;
    if (relation.kind === 'one') {
      const key = columnName(parent.entity, relation.key);
      if (parents.set)
        return this.joined(type, nodes, { parents, isList: false, entity, by: 'id', is: key, orderBy: [] });
      return this.one(this.rows(type, nodes, entity, { condition: ` and id = ${parents.column(key)}`, orderBy: [] }));
    }
    const { orderBy, where } = relation;
    const by = columnName(entity, relation.key);
    const within = areWithin(this.compilation.ability, entity, relation.key, parent.entity);
    const filter = { condition: ` and ${by} = ${parents.column('id')}`, where, orderBy, within };
    if (kind === 'first') return this.one(this.rows(type, nodes, entity, { ...filter, limit: 1 }));
    return this.withoutHoles(parents, () => {
      if (parents.set)
        return this.joined(type, nodes, { parents, isList: true, entity, by, is: 'id', where, orderBy, within });
      return list(this.rows(type, nodes, entity, filter), this.alias());
    });
  }

  /**
   * A relation of a set of rows: its table is read once for all of them, and what is found is joined to its parents. Read
   * for each parent, PostgreSQL would begin a scan and evaluate the tenant's policy as often as there are parents.
   */
  private joined(type: GraphQLObjectType, nodes: readonly FieldNode[], relation: SetRelation): string {
    const { parents, isList, entity, by, is, where, orderBy, within } = relation;
    const alias = this.alias();
    const rows = new Rows(alias, `${alias}set`);
    const place = this.sets.length;
    const columns = this.columns(type, nodes, rows);
    const order = orderBy.map((property) => rows.column(columnName(entity, property.replace('-', ''))));
    const row = [`${rows.column(by)} as key$`, ...order, 'v$ as row$'].join(', ');
    const condition = ` and ${by} = any(array(select ${is} from ${parents.set}))`;
    const source = this.source(entity, '', { condition, where, within });
    const read = `(select ${rows.columns} from ${source})`;
    const isParent = rows.joins.length > 0;
    if (isParent) this.sets.splice(place, 0, `${rows.set} as materialized ${read}`);
    const from = `${isParent ? rows.set : read} ${alias} ${rows.joins.join(' ')}`;
    const each = `(select ${row} from ${from} cross join lateral (select ${columns}) v$) q$`;
    const json = isList
      ? `array_to_json(array_agg(row$${ordering(entity, orderBy)})) as json$ from ${each} group by key$`
      : `row_to_json(row$) as json$ from ${each}`;
    const found = `${alias}found`;
    this.sets.push(`${found} as materialized (select key$, ${json})`);
    // Whatever is found has a parent, so it is a left join; but for a full one PostgreSQL never takes a nested loop, which it
    // would for the single row that it expects of each set when a tenant is one of a thousand.
    parents.joins.push(`full join ${found} on ${found}.key$ = ${parents.column(is)}`);
    return isList ? `coalesce(${found}.json$, '[]'::json)` : `${found}.json$`;
  }

  /**
   * What is compiled, or null when rules have a part in it. Rows of a list are read as rows then, and once: in the answer
   * each would travel as JSON within JSON, and what the rules read of the same list would be read beside it.
   */
  private withoutHoles(parents: Rows, compile: () => string): string | null {
    const parts = [this.holes, this.bindings, this.counted, this.sets, parents.joins];
    const before = parts.map(({ length }) => length);
    const compiled = compile();
    if (this.holes.length === before[0]) return compiled;
    parts.forEach((part, index) => part.splice(before[index]!));
    return null;
  }

  private one(rows: string): string {
    const alias = this.alias();
    return `(select row_to_json(${alias}) from (${rows}) ${alias})`;
  }

  /** Objects that stand in a column as JSON text: fields by their names, none of them resolved. */
  private inJson(type: GraphQLOutputType, nodes: readonly FieldNode[], json: string): string | null {
    const bare = isNonNullType(type) ? type.ofType : type;
    if (isListType(bare)) {
      const inner = isNonNullType(bare.ofType) ? bare.ofType.ofType : (bare.ofType as GraphQLOutputType);
      if (!isObjectType(inner)) return null;
      const found = this.jsonFields(inner, nodes, json, 'json_to_recordset');
      return found === null ? null : `case when ${json} is not null then ${list(found, this.alias())} end`;
    }
    if (!isObjectType(bare)) return null;
    const found = this.jsonFields(bare, nodes, json, 'json_to_record');
    return found === null ? null : `case when ${json} is not null then ${this.one(found)} end`;
  }

  private jsonFields(
    type: GraphQLObjectType,
    nodes: readonly FieldNode[],
    json: string,
    function_: 'json_to_record' | 'json_to_recordset',
  ): string | null {
    const alias = this.alias();
    const names = new Set<string>();
    const fields: string[] = [];
    for (const [key, same] of this.compilation.selections.of(type, nodes)) {
      const name = same[0]!.name.value;
      const compiled = name === '__typename' ? typename(type) : this.jsonField(type, same, `${alias}."${name}"`);
      if (compiled === null) return null;
      if (name !== '__typename') names.add(name);
      fields.push(named(compiled, key));
    }
    if (names.size === 0) return null;
    const record = [...names].map((name) => `"${name}" json`).join(', ');
    return `select ${fields.join(', ')} from ${function_}(${json}) as ${alias}(${record})`;
  }

  private jsonField(type: GraphQLObjectType, nodes: readonly FieldNode[], json: string): string | null {
    const field = type.getFields()[nodes[0]!.name.value]!;
    if (this.compilation.types.property(type.name, field.name) !== field.name) return null;
    return isVerbatim(field.type) ? json : this.inJson(field.type, nodes, json);
  }
}

/** Which rows of a relation: the condition that they are its rows, and equalities beside it. */
interface RowFilter {
  readonly condition: string;
  readonly where?: Where<object> | undefined;
  /** That they belong to rows that have been read, or to what those belong to. */
  readonly within?: boolean | undefined;
}

/** The rows of a relation in their order, at most so many. */
interface RowsInOrder extends RowFilter {
  readonly orderBy: readonly string[];
  readonly limit?: number;
}

/** A relation of a set of rows: rows of the entity whose column `by` is what the column `is` of a parent is. */
interface SetRelation {
  readonly parents: Rows;
  readonly isList: boolean;
  readonly entity: EntityClass;
  readonly by: string;
  readonly is: string;
  readonly where?: Where<object>;
  readonly orderBy: readonly string[];
  readonly within?: boolean;
}

/** What parameters of a statement are for an actor. */
export type Binding = (ability: Ability) => readonly unknown[];

const knownValues = new WeakMap<Ability, Map<string, readonly unknown[]>>();

/** What an ability's condition on an entity compares with: as many values as its text has parameters. */
function readValues(ability: Ability, entity: EntityClass, within: boolean): readonly unknown[] {
  const ofAbility = knownValues.get(ability) ?? new Map<string, readonly unknown[]>();
  knownValues.set(ability, ofAbility);
  const key = `${entity.name} ${within}`;
  const known = ofAbility.get(key);
  if (known) return known;
  const values: unknown[] = [];
  readCondition(ability, entity, values, within);
  ofAbility.set(key, values);
  return values;
}

/** Rows as a JSON array: without whitespace, and `[]` without rows. */
export function list(rows: string, alias: string): string {
  return `array_to_json(array(select ${alias} from (${rows}) ${alias}))`;
}

function columnName(entity: EntityClass, property: string): string {
  const column = tableOf(entity).byProperty.get(property);
  if (!column) throw new Error(`A relation names ${property}, which ${entity.name} does not have`);
  return column.name;
}

/** An expression under a response key. */
export function named(expression: string, key: string): string {
  if (key.length > LONGEST_NAME) throw new NotCompiled();
  return `${expression} as "${key}"`;
}

export function typename(type: GraphQLObjectType): string {
  return `'${type.name}'::text`;
}
