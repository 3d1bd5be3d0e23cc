import { addBusinessDays, isBusinessDay } from '../catalogue/calendar.rules.js';
import type { ServiceTemplate, TaskTemplate, RuledConfiguration } from '../catalogue/configuration.js';
import type { DealType } from '../catalogue/configuration.words.js';
import {
  type ChosenTaskPack,
  chooseTaskPack,
  type DatedMilestone,
  milestonesFor,
  type ResolvedTask,
  resolveTaskDates,
  serviceTemplateOf,
} from '../catalogue/selection.rules.js';
import { digestOf } from '../core/canonical.js';
import { type Finding, finding } from '../core/finding.js';
import type { NormalisedTerms } from '../deal/terms.rules.js';
import { budgetLines, type PlannedBudgetLine } from './budget.rules.js';

/** A promise of the sale that ends as a task. */
export interface PromisedTask {
  readonly id: string;
  readonly text: string;
  /** The day that the client was told; null for none. */
  readonly dueOn: string | null;
}

/** What a project is planned from. */
export interface PlanFacts {
  readonly configuration: RuledConfiguration;
  readonly serviceTemplate: string;
  /** A deal type; one that the service template is not sold in is a finding. */
  readonly dealType: string;
  /** Answers to the configuration's questions, by key. */
  readonly answers: Readonly<Record<string, string | boolean>>;
  /** The day on which it is to start. */
  readonly startOn: string;
  readonly terms: NormalisedTerms;
  readonly promises?: readonly PromisedTask[];
}

export interface PlannedMilestone {
  readonly key: string;
  readonly name: string;
  /** From 1. */
  readonly position: number;
  readonly startOn: string;
  readonly targetOn: string;
}

export interface PlannedTask {
  readonly key: string;
  /** From 1; after everything that it depends on. */
  readonly position: number;
  readonly milestone: string;
  readonly title: string;
  readonly description: string | null;
  readonly ownerRole: string;
  readonly dueOn: string;
  /** A decimal text. */
  readonly estimateHours: string;
  readonly budgetType: string;
  readonly conditionNote: string | null;
}

/** The task waits for the other; both by key. */
export interface PlannedDependency {
  readonly task: string;
  readonly dependsOn: string;
}

/** What delivery gets. With a blocking finding it is incomplete and must not be used. */
export interface ProjectPlan {
  readonly serviceTemplate: string;
  readonly dealType: string;
  readonly taskPack: { readonly key: string; readonly version: string };
  readonly startOn: string;
  readonly targetOn: string;
  readonly milestones: readonly PlannedMilestone[];
  readonly tasks: readonly PlannedTask[];
  readonly dependencies: readonly PlannedDependency[];
  readonly budgetLines: readonly PlannedBudgetLine[];
  readonly findings: readonly Finding[];
}

/** Who keeps a promise until somebody else is named: the delivery manager answers for what delivery owes the client. */
const PROMISE_OWNER = 'DELIVERY_MANAGER';
const TITLE_LENGTH = 120;

/**
 * The project of a deal: the task pack by service template and deal type, milestones and deadlines in business days
 * from the start, conditional tasks by the deal's answers, promises as tasks, and the budget by budget type
 * (requirement 002 step 2, document 003). A start on a day that is not worked moves to the next that is.
 */
export function planProject(facts: PlanFacts): ProjectPlan {
  const { configuration, serviceTemplate, dealType, answers, terms, promises = [] } = facts;
  const startOn = addBusinessDays(configuration.calendar, facts.startOn, 0);
  const template = serviceTemplateOf(configuration, serviceTemplate);
  const pack = chooseTaskPack(configuration, serviceTemplate, dealType as DealType, answers);
  if (!template || !pack) return unplanned(facts, startOn, template !== null);
  const milestones = milestonesFor(configuration, serviceTemplate, startOn).map(milestoneOf);
  const packed = packedTasks(pack, template, facts, startOn);
  const promised = promises.map((promise, index) =>
    promisedTask(promise, packed.length + index + 1, { configuration, template, milestones, startOn }),
  );
  const tasks = [...packed, ...promised];
  const budget = budgetLines(template.budgetTypes, terms.lines, tasks);
  return {
    serviceTemplate,
    dealType,
    taskPack: { key: pack.key, version: pack.version },
    startOn,
    targetOn: latest([startOn, ...milestones.map((m) => m.targetOn), ...tasks.map((t) => t.dueOn)]),
    milestones,
    tasks,
    dependencies: pack.tasks.flatMap(({ key, dependsOn }) =>
      dependsOn.map((other) => ({ task: key, dependsOn: other })),
    ),
    budgetLines: budget.lines,
    findings: budget.findings,
  };
}

/** SHA-256 over what a baseline budgets: pack, milestones, tasks and their days (RFC 8785). */
export function planDigest(plan: ProjectPlan): string {
  const { serviceTemplate, dealType, taskPack, startOn, targetOn, milestones, tasks, dependencies } = plan;
  return digestOf({ serviceTemplate, dealType, taskPack, startOn, targetOn, milestones, tasks, dependencies });
}

const latest = (days: readonly string[]): string => days.reduce((a, b) => (a < b ? b : a));

function milestoneOf({ key, name, position, startOn, dueOn }: DatedMilestone): PlannedMilestone {
  return { key, name, position, startOn, targetOn: dueOn };
}

/** The pack's tasks behind what they wait for, and never due before it. */
function packedTasks(
  pack: ChosenTaskPack,
  template: ServiceTemplate,
  { configuration, dealType }: PlanFacts,
  startOn: string,
): PlannedTask[] {
  const conditions = new Map(
    (template.taskPacks[dealType as DealType] ?? template.taskPacks['*'])?.tasks.map(({ key, when }) => [key, when]),
  );
  const placed = new Map<string, PlannedTask>();
  for (const task of inOrder(resolveTaskDates(configuration.calendar, pack.tasks, startOn))) {
    const { key, milestone, title, description, ownerRole, estimateHours, budgetType, dependsOn } = task;
    const dueOn = latest([task.dueOn, ...dependsOn.map((other) => placed.get(other)!.dueOn)]);
    const conditionNote = noteOf(conditions.get(key), configuration, pack.unanswered);
    const position = placed.size + 1;
    placed.set(key, {
      key,
      position,
      milestone,
      title,
      description,
      ownerRole,
      dueOn,
      estimateHours,
      budgetType,
      conditionNote,
    });
  }
  return [...placed.values()];
}

/** The tasks in the pack's order, each moved behind what it waits for. */
function inOrder<T extends ResolvedTask>(tasks: readonly T[]): T[] {
  const ordered = new Map<string, T>();
  let waiting = [...tasks];
  while (waiting.length > 0) {
    const ready = waiting.find(({ dependsOn }) => dependsOn.every((other) => ordered.has(other)));
    if (!ready) throw new Error('The configuration was found valid, yet its task pack has a circle');
    ordered.set(ready.key, ready);
    waiting = waiting.filter((task) => task !== ready);
  }
  return [...ordered.values()];
}

/** Why a conditional task is there, in the question's own words. */
function noteOf(
  when: TaskTemplate['when'],
  { questions }: RuledConfiguration,
  unanswered: readonly string[],
): string | null {
  if (!when) return null;
  const question = questions.find(({ key }) => key === when.question);
  const label = question?.label ?? when.question;
  if (unanswered.includes(when.question)) return `${label} Not answered, so the task is kept.`;
  const choice = question?.options?.find(({ value }) => value === when.equals)?.label;
  return `${label} ${choice ?? (when.equals === true ? 'Yes' : 'No')}.`;
}

interface Planning {
  readonly configuration: RuledConfiguration;
  readonly template: ServiceTemplate;
  readonly milestones: readonly PlannedMilestone[];
  readonly startOn: string;
}

/** A promise as a task: due at the latest on the day promised, in the milestone that is running then. */
function promisedTask(promise: PromisedTask, position: number, planning: Planning): PlannedTask {
  const { template, configuration, startOn } = planning;
  const milestones = planning.milestones.toSorted((a, b) => a.targetOn.localeCompare(b.targetOn));
  const last = milestones.at(-1)!;
  const dueOn = promise.dueOn === null ? last.targetOn : latest([onOrBefore(configuration, promise.dueOn), startOn]);
  const milestone = milestones.find(({ targetOn }) => dueOn <= targetOn) ?? last;
  const labour = template.budgetTypes.find(({ lineKinds }) => lineKinds.includes('LABOUR')) ?? template.budgetTypes[0]!;
  return {
    key: `commitment:${promise.id}`,
    position,
    milestone: milestone.key,
    title: shortened(promise.text),
    description: promise.text,
    ownerRole: PROMISE_OWNER,
    dueOn,
    estimateHours: '0',
    budgetType: labour.key,
    conditionNote: 'Promised in the sale; accepted as a task.',
  };
}

function onOrBefore({ calendar }: RuledConfiguration, day: string): string {
  return isBusinessDay(calendar, day) ? day : addBusinessDays(calendar, day, -1);
}

/** The text cut at a whole character: half a surrogate pair has no digest. */
function shortened(text: string): string {
  const characters = Array.from(text);
  return characters.length > TITLE_LENGTH ? `${characters.slice(0, TITLE_LENGTH - 1).join('')}…` : text;
}

function unplanned({ serviceTemplate, dealType }: PlanFacts, startOn: string, hasTemplate: boolean): ProjectPlan {
  const facts = { serviceTemplate, dealType };
  const missing = hasTemplate
    ? finding({
        code: 'TASK_PACK_MISSING',
        path: 'handoff.dealType',
        message: `The service template ${serviceTemplate} has no task pack for ${dealType}.`,
        facts,
        remedy: 'Choose another deal type, or give the service template a pack for it or for `*`.',
      })
    : finding({
        code: 'SERVICE_TEMPLATE_MISSING',
        path: 'handoff.serviceTemplate',
        message: `The configuration has no service template ${serviceTemplate}.`,
        facts,
        remedy: 'Choose a service template of the configuration.',
      });
  return {
    serviceTemplate,
    dealType,
    taskPack: { key: '', version: '' },
    startOn,
    targetOn: startOn,
    milestones: [],
    tasks: [],
    dependencies: [],
    budgetLines: [],
    findings: [missing],
  };
}
