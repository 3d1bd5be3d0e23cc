import { LosslessNumber } from 'lossless-json';
import { digestOf } from '../../core/canonical.js';
import { addDecimals, decimalText, parseDecimal } from '../../core/decimal.js';
import { formatMoney } from '../../core/money.js';
import type { Client, Deal } from '../../deal/deal.entity.js';
import type { FeasibilitySignOff } from '../../feasibility/feasibility.entity.js';
import { SignOffState } from '../../feasibility/feasibility.entity.js';
import type { Handoff } from '../../handoff/handoff.entity.js';
import { type Kickoff, KickoffState } from '../../kickoff/kickoff.entity.js';
import type { BudgetBaseline, BudgetBaselineLine } from '../../project/baseline.entity.js';
import {
  MilestoneState,
  type Project,
  type ProjectMilestone,
  type ProjectTask,
  type TaskDependency,
  TaskState,
} from '../../project/project.entity.js';
import { type AgentIds, NO_AGENTS } from './agents.rules.js';
import { haloError, type HaloRecord, idOf, listOf, textOf } from './halopsa.record.js';
import { type HaloSettings, required } from './halopsa.settings.js';
import type { PsaObject } from './psa-object.entity.js';

/** What a project in HaloPSA is made of. */
export interface ProjectFacts {
  readonly handoff: Handoff;
  readonly deal: Deal;
  readonly client: Client;
  readonly project: Project;
  readonly milestones: readonly ProjectMilestone[];
  readonly tasks: readonly ProjectTask[];
  /** Which task waits for which. */
  readonly dependencies: readonly TaskDependency[];
  /** E-mail addresses of those who answer for the project or a task, by person. */
  readonly emails: ReadonlyMap<string, string>;
  readonly baseline: BudgetBaseline;
  readonly baselineLines: readonly BudgetBaselineLine[];
  readonly signOff: FeasibilitySignOff | null;
  /** The newest date with the client. */
  readonly kickoff: Kickoff | null;
  readonly objects: readonly PsaObject[];
}

/** The custom fields that the connector writes; they are made once in HaloPSA (docs/connect-halopsa.md). */
export const FIELDS = {
  handoff: 'CFHandoffId',
  status: 'CFHandoffStatus',
  baseline: 'CFBaseline',
  kickoff: 'CFKickoff',
  gate: 'CFHandoffGate',
  missing: 'CFHandoffMissing',
  url: 'CFHandoffUrl',
} as const;

/** The counterpart of one of our records. */
export function objectOf(facts: Pick<ProjectFacts, 'objects'>, ownId: string): PsaObject | null {
  return facts.objects.find((object) => object.ownId === ownId) ?? null;
}

/** The id of the client in HaloPSA; VendorError REFUSED while the deal is a prospect's. */
export function clientIdOf({ client }: Pick<ProjectFacts, 'client'>): number {
  if (client.externalId !== null) return Number(client.externalId);
  throw haloError(
    'REFUSED',
    'HALOPSA_CLIENT_MISSING',
    'The opportunity is of a prospect: HaloPSA has no client to make the project for.',
    'Make the prospect a client in HaloPSA, import the deal again, then retry it.',
  );
}

/** What of the world around the project goes into it. */
export interface Surroundings {
  readonly agents: AgentIds;
  /** The address of the handoff's page; null for none. */
  readonly url: string | null;
}

/** What the project is to be, in HaloPSA's fields; milestones without their ids. Hours and amounts are the baseline's. */
export function projectContent(
  facts: ProjectFacts,
  settings: HaloSettings,
  { agents, url }: Surroundings = { agents: NO_AGENTS, url: null },
): HaloRecord {
  const { handoff, deal, project } = facts;
  return {
    tickettype_id: required(settings.projectTypeId, 'projectTypeId', 'the ticket type of projects'),
    summary: titled(project.number, project.name),
    client_id: clientIdOf(facts),
    createdfrom_id: Number(deal.externalId),
    third_party_id_string: project.id,
    startdate: project.startOn,
    targetdate: project.targetOn,
    milestones: shownMilestones(facts).map(milestoneContent),
    budgets: budgetContent(facts, settings),
    customfields: [{ name: FIELDS.handoff, value: handoff.number }, ...linkField(url), ...statusFields(facts)],
    ...statusId(facts, settings),
    ...agentId(handoff.deliveryManagerId, facts, agents),
  };
}

/** The link back to the handoff's page, where there is one. */
export function linkField(url: string | null): readonly HaloRecord[] {
  return url === null ? [] : [{ name: FIELDS.url, value: url }];
}

/** The agent of a person, by e-mail address; who is nobody there is left to HaloPSA's own assignment. */
function agentId(personId: string | null, { emails }: ProjectFacts, agents: AgentIds): HaloRecord {
  const id = personId === null ? undefined : agents.get(emails.get(personId)?.toLowerCase() ?? '');
  return id === undefined ? {} : { agent_id: id };
}

/**
 * What follows the handoff on a project: its status, the baseline that counts, and the client's date, which stands
 * only under a live sign-off (requirement 002 step 4), or when the kickoff was held.
 */
export function statusFields({ handoff, baseline, kickoff, signOff }: ProjectFacts): readonly HaloRecord[] {
  const isLive = signOff?.state === SignOffState.LIVE && kickoff?.signOffId === signOff.id;
  const stands = kickoff?.state === KickoffState.HELD || (kickoff?.state === KickoffState.SCHEDULED && isLive);
  const date = stands ? kickoff.startsAt.toISOString() : '';
  return [
    { name: FIELDS.status, value: statusWord(handoff) },
    { name: FIELDS.baseline, value: `v${baseline.version} ${baseline.contentDigest.slice(0, 16)}` },
    { name: FIELDS.kickoff, value: date },
  ];
}

/** Where the handoff stands, in the words of HaloPSA's field: the stage, and whether its contract is pending. */
export const statusWord = ({ stage, pendingContract }: Pick<Handoff, 'stage' | 'pendingContract'>): string =>
  pendingContract ? `${stage} (PENDING CONTRACT)` : stage;

/** The status of the project, where the tenant has said which of theirs it is. */
export function statusId({ project }: Pick<ProjectFacts, 'project'>, { projectStatusIds }: HaloSettings): HaloRecord {
  const id = projectStatusIds.get(project.state);
  return id === undefined ? {} : { status_id: id };
}

/** What a task is to be, in HaloPSA's fields; the ids are those of its project and milestone there. */
export function taskContent(
  facts: ProjectFacts,
  task: ProjectTask,
  settings: HaloSettings,
  ids: { readonly project: number; readonly milestone: number | null; readonly agents: AgentIds },
): HaloRecord {
  const cancelled = settings.projectStatusIds.get('CANCELLED');
  const isCancelled = task.state === TaskState.CANCELLED;
  const label = objectOf(facts, task.id)!.label;
  return {
    tickettype_id: required(settings.taskTypeId, 'taskTypeId', 'the ticket type of project tasks'),
    summary: titled(label, isCancelled ? `(cancelled) ${task.title}` : task.title),
    details: detailsOf(facts, task),
    client_id: clientIdOf(facts),
    parent_id: ids.project,
    ...(ids.milestone === null ? {} : { milestone_id: ids.milestone }),
    third_party_id_string: task.id,
    targetdate: task.dueOn,
    estimate: new LosslessNumber(task.estimateHours),
    budgettype_id: budgetTypeOf(task.budgetType, settings),
    ...agentId(task.ownerId, facts, ids.agents),
    ...(settings.dateDependencies ? { date_dependencies: dateDependencies(facts, task, ids.project) } : {}),
    ...(isCancelled && cancelled !== undefined ? { status_id: cancelled } : {}),
  };
}

/** The description, and in words what the task waits for: every HaloPSA shows that, whatever it makes of dates. */
function detailsOf(facts: ProjectFacts, task: ProjectTask): string {
  const labels = awaited(facts, task).map(({ label }) => `[${label}]`);
  const text = task.description ?? task.title;
  return labels.length === 0 ? text : `${text}\n\nWaits for: ${labels.join(', ')}.`;
}

/**
 * The tasks that it waits for and that are there already: they stand before it in the plan. What the vendor's three ids
 * mean is documented by their names alone (facts 3.2), so the connection has to ask for them.
 */
function dateDependencies(facts: ProjectFacts, task: ProjectTask, projectId: number): readonly HaloRecord[] {
  return awaited(facts, task).flatMap(({ remoteId }) =>
    remoteId === null ? [] : [{ parentfaultid: projectId, dependentfaultid: Number(remoteId) }],
  );
}

function awaited(facts: ProjectFacts, { id }: ProjectTask): readonly PsaObject[] {
  const waitsFor = facts.dependencies.filter(({ taskId }) => taskId === id);
  return waitsFor.flatMap(({ dependsOnTaskId }) => objectOf(facts, dependsOnTaskId) ?? []);
}

/** The content of a task as a change of what is there: a dependency that stands is named by its id, and made once. */
export function asTaskChange(content: HaloRecord, there: HaloRecord): HaloRecord {
  if (content.date_dependencies === undefined) return content;
  const known = listOf(there, 'date_dependencies');
  const wanted = listOf(content, 'date_dependencies').map((one) => {
    const found = known.find((other) => idOf(other, 'dependentfaultid') === idOf(one, 'dependentfaultid'));
    return found ? { ...one, id: idOf(found) } : one;
  });
  return { ...content, date_dependencies: wanted };
}

/** SHA-256 of content: what is the same needs not be written again. */
export function contentDigest(content: HaloRecord): string {
  return digestOf(JSON.parse(JSON.stringify(content)));
}

/** Whether a title carries a label of ours. */
export function carries(record: HaloRecord, label: string): boolean {
  return textOf(record, 'summary').startsWith(`[${label}]`);
}

/**
 * The content as a change of what is there: milestones by their ids, and budgets of a former plan at nothing.
 * `labels` gives the milestones' ids that are known; one that is not is found by its name.
 */
export function asChange(
  content: HaloRecord,
  there: HaloRecord,
  facts: ProjectFacts,
  settings: HaloSettings,
): HaloRecord {
  const { tickettype_id: _type, ...rest } = content;
  const known = listOf(there, 'milestones');
  const milestones = shownMilestones(facts).map((milestone) => ({
    ...milestoneContent(milestone),
    ...idIn(milestone, known, facts),
  }));
  const budgets = listOf(content, 'budgets');
  const ours = new Set(settings.budgetTypeIds.values());
  const former = listOf(there, 'budgets').flatMap((budget) => {
    const type = idOf(budget, 'budgettype_id');
    const isFormer = type !== null && ours.has(type) && !budgets.some((one) => one.budgettype_id === type);
    return isFormer ? [{ budgettype_id: type, hours: 0, money: 0 }] : [];
  });
  return { ...rest, id: idOf(there), milestones, budgets: [...budgets, ...former] };
}

/** The id of a milestone in HaloPSA: as it was kept, else by its name. */
export function milestoneId(
  milestone: ProjectMilestone,
  there: HaloRecord,
  facts: Pick<ProjectFacts, 'objects'>,
): number | null {
  const kept = objectOf(facts, milestone.id)?.remoteId ?? null;
  const known = listOf(there, 'milestones');
  const found = known.find((one) =>
    kept === null ? textOf(one, 'name') === milestone.name : String(idOf(one)) === kept,
  );
  return found ? idOf(found) : null;
}

function idIn(milestone: ProjectMilestone, known: readonly HaloRecord[], facts: ProjectFacts): HaloRecord {
  const id = milestoneId(milestone, { milestones: known }, facts);
  return id === null ? {} : { id };
}

/** What a later plan does not have any more is kept where it is, and is not made for it. */
function shownMilestones(facts: ProjectFacts): readonly ProjectMilestone[] {
  return facts.milestones.filter(
    ({ id, state }) => state !== MilestoneState.CANCELLED || (objectOf(facts, id)?.remoteId ?? null) !== null,
  );
}

function milestoneContent({ name, position, startOn, targetOn, state }: ProjectMilestone): HaloRecord {
  const shown = state === MilestoneState.CANCELLED ? `(cancelled) ${name}` : name;
  return { name: shown, sequence: position, start_date: startOn, target_date: targetOn };
}

/** The baseline by HaloPSA's budget types: hours as sold, money as priced; several of ours may be one of theirs. */
function budgetContent({ baseline, baselineLines }: ProjectFacts, settings: HaloSettings): readonly HaloRecord[] {
  const byType = new Map<number, { hours: string; priceMinor: bigint }>();
  for (const { budgetType, hours, priceMinor } of baselineLines) {
    const id = budgetTypeOf(budgetType, settings);
    const sum = byType.get(id) ?? { hours: '0', priceMinor: 0n };
    const added = decimalText(addDecimals(parseDecimal(sum.hours), parseDecimal(hours)));
    byType.set(id, { hours: added, priceMinor: sum.priceMinor + priceMinor });
  }
  return [...byType].map(([budgettype_id, { hours, priceMinor }]) => ({
    budgettype_id,
    hours: new LosslessNumber(hours),
    money: new LosslessNumber(formatMoney({ minor: priceMinor, currency: baseline.currency })),
  }));
}

function budgetTypeOf(key: string, { budgetTypeIds }: HaloSettings): number {
  return required(budgetTypeIds.get(key), 'budgetTypeIds', `HaloPSA's budget type for ${key}, as ${key}=<id>`);
}

const titled = (label: string, title: string): string => `[${label}] ${title}`;
