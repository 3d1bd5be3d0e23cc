import { isCalendarDate } from './calendar.rules.js';
import {
  type ConfigurationFault,
  duplicates,
  type FaultPath,
  listed,
  unknownReference,
} from './configuration.fault.js';
import type { ApprovalLevel, ConfiguredPerson, MarginFloor, TenantConfiguration } from './configuration.js';
import { ANY, BILLINGS, type DealType } from './configuration.words.js';
import { SEES_MARGIN } from '../identity/roles.js';
import { actingRole, holdersOf } from './people.faults.js';

/**
 * Approval policy: two persons above materiality (requirements section 1 "Sector"), and every quorum within reach of
 * a requester who is eligible too (approvals rule 11; NetApp's "unique approvers > required").
 */
export function approvalFaults({
  people,
  approvalPolicy,
}: Pick<TenantConfiguration, 'people' | 'approvalPolicy'>): ConfigurationFault[] {
  const { marginException, rebaseline, configurationChange } = approvalPolicy;
  const rules = { marginException, rebaseline };
  return [
    ...Object.entries(rules).flatMap(([name, rule]) => {
      const path = ['approvalPolicy', name];
      return [
        ...quorumFaults(people, rule.below, [...path, 'below']),
        ...quorumFaults(people, rule.above, [...path, 'above']),
        ...twoPersonFaults(rule.below, rule.above, [...path, 'above', 'approvers']),
      ];
    }),
    ...blindFaults(marginException.below, ['approvalPolicy', 'marginException', 'below']),
    ...blindFaults(marginException.above, ['approvalPolicy', 'marginException', 'above']),
    ...quorumFaults(people, configurationChange, ['approvalPolicy', 'configurationChange']),
  ];
}

/** Whoever approves an exception to the floor must be able to see floor, margin and shortfall. */
function blindFaults({ roles }: ApprovalLevel, path: FaultPath): ConfigurationFault[] {
  return roles.flatMap((role, index) => {
    if (SEES_MARGIN.map(String).includes(role)) return [];
    const message = `${role} would vote on a margin that the role may not see.`;
    const remedy = `Name roles that see it: ${listed(SEES_MARGIN)}.`;
    return [{ code: 'APPROVER_BLIND', path: [...path, 'roles', index], message, remedy }];
  });
}

function quorumFaults(
  people: readonly ConfiguredPerson[],
  level: ApprovalLevel,
  path: FaultPath,
): ConfigurationFault[] {
  const roleFaults = level.roles.flatMap((role, index) => actingRole(people, role, [...path, 'roles', index]));
  const eligible = holdersOf(people, level.roles);
  const needed = level.approvers + 1;
  if (eligible.length >= needed) return roleFaults;
  const who = eligible.length === 0 ? 'nobody' : listed(eligible.map(({ key }) => key));
  const message =
    `${level.approvers} independent approval(s) need ${needed} different persons with ${level.roles.join(' or ')}, ` +
    `since one of them may be the requester; there is ${who}.`;
  const missing = needed - eligible.length;
  const remedy = `Give ${missing} more person(s) one of these roles, or allow another role.`;
  return [...roleFaults, { code: 'QUORUM_UNREACHABLE', path: [...path, 'approvers'], message, remedy }];
}

function twoPersonFaults(below: ApprovalLevel, above: ApprovalLevel, path: FaultPath): ConfigurationFault[] {
  if (above.approvers < 2) {
    const message = 'A material shortfall needs two different persons.';
    return [{ code: 'TWO_PERSON_RULE', path, message, remedy: 'Ask for at least 2 approvers above materiality.' }];
  }
  if (above.approvers >= below.approvers) return [];
  const message = 'Above materiality fewer persons are asked than below it.';
  return [{ code: 'TWO_PERSON_RULE', path, message, remedy: `Ask for at least ${below.approvers} approvers.` }];
}

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

/** A fault when a text has the form of a date but no calendar holds it. */
export function dateFaults(date: string, path: FaultPath): ConfigurationFault[] {
  // What has not even the form is a fault of the shape, told there.
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || isCalendarDate(date)) return [];
  return [
    { code: 'IMPOSSIBLE_DATE', path, message: `${date} does not exist.`, remedy: 'Correct the day or the month.' },
  ];
}
