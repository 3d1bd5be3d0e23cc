import type { TaskTemplate, TenantConfiguration } from '../../src/catalogue/configuration.js';
import type { TermsLine } from '../../src/deal/terms.rules.js';

const HOURS = [{ from: '09:00', to: '17:00' }];

/** A task of the fixture's pack. */
export function task(key: string, parts: Partial<TaskTemplate> = {}): TaskTemplate {
  return {
    key,
    title: key,
    description: `Do ${key}.`,
    ownerRole: 'DELIVERY_MANAGER',
    milestone: 'build',
    offsetBusinessDays: 1,
    dependsOn: [],
    estimateHours: '2',
    budgetType: 'project',
    ...parts,
  };
}

/** As much of a tenant's configuration as a plan asks for. */
export function configurationWith(tasks: TaskTemplate[]): TenantConfiguration {
  return {
    serviceTemplates: {
      'managed-network': {
        label: 'Managed network',
        dealTypes: ['NEW_BUSINESS'],
        budgetTypes: [
          { key: 'project', label: 'Project labour', lineKinds: ['LABOUR'] },
          { key: 'goods', label: 'Goods', lineKinds: ['HARDWARE', 'SOFTWARE', 'LICENCE'] },
          { key: 'service', label: 'Service', lineKinds: ['SERVICE', 'OTHER'] },
        ],
        milestones: [
          { key: 'build', name: 'Build', startOffsetBusinessDays: 0, durationBusinessDays: 5 },
          { key: 'live', name: 'Go live', startOffsetBusinessDays: 5, durationBusinessDays: 3 },
        ],
        taskPacks: { '*': { key: 'network', version: '1.0', tasks } },
      },
    },
    questions: [
      { key: 'migration', label: 'Is data migrated?', type: 'BOOLEAN' },
      { key: 'site', label: 'Where?', type: 'CHOICE', options: [{ value: 'remote', label: 'Remotely' }] },
    ],
    calendar: {
      timeZone: 'Europe/London',
      hours: { mon: HOURS, tue: HOURS, wed: HOURS, thu: HOURS, fri: HOURS },
      holidays: [
        { date: '2026-12-25', name: 'Christmas Day' },
        { date: '2026-12-28', name: 'Boxing Day (substitute)' },
      ],
    },
  } as unknown as TenantConfiguration;
}

/** A quote line. */
export function quoteLine(parts: Partial<TermsLine> = {}): TermsLine {
  return {
    position: 1,
    externalId: null,
    kind: 'LABOUR',
    productCode: null,
    description: 'Engineering',
    quantity: '10',
    unitPrice: '100',
    discountPercent: '0',
    discountAmount: '0',
    unitCost: '60',
    billing: 'ONE_OFF',
    billingPeriod: null,
    periods: null,
    totalMinor: '100000',
    costMinor: '60000',
    ...parts,
  };
}
