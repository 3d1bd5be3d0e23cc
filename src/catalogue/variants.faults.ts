import { type ConfigurationFault, duplicates, type FaultPath, unknownReference } from './configuration.fault.js';
import type { TenantConfiguration } from './configuration.js';
import type { PhasedHandoff } from './configuration.variants.js';
import { preClosePolicy } from './variant.rules.js';

type Read = Pick<TenantConfiguration, 'variants' | 'checklistTemplates' | 'serviceTemplates'>;

/** The variants of a handoff: a window that opens before it shuts, and checkpoints that ask for what there is. */
export function variantFaults(configuration: Read): ConfigurationFault[] {
  const { variants } = configuration;
  if (variants === undefined) return [];
  return [
    ...windowFaults(configuration),
    ...(variants.phases ?? []).flatMap((phased, index) =>
      phaseFaults(phased, ['variants', 'phases', index], configuration),
    ),
  ];
}

function windowFaults({ variants }: Read): ConfigurationFault[] {
  const { opensDaysBefore, leastDaysBefore } = preClosePolicy({ variants });
  if (leastDaysBefore <= opensDaysBefore) return [];
  return [
    {
      code: 'WINDOW_REVERSED',
      path: ['variants', 'preClose'],
      message: `A pre-close handoff opens ${opensDaysBefore} days before the close and must be asked for ${leastDaysBefore} days before it.`,
      remedy: `Set opensDaysBefore to ${leastDaysBefore} or more, or leastDaysBefore to ${opensDaysBefore} or less.`,
    },
  ];
}

function phaseFaults(
  phased: PhasedHandoff,
  path: FaultPath,
  { checklistTemplates, serviceTemplates }: Read,
): ConfigurationFault[] {
  const named = phased.serviceTemplates ?? [];
  const templates = Object.keys(serviceTemplates);
  const served = named.length === 0 ? templates : named.filter((key) => templates.includes(key));
  const codes = new Set(Object.values(checklistTemplates).flatMap(({ items }) => items.map(({ code }) => code)));
  // A checkpoint asks for its milestones in every service that has it.
  const milestones = commonOf(served.map((key) => serviceTemplates[key]!.milestones.map((one) => one.key)));
  const keys = phased.checkpoints.map(({ key }, index) => ({
    path: [...path, 'checkpoints', index, 'key'],
    identity: key,
  }));
  return [
    ...named.flatMap((key, index) =>
      templates.includes(key)
        ? []
        : [unknownReference('service template', key, [...path, 'serviceTemplates', index], templates)],
    ),
    ...duplicates('checkpoint', keys),
    ...phased.checkpoints.flatMap(({ checklistItems = [], milestones: asked = [] }, index) => {
      const at = [...path, 'checkpoints', index];
      return [
        ...checklistItems.flatMap((code, place) =>
          codes.has(code) ? [] : [unknownReference('checklist item', code, [...at, 'checklistItems', place], codes)],
        ),
        ...asked.flatMap((key, place) =>
          milestones.has(key) ? [] : [unknownReference('milestone', key, [...at, 'milestones', place], milestones)],
        ),
        ...(checklistItems.length + asked.length === 0
          ? [
              {
                code: 'CHECKPOINT_EMPTY',
                path: at,
                message: 'The checkpoint asks for nothing.',
                remedy: 'Name checklist items or milestones that must be there.',
              },
            ]
          : []),
      ];
    }),
  ];
}

function commonOf(lists: readonly (readonly string[])[]): Set<string> {
  const [first = [], ...others] = lists;
  return new Set(first.filter((key) => others.every((list) => list.includes(key))));
}
