import type { OutboxEffect } from '../../core/outbox/effect.entity.js';
import type { EffectResult, EffectTools, SteppedHandler } from '../../core/outbox/handler.js';
import type { OutboxMessage } from '../../core/outbox/message.js';
import { type ProjectTask, TaskState } from '../../project/project.entity.js';
import type { HaloAgents } from './halopsa.agents.js';
import type { HaloClient, HaloPsa } from './halopsa.client.js';
import { haloError, type HaloRecord, idOf } from './halopsa.record.js';
import { assertKept, notKept } from './kept.rules.js';
import {
  asTaskChange,
  carries,
  clientIdOf,
  contentDigest,
  objectOf,
  type ProjectFacts,
} from './project-content.rules.js';
import { projectFacts } from './project.facts.js';
import { changeOf, written } from './project.handler.js';
import { HALOPSA_TASK, haloMessage } from './provision.plan.js';
import type { PsaObject } from './psa-object.entity.js';
import { plannedTask, type RemoteIds, remoteIds, tasksToWrite } from './task.rules.js';

const TASK = { includedetails: true };

/**
 * `halopsa.task`: one task of the project in HaloPSA, exactly once: looked up by its label, made or changed, and read
 * back. A task that HaloPSA made without its parent is found by its label all the same, and put right.
 */
export function taskHandler(halopsa: HaloPsa, agents: HaloAgents): SteppedHandler {
  return {
    perform: async (effect, tools) => {
      const work = await begun({ halopsa, agents }, effect, tools);
      if (!work) return { receipt: 'NOT_NEEDED', writes: [] };
      return complete(work, effect, (await located(work)) ?? (await created(work)));
    },
    lookup: async (effect, tools) => {
      const work = await begun({ halopsa, agents }, effect, tools);
      if (!work) return { receipt: 'NOT_NEEDED', writes: [] };
      const there = await located(work);
      return there === null ? null : complete(work, effect, there);
    },
  };
}

interface Way {
  readonly halopsa: HaloPsa;
  readonly agents: HaloAgents;
}

interface Work {
  readonly client: HaloClient;
  readonly facts: ProjectFacts;
  readonly ids: RemoteIds;
  readonly object: PsaObject;
  readonly content: HaloRecord;
  readonly now: Date;
}

/** Null when there is nothing to make: a later plan dropped the task before it was there. */
async function begun({ halopsa, agents }: Way, effect: OutboxEffect, tools: EffectTools): Promise<Work | null> {
  const facts = await projectFacts(tools, effect.aggregateId);
  const task = facts?.tasks.find(({ id }) => id === effect.payload.taskId);
  const object = facts && task ? objectOf(facts, task.id) : null;
  if (!facts || !task || !object) return null;
  if (task.state === TaskState.CANCELLED && object.remoteId === null) return null;
  const client = await halopsa.of(tools);
  const ids = remoteIds(facts, await agents.of(client));
  if (!ids)
    throw haloError(
      'REFUSED',
      'HALOPSA_PROJECT_MISSING',
      `The project ${facts.project.number} is not in HaloPSA yet.`,
      'Retry the effect of the project first; its tasks follow.',
    );
  return { client, facts, ids, object, content: plannedTask(facts, task, client.settings, ids), now: tools.now };
}

async function located({ client, facts, object }: Work): Promise<number | null> {
  if (object.remoteId !== null) return Number(object.remoteId);
  const rows = await client.list('/Tickets', { client_id: clientIdOf(facts), search: object.label });
  const labelled = rows.filter((row) => carries(row, object.label));
  if (labelled.length > 1)
    throw haloError(
      'REFUSED',
      'HALOPSA_TASK_AMBIGUOUS',
      `HaloPSA has several tickets labelled ${object.label}.`,
      'Delete all but one of them in HaloPSA, then retry it.',
    );
  return labelled[0] ? idOf(labelled[0]) : null;
}

async function created({ client, content }: Work): Promise<number> {
  const id = idOf(await client.post('/Tickets', content));
  if (id !== null) return id;
  throw haloError(
    'UNKNOWN_OUTCOME',
    'HALOPSA_ANSWER_UNREADABLE',
    'HaloPSA answered with success and gave the new task no id.',
    'It is looked up by its label by itself.',
  );
}

async function complete(work: Work, effect: OutboxEffect, id: number): Promise<EffectResult> {
  const { client, content, object, now } = work;
  const path = `/Tickets/${id}`;
  const before = await client.get(path, TASK);
  const isThere = notKept(content, before).length === 0;
  if (!isThere) await client.post('/Tickets', { ...asTaskChange(content, before), id });
  const after = isThere ? before : await client.get(path, TASK);
  assertKept(content, after, `the task ${object.label}`);
  return {
    receipt: String(id),
    writes: [
      written(object, { remoteId: String(id), digest: contentDigest(content), changedThere: changeOf(after) }, now),
    ],
    messages: effect.payload.first === 'true' ? others(work, effect) : [],
  };
}

/** The first task lies under the project, so the others may follow. */
function others({ facts, client, ids }: Work, { payload }: OutboxEffect): OutboxMessage[] {
  const isOther = ({ id }: ProjectTask): boolean => id !== payload.taskId;
  const request = payload.request!;
  return tasksToWrite(facts, client.settings, ids)
    .filter(isOther)
    .map(({ id: taskId }) => haloMessage(HALOPSA_TASK, facts.handoff.id, request, { taskId, request }));
}
