import { FIRST_YEAR, isTakenYear, LAST_YEAR } from '../core/local-day.js';
import { isCalendarDate } from './calendar.rules.js';
import {
  type ConfigurationFault,
  duplicates,
  type FaultPath,
  listed,
  unknownReference,
} from './configuration.fault.js';
import type { MarginFloor, TenantConfiguration } from './configuration.js';
import { ANY, BILLINGS, type DealType } from './configuration.words.js';

/**
 * Margin floors: no row twice, none for what does not exist, and a floor for the whole of every service in every deal
 * type that it is sold in (a floor of line kind `*`, for billing `*` or for both billings).
 */
export function floorFaults({
  marginFloors,
  serviceTemplates,
}: Pick<TenantConfiguration, 'marginFloors' | 'serviceTemplates'>): ConfigurationFault[] {
  const rows = marginFloors.map((floor, index) => ({ path: ['marginFloors', index], identity: identityOf(floor) }));
  const missing = Object.entries(serviceTemplates).flatMap(([key, { dealTypes }]) => {
    const bare = dealTypes.filter((dealType) => !hasFloor(marginFloors, key, dealType));
    if (bare.length === 0) return [];
    const message = `${key} has no margin floor as a whole in ${listed(bare)}.`;
    const remedy = "Add a floor with lineKind '*' and billing '*' for it, or for serviceTemplate '*'.";
    return [{ code: 'FLOOR_MISSING', path: ['serviceTemplates', key], atName: true as const, message, remedy }];
  });
  return [
    ...duplicates('floor', rows),
    ...marginFloors.flatMap((floor, index) => [
      ...dateFaults(floor.from, ['marginFloors', index, 'from']),
      ...floorReferenceFaults(floor, index, serviceTemplates),
    ]),
    ...missing,
  ];
}

const identityOf = ({ serviceTemplate, dealType, lineKind, billing, from }: MarginFloor): string =>
  [serviceTemplate, dealType, lineKind, billing, from].join(' ');

function hasFloor(floors: readonly MarginFloor[], template: string, dealType: DealType): boolean {
  const whole = floors.filter(
    (floor) =>
      [ANY, template].includes(floor.serviceTemplate) &&
      [ANY, dealType].includes(floor.dealType) &&
      floor.lineKind === ANY,
  );
  const has = (billing: MarginFloor['billing']): boolean => whole.some((floor) => floor.billing === billing);
  return has(ANY) || BILLINGS.every(has);
}

function floorReferenceFaults(
  { serviceTemplate, dealType }: MarginFloor,
  index: number,
  templates: TenantConfiguration['serviceTemplates'],
): ConfigurationFault[] {
  if (serviceTemplate === ANY) return [];
  if (!Object.hasOwn(templates, serviceTemplate)) {
    const path = ['marginFloors', index, 'serviceTemplate'];
    return [unknownReference('service template', serviceTemplate, path, Object.keys(templates))];
  }
  const { dealTypes } = templates[serviceTemplate]!;
  if (dealType === ANY || dealTypes.includes(dealType)) return [];
  const message = `${serviceTemplate} is not sold as ${dealType}, so this floor never binds.`;
  const remedy = `Use one of: ${listed([ANY, ...dealTypes])}.`;
  return [{ code: 'NEVER_USED', path: ['marginFloors', index, 'dealType'], message, remedy }];
}

/** A fault when a text has the form of a date but no calendar holds it, or its year is none that is taken. */
export function dateFaults(date: string, path: FaultPath): ConfigurationFault[] {
  // What has not even the form is a fault of the shape, told there.
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return [];
  const code = 'IMPOSSIBLE_DATE';
  if (!isCalendarDate(date))
    return [{ code, path, message: `${date} does not exist.`, remedy: 'Correct the day or the month.' }];
  if (isTakenYear(Number(date.slice(0, 4)))) return [];
  const message = `${date} lies outside of the years ${FIRST_YEAR} to ${LAST_YEAR}.`;
  return [{ code, path, message, remedy: 'Correct the year.' }];
}
