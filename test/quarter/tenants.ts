import type { TenantConfiguration } from '../../src/catalogue/configuration.js';
import { CLOSED_WON_ITEMS } from '../../src/catalogue/configuration.words.js';
import { OracleCalendar, type RawCalendar, type RawSetting } from './calendar.js';

/** What of a tenant the clocks follow from. */
export interface QuarterTenant {
  readonly slug: string;
  readonly calendar: RawCalendar;
  readonly clocks: Readonly<Record<string, RawSetting>>;
  /** Other settings by deal type. */
  readonly byDealType: Readonly<Record<string, Readonly<Record<string, RawSetting>>>>;
  /** How long each person of a ladder has; null where the tenant does not say, which means 8 business hours. */
  readonly every: RawSetting | null;
  /** Keys of people by topic. */
  readonly ladders: { readonly SLA: readonly string[]; readonly DECISION: readonly string[] };
}

const days = (hours: readonly { from: string; to: string }[]): RawCalendar['hours'] =>
  Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, hours]));
const holidays = (...dates: readonly string[]): RawCalendar['holidays'] => dates.map((date) => ({ date }));

const DEFAULTS: QuarterTenant['clocks'] = {
  INTRODUCTION: { amount: 48, unit: 'ELAPSED_HOURS' },
  DOCUMENT_COMPLETE: { amount: 24, unit: 'ELAPSED_HOURS' },
  RETURN_CORRECTION: { amount: 24, unit: 'ELAPSED_HOURS' },
  PREPARATION: { amount: 3, unit: 'BUSINESS_DAYS' },
  KICKOFF_SCHEDULED: { amount: 2, unit: 'BUSINESS_DAYS' },
  KICKOFF_HELD: { amount: 5, unit: 'BUSINESS_DAYS' },
  KICKOFF_HARD_BREACH: { amount: 10, unit: 'BUSINESS_DAYS' },
};

/**
 * London, New York and Sydney from the end of September to the new year of 2026: London's clocks go back on 25 October,
 * New York's on 1 November, Sydney's forward on 4 October, the eve of a public holiday. Sydney and New York also work in
 * the very night of the change. Amounts, units, ladders and deal types differ.
 */
export const QUARTER_TENANTS: readonly QuarterTenant[] = [
  {
    slug: 'london',
    calendar: {
      timeZone: 'Europe/London',
      hours: days([{ from: '09:00', to: '17:30' }]),
      // Christmas Day, and Monday for Boxing Day.
      holidays: holidays('2026-12-25', '2026-12-28', '2027-01-01'),
    },
    clocks: DEFAULTS,
    byDealType: { RENEWAL: { KICKOFF_SCHEDULED: { amount: 3, unit: 'BUSINESS_DAYS' } } },
    every: null,
    ladders: { SLA: ['leah.lead', 'dana.delivery', 'ravi.revops'], DECISION: ['dana.delivery', 'leah.lead'] },
  },
  {
    slug: 'new-york',
    calendar: {
      timeZone: 'America/New_York',
      hours: {
        ...days([
          { from: '08:30', to: '12:00' },
          { from: '13:00', to: '17:00' },
        ]),
        // The closing time of a Friday lies on a Saturday, which is not worked.
        fri: [{ from: '13:00', to: '24:00' }],
        sun: [{ from: '00:00', to: '04:00' }],
      },
      // Columbus Day is a Monday; Veterans Day, Thanksgiving, Christmas.
      holidays: holidays('2026-10-12', '2026-11-11', '2026-11-26', '2026-12-25', '2027-01-01'),
    },
    clocks: {
      ...DEFAULTS,
      PREPARATION: { amount: 20, unit: 'BUSINESS_HOURS' },
      RETURN_CORRECTION: { amount: 6, unit: 'BUSINESS_HOURS' },
    },
    byDealType: { NEW_BUSINESS: { INTRODUCTION: { amount: 11, unit: 'BUSINESS_HOURS' } } },
    every: { amount: 3, unit: 'BUSINESS_HOURS' },
    ladders: { SLA: ['dylan.delivery', 'liam.lead'], DECISION: ['liam.lead', 'ravi.revops', 'sam.sales'] },
  },
  {
    slug: 'sydney',
    calendar: {
      timeZone: 'Australia/Sydney',
      hours: { ...days([{ from: '09:00', to: '17:00' }]), sun: [{ from: '00:00', to: '06:00' }] },
      // Labour Day is the Monday after the change; Christmas, Monday for Boxing Day.
      holidays: holidays('2026-10-05', '2026-12-25', '2026-12-28', '2027-01-01'),
    },
    clocks: { ...DEFAULTS, KICKOFF_SCHEDULED: { amount: 18, unit: 'BUSINESS_HOURS' } },
    byDealType: {},
    every: { amount: 1, unit: 'BUSINESS_DAYS' },
    ladders: { SLA: ['rita.revops', 'dana.delivery', 'leah.lead'], DECISION: ['ravi.revops'] },
  },
];

/** The parts of a configuration that cannot be left out, and how its deals are read. */
const READ: readonly string[] = [
  'tenant',
  'people',
  'marginFloors',
  'approvalPolicy',
  'checklistTemplates',
  'serviceTemplates',
  'questions',
  'tiers',
  'slaProfile',
  'calendar',
  'escalationContacts',
  'dealImport',
];

/** The setting of a clock for a deal type. */
export function settingOf(tenant: QuarterTenant, clock: string, dealType: string): RawSetting {
  return tenant.byDealType[dealType]?.[clock] ?? tenant.clocks[clock]!;
}

/** The calendar of a tenant as the oracle reads it. */
export const calendarOf = ({ calendar }: QuarterTenant): OracleCalendar => new OracleCalendar(calendar);

/**
 * Makes the sample tenant's configuration that of a tenant of the quarter: one light tier with the five items of
 * closed-won, whose evidence does not age and is not reopened, so that corrections need no second round of proof.
 */
export function configure(configuration: TenantConfiguration, tenant: QuarterTenant): void {
  const { calendar, clocks, byDealType, every, ladders, slug } = tenant;
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  Object.assign(configuration.tenant, { slug, timeZone: calendar.timeZone });
  // Whatever else the sample sets: the defaults are what the oracle knows.
  for (const key of Object.keys(configuration) as (keyof TenantConfiguration)[])
    if (!READ.includes(key)) Reflect.deleteProperty(configuration, key);
  configuration.calendar = {
    ...(plain(calendar) as TenantConfiguration['calendar']),
    holidays: calendar.holidays.map(({ date }) => ({ date, name: 'Public holiday' })),
  };
  configuration.slaProfile = plain({
    clocks,
    byDealType,
    ...(every ? { escalateEvery: every } : {}),
  }) as TenantConfiguration['slaProfile'];
  // Without a ladder of its own, delivery is reminded by that of the clocks.
  configuration.escalationContacts = configuration.escalationContacts.flatMap((contact) => {
    const { topic } = contact;
    if ((topic as string) === 'DELIVERY') return [];
    return [topic === 'SLA' || topic === 'DECISION' ? { topic, ladder: [...ladders[topic]] } : contact];
  });
  const { light } = configuration.checklistTemplates;
  light!.items = light!.items
    .filter(({ code }) => (CLOSED_WON_ITEMS as readonly string[]).includes(code))
    .map((item) => ({ ...item, validityDays: null, reopensOn: [] }));
  configuration.tiers = configuration.tiers
    .filter(({ tier }) => tier === 'LIGHT')
    .slice(0, 1)
    .map(({ when: _when, ...tier }) => tier);
}
