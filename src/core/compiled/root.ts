import { type FieldNode, getNamedType, type GraphQLObjectType, isListType, isNonNullType, isObjectType } from 'graphql';
import type { Ability } from '../ability.js';
import { cursorSql, decodeCursor } from '../page.js';
import { conditions, ordering, type Query, type Row } from '../statement.js';
import { PassingText } from '../passing-text.js';
import { tableOf } from '../table.js';
import { type Compilation, type Hole, list, named, Projection, typename } from './projection.js';
import { NotCompiled, type Reading } from './recording-reader.js';
import { nodeType } from './schema-types.js';
import { Rows } from './rows.js';
import type { Selections } from './selections.js';

/** So many texts of one root field are kept, one for each shape of its arguments; others are made anew. */
const MOST_TEXTS = 50;

/** A row that a root field answers with. As every alias here it ends with what no response key holds. */
const ROW = 'r$';

/** All rows that a root field answers with. */
const SEEN = 'seen';

/** From so many requests on, PostgreSQL keeps the plan of a statement: each takes memory on every connection. */
const WORTH_A_PLAN = 3;

/** How many more root fields may have statements that PostgreSQL keeps: nobody's documents crowd out the others'. */
export interface StatementPlaces {
  left: number;
}

/** One root field of a compiled operation: the text around its rows is made once, its conditions for each request. */
export class CompiledRoot {
  readonly holes: readonly Hole[];
  private readonly projection: Projection;
  private readonly selections: Selections;
  private readonly nodes: GraphQLObjectType;
  private readonly rows: Rows;
  private readonly select: string;
  private readonly allowed: string;
  private readonly texts = new Map<string, string>();
  private asked = 0;
  private hasPlace = false;

  constructor(
    compilation: Compilation,
    private readonly fields: readonly FieldNode[],
    private readonly reading: Pick<Reading, 'kind' | 'entity'>,
    private readonly places: StatementPlaces,
  ) {
    const type = compilation.schema.getQueryType()!.getFields()[fields[0]!.name.value]!.type;
    const bare = isNonNullType(type) ? type.ofType : type;
    const answered = getNamedType(bare);
    if (!isObjectType(answered) || isListType(bare) !== (reading.kind === 'MANY')) throw new NotCompiled();
    const nodes = reading.kind === 'PAGE' ? nodeType(answered) : answered;
    if (!nodes || compilation.types.entity(nodes.name)?.entity !== reading.entity) throw new NotCompiled();
    this.nodes = nodes;
    this.rows = new Rows(ROW, reading.kind === 'MANY' ? SEEN : null);
    this.projection = new Projection(compilation);
    this.selections = compilation.selections;
    this.select =
      reading.kind === 'PAGE' ? this.connection(answered) : this.projection.columns(nodes, fields, this.rows);
    this.allowed = this.projection.allowed(reading.entity);
    this.holes = this.projection.holes;
  }

  /** The statement of one request: its answer is JSON text, or null without a row. */
  query(reading: Reading, ability: Ability): Query<PassingText | null> {
    if (reading.kind !== this.reading.kind || reading.entity !== this.reading.entity) throw new NotCompiled();
    const values = this.projection.bindings.flatMap((binding) => [...binding(ability)]);
    const filter = conditions(reading.entity, reading.where, values);
    const { page } = reading;
    let after = '';
    if (page?.after != null) {
      values.push(decodeCursor(page.after));
      after = ` and id < $${values.length + 1}`;
    }
    const shape = `${filter}${after} ${reading.orderBy.join(',')} ${page?.first}`;
    const text = this.texts.get(shape) ?? this.text(reading, `${filter}${after}`);
    if (this.texts.size < MOST_TEXTS) this.texts.set(shape, text);
    const read = (rows: readonly Row[]): PassingText | null => {
      const answer = rows[0]?.answer;
      return typeof answer === 'string' ? new PassingText(answer) : null;
    };
    return { text, values, read, isOneOff: !this.isKept() };
  }

  private isKept(): boolean {
    if (!this.hasPlace && ++this.asked >= WORTH_A_PLAN && this.places.left > 0) {
      this.places.left--;
      this.hasPlace = true;
    }
    return this.hasPlace;
  }

  private text({ kind, entity, orderBy, page }: Reading, filter: string): string {
    const from = `${tableOf(entity).name} ${ROW} where tenant_id = $1${filter}${this.allowed}${ordering(entity, orderBy, ROW)}`;
    if (kind === 'ONE' || kind === 'REQUIRED')
      return `select row_to_json(o$)::text as answer from (select ${this.select} from ${from} limit 1) o$`;
    const sets = this.projection.sets.map((set) => `, ${set}`).join('');
    if (kind === 'MANY') {
      const rows = `select ${this.select} from ${SEEN} ${ROW} ${this.rows.joins.join(' ')}${ordering(entity, orderBy, ROW)}`;
      return `with ${SEEN} as (select * from ${from})${sets} select ${list(rows, 'l$')}::text as answer`;
    }
    const { first, after } = page!;
    return `with page as materialized (select * from ${from} limit ${first + 1}),
      ${SEEN} as (select * from page order by id desc limit ${first})${sets}
      select row_to_json(c$)::text as answer from (select ${this.select
        .replaceAll('$FIRST', String(first))
        .replaceAll('$AFTER', String(after !== null))}) c$`;
  }

  /** The fields of a Relay connection over `page` (with one row more than asked) and `seen`. */
  private connection(type: GraphQLObjectType): string {
    return this.selected(type, this.fields, (name, nodes) => {
      if (name === 'edges') return this.edges(getNamedType(type.getFields().edges!.type) as GraphQLObjectType, nodes);
      if (name === 'pageInfo')
        return this.pageInfo(nodes, getNamedType(type.getFields().pageInfo!.type) as GraphQLObjectType);
      throw new NotCompiled();
    });
  }

  private edges(type: GraphQLObjectType, nodes: readonly FieldNode[]): string {
    const rows = new Rows(ROW, SEEN);
    const edge = this.selected(type, nodes, (name, same) => {
      if (name === 'cursor') return cursorSql(`${ROW}.id`);
      if (name === 'node')
        return `(select row_to_json(n$) from (select ${this.projection.columns(this.nodes, same, rows)}) n$)`;
      throw new NotCompiled();
    });
    return list(`select ${edge} from ${SEEN} ${ROW} ${rows.joins.join(' ')} order by ${ROW}.id desc`, 'e$');
  }

  private pageInfo(nodes: readonly FieldNode[], type: GraphQLObjectType): string {
    const fields = this.selected(type, nodes, (name) => {
      if (name === 'hasNextPage') return '(select count(*) from page) > $FIRST';
      if (name === 'hasPreviousPage') return '$AFTER';
      if (name === 'startCursor') return `(select ${cursorSql('id')} from ${SEEN} order by id desc limit 1)`;
      if (name === 'endCursor') return `(select ${cursorSql('id')} from ${SEEN} order by id limit 1)`;
      throw new NotCompiled();
    });
    return `(select row_to_json(i$) from (select ${fields}) i$)`;
  }

  private selected(
    type: GraphQLObjectType,
    nodes: readonly FieldNode[],
    compile: (name: string, nodes: readonly FieldNode[]) => string,
  ): string {
    const fields = [...this.selections.of(type, nodes)].map(([key, same]) => {
      const name = same[0]!.name.value;
      return named(name === '__typename' ? typename(type) : compile(name, same), key);
    });
    return fields.join(', ');
  }
}
