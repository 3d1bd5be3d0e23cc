import { planningRoleKey } from './configuration.capacity.js';
import { type ConfigurationFault, duplicates, unknownReference } from './configuration.fault.js';
import type { TenantConfiguration } from './configuration.js';

const LONGEST_WEEK = 168;

/** Capacity: each role once, people and roles that exist, and nobody with more hours than a week has. */
export function capacityFaults({
  people: members,
  capacity,
}: Pick<TenantConfiguration, 'people' | 'capacity'>): ConfigurationFault[] {
  if (!capacity) return [];
  const { roles, people = [] } = capacity;
  const known = new Set(roles.map(({ role }) => planningRoleKey(role)));
  const keys = members.map(({ key }) => key);
  const at = (index: number, field: string) => ['capacity', 'people', index, field];
  return [
    ...duplicates(
      'role',
      roles.map(({ role }, index) => ({ path: ['capacity', 'roles', index, 'role'], identity: planningRoleKey(role) })),
    ),
    ...duplicates(
      'person in a role',
      people.map(({ person, role }, index) => ({
        path: at(index, 'person'),
        identity: `${person} as ${planningRoleKey(role)}`,
      })),
    ),
    ...people.flatMap(({ person, role }, index) => [
      ...(keys.includes(person) ? [] : [unknownReference('person', person, at(index, 'person'), keys)]),
      ...(known.has(planningRoleKey(role))
        ? []
        : [
            unknownReference(
              'role',
              role,
              at(index, 'role'),
              roles.map((one) => one.role),
            ),
          ]),
    ]),
    ...people.flatMap(({ person }, index): ConfigurationFault[] => {
      const own = people.slice(0, index + 1).filter((one) => one.person === person);
      const hours = own.reduce((sum, one) => sum + Number(one.hoursPerWeek), 0);
      if (!(hours > LONGEST_WEEK)) return [];
      const message = `${person} would work ${hours} hours a week.`;
      const remedy = `A week has ${LONGEST_WEEK} hours, over all roles of a person.`;
      return [{ code: 'HOURS', path: at(index, 'hoursPerWeek'), message, remedy }];
    }),
  ];
}
