import { type ConfigurationFault, unknownReference } from './configuration.fault.js';
import type { TenantConfiguration } from './configuration.js';

/** Whoever holds a review or stands in is a person of the file, and the two are not one. */
export function qualityFaults({
  people,
  quality,
}: Pick<TenantConfiguration, 'people' | 'quality'>): ConfigurationFault[] {
  const known = people.map(({ key }) => key);
  return Object.entries(quality?.reviews ?? {}).flatMap(([kind, { owner, deputy }]) => {
    const path = ['quality', 'reviews', kind];
    const named = [
      { key: owner, at: [...path, 'owner'] },
      { key: deputy, at: [...path, 'deputy'] },
    ];
    const strangers = named.flatMap(({ key, at }) =>
      key === undefined || known.includes(key) ? [] : [unknownReference('person', key, at, known)],
    );
    if (owner === undefined || owner !== deputy) return strangers;
    const message = `${owner} cannot stand in for ${owner}.`;
    return [...strangers, { code: 'SAME_PERSON', path: [...path, 'deputy'], message, remedy: 'Name somebody else.' }];
  });
}
