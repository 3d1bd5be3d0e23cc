import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import pg from 'pg';

/** Where a text is found in a tenant's rows and files: `table.column` and file names, sorted, each once. */
export async function placesOf(
  superuserUrl: string,
  tenantId: string,
  folder: string,
  texts: readonly string[],
): Promise<string[]> {
  const wanted = texts.map((text) => text.toLowerCase());
  const found = new Set<string>();
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      "select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1",
    );
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ row: Record<string, unknown> }>(
        `select row_to_json(t) as row from ${client.escapeIdentifier(name)} t where tenant_id = $1`,
        [tenantId],
      );
      for (const { row } of rows)
        for (const [column, value] of Object.entries(row))
          if (holds(String(value), wanted)) found.add(`${name}.${column}`);
    }
  } finally {
    await client.end();
  }
  for (const path of filesUnder(folder))
    if (holds(textOf(path), wanted)) found.add(path.slice(folder.length + 1).replace(/^.*\//, ''));
  return [...found].toSorted();
}

const holds = (text: string, wanted: readonly string[]): boolean =>
  wanted.some((one) => text.toLowerCase().includes(one));

function filesUnder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesUnder(path) : [path];
  });
}

/** The text of a file; of a DOCX, all that its zip holds. */
function textOf(path: string): string {
  const bytes = readFileSync(path);
  if (!path.endsWith('.docx')) return bytes.toString('utf8');
  let text = '';
  for (let at = bytes.indexOf('PK\u0001\u0002'); at !== -1; at = bytes.indexOf('PK\u0001\u0002', at + 4)) {
    const [method, size, local] = [
      bytes.readUInt16LE(at + 10),
      bytes.readUInt32LE(at + 20),
      bytes.readUInt32LE(at + 42),
    ];
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const body = bytes.subarray(start, start + size);
    text += (method === 8 ? inflateRawSync(body) : body).toString('utf8');
  }
  return text;
}
