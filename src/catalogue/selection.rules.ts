import { addBusinessDays } from './calendar.rules.js';
import type {
  BusinessCalendar,
  ClockSetting,
  ConfigurationSource,
  DealQuestion,
  EscalationContact,
  ServiceTemplate,
  TaskPack,
  TaskTemplate,
  TenantConfiguration,
  TierRule,
} from './configuration.js';
import { ANY, type Any, type ClockKey, type DealType, type EscalationTopic, type Tier } from './configuration.words.js';

/** What a tier is chosen by. */
export interface TierFacts {
  readonly dealType: DealType;
  /** The deal's contract value in minor units of the tenant's currency; null when unknown or in another currency. */
  readonly valueMinor: bigint | null;
  /** The client's segment; null when unknown. */
  readonly segment: string | null;
}

/** The tier of a deal, and why. */
export interface ChosenTier extends ConfigurationSource {
  readonly tier: Tier;
  /** Position of the rule that matched, from 0. */
  readonly ruleIndex: number;
  /** The rule's own words on why. */
  readonly description: string;
  /** Key of the checklist that the deal gets. */
  readonly checklistTemplate: string;
}

/** The deal's answers by question key. */
export type Answers = Readonly<Record<string, boolean | string>>;

/** A task that the deal gets. */
export type ResolvedTask = Omit<TaskTemplate, 'when'>;

/** The task pack of a deal, its conditions resolved. */
export interface ChosenTaskPack extends ConfigurationSource {
  readonly key: string;
  readonly version: string;
  /** The tasks in the pack's order; what depended on a skipped task depends on what that one depended on. */
  readonly tasks: readonly ResolvedTask[];
  /** Keys of the tasks whose condition does not hold. */
  readonly skipped: readonly string[];
  /** Keys of questions that conditional tasks ask and that have no valid answer; their tasks are IN the pack. */
  readonly unanswered: readonly string[];
}

/** A milestone with its days. */
export interface DatedMilestone extends ConfigurationSource {
  readonly key: string;
  readonly name: string;
  /** Place in the plan, from 1. */
  readonly position: number;
  /** First business day (YYYY-MM-DD). */
  readonly startOn: string;
  /** Last business day (YYYY-MM-DD). */
  readonly dueOn: string;
}

/** An SLA clock as it stands for one deal type. */
export interface ChosenClock extends ClockSetting, ConfigurationSource {
  readonly key: ClockKey;
}

/**
 * The first tier rule that matches. A rule that asks for a value or a segment does not match a deal whose value or
 * segment is unknown. Throws a RangeError when none matches, which a checked configuration rules out (its last rule
 * is the default).
 */
export function chooseTier(configuration: Pick<TenantConfiguration, 'tiers'>, facts: TierFacts): ChosenTier {
  const ruleIndex = tierRuleOf(configuration.tiers, facts);
  const rule = configuration.tiers[ruleIndex];
  if (!rule) throw new RangeError('No tier rule matches: the configuration has no default');
  const { tier, description, checklistTemplate } = rule;
  return { tier, ruleIndex, description, checklistTemplate, path: `tiers[${ruleIndex}]` };
}

/** The position of the first tier rule that matches, from 0; -1 for none. */
export const tierRuleOf = (tiers: readonly TierRule[], facts: TierFacts): number =>
  tiers.findIndex((rule) => matches(rule, facts));

function matches({ when = {} }: TierRule, { dealType, valueMinor, segment }: TierFacts): boolean {
  const { dealTypes, minValueMinor, maxValueMinor, segments } = when;
  if (dealTypes && !dealTypes.includes(dealType)) return false;
  if (minValueMinor !== undefined && (valueMinor === null || valueMinor < BigInt(minValueMinor))) return false;
  if (maxValueMinor !== undefined && (valueMinor === null || valueMinor >= BigInt(maxValueMinor))) return false;
  return !segments || (segment !== null && segments.some((name) => segmentKey(name) === segmentKey(segment)));
}

/** Two segments are the same when their keys are: case and outer spaces do not matter. */
export const segmentKey = (segment: string): string => segment.trim().toLowerCase();

/**
 * The service template of that key, or null. Own names only: a key such as `constructor` finds nothing that the
 * tenant did not write.
 */
export function serviceTemplateOf(
  { serviceTemplates }: Pick<TenantConfiguration, 'serviceTemplates'>,
  key: string,
): ServiceTemplate | null {
  return Object.hasOwn(serviceTemplates, key) ? serviceTemplates[key]! : null;
}

/**
 * The task pack by service template and deal type (requirement 002 step 2): the deal type's own pack, else the one of
 * `*`. Null when the template is unknown or is not sold in this deal type. A task whose question has no valid answer
 * is kept: a task too many is seen, one that is missing is not.
 */
export function chooseTaskPack(
  configuration: Pick<TenantConfiguration, 'serviceTemplates' | 'questions'>,
  serviceTemplate: string,
  dealType: DealType,
  answers: Answers,
): ChosenTaskPack | null {
  const template = serviceTemplateOf(configuration, serviceTemplate);
  const chosen = template && packOf(template, dealType);
  if (!chosen) return null;
  const { name, pack } = chosen;
  const asked = new Set(pack.tasks.flatMap(({ when }) => (when ? [when.question] : [])));
  const unanswered = [...asked].filter((key) => !isAnswered(configuration.questions, key, answers));
  const skipped = new Set(pack.tasks.filter((task) => !isWanted(task, answers, unanswered)).map(({ key }) => key));
  return {
    key: pack.key,
    version: pack.version,
    tasks: bridged(pack.tasks, skipped),
    skipped: [...skipped],
    unanswered,
    path: `serviceTemplates.${serviceTemplate}.taskPacks.${name}`,
  };
}

function packOf(
  { dealTypes, taskPacks }: ServiceTemplate,
  dealType: DealType,
): { name: DealType | Any; pack: TaskPack } | null {
  if (!dealTypes.includes(dealType)) return null;
  const own = taskPacks[dealType];
  if (own) return { name: dealType, pack: own };
  const common = taskPacks[ANY];
  return common ? { name: ANY, pack: common } : null;
}

function isAnswered(questions: readonly DealQuestion[], key: string, answers: Answers): boolean {
  const question = questions.find((candidate) => candidate.key === key);
  const answer = Object.hasOwn(answers, key) ? answers[key] : undefined;
  if (!question || answer === undefined) return false;
  if (question.type === 'BOOLEAN') return typeof answer === 'boolean';
  return (question.options ?? []).some(({ value }) => value === answer);
}

function isWanted({ when }: TaskTemplate, answers: Answers, unanswered: readonly string[]): boolean {
  return !when || unanswered.includes(when.question) || answers[when.question] === when.equals;
}

/** The kept tasks; a dependency on a skipped task becomes one on everything that the skipped one waited for. */
function bridged(tasks: readonly TaskTemplate[], skipped: ReadonlySet<string>): ResolvedTask[] {
  const byKey = new Map(tasks.map((task) => [task.key, task]));
  const reach = (keys: readonly string[], seen: ReadonlySet<string>): string[] =>
    keys.flatMap((key) => {
      if (seen.has(key)) return [];
      return skipped.has(key) ? reach(byKey.get(key)?.dependsOn ?? [], new Set([...seen, key])) : [key];
    });
  return tasks
    .filter(({ key }) => !skipped.has(key))
    .map(({ when: _when, ...task }) => ({ ...task, dependsOn: [...new Set(reach(task.dependsOn, new Set()))] }));
}

/**
 * The milestones of a service template with their business days, in display order. The project starts on `startOn`
 * (YYYY-MM-DD), or on the next business day when that day is not worked. Empty for an unknown template.
 */
export function milestonesFor(
  configuration: Pick<TenantConfiguration, 'serviceTemplates' | 'calendar'>,
  serviceTemplate: string,
  startOn: string,
): DatedMilestone[] {
  const { calendar } = configuration;
  const start = addBusinessDays(calendar, startOn, 0);
  const milestones = serviceTemplateOf(configuration, serviceTemplate)?.milestones ?? [];
  return milestones.map(({ key, name, startOffsetBusinessDays: offset, durationBusinessDays: length }, index) => ({
    key,
    name,
    position: index + 1,
    startOn: addBusinessDays(calendar, start, offset),
    dueOn: addBusinessDays(calendar, start, offset + length - 1),
    path: `serviceTemplates.${serviceTemplate}.milestones[${key}]`,
  }));
}

/** The tasks with the business day (YYYY-MM-DD) of their deadline; the project starts as in `milestonesFor`. */
export function resolveTaskDates<T extends Pick<TaskTemplate, 'offsetBusinessDays'>>(
  calendar: BusinessCalendar,
  tasks: readonly T[],
  startOn: string,
): (T & { readonly dueOn: string })[] {
  const start = addBusinessDays(calendar, startOn, 0);
  return tasks.map((task) => ({ ...task, dueOn: addBusinessDays(calendar, start, task.offsetBusinessDays) }));
}

/** Whether the tenant has a clock for a deal type: an optional one may be left out. */
export function hasSlaClock(
  { slaProfile }: Pick<TenantConfiguration, 'slaProfile'>,
  key: ClockKey,
  dealType: DealType,
): boolean {
  return (slaProfile.byDealType?.[dealType]?.[key] ?? slaProfile.clocks[key]) !== undefined;
}

/**
 * An SLA clock for a deal type: its exception when there is one, else the default (requirements section 6). Throws a
 * RangeError for an optional clock that the tenant has left out (hasSlaClock).
 */
export function slaClock(
  { slaProfile }: Pick<TenantConfiguration, 'slaProfile'>,
  key: ClockKey,
  dealType: DealType,
): ChosenClock {
  const own = slaProfile.byDealType?.[dealType]?.[key];
  const path = own ? `slaProfile.byDealType.${dealType}.${key}` : `slaProfile.clocks.${key}`;
  const setting = own ?? slaProfile.clocks[key];
  if (!setting) throw new RangeError(`The SLA profile has no clock ${key}`);
  return { key, ...setting, path };
}

/** The ladder of person keys for a topic; empty only for an optional topic that the tenant left out. */
export function escalationLadder(
  { escalationContacts }: Pick<TenantConfiguration, 'escalationContacts'>,
  topic: EscalationTopic,
): EscalationContact['ladder'] {
  return escalationContacts.find((contact) => contact.topic === topic)?.ladder ?? [];
}
