import { isCurrency } from '../core/currency.js';
import { IANAZone } from 'luxon';
import { type ConfigurationFault, duplicates, type FaultPath, listed } from './configuration.fault.js';
import type { ConfiguredPerson, TenantConfiguration } from './configuration.js';
import type { MemberRole } from './configuration.words.js';

/** Roles without which a tenant cannot work: someone sells, someone signs off, someone administers. */
const INDISPENSABLE = ['SALES_MANAGER', 'DELIVERY_MANAGER', 'REVOPS_ADMIN'] as const;

/** Time zone, currency and language of the tenant. */
export function tenantFaults({ tenant }: Pick<TenantConfiguration, 'tenant'>): ConfigurationFault[] {
  return [
    ...timeZoneFaults(tenant.timeZone, ['tenant', 'timeZone']),
    ...currencyFaults(tenant.currency, ['tenant', 'currency']),
    ...localeFaults(tenant.locale),
  ];
}

/** A fault unless the name is one of the IANA time zone database. */
export function timeZoneFaults(timeZone: string, path: FaultPath): ConfigurationFault[] {
  if (IANAZone.isValidZone(timeZone)) return [];
  const remedy = 'Use a name of the IANA time zone database, such as Europe/London.';
  return [{ code: 'TIME_ZONE', path, message: `${timeZone} is no time zone.`, remedy }];
}

function currencyFaults(currency: string, path: FaultPath): ConfigurationFault[] {
  if (isCurrency(currency)) return [];
  const message = `${currency} is no active ISO 4217 currency.`;
  return [{ code: 'CURRENCY', path, message, remedy: 'Use a code such as GBP, EUR or USD.' }];
}

function localeFaults(locale: string | undefined): ConfigurationFault[] {
  try {
    Intl.getCanonicalLocales(locale);
    return [];
  } catch {
    const message = `${locale} is no language tag.`;
    return [{ code: 'LOCALE', path: ['tenant', 'locale'], message, remedy: 'Use a BCP 47 tag such as en-GB.' }];
  }
}

/** The tenant's own words for currencies in its PSA. */
export function dealImportFaults({ dealImport }: Pick<TenantConfiguration, 'dealImport'>): ConfigurationFault[] {
  const { defaultCurrency, currencyNames = {} } = dealImport?.halopsa ?? {};
  const root = ['dealImport', 'halopsa'] as const;
  return [
    ...(defaultCurrency === undefined ? [] : currencyFaults(defaultCurrency, [...root, 'defaultCurrency'])),
    ...Object.entries(currencyNames).flatMap(([name, code]) => currencyFaults(code, [...root, 'currencyNames', name])),
  ];
}

/** People are told apart by id, key, email and account; an account belongs to one natural person. */
export function peopleFaults({ people }: Pick<TenantConfiguration, 'people'>): ConfigurationFault[] {
  const by = (field: 'id' | 'key' | 'email'): { path: FaultPath; identity: string }[] =>
    people.map((person, index) => ({ path: ['people', index, field], identity: person[field].toLowerCase() }));
  const accounts = people.flatMap((person, index) =>
    person.accounts.map(({ issuer, oid }, position) => ({
      path: ['people', index, 'accounts', position, 'oid'],
      identity: issuer === undefined ? oid : `${oid} at ${issuer}`,
    })),
  );
  return [
    ...duplicates('id', by('id')),
    ...duplicates('key', by('key')),
    ...duplicates('email', by('email')),
    ...duplicates('account', accounts),
    ...people.flatMap(auditorFaults),
    ...INDISPENSABLE.flatMap((role) => unheldRole(people, role, ['people'])),
  ];
}

/** An auditor's seat stands alone: nobody audits what they do themselves. */
function auditorFaults({ roles }: ConfiguredPerson, index: number): ConfigurationFault[] {
  if (!roles.includes('AUDITOR') || roles.length === 1) return [];
  const message = 'An auditor holds no other role.';
  const remedy = 'Give the seat to somebody else, or leave AUDITOR out.';
  return [{ code: 'AUDITOR_STANDS_ALONE', path: ['people', index, 'roles'], message, remedy }];
}

/** The people who hold at least one of the roles; each natural person once, whatever their number of accounts. */
export function holdersOf(people: readonly ConfiguredPerson[], roles: readonly MemberRole[]): ConfiguredPerson[] {
  const found = people.filter((person) => person.roles.some((role) => roles.includes(role)));
  return [...new Map(found.map((person) => [person.id, person])).values()];
}

/** A fault at `path` when nobody holds the role. */
export function unheldRole(
  people: readonly ConfiguredPerson[],
  role: MemberRole,
  path: FaultPath,
): ConfigurationFault[] {
  if (holdersOf(people, [role]).length > 0) return [];
  return [
    { code: 'NOBODY', path, message: `Nobody holds the role ${role}.`, remedy: `Give a person the role ${role}.` },
  ];
}

/** Faults at `path` when a role that acts is the read-only one, or is held by nobody. */
export function actingRole(
  people: readonly ConfiguredPerson[],
  role: MemberRole,
  path: FaultPath,
): ConfigurationFault[] {
  if (role !== 'AUDITOR') return unheldRole(people, role, path);
  const remedy = `Use a role that acts, such as ${listed(INDISPENSABLE)}.`;
  return [{ code: 'READ_ONLY_ROLE', path, message: 'AUDITOR only reads.', remedy }];
}
