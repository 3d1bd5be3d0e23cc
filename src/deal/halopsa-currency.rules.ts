import { isCurrency } from '../core/currency.js';
import type { Scope } from './export-fields.rules.js';
import { member } from './export-json.rules.js';
import type { HaloOptions } from './halopsa-billing.rules.js';

/**
 * The quotation's currency: `currency_code_name`, else `currency`, of the quotation, then of the opportunity, then the
 * tenant's default. Each may be an ISO 4217 code or a name that the tenant maps; `currency_code` is an id of the
 * instance and says nothing. Two that differ, and one that nothing maps (a bare "$" is many currencies), are fatal.
 */
export function readCurrency(opportunity: Scope, quotation: Scope, options: HaloOptions): string | null {
  const { report } = quotation;
  const named = [quotation, opportunity].flatMap((scope) => currencyMembers(scope, options));
  const known = [...new Set(named.flatMap(({ code }) => code ?? []))];
  const [first, second] = known;
  if (second !== undefined) {
    const remedy = 'Quote in one currency; correct the currency in HaloPSA and export again.';
    const message = `The export names more than one currency: ${known.join(', ')}.`;
    report.fatal('CURRENCY_MIXED', `${quotation.path}.currency`, message, { currencies: known }, remedy);
    return null;
  }
  if (first !== undefined) return first;
  const [unknown] = named;
  if (unknown) {
    const remedy = "Give the ISO 4217 code, or map the name in the tenant's configuration.";
    const message = 'The currency is no ISO 4217 code that is in use.';
    report.fatal('CURRENCY_UNKNOWN', unknown.path, message, { found: unknown.text.slice(0, 20) }, remedy);
    return null;
  }
  if (options.defaultCurrency !== undefined && isCurrency(options.defaultCurrency)) return options.defaultCurrency;
  const remedy = "Export currency_code_name with the quotation, or set the tenant's default currency.";
  const message = 'The export names no currency.';
  report.fatal('CURRENCY_MISSING', `${quotation.path}.currency_code_name`, message, {}, remedy);
  return null;
}

interface CurrencyMember {
  readonly path: string;
  readonly text: string;
  /** The ISO code, null when the text is neither a code nor a mapped name. */
  readonly code: string | null;
}

function currencyMembers({ record, path }: Scope, { currencyNames = {} }: HaloOptions): readonly CurrencyMember[] {
  return ['currency_code_name', 'currency'].flatMap((name) => {
    const value = member(record, name);
    if (typeof value !== 'string' || value.trim() === '') return [];
    const text = value.trim();
    const mapped = Object.hasOwn(currencyNames, text) ? currencyNames[text] : undefined;
    const code = mapped ?? text.toUpperCase();
    return [{ path: `${path}.${name}`, text, code: isCurrency(code) ? code : null }];
  });
}

/** A line that names another currency than its quotation is fatal: nothing here converts. */
export function refuseOtherCurrency(scope: Scope, currency: string, options: HaloOptions): void {
  for (const { path, code } of currencyMembers(scope, options)) {
    if (code === null || code === currency) continue;
    const message = `The line is in ${code}, the quotation in ${currency}.`;
    const remedy = 'Quote all lines in one currency.';
    scope.report.fatal('CURRENCY_MIXED', path, message, { currencies: [currency, code] }, remedy);
  }
}
