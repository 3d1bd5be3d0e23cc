import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { newId } from '../../src/core/id.js';
import type { Row, TableShape, TwoTenants } from './shapes.js';

/** What came of one probe: the same for the other tenant's id as for one that does not exist, or a leak. */
export interface ProbeResult {
  readonly table: string;
  readonly what: string;
  readonly leak: string | null;
  /** What both answered: `0 rows`, `42501 ...`. */
  readonly answer: string;
}

interface Attempt {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Columns of a key that only some words may stand in. */
const CLOSED = ['part', 'scope', 'budget_type', 'source', 'role', 'kind', 'subject_type', 'issuer', 'state', 'kpi'];

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Tries what one tenant could do with the rows of another, inside a transaction of the application role. */
export class Probes {
  constructor(
    private readonly client: pg.Client,
    private readonly tenants: TwoTenants,
    private readonly shapes: readonly TableShape[],
  ) {}

  async of(shape: TableShape): Promise<ProbeResult[]> {
    const theirs = this.tenants.rows(shape.name, this.tenants.foreign)[0];
    const ours = this.tenants.rows(shape.name, this.tenants.own)[0];
    if (!theirs || !ours) throw new Error(`${shape.name} has no row of each tenant`);
    return [
      ...(await this.reading(shape, theirs)),
      ...(await this.changing(shape, theirs)),
      ...(await this.moving(shape, theirs, ours)),
      ...(await this.adding(shape, theirs, ours)),
      ...(await this.referring(shape)),
    ];
  }

  private async reading(shape: TableShape, theirs: Row): Promise<ProbeResult[]> {
    const { name } = shape;
    return [
      await this.compare(
        shape,
        'select by key',
        { none: true },
        (row) => this.where(shape, row, `select * from ${name}`),
        theirs,
        this.missing(shape, theirs),
      ),
      await this.compare(
        shape,
        'select by tenant',
        { none: true },
        (tenant) => ({ text: `select * from ${name} where tenant_id = $1`, values: [tenant] }),
        this.tenants.foreign,
        newId(),
      ),
      await this.compare(
        shape,
        'lock by key',
        { none: true },
        (row) => this.where(shape, row, `select 1 from ${name}`, ' for share'),
        theirs,
        this.missing(shape, theirs),
      ),
    ];
  }

  private async changing(shape: TableShape, theirs: Row): Promise<ProbeResult[]> {
    const { name } = shape;
    const column = this.harmless(shape);
    const missing = this.missing(shape, theirs);
    return [
      await this.compare(
        shape,
        'update by key',
        { none: true },
        (row) => this.where(shape, row, `update ${name} set ${column} = ${column}`),
        theirs,
        missing,
      ),
      await this.compare(
        shape,
        'delete by key',
        { none: true },
        (row) => this.where(shape, row, `delete from ${name}`),
        theirs,
        missing,
      ),
      await this.compare(
        shape,
        'update by tenant',
        { none: true },
        (tenant) => ({ text: `update ${name} set ${column} = ${column} where tenant_id = $1`, values: [tenant] }),
        this.tenants.foreign,
        newId(),
      ),
    ];
  }

  private async moving(shape: TableShape, theirs: Row, ours: Row): Promise<ProbeResult[]> {
    const { name } = shape;
    const { own, foreign } = this.tenants;
    return [
      await this.compare(
        shape,
        'move a row here',
        { none: true },
        (row) => this.where(shape, row, `update ${name} set tenant_id = '${own}'`),
        theirs,
        this.missing(shape, theirs),
      ),
      await this.compare(
        shape,
        'move a row there',
        { none: true },
        (tenant) => this.where(shape, ours, `update ${name} set tenant_id = '${tenant}'`),
        foreign,
        newId(),
      ),
    ];
  }

  private async adding(shape: TableShape, theirs: Row, ours: Row): Promise<ProbeResult[]> {
    const { key } = shape;
    const column = this.harmless(shape);
    const fresh = this.missing(shape, theirs);
    const onKey = shape.updatable.includes(column)
      ? `on conflict (${key.join(', ')}) do update set ${column} = excluded.${column}`
      : `on conflict (${key.join(', ')}) do nothing`;
    const owned = (row: Row): Row => ({
      ...ours,
      ...Object.fromEntries(key.map((c) => [c, row[c]])),
      tenant_id: this.tenants.own,
    });
    // A tenant's own row has the tenant's id.
    const mirrored = theirs.id === theirs.tenant_id;
    const results = [
      await this.compare(
        shape,
        'insert for them',
        { none: true },
        (tenant) => this.insert(shape, { ...theirs, ...(mirrored ? { id: tenant } : fresh), tenant_id: tenant }),
        this.tenants.foreign,
        newId(),
      ),
      await this.compare(shape, 'upsert their row', { none: true }, (row) => this.insert(shape, row, onKey), theirs, {
        ...theirs,
        ...this.missing(shape, theirs),
        tenant_id: newId(),
      }),
      await this.compare(
        shape,
        'insert under their key',
        {},
        (row) => this.insert(shape, owned(row), onKey),
        theirs,
        this.missing(shape, theirs),
      ),
    ];
    for (const columns of [shape.key, ...shape.uniques]) {
      const oracle = await this.oracle(shape, ours, columns);
      if (oracle) results.push(oracle);
    }
    return results;
  }

  /** A row of ours with what is unique among theirs, such as a number; what hangs on a parent is theirs alone anyway. */
  private async oracle(shape: TableShape, ours: Row, unique: readonly string[]): Promise<ProbeResult | null> {
    const bound = new Set(shape.foreignKeys.flatMap(({ columns }) => columns));
    const columns = unique.filter((c) => c !== 'tenant_id' && !CLOSED.includes(c));
    if (columns.every((c) => c === 'id') || unique.some((c) => c !== 'tenant_id' && bound.has(c))) return null;
    const text = (row: Row): string => JSON.stringify(columns.map((c) => row[c]));
    const { own, foreign } = this.tenants;
    const known = new Set(this.tenants.rows(shape.name, own).map(text));
    const theirs = this.tenants
      .rows(shape.name, foreign)
      .find((row) => !known.has(text(row)) && columns.every((c) => row[c] !== null));
    if (!theirs) return null;
    const base = this.randomised(shape, ours);
    const values = (of: (column: string) => unknown): Row => Object.fromEntries(columns.map((c) => [c, of(c)]));
    return this.compare(
      shape,
      `insert what is unique there (${columns.join(', ')})`,
      {},
      (row) => this.insert(shape, { ...base, ...row }),
      values((c) => theirs[c]),
      values((c) => this.random(shape, c)),
    );
  }

  /** A row of ours that names a row of theirs: refused exactly as one that names nothing. */
  async referring(shape: TableShape): Promise<ProbeResult[]> {
    const results: ProbeResult[] = [];
    for (const { name, columns, target, targetColumns } of shape.foreignKeys) {
      const shapeOfTarget = this.shapes.find((s) => s.name === target)!;
      const named = this.tenants.rows(target, this.tenants.foreign)[0]!;
      const random = (c: string): unknown => (CLOSED.includes(c) ? named[c] : this.random(shapeOfTarget, c));
      const nobodys = Object.fromEntries(targetColumns.map((c) => [c, random(c)]));
      const reference = (row: Row): Row =>
        Object.fromEntries(columns.flatMap((c, i) => (c === 'tenant_id' ? [] : [[c, row[targetColumns[i]!]]])));
      let last: ProbeResult | null = null;
      for (const ours of this.tenants.rows(shape.name, this.tenants.own)) {
        const base = this.randomised(shape, ours);
        const make = (row: Row): Attempt => this.insert(shape, { ...base, ...reference(row) });
        last = await this.compare(shape, `refer by ${name}`, { refused: true }, make, named, nobodys);
        // A check of the row itself may speak first: another row of ours may pass it.
        if (last.leak || spokenByReference(last)) break;
      }
      if (last) results.push(last);
    }
    return results;
  }

  private async compare<T>(
    shape: TableShape,
    what: string,
    demand: { none?: boolean; refused?: boolean },
    make: (value: T) => Attempt,
    theirs: T,
    nobodys: T,
  ): Promise<ProbeResult> {
    const [found, missing] = [await this.attempt(make(theirs)), await this.attempt(make(nobodys))];
    const answer = found.text;
    const leak =
      found.text !== missing.text
        ? `theirs: ${found.text}; nobody's: ${missing.text}`
        : demand.none && found.affected > 0
          ? `${found.affected} rows`
          : demand.refused && !found.refused
            ? 'was accepted'
            : null;
    return { table: shape.name, what, leak, answer };
  }

  private async attempt({ text, values }: Attempt): Promise<{ text: string; affected: number; refused: boolean }> {
    await this.client.query('savepoint probe');
    try {
      const { rowCount } = await this.client.query(text, [...values]);
      // Foreign keys that wait for the end of the transaction would be asked here.
      await this.client.query('set constraints all immediate');
      return { text: `${rowCount ?? 0} rows`, affected: rowCount ?? 0, refused: false };
    } catch (error) {
      const { code = '', message, detail = '' } = error as { code?: string; message: string; detail?: string };
      return { text: masked(`${code} ${message} ${detail}`), affected: 0, refused: true };
    } finally {
      await this.client.query('rollback to savepoint probe');
    }
  }

  private where(shape: TableShape, row: Row, head: string, tail = ''): Attempt {
    const columns = shape.key.filter((c) => c !== 'tenant_id');
    return {
      text: `${head} where ${columns.map((c, i) => `${c} = $${i + 1}`).join(' and ')}${tail}`,
      values: columns.map((c) => row[c]),
    };
  }

  private insert(shape: TableShape, row: Row, tail = ''): Attempt {
    const columns = [...shape.columns.keys()];
    return {
      text: `insert into ${shape.name} (${columns.join(', ')}) values (${columns.map((_, i) => `$${i + 1}`).join(', ')}) ${tail}`,
      values: columns.map((c) => row[c]),
    };
  }

  /** The key of a row that nobody has. */
  private missing(shape: TableShape, like: Row): Row {
    const fresh = Object.fromEntries(shape.key.filter((c) => c !== 'tenant_id').map((c) => [c, this.random(shape, c)]));
    return { ...like, ...fresh };
  }

  /** Our row under a key of its own, with everything else that is unique made fresh. */
  private randomised(shape: TableShape, ours: Row): Row {
    const bound = new Set(shape.foreignKeys.flatMap(({ columns }) => columns));
    const unique = [shape.key, ...shape.uniques].flatMap((columns) => {
      const free = columns.filter((c) => c !== 'tenant_id' && !bound.has(c));
      return free.filter((c) => ['uuid', 'text', 'integer', 'bigint'].includes(shape.columns.get(c)!));
    });
    return {
      ...ours,
      ...Object.fromEntries(unique.filter((c) => !CLOSED.includes(c)).map((c) => [c, this.random(shape, c)])),
    };
  }

  private harmless(shape: TableShape): string {
    return (
      shape.updatable.find((c) => !shape.key.includes(c)) ??
      [...shape.columns.keys()].find((c) => !shape.key.includes(c)) ??
      'tenant_id'
    );
  }

  private random({ columns }: TableShape, column: string): unknown {
    const type = columns.get(column);
    if (type === 'uuid') return newId();
    if (type === 'integer' || type === 'bigint') return 100_000 + randomBytes(2).readUInt16LE();
    return /digest|hash/.test(column) ? randomBytes(32).toString('hex') : `probe-${randomBytes(6).toString('hex')}`;
  }
}

/** Whether the foreign key itself refused, not a check or another key before it. */
export function spokenByReference({ answer }: ProbeResult): boolean {
  return answer.startsWith('23503');
}

/** An error's text without what the asker sent: ids, and the figures and words of a key. */
function masked(text: string): string {
  return text
    .replaceAll(UUID, '*')
    .replaceAll(/=\([^)]*\)/g, '=(*)')
    .replaceAll(/Failing row contains .*/g, '');
}
