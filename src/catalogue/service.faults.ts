import { type ConfigurationFault, duplicates, type FaultPath, listed } from './configuration.fault.js';
import type { ServiceTemplate, TaskPack, TenantConfiguration } from './configuration.js';
import { ANY, LINE_KINDS } from './configuration.words.js';
import { taskFaults } from './task.faults.js';

/** Service templates: a complete cut of the budget, a pack for every deal type, and sound packs. */
export function serviceFaults(
  configuration: Pick<TenantConfiguration, 'people' | 'serviceTemplates' | 'questions'>,
): ConfigurationFault[] {
  const templates = Object.entries(configuration.serviceTemplates);
  const packs = templates.flatMap(([key, template]) => packsOf(key, template));
  return [
    ...templates.flatMap(([key, template]) => {
      const path = ['serviceTemplates', key];
      return [
        ...duplicates('budget type', keysOf(template.budgetTypes, [...path, 'budgetTypes'])),
        ...duplicates('milestone', keysOf(template.milestones, [...path, 'milestones'])),
        ...lineKindFaults(template, [...path, 'budgetTypes']),
        ...coverageFaults(template, [...path, 'taskPacks']),
      ];
    }),
    ...duplicates(
      'task pack',
      packs.map(({ pack, path }) => ({ path: [...path, 'key'], identity: pack.key })),
    ),
    ...packs.flatMap(({ pack, path, template }) => taskFaults(pack, template, configuration, [...path, 'tasks'])),
  ];
}

function packsOf(
  key: string,
  template: ServiceTemplate,
): { template: ServiceTemplate; pack: TaskPack; path: FaultPath }[] {
  return Object.entries(template.taskPacks).map(([dealType, pack]) => {
    return { template, pack, path: ['serviceTemplates', key, 'taskPacks', dealType] };
  });
}

/** Elements of a list as `duplicates` wants them. */
export function keysOf(
  items: readonly { readonly key: string }[],
  path: FaultPath,
): { path: FaultPath; identity: string }[] {
  return items.map(({ key }, index) => ({ path: [...path, index, 'key'], identity: key }));
}

/** Every quote line must find its bucket, and only one, or the baseline would lose or double money. */
function lineKindFaults({ budgetTypes }: ServiceTemplate, path: FaultPath): ConfigurationFault[] {
  const kinds = budgetTypes.flatMap(({ lineKinds }, index) =>
    lineKinds.map((kind, position) => ({ path: [...path, index, 'lineKinds', position], identity: kind })),
  );
  const left = LINE_KINDS.filter((kind) => kinds.every(({ identity }) => identity !== kind));
  const faults = duplicates('line kind', kinds);
  if (left.length === 0) return faults;
  const message = `No budget type takes quote lines of kind ${listed(left)}.`;
  return [
    ...faults,
    { code: 'LINE_KIND_MISSING', path, message, remedy: 'Add each to the lineKinds of one budget type.' },
  ];
}

function coverageFaults({ dealTypes, taskPacks }: ServiceTemplate, path: FaultPath): ConfigurationFault[] {
  const named = Object.keys(taskPacks).filter((name) => name !== ANY);
  const unsold = named.filter((name) => !(dealTypes as readonly string[]).includes(name));
  const bare = Object.hasOwn(taskPacks, ANY) ? [] : dealTypes.filter((dealType) => !named.includes(dealType));
  return [
    ...unsold.map((name) => ({
      code: 'NEVER_USED',
      path: [...path, name],
      atName: true as const,
      message: `The service is not sold as ${name}, so this task pack is never used.`,
      remedy: `Add ${name} to dealTypes, or remove the pack.`,
    })),
    ...bare.map((dealType) => ({
      code: 'TASK_PACK_MISSING',
      path,
      message: `The service is sold as ${dealType}, but there is no task pack for it.`,
      remedy: `Add a pack for ${dealType}, or one for '*'.`,
    })),
  ];
}
