import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HaloOptions } from '../../src/deal/halopsa-billing.rules.js';
import { type HaloImport, normaliseHaloExport } from '../../src/deal/halopsa.rules.js';
import type { TermsLine } from '../../src/deal/terms.rules.js';

/** The raw text of a sample export. */
export const sample = (name: string): string => readFileSync(join('samples/halopsa', `${name}.json`), 'utf8');
export const HEALTHY = sample('managed-network-healthy');

/** A JSON object of an export. */
export type Json = Record<string, unknown>;
/** The parts of an export that the cases spoil. */
export interface Export {
  opportunity: Json;
  quotation: Json & { lines: Json[] };
}

/** A small export that is sound, to be spoilt by each case. */
export function sound(): Export {
  return {
    opportunity: { id: 77, summary: 'Rollout', client_id: 5, client_name: 'Beta Ltd' },
    quotation: {
      id: 88,
      ticket_id: 77,
      client_id: 5,
      currency_code_name: 'GBP',
      lines: [
        { id: 1, name: 'Work', current_quantity: 10, baseprice: 95, costprice: 60, item_recurring: false },
        {
          id: 2,
          name: 'Care',
          current_quantity: 3,
          baseprice: 20,
          costprice: 11,
          item_recurring: true,
          billingperiod: 2,
          line_periods: 24,
        },
      ],
    },
  };
}

/** Imports a spoilt copy; numbers that JSON cannot write are put in as `"#1e400"`. */
export function importing(spoil: (data: Export) => unknown, options?: HaloOptions): HaloImport {
  const data = sound();
  spoil(data);
  const text = JSON.stringify(data);
  return normaliseHaloExport(text.replace(/"#([^"]*)"/g, '$1'), options);
}

/** A line of the export. */
export const line = (data: Export, index = 0): Json => data.quotation.lines[index] ?? {};
/** The codes of the findings, in order. */
export const codes = (result: HaloImport): string[] => result.findings.map(({ code }) => code);
/** The import, which has to be sound. */
export function imported(result: HaloImport): Extract<HaloImport, { ok: true }> {
  if (!result.ok) throw new Error(JSON.stringify(result.findings, null, 2));
  return result;
}
/** A line of the normalised terms. */
export const lineOf = (result: HaloImport, index = 0): TermsLine => imported(result).terms.lines[index] as TermsLine;
