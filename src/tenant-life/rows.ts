import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type Ask, tenantLiteral } from './owner.js';
import type { TenantTable } from './tables.js';

/** How many rows travel at once: a row may hold a whole import, and memory is to stay flat. */
const ROWS_AT_ONCE = 200;
/** How much text an insert carries, in bytes. */
const BYTES_AT_ONCE = 1024 * 1024;

/** What a table's lines come to. */
export interface Tally {
  readonly rows: number;
  readonly bytes: number;
  /** SHA-256 of the lines, each with its newline, lower-case hex. */
  readonly sha256: string;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Rows of a tenant as NDJSON in pieces of many lines: one object a row, every value as PostgreSQL writes it as text. */
async function* pieces(
  ask: Ask,
  tenantId: string,
  table: TenantTable,
  leavesOut: string,
): AsyncGenerator<{ text: string; rows: number }> {
  const columns = table.columns.map((name) => `${quoted(name)}::text as ${quoted(name)}`).join(', ');
  await ask(`declare exported no scroll cursor for select ${columns} from ${quoted(table.name)} t
    where t.tenant_id = ${tenantLiteral(tenantId)} and not (${leavesOut}) order by ${table.order.join(', ')}`);
  for (;;) {
    const rows = await ask(`fetch ${ROWS_AT_ONCE} from exported`);
    if (rows.length === 0) break;
    yield { text: rows.map((row) => `${JSON.stringify(row)}\n`).join(''), rows: rows.length };
  }
  await ask('close exported');
}

/**
 * Reads a tenant's rows of one table; gives every piece to `take` before the next is read.
 * @param leavesOut a condition in SQL on the table `t`: such rows are not read.
 */
export async function readRows(
  ask: Ask,
  tenantId: string,
  table: TenantTable,
  take: (piece: Buffer) => Promise<void> = () => Promise.resolve(),
  leavesOut = 'false',
): Promise<Tally> {
  const hash = createHash('sha256');
  let [rows, bytes] = [0, 0];
  for await (const piece of pieces(ask, tenantId, table, leavesOut)) {
    const buffer = Buffer.from(piece.text, 'utf8');
    hash.update(buffer);
    rows += piece.rows;
    bytes += buffer.length;
    await take(buffer);
  }
  return { rows, bytes, sha256: hash.digest('hex') };
}

/**
 * Writes the lines of a file into a table, in pieces. Rows that refer to rows of the same table first go to a temporary
 * table and from there in one statement, since only then may they stand in any order.
 */
export async function writeRows(ask: Ask, table: TenantTable, file: string): Promise<void> {
  const name = quoted(table.name);
  const columns = table.columns.map(quoted).join(', ');
  const target = table.refersToItself ? 'incoming' : name;
  if (table.refersToItself)
    await ask(`create temporary table incoming on commit drop as select ${columns} from ${name} with no data`);
  for await (const lines of batches(file))
    await ask(
      `insert into ${target} (${columns}) select ${columns} from json_populate_recordset(null::${name}, $1::json)`,
      [`[${lines.join(',')}]`],
    );
  if (table.refersToItself) {
    await ask(`insert into ${name} (${columns}) select ${columns} from incoming`);
    await ask('drop table incoming');
  }
}

async function* batches(file: string): AsyncGenerator<string[]> {
  let lines: string[] = [];
  let bytes = 0;
  for await (const line of linesOf(file)) {
    lines.push(line);
    bytes += line.length;
    if (bytes < BYTES_AT_ONCE) continue;
    yield lines;
    [lines, bytes] = [[], 0];
  }
  if (lines.length > 0) yield lines;
}

/** Lines by the newline alone: Node's readline also breaks at U+2028, which JSON text may hold. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(file)) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    let start = 0;
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10, start)) {
      yield rest.toString('utf8', start, end);
      start = end + 1;
    }
    rest = rest.subarray(start);
  }
  if (rest.length > 0) yield rest.toString('utf8');
}
