import { loadModule, parseSync } from 'libpg-query';

/** What the rules need to know of the database. */
export interface Tables {
  /** Those with one tenant's rows: distributed by tenant_id. */
  readonly tenant: ReadonlySet<string>;
  /** Those of all tenants: copied to every node. */
  readonly global: ReadonlySet<string>;
  /** Names of functions that PostgreSQL calls volatile. */
  readonly volatile: ReadonlySet<string>;
}

/** A node of PostgreSQL's parse tree, as libpg_query writes it in JSON. */
type Node = Readonly<Record<string, unknown>>;

interface Relation {
  readonly table: string;
  readonly alias: string;
}

/** One level of a statement: its tables, and what its WHERE and ON ask for. */
interface Level {
  readonly relations: Relation[];
  /** Aliases that are compared with the tenant; '' for a column without one. */
  readonly bound: Set<string>;
}

/** Functions whose effect stays on one node, or does not reach the others (docs/scaling.md). */
const PER_NODE = /^(set_config|nextval|setval|lastval|currval|pg_(try_)?advisory_.*)$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** To be awaited once before `faultsOf`. */
export const loadParser = loadModule;

/** What of a statement a distributed database would refuse, send to every node, or do on one node alone. */
export function faultsOf(text: string, tables: Tables): string[] {
  const { stmts = [] } = parseSync(text) as { stmts?: { stmt: Node }[] };
  const faults: string[] = [];
  const kinds = stmts.map(({ stmt }) => Object.keys(stmt)[0]!);
  if (stmts.length > 1 && kinds.some((kind) => kind !== 'VariableSetStmt'))
    faults.push('several statements in one message');
  for (const { stmt } of stmts) new Walk(tables, faults).visit(stmt, new Set());
  return faults;
}

class Walk {
  constructor(
    private readonly tables: Tables,
    private readonly faults: string[],
  ) {}

  /** `ctes`: the names of WITH that may be read here. */
  visit(node: unknown, ctes: ReadonlySet<string>): void {
    if (Array.isArray(node)) {
      for (const one of node) this.visit(one, ctes);
      return;
    }
    if (!isNode(node)) return;
    for (const [kind, inner] of Object.entries(node)) {
      if (!isNode(inner)) this.visit(inner, ctes);
      else if (kind === 'SelectStmt' || kind === 'larg' || kind === 'rarg') this.select(inner, ctes);
      else if (kind === 'InsertStmt') this.insert(inner, ctes);
      else if (kind === 'UpdateStmt') this.change(inner, 'fromClause', ctes);
      else if (kind === 'DeleteStmt') this.change(inner, 'usingClause', ctes);
      else if (kind === 'VariableSetStmt') this.set(inner);
      else if (kind === 'MergeStmt') this.faults.push('MERGE');
      else {
        if (kind === 'FuncCall') this.call(inner);
        this.visit(inner, ctes);
      }
    }
  }

  private select(node: Node, outer: ReadonlySet<string>): void {
    // A join's sides have the names of a union's.
    if (!('targetList' in node || 'valuesLists' in node || 'op' in node)) {
      this.visit(node, outer);
      return;
    }
    const ctes = this.within(node, outer);
    const level = this.levelOf([node.fromClause], node.whereClause, ctes);
    this.judge(level);
    if (node.lockingClause && level.relations.length === 0) this.faults.push('locks rows of no one tenant');
    this.rest(node, ctes);
  }

  private insert(node: Node, outer: ReadonlySet<string>): void {
    const ctes = this.within(node, outer);
    const { relname } = node.relation as { relname: string };
    if (this.isTenantTable(relname, new Set())) this.stamp(node, relname);
    const select = (node.selectStmt as Node | undefined)?.SelectStmt as Node | undefined;
    const from = (select?.fromClause ?? []) as Node[];
    if (from.some((one) => 'RangeFunction' in one)) this.faults.push(`inserts into ${relname} from a function`);
    this.rest(node, ctes);
  }

  private change(node: Node, source: string, outer: ReadonlySet<string>): void {
    const ctes = this.within(node, outer);
    this.judge(this.levelOf([{ RangeVar: node.relation }, node[source]], node.whereClause, ctes));
    for (const name of callsIn(node))
      if (this.tables.volatile.has(name)) this.faults.push(`calls the volatile ${name}() in a change`);
    this.rest(node, ctes);
  }

  /** Every row of an INSERT says that it is the tenant's. */
  private stamp(node: Node, table: string): void {
    const names = ((node.cols ?? []) as Node[]).map((one) => (one.ResTarget as { name: string }).name);
    const at = names.indexOf('tenant_id');
    const select = (node.selectStmt as Node).SelectStmt as Node;
    const rows = select.valuesLists
      ? (select.valuesLists as Node[]).map((row) => ((row.List as Node).items as Node[])[at])
      : [(((select.targetList ?? []) as Node[])[at]?.ResTarget as Node | undefined)?.val as Node | undefined];
    // A selected tenant_id is that of rows which are the tenant's: their level is judged by itself.
    const isOfTenant = (value: unknown): boolean =>
      isTenantParameter(value) || (!select.valuesLists && columnOf(value).at(-1) === 'tenant_id');
    if (at < 0 || !rows.every(isOfTenant)) this.faults.push(`inserts into ${table} without $1 as tenant_id`);
  }

  private set(node: Node): void {
    const [value] = ((node.args ?? []) as Node[]).map((one) => (one.A_Const as Node | undefined)?.sval as Node);
    if (node.is_local !== true) this.faults.push(`SET ${String(node.name)} outlives its transaction`);
    if (node.name === 'app.tenant_id' && !UUID.test(String(value?.sval)))
      this.faults.push('the tenant is not set by a uuid');
  }

  private call(node: Node): void {
    const name = nameOf(node);
    if (PER_NODE.test(name)) this.faults.push(`calls ${name}(), which is of one node alone`);
  }

  /** Visits the statement's WITH; answers the names that the statement itself may read. */
  private within(node: Node, outer: ReadonlySet<string>): ReadonlySet<string> {
    const list = ((node.withClause as Node | undefined)?.ctes ?? []) as Node[];
    const ctes = list.map((one) => one.CommonTableExpr as Node);
    const names = new Set([...outer, ...ctes.map((one) => String(one.ctename))]);
    for (const one of ctes) this.visit(one.ctequery, names);
    return names;
  }

  private levelOf(sources: readonly unknown[], where: unknown, ctes: ReadonlySet<string>): Level {
    const level: Level = { relations: [], bound: new Set() };
    for (const source of sources) this.collect(source, level, ctes);
    for (const alias of tenantEqualities(where)) level.bound.add(alias);
    return level;
  }

  private collect(source: unknown, level: Level, ctes: ReadonlySet<string>): void {
    if (Array.isArray(source)) {
      for (const one of source) this.collect(one, level, ctes);
      return;
    }
    if (!isNode(source)) return;
    const variable = source.RangeVar as { relname: string; schemaname?: string; alias?: { aliasname: string } };
    if (variable && !variable.schemaname && this.isTenantTable(variable.relname, ctes))
      level.relations.push({ table: variable.relname, alias: variable.alias?.aliasname ?? variable.relname });
    const join = source.JoinExpr as Node | undefined;
    if (!join) return;
    const sides = [join.larg, join.rarg].map((side) => {
      const inner: Level = { relations: [], bound: level.bound };
      this.collect(side, inner, ctes);
      level.relations.push(...inner.relations);
      return inner.relations.map(({ alias }) => alias);
    });
    const equal = tenantEqualities(join.quals);
    // What an outer join asks for narrows only the side that it may leave empty.
    const narrowed: Readonly<Record<string, readonly string[]>> = {
      JOIN_INNER: sides.flat(),
      JOIN_LEFT: sides[1]!,
      JOIN_RIGHT: sides[0]!,
    };
    for (const alias of narrowed[String(join.jointype)] ?? []) if (equal.has(alias)) level.bound.add(alias);
  }

  private judge({ relations, bound }: Level): void {
    const alone = relations.length === 1 && bound.has('');
    for (const { table, alias } of relations)
      if (!bound.has(alias) && !alone) this.faults.push(`reads ${table} ${alias} without tenant_id = $1`);
  }

  /** Whatever else the statement holds: sub-selects of its lists and conditions, and those of its FROM. */
  private rest(node: Node, ctes: ReadonlySet<string>): void {
    const { withClause: _, ...others } = node;
    this.visit(others, ctes);
  }

  private isTenantTable(name: string, ctes: ReadonlySet<string>): boolean {
    if (ctes.has(name)) return false;
    if (this.tables.tenant.has(name)) return true;
    if (!this.tables.global.has(name) && !name.startsWith('pg_')) this.faults.push(`reads ${name}, which is no table`);
    return false;
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The aliases for which a condition, or each of what it joins by AND, says `alias.tenant_id = $1`. */
function tenantEqualities(condition: unknown): Set<string> {
  if (!isNode(condition)) return new Set();
  const all = condition.BoolExpr as { boolop: string; args: unknown[] } | undefined;
  if (all?.boolop === 'AND_EXPR') return new Set(all.args.flatMap((one) => [...tenantEqualities(one)]));
  const equal = condition.A_Expr as Node | undefined;
  if (equal?.kind !== 'AEXPR_OP' || nameOf({ funcname: equal.name }) !== '=') return new Set();
  const { lexpr, rexpr } = equal;
  const column = isTenantParameter(rexpr) ? lexpr : isTenantParameter(lexpr) ? rexpr : null;
  const names = columnOf(column);
  return new Set(names.at(-1) === 'tenant_id' ? [names.length > 1 ? names.at(-2)! : ''] : []);
}

function isTenantParameter(value: unknown): boolean {
  if (!isNode(value)) return false;
  const cast = value.TypeCast as Node | undefined;
  return cast ? isTenantParameter(cast.arg) : (value.ParamRef as { number?: number } | undefined)?.number === 1;
}

function columnOf(value: unknown): string[] {
  return namesOf(((value as Node | null | undefined)?.ColumnRef as Node | undefined)?.fields);
}

function namesOf(list: unknown): string[] {
  return ((list ?? []) as Node[]).flatMap((one) => (one.String as { sval?: string } | undefined)?.sval ?? []);
}

function nameOf(call: Node): string {
  return namesOf(call.funcname).at(-1) ?? '';
}

function callsIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(callsIn);
  if (!isNode(node)) return [];
  const own = isNode(node.FuncCall) ? [nameOf(node.FuncCall)] : [];
  return [...own, ...Object.values(node).flatMap(callsIn)];
}
