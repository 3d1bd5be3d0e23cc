import { entityOf } from './column-sql.js';
import { HOLE, type Hole } from './projection.js';
import { type Asker, attempted, whenAllThere } from './writers.js';

const MARK = `"${HOLE}`;

/** The answer of a statement with its holes filled in, all of them at once so that their reads share a flush. */
export function filled(answer: string, holes: readonly Hole[], asker: Asker): string | Promise<string> {
  const parts: (string | Promise<string>)[] = [];
  const rows = new Map<number, object>();
  let from = 0;
  for (let at = answer.indexOf(MARK); at !== -1; at = answer.indexOf(MARK, from)) {
    const end = endOfText(answer, at + MARK.length);
    const text = JSON.parse(answer.slice(at, end)) as string;
    const colon = text.indexOf(':', HOLE.length);
    const { entity, selection, write } = holes[Number(text.slice(HOLE.length, colon))]!;
    if (colon + 1 < text.length) rows.set(selection, entityOf(entity, JSON.parse(text.slice(colon + 1)) as unknown[]));
    parts.push(answer.slice(from, at), attempted(write, rows.get(selection)!, asker));
    from = end;
  }
  parts.push(answer.slice(from));
  return whenAllThere(parts, (texts) => texts.join(''));
}

/** The place behind the quotation mark that ends a JSON text. */
function endOfText(json: string, from: number): number {
  for (let at = from; ; at++) {
    const char = json[at];
    if (char === '"') return at + 1;
    if (char === '\\') at++;
  }
}
