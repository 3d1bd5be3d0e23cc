import { moved, recordActuals } from '../../actuals/actuals.commands.js';
import { currentActuals, currentMarks, cursorOf } from '../../actuals/actuals.queries.js';
import type { ActualsSnapshot } from '../../actuals/actuals.entity.js';
import { readingStep } from '../../actuals/reading.rules.js';
import type { EffectTools, PerformEffect } from '../../core/outbox/handler.js';
import { ProjectState } from '../../project/project.entity.js';
import { firstContact, readingOf, type Touch } from './actuals-reading.rules.js';
import { isWriting } from './actuals.message.js';
import { recordDrifts } from './drift-record.command.js';
import { standingDrifts } from './drift.queries.js';
import {
  type Difference,
  driftSteps,
  isQuiet,
  projectDifferences,
  taskDifferences,
  type TaskThere,
} from './drift.rules.js';
import type { HaloClient, HaloPsa } from './halopsa.client.js';
import { type HaloRecord, idOf, numberOf, textOf } from './halopsa.record.js';
import { instantOf, timeOf } from './opportunity.rules.js';
import { objectOf, type ProjectFacts } from './project-content.rules.js';
import { projectFacts } from './project.facts.js';
import type { PsaDrift } from './psa-drift.entity.js';

const DETAILS = { includedetails: true };
/** Changes so long before the last read are looked at again: clocks and lists may lag. */
const OVERLAP_MS = 600_000;
/** Each costs a request. */
const MOST_TASKS = 40;
const MOST_CONVERSATIONS = 20;
/** Who edited is asked of so many records a read. */
const MOST_EDITORS = 5;
/** What we have just written and read back needs no second look; later it is looked at again like everything else. */
const FRESH_MS = 3_600_000;
/** An edit and the line that tells of it are of the same moment. */
const SAME_MOMENT_MS = 2000;

/**
 * `halopsa.actuals`: reads what delivery spent on a project, and compares the project with the plan that we wrote. What
 * is as it was changes nothing. Drift is judged only while nothing of ours waits to be written.
 */
export function actualsHandler(halopsa: HaloPsa): PerformEffect {
  return async ({ aggregateId: handoffId }, tools) => {
    const before = await tools.read({
      isWriting: isWriting(handoffId),
      cursor: cursorOf(handoffId),
      current: currentActuals(handoffId),
      marks: currentMarks(handoffId),
      standing: standingDrifts(handoffId),
    });
    const facts = await projectFacts(tools, handoffId);
    const remoteId = facts ? (objectOf(facts, facts.project.id)?.remoteId ?? null) : null;
    if (!facts || remoteId === null || facts.project.state === ProjectState.CANCELLED)
      return { receipt: 'NOT_THERE', writes: [] };
    const client = await halopsa.of(tools);
    const look: Look = { client, facts, current: before.current, standing: before.standing, now: tools.now };
    const there = await client.find(`/Projects/${remoteId}`, DETAILS);
    const tasks = there ? await tasksOf(client, Number(remoteId)) : [];
    const drift = before.isWriting ? 'WRITING' : await watched(look, there, tasks, tools);
    if (!there) return { receipt: `GONE ${drift}`, writes: [] };
    const touch = await touchOf(look, there, tasks);
    const { settings } = client;
    const reading = readingOf({ facts, settings, there, tasks, marks: before.marks, touch, readAt: tools.now });
    const step = readingStep(reading, before.cursor, before.current?.digest ?? null);
    if (step === 'CURRENT' || step === 'LATE') await tools.run(recordActuals, reading);
    const { cursor } = before;
    return { receipt: `${step} ${drift}`, writes: step === 'WATERMARK' && cursor ? [moved(cursor, reading)] : [] };
  };
}

interface Look {
  readonly client: HaloClient;
  readonly facts: ProjectFacts;
  /** As of the read before this one. */
  readonly current: ActualsSnapshot | null;
  readonly standing: readonly PsaDrift[];
  readonly now: Date;
}

/** Whether a record is as it was when we wrote it, not long ago: nobody has edited it or spoken in it since. */
function isUntouched({ facts, now }: Look, row: HaloRecord): boolean {
  const object = facts.objects.find(({ remoteId }) => remoteId === String(idOf(row)));
  if (!object || object.changedThere === null || object.writtenAt === null) return false;
  const isFresh = now.getTime() - object.writtenAt.getTime() < FRESH_MS;
  return isFresh && timeOf(textOf(row, 'last_update')) === timeOf(object.changedThere);
}

/** The tasks of a project; a version that ignores the filter gives others too. */
async function tasksOf(client: HaloClient, projectId: number): Promise<readonly HaloRecord[]> {
  const rows = await client.list('/Tickets', { parent_id: projectId });
  return rows.filter((row) => [null, projectId].includes(idOf(row, 'parent_id')));
}

/** Compares, and keeps what came of it; answers how many differences stand. */
async function watched(
  look: Look,
  there: HaloRecord | null,
  rows: readonly HaloRecord[],
  tools: EffectTools,
): Promise<string> {
  const { client, facts, standing } = look;
  const { settings } = client;
  const tasks = there ? await tasksThere(look, rows) : [];
  const differences = [
    ...projectDifferences(facts, there, settings),
    ...tasks.flatMap((task) => taskDifferences(facts, task, settings)),
  ];
  const own = [facts.project.id, ...tasks.map(({ taskId }) => taskId)];
  const checked = own.map((id) => objectOf(facts, id)!.id);
  const steps = driftSteps(standing, differences, checked);
  if (!isQuiet(steps)) {
    const changedBy = await editors(look, steps.found, [...(there ? [there] : []), ...rows]);
    const { handoff, project } = facts;
    const input = { handoffId: handoff.id, projectId: project.id, checked, differences, changedBy };
    await tools.run(recordDrifts, input);
  }
  return `${differences.length} drifts`;
}

/**
 * Our tasks as they stand: those that changed since the last read and our own writing, or drifted, with their details;
 * the others as their row in the list; those that are in no list are asked for by themselves, since they were moved or deleted.
 */
async function tasksThere(look: Look, rows: readonly HaloRecord[]): Promise<TaskThere[]> {
  const { client, facts, current, standing } = look;
  const since = current ? current.takenAt.getTime() - OVERLAP_MS : 0;
  const drifted = new Set(standing.map(({ objectId }) => objectId));
  const found: TaskThere[] = [];
  let asked = 0;
  for (const { id: taskId } of facts.tasks) {
    const object = objectOf(facts, taskId);
    if (!object || object.remoteId === null) continue;
    const row = rows.find((one) => String(idOf(one)) === object.remoteId) ?? null;
    const isNews =
      row === null ||
      drifted.has(object.id) ||
      (timeOf(textOf(row, 'last_update')) >= since && !isUntouched(look, row));
    if (isNews && asked++ < MOST_TASKS) {
      const there = await client.find(`/Tickets/${object.remoteId}`, DETAILS);
      found.push({ taskId, there, isDetailed: true });
    } else if (row) found.push({ taskId, there: row, isDetailed: false });
  }
  return found;
}

/** Close and first contact; once both are known nothing is asked any more. */
async function touchOf(look: Look, there: HaloRecord, tasks: readonly HaloRecord[]): Promise<Touch> {
  const { client, facts, current } = look;
  const known = { wonAt: current?.wonAt ?? null, firstContactAt: current?.firstContactAt ?? null };
  if (known.wonAt !== null && known.firstContactAt !== null) return known;
  const opportunity = await client.find(`/Opportunities/${encodeURIComponent(facts.deal.externalId)}`);
  const wonAt = opportunity ? instantOf(opportunity, 'dateclosed') : known.wonAt;
  const since = current ? current.takenAt.getTime() - OVERLAP_MS : 0;
  const talked = [...(opportunity ? [opportunity] : []), there, ...tasks]
    .filter((one) => timeOf(textOf(one, 'last_update')) >= since && !isUntouched(look, one))
    .slice(0, MOST_CONVERSATIONS);
  const actions: HaloRecord[] = [];
  for (const one of talked) {
    const query = { ticket_id: idOf(one), excludesys: true, excludeprivate: true };
    actions.push(...(await client.list('/Actions', query)).filter((action) => isOf(action, one)));
  }
  return { wonAt, firstContactAt: firstContact(actions, wonAt, client.settings) };
}

/** A version that ignores the filter gives the actions of others too. */
const isOf = (action: HaloRecord, ticket: HaloRecord): boolean =>
  [null, idOf(ticket)].includes(idOf(action, 'ticket_id'));

/** Who edited the records that drifted, where the line of the last change says so. */
async function editors(
  { client, facts }: Look,
  found: readonly Difference[],
  records: readonly HaloRecord[],
): Promise<Readonly<Record<string, string>>> {
  const named: Record<string, string> = {};
  const objectIds = [...new Set(found.map(({ objectId }) => objectId))].slice(0, MOST_EDITORS);
  for (const objectId of objectIds) {
    const remoteId = facts.objects.find(({ id }) => id === objectId)?.remoteId;
    const record = records.find((one) => String(idOf(one)) === remoteId);
    if (!record) continue;
    const changedAt = timeOf(textOf(record, 'last_update'));
    const actions = await client.list('/Actions', { ticket_id: idOf(record) });
    const edit = actions.findLast(
      (action) => isOf(action, record) && Math.abs(timeOf(textOf(action, 'datetime')) - changedAt) <= SAME_MOMENT_MS,
    );
    const agent = edit ? numberOf(edit, 'who_agentid') : null;
    if (agent !== null && agent > 0) named[objectId] = `agent ${agent}`;
  }
  return named;
}
