import type { trustedKey } from '../src/core/ledger/note.js';

/** What came of a campaign. */
export interface TamperReport {
  readonly runs: number;
  readonly seed: number;
  readonly missed: readonly { readonly run: number; readonly name: string }[];
  readonly seconds: number;
  readonly kinds: Readonly<Record<string, { readonly runs: number }>>;
}

/** The product's code that makes and verifies an export: the exports of its modules, all in one. */
export type LedgerCode = Readonly<Record<string, unknown>> & { readonly trustedKey: typeof trustedKey };

export function tamper(
  ledger: LedgerCode,
  how: { readonly runs: number; readonly seed: number },
): Promise<TamperReport>;
