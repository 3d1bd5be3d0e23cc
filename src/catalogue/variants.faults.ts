import { type ConfigurationFault, duplicates, type FaultPath, unknownReference } from './configuration.fault.js';
import type { ChecklistTemplate, TenantConfiguration, TierRule } from './configuration.js';
import type { PhasedHandoff } from './configuration.variants.js';
import { type TierFacts, tierRuleOf } from './selection.rules.js';
import { sampleDeals } from './tier.faults.js';
import { phaseFor, preClosePolicy } from './variant.rules.js';

type Read = Pick<TenantConfiguration, 'variants' | 'checklistTemplates' | 'serviceTemplates' | 'tiers'>;

/** The variants of a handoff: a window that opens before it shuts, and checkpoints that ask for what there is. */
export function variantFaults(configuration: Read): ConfigurationFault[] {
  const { variants } = configuration;
  if (variants === undefined) return [];
  const { phases = [] } = variants;
  const given = checklistsGiven(configuration);
  return [
    ...windowFaults(configuration),
    ...phases.flatMap((phased, index) =>
      phaseFaults(phased, ['variants', 'phases', index], { ...configuration, given: given[index]! }),
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
  { checklistTemplates, serviceTemplates, given }: Read & { readonly given: readonly string[] },
): ConfigurationFault[] {
  const named = phased.serviceTemplates ?? [];
  const templates = Object.keys(serviceTemplates);
  const served = named.length === 0 ? templates : named.filter((key) => templates.includes(key));
  const codes = new Set(Object.values(checklistTemplates).flatMap((template) => codesOf(template)));
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
          codes.has(code)
            ? notGivenFaults(code, [...at, 'checklistItems', place], given, checklistTemplates)
            : [unknownReference('checklist item', code, [...at, 'checklistItems', place], codes)],
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

const codesOf = ({ items }: ChecklistTemplate): string[] => items.map(({ code }) => code);

/** The checklists that handoffs with the checkpoints of each of the phases may get, by key and in order. */
function checklistsGiven({ variants, tiers, serviceTemplates, checklistTemplates }: Read): string[][] {
  const given = (variants?.phases ?? []).map(() => new Set<string>());
  if (given.length === 0) return [];
  const reached = new Map<string, Pick<TierRule, 'tier' | 'checklistTemplate'> & Pick<TierFacts, 'dealType'>>();
  for (const facts of sampleDeals(tiers, serviceTemplates)) {
    const { dealType } = facts;
    const rule = tiers[tierRuleOf(tiers, facts)];
    if (rule) reached.set(`${dealType} ${rule.tier} ${rule.checklistTemplate}`, { ...rule, dealType });
  }
  for (const [serviceTemplate, { dealTypes }] of Object.entries(serviceTemplates))
    for (const { tier, dealType, checklistTemplate } of reached.values())
      if (dealTypes.includes(dealType))
        given[phaseFor({ variants }, { tier, dealType, serviceTemplate })]?.add(checklistTemplate);
  return given.map((keys) => [...keys].filter((key) => Object.hasOwn(checklistTemplates, key)).toSorted());
}

/** A checkpoint is accepted when its items are proven: a checklist without one of them keeps it open for ever. */
function notGivenFaults(
  code: string,
  path: FaultPath,
  given: readonly string[],
  templates: Read['checklistTemplates'],
): ConfigurationFault[] {
  const without = given.filter((key) => !codesOf(templates[key]!).includes(code));
  if (without.length === 0) return [];
  const names = without.join(', ');
  return [
    {
      code: 'CHECKPOINT_ITEM_NOT_GIVEN',
      path,
      message: `A handoff of this phase may get the checklist ${names}, which has no item ${code}.`,
      remedy: `Add the item ${code} to ${names}, leave it out here, or narrow the phase by tiers or dealTypes.`,
    },
  ];
}

function commonOf(lists: readonly (readonly string[])[]): Set<string> {
  const [first = [], ...others] = lists;
  return new Set(first.filter((key) => others.every((list) => list.includes(key))));
}
