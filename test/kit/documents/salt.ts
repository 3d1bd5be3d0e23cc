import type pg from 'pg';
import { ENTITIES } from '../../../src/entities.js';
import { tableOf } from '../../../src/core/table.js';

/** Characters that JSON, SQL or a terminal treat as their own: quotes, escapes, controls, separators, two planes. */
const AWKWARD =
  String.raw` "q" 'a' \b /s {} [] , : $1 %s` + '\n\r\t\b\f\u0001\u001f\u007f\u0085\u2028\u2029\ufeff é漢😀 <b>&amp;';
/** The same inside JSON text, as JSON.stringify writes it, behind what opens a free text: an argument of regexp_replace. */
const AWKWARD_JSON =
  String.raw`'"(title|text|name|message|description|remedy|label|note|question)":"', ` +
  String.raw`$json$"\1":"\\"q\\" \\\\ \\b\\n \\u0001 ` +
  '\u2028 é漢😀 $json$';
/** Texts that are read as names, and never shown as they are. */
const NAMES = ['handle', 'number', 'subject', 'issuer'];

/**
 * Makes a tenant's rows awkward for whoever writes JSON by hand: control characters and quotes in free texts, times
 * with all kinds of milliseconds, figures above 2^53, empty texts and nulls. Which rows is decided by their own ids;
 * a column whose constraints forbid it keeps its values. Some tables take no change: the session is past triggers.
 */
export async function salt(superuser: pg.Client, tenantId: string): Promise<number> {
  let salted = 0;
  for (const entity of ENTITIES) {
    const { name, columns } = tableOf(entity);
    const { rows } = await superuser.query<{ column: string; type: string; nullable: boolean; named: boolean }>(
      `select a.attname::text as column, a.atttypid::regtype::text as type, not a.attnotnull as nullable,
          exists (select 1 from pg_constraint k where k.conrelid = a.attrelid and a.attnum = any(k.conkey)) as named
        from pg_attribute a where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped`,
      [name],
    );
    for (const { column, type, nullable, named } of rows) {
      const found = columns.find((one) => one.name === column);
      if (!found || column === 'tenant_id' || column === 'id') continue;
      const isJson = found.from('"x"') !== '"x"';
      const isPlain = !isJson && !NAMES.includes(found.property);
      for (const { value, when } of changes(column, {
        type,
        isFree: isPlain && !named,
        isJson,
        isNullable: nullable && !named,
      }))
        salted += await change(superuser, name, column, value, when, tenantId);
    }
  }
  return salted;
}

interface Nature {
  readonly type: string;
  readonly isFree: boolean;
  readonly isJson: boolean;
  readonly isNullable: boolean;
}

/** New values of a column, as SQL, and the share of the rows (a condition on `h`, a hash of the row). */
function changes(column: string, { type, isFree, isJson, isNullable }: Nature): { value: string; when: string }[] {
  const nulls = isNullable ? [{ value: 'null', when: 'h % 11 = 0' }] : [];
  if (type === 'text' && isFree) {
    return [
      { value: `${column} || $awkward$${AWKWARD}$awkward$`, when: 'h % 2 = 0' },
      { value: "''", when: 'h % 13 = 1' },
      ...nulls,
    ];
  }
  if (type === 'text' && isJson)
    return [{ value: `regexp_replace(${column}, ${AWKWARD_JSON}, 'g')`, when: 'h % 2 = 0' }];
  if (type.startsWith('timestamp')) {
    return [
      // Backwards: what holds from an instant on still holds.
      { value: `${column} - interval '880 milliseconds'`, when: 'h % 5 = 1' },
      { value: `${column} - interval '993 milliseconds'`, when: 'h % 5 = 2' },
    ];
  }
  if (type === 'bigint') return [{ value: '9007199254740993', when: 'h % 7 = 3' }];
  return [];
}

async function change(
  superuser: pg.Client,
  table: string,
  column: string,
  value: string,
  when: string,
  tenantId: string,
): Promise<number> {
  const hash = `(hashtextextended(${table}::text, 7) & 65535)`;
  try {
    const { rowCount } = await superuser.query(
      `update ${table} set ${column} = ${value} where tenant_id = $1 and ${when.replace('h', hash)}`,
      [tenantId],
    );
    return rowCount ?? 0;
  } catch (error) {
    // Its constraints know better (class 23); anything else is a fault of ours.
    if (!(error as { code?: string }).code?.startsWith('23')) throw error;
    return 0;
  }
}
