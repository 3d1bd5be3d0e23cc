import { type ConfigurationFault, duplicates, type FaultPath, unknownReference } from './configuration.fault.js';
import type { DealQuestion, TenantConfiguration, TierRule } from './configuration.js';
import { chooseTier, segmentKey, type TierFacts } from './selection.rules.js';

/** Tier rules: a default at the end and only there, known checklists, and no rule that can never match. */
export function tierFaults(
  configuration: Pick<TenantConfiguration, 'tiers' | 'checklistTemplates' | 'serviceTemplates'>,
): ConfigurationFault[] {
  const { tiers, checklistTemplates } = configuration;
  const last = tiers.length - 1;
  return [
    ...tiers.flatMap((rule, index): ConfigurationFault[] => {
      const path = ['tiers', index];
      return [
        ...checklistReference(rule, checklistTemplates, [...path, 'checklistTemplate']),
        ...duplicates('segment', segmentsOf(rule, [...path, 'when', 'segments'])),
        ...(index === last ? defaultFaults(rule, path) : []),
      ];
    }),
    ...unreachableFaults(configuration),
  ];
}

function checklistReference(
  { checklistTemplate }: TierRule,
  templates: TenantConfiguration['checklistTemplates'],
  path: FaultPath,
): ConfigurationFault[] {
  if (Object.hasOwn(templates, checklistTemplate)) return [];
  return [unknownReference('checklist', checklistTemplate, path, Object.keys(templates))];
}

function segmentsOf({ when }: TierRule, path: FaultPath): { path: FaultPath; identity: string }[] {
  return (when?.segments ?? []).map((name, index) => ({ path: [...path, index], identity: segmentKey(name) }));
}

function defaultFaults({ when }: TierRule, path: FaultPath): ConfigurationFault[] {
  if (!when || Object.keys(when).length === 0) return [];
  const message = 'The last rule has conditions, so that some deals would get no tier.';
  return [{ code: 'NO_DEFAULT', path: [...path, 'when'], message, remedy: 'Add a last rule without when.' }];
}

/**
 * Rules that no deal can reach. Rules compare with few values, so deals at every one of them, in every deal type that
 * is sold and every segment that is named, meet every rule that any deal meets.
 */
function unreachableFaults({
  tiers,
  serviceTemplates,
}: Pick<TenantConfiguration, 'tiers' | 'serviceTemplates'>): ConfigurationFault[] {
  const met = new Set<number>();
  // The default of this list stands in for one that the file may lack.
  const rules = [...tiers, { tier: 'STANDARD', description: '', checklistTemplate: '' } satisfies TierRule];
  for (const facts of sampleDeals(tiers, serviceTemplates)) met.add(chooseTier({ tiers: rules }, facts).ruleIndex);
  return [...tiers.keys()]
    .filter((index) => !met.has(index))
    .map((index) => ({
      code: 'NEVER_USED',
      path: ['tiers', index],
      message:
        'No deal can reach this rule: its conditions exclude each other, no service is sold so, or earlier rules take every deal.',
      remedy: 'Correct its conditions, or move it before the rule that takes its deals, or remove it.',
    }));
}

/** A deal of every kind that the rules tell apart, in each deal type in which one of the services is sold. */
export function* sampleDeals(
  tiers: readonly TierRule[],
  templates: TenantConfiguration['serviceTemplates'],
): Generator<TierFacts> {
  const dealTypes = new Set(Object.values(templates).flatMap((template) => template.dealTypes));
  const segments = new Set<string | null>([
    null,
    ...tiers.flatMap(({ when }) => (when?.segments ?? []).map(segmentKey)),
  ]);
  const bounds = tiers.flatMap(({ when }) => [when?.minValueMinor, when?.maxValueMinor]);
  // Each stretch between two bounds begins at one; -1 stands for all that lies before the first.
  const values = new Set<bigint | null>([null, -1n]);
  for (const bound of bounds) if (Number.isSafeInteger(bound)) values.add(BigInt(bound!));
  for (const dealType of dealTypes)
    for (const segment of segments) for (const valueMinor of values) yield { dealType, segment, valueMinor };
}

/** Questions: told apart by key; choices belong to a CHOICE and are told apart by value. */
export function questionFaults({ questions }: Pick<TenantConfiguration, 'questions'>): ConfigurationFault[] {
  const keys = questions.map(({ key }, index) => ({ path: ['questions', index, 'key'], identity: key }));
  return [...duplicates('question', keys), ...questions.flatMap(optionFaults)];
}

function optionFaults({ type, options }: DealQuestion, index: number): ConfigurationFault[] {
  const path = ['questions', index, 'options'];
  if (type === 'CHOICE' && !options) {
    const message = 'A CHOICE needs its options.';
    return [
      {
        code: 'OPTIONS',
        path: ['questions', index, 'type'],
        message,
        remedy: 'Add options, each with value and label.',
      },
    ];
  }
  if (type === 'BOOLEAN' && options) {
    const message = 'A BOOLEAN is answered true or false.';
    return [{ code: 'OPTIONS', path, atName: true, message, remedy: 'Remove the options, or make it a CHOICE.' }];
  }
  return duplicates(
    'option',
    (options ?? []).map(({ value }, at) => ({ path: [...path, at, 'value'], identity: value })),
  );
}
