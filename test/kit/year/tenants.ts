import type { TenantConfiguration } from '../../../src/catalogue/configuration.js';
import type { RawCalendar, RawSetting } from '../../quarter/calendar.js';

/** One of the three tenants whose year is proven: where it works, what it counts in, and when a kickoff is due. */
export interface YearTenant {
  readonly slug: string;
  readonly seed: number;
  readonly currency: string;
  /** Units of the tenant's currency for one euro, by which a few of its deals are billed. */
  readonly euro: string;
  readonly calendar: RawCalendar;
  readonly kickoffHeld: RawSetting;
  readonly documentComplete: RawSetting;
  /** Another setting of KICKOFF_HELD by deal type. */
  readonly kickoffByDealType: Readonly<Record<string, RawSetting>>;
}

const week = (hours: readonly { from: string; to: string }[]): RawCalendar['hours'] =>
  Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, hours]));
const holidays = (...dates: readonly string[]): RawCalendar['holidays'] => dates.map((date) => ({ date }));

/** The first and the last day of the year, and the instant as of which it is looked at: deadlines lie beyond it. */
export const YEAR = {
  fromOn: '2026-01-01',
  toOn: '2026-12-31',
  from: new Date('2026-01-01T00:00:00.000Z'),
  to: new Date('2026-12-20T00:00:00.000Z'),
  asOf: new Date('2026-12-29T15:30:00.000Z'),
} as const;

/** London, New York and Sydney: three currencies, six changes of the clocks, days that begin before and after UTC's. */
export const YEAR_TENANTS: readonly YearTenant[] = [
  {
    slug: 'year-london',
    seed: 11,
    currency: 'GBP',
    euro: '0.8710',
    calendar: {
      timeZone: 'Europe/London',
      hours: week([{ from: '09:00', to: '17:30' }]),
      holidays: holidays(
        '2026-01-01',
        '2026-04-03',
        '2026-04-06',
        '2026-05-04',
        '2026-12-25',
        '2026-12-28',
        '2027-01-01',
      ),
    },
    kickoffHeld: { amount: 5, unit: 'BUSINESS_DAYS' },
    documentComplete: { amount: 24, unit: 'ELAPSED_HOURS' },
    kickoffByDealType: {},
  },
  {
    slug: 'year-new-york',
    seed: 22,
    currency: 'USD',
    euro: '1.0835',
    calendar: {
      timeZone: 'America/New_York',
      hours: { ...week([{ from: '08:30', to: '17:00' }]), fri: [{ from: '13:00', to: '24:00' }] },
      holidays: holidays('2026-01-01', '2026-07-03', '2026-11-26', '2026-12-25', '2027-01-01'),
    },
    kickoffHeld: { amount: 60, unit: 'BUSINESS_HOURS' },
    documentComplete: { amount: 10, unit: 'BUSINESS_HOURS' },
    kickoffByDealType: { RENEWAL: { amount: 8, unit: 'BUSINESS_DAYS' } },
  },
  {
    slug: 'year-sydney',
    seed: 33,
    currency: 'AUD',
    euro: '1.6512',
    calendar: {
      timeZone: 'Australia/Sydney',
      hours: { ...week([{ from: '09:00', to: '17:00' }]), sun: [{ from: '00:00', to: '06:00' }] },
      holidays: holidays('2026-01-01', '2026-01-26', '2026-10-05', '2026-12-25', '2026-12-28', '2027-01-01'),
    },
    kickoffHeld: { amount: 7, unit: 'BUSINESS_DAYS' },
    documentComplete: { amount: 30, unit: 'ELAPSED_HOURS' },
    kickoffByDealType: { EXPANSION: { amount: 240, unit: 'ELAPSED_HOURS' } },
  },
];

/** Makes the sample tenant's configuration that of a tenant of the year. */
export function configureYear(configuration: TenantConfiguration, tenant: YearTenant): void {
  const { slug, currency, euro, calendar, kickoffHeld, documentComplete, kickoffByDealType } = tenant;
  Object.assign(configuration.tenant, { slug, currency, timeZone: calendar.timeZone });
  const { slaProfile } = configuration;
  const byDealType = Object.entries(kickoffByDealType).map(([type, setting]) => [type, { KICKOFF_HELD: setting }]);
  Object.assign(configuration, {
    calendar: {
      ...calendar,
      holidays: calendar.holidays.map(({ date }) => ({ date, name: 'Public holiday' })),
    },
    slaProfile: {
      clocks: { ...slaProfile.clocks, KICKOFF_HELD: kickoffHeld, DOCUMENT_COMPLETE: documentComplete },
      byDealType: Object.fromEntries(byDealType),
    },
    approvalPolicy: {
      ...configuration.approvalPolicy,
      exchangeRates: [{ currency: 'EUR', rate: euro, from: '2026-01-01', source: 'Rate sheet 2026' }],
    },
  });
}
