import type { DealQuestion, ServiceTemplate, TaskPack, TaskTemplate, TenantConfiguration } from '../catalogue/configuration.js';
import { digestOf } from '../core/canonical.js';
import { type Finding, finding } from '../core/finding.js';
import type { NormalisedTerms } from '../deal/terms.rules.js';
import { budgetLines, type PlannedBudgetLine } from './budget.rules.js';

/** Counting on the tenant's business calendar; days are `2026-11-21`. */
export interface BusinessDays {
  /** The day itself when it is worked, else the next that is. */
  readonly onOrAfter: (day: string) => string;
  /** The day itself when it is worked, else the last one before it that is. */
  readonly onOrBefore: (day: string) => string;
  /** So many business days after a business day; 0 is the day itself. */
  readonly after: (day: string, businessDays: number) => string;
}

/** A promise of the sale that ends as a task. */
export interface PromisedTask {
  readonly id: string;
  readonly text: string;
  /** The day that the client was told; null for none. */
  readonly dueOn: string | null;
}

/** What a project is planned from. */
export interface PlanFacts {
  readonly configuration: TenantConfiguration;
  readonly serviceTemplate: string;
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

/** Whom a promise waits for: the delivery manager answers for what delivery owes the client. */
const PROMISE_OWNER = 'DELIVERY_MANAGER';
const TITLE_LENGTH = 120;

/**
 * The project of a deal: the task pack by service template and deal type, milestones and deadlines in business days
 * from the start, conditional tasks by the deal's answers, and the budget by budget type (requirement 002 step 2,
 * document 003). A start on a day that is not worked moves to the next that is.
 */
export function planProject(facts: PlanFacts, days: BusinessDays): ProjectPlan {
  const { configuration, serviceTemplate, dealType } = facts;
  const startOn = days.onOrAfter(facts.startOn);
  const template = configuration.serviceTemplates[serviceTemplate];
  const pack = template && taskPackOf(template, dealType);
  if (!template || !pack) return unplanned(facts, startOn, Boolean(template));
  const milestones = milestonesOf(template, startOn, days);
  const chosen = tasksOf(pack, facts);
  const dependencies = dependenciesOf(pack, chosen);
  const dated = dateTasks(chosen, dependencies, startOn, days, configuration.questions);
  const promised = (facts.promises ?? []).map((promise, index) =>
    promisedTask(promise, dated.length + index + 1, template, milestones, days),
  );
  const tasks = [...dated, ...promised];
  const budget = budgetLines(template.budgetTypes, facts.terms.lines, tasks);
  return {
    serviceTemplate,
    dealType,
    taskPack: { key: pack.key, version: pack.version },
    startOn,
    targetOn: latest([startOn, ...milestones.map((m) => m.targetOn), ...tasks.map((t) => t.dueOn)]),
    milestones,
    tasks,
    dependencies,
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

function milestonesOf(template: ServiceTemplate, startOn: string, days: BusinessDays): PlannedMilestone[] {
  return template.milestones.map(({ key, name, startOffsetBusinessDays, durationBusinessDays }, index) => ({
    key,
    name,
    position: index + 1,
    startOn: days.after(startOn, startOffsetBusinessDays),
    targetOn: days.after(startOn, startOffsetBusinessDays + durationBusinessDays - 1),
  }));
}

/** The tasks whose condition the deal's answers meet; a question without an answer meets none. */
function tasksOf(pack: TaskPack, { answers }: PlanFacts): TaskTemplate[] {
  return pack.tasks.filter(({ when }) => !when || answers[when.question] === when.equals);
}

/**
 * The chain among the chosen tasks: where a task that was left out stood between two, the later waits for the earlier
 * directly, so that leaving it out loosens nothing else.
 */
function dependenciesOf(pack: TaskPack, chosen: readonly TaskTemplate[]): PlannedDependency[] {
  const templates = new Map(pack.tasks.map((task) => [task.key, task]));
  const kept = new Set(chosen.map(({ key }) => key));
  const awaited = (key: string, seen: Set<string>): string[] =>
    (templates.get(key)?.dependsOn ?? []).flatMap((other) => {
      if (seen.has(other)) return [];
      seen.add(other);
      return kept.has(other) ? [other] : awaited(other, seen);
    });
  return chosen.flatMap(({ key }) => awaited(key, new Set([key])).map((dependsOn) => ({ task: key, dependsOn })));
}

/** Orders the tasks behind what they wait for, and dates them: never due before a task that they wait for. */
function dateTasks(
  chosen: readonly TaskTemplate[],
  dependencies: readonly PlannedDependency[],
  startOn: string,
  days: BusinessDays,
  questions: readonly DealQuestion[],
): PlannedTask[] {
  const placed = new Map<string, PlannedTask>();
  const awaitedBy = (key: string): string[] => dependencies.filter((d) => d.task === key).map((d) => d.dependsOn);
  let waiting = [...chosen];
  while (waiting.length > 0) {
    const ready = waiting.find(({ key }) => awaitedBy(key).every((other) => placed.has(other)));
    if (!ready) throw new Error('The configuration was found valid, yet its task pack has a circle');
    const own = days.after(startOn, ready.offsetBusinessDays);
    const dueOn = latest([own, ...awaitedBy(ready.key).map((other) => placed.get(other)!.dueOn)]);
    const { key, milestone, title, description, ownerRole, estimateHours, budgetType } = ready;
    const conditionNote = noteOf(ready, questions);
    const task = { key, milestone, title, description, ownerRole, dueOn, estimateHours, budgetType, conditionNote };
    placed.set(key, { position: placed.size + 1, ...task });
    waiting = waiting.filter((task) => task !== ready);
  }
  return [...placed.values()];
}

/** Why a conditional task is there, in the question's own words. */
function noteOf({ when }: TaskTemplate, questions: readonly DealQuestion[]): string | null {
  if (!when) return null;
  const question = questions.find(({ key }) => key === when.question);
  const answer = question?.options?.find(({ value }) => value === when.equals)?.label ?? String(when.equals);
  return `${question?.label ?? when.question}: ${answer === 'true' ? 'yes' : answer === 'false' ? 'no' : answer}`;
}

/** A promise as a task: due at the latest on the day promised, in the milestone that is running then. */
function promisedTask(
  { id, text, dueOn: promisedOn }: PromisedTask,
  position: number,
  template: ServiceTemplate,
  milestones: readonly PlannedMilestone[],
  days: BusinessDays,
): PlannedTask {
  const last = milestones.at(-1)!;
  const dueOn = promisedOn === null ? last.targetOn : latest([days.onOrBefore(promisedOn), milestones[0]!.startOn]);
  const milestone = milestones.find(({ targetOn }) => dueOn <= targetOn) ?? last;
  const labour = template.budgetTypes.find(({ lineKinds }) => lineKinds.includes('LABOUR')) ?? template.budgetTypes[0]!;
  return {
    key: `commitment:${id}`,
    position,
    milestone: milestone.key,
    title: text.length > TITLE_LENGTH ? `${text.slice(0, TITLE_LENGTH - 1)}…` : text,
    description: text,
    ownerRole: PROMISE_OWNER,
    dueOn,
    estimateHours: '0',
    budgetType: labour.key,
    conditionNote: 'Promised in the sale; accepted as a task.',
  };
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
