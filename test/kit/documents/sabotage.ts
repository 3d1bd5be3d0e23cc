import type { App } from '../../../src/app.js';
import type { Query, Row } from '../../../src/core/statement.js';

type Read = App['gateway']['read'];

/** A fault that a compiler of operations could have. */
export interface Sabotage {
  readonly what: string;
  /** Another text of a compiled statement. */
  readonly text?: (text: string) => string;
  /** Another answer of it. */
  readonly answer?: (answer: string) => string;
  /** Another tenant than the asker's. */
  readonly tenant?: (tenantId: string) => string;
}

/** What tells a compiled statement from those of the ordinary resolvers: its answer is one text. */
const COMPILED = '::text as answer';

/** Puts the fault into the compiled statements of a process; answers how to take it out again. */
export function sabotaged({ gateway }: App, { text, answer, tenant }: Sabotage): () => void {
  const read = gateway.read.bind(gateway) as (tenantId: string, queries: Record<string, Query<unknown>>) => unknown;
  const spoilt = (tenantId: string, queries: Record<string, Query<unknown>>): unknown => {
    const entries = Object.entries(queries);
    if (!entries.some(([, query]) => query.text.includes(COMPILED))) return read(tenantId, queries);
    const changed = entries.map(([key, query]) => {
      if (!query.text.includes(COMPILED)) return [key, query] as const;
      const rowsOf = (rows: readonly Row[]): readonly Row[] =>
        answer && typeof rows[0]?.answer === 'string' ? [{ answer: answer(rows[0].answer) }] : rows;
      return [
        key,
        { ...query, text: text?.(query.text) ?? query.text, read: (rows: readonly Row[]) => query.read(rowsOf(rows)) },
      ] as const;
    });
    return read(tenant?.(tenantId) ?? tenantId, Object.fromEntries(changed));
  };
  gateway.read = spoilt as Read;
  return () => {
    gateway.read = read as Read;
  };
}
