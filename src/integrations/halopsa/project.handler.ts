import type { OutboxEffect } from '../../core/outbox/effect.entity.js';
import type { EffectResult, EffectTools, SteppedHandler } from '../../core/outbox/handler.js';
import type { OutboxMessage } from '../../core/outbox/message.js';
import { type Statement, update } from '../../core/statement.js';
import { ProjectState } from '../../project/project.entity.js';
import type { AgentIds } from './agents.rules.js';
import type { HaloAgents } from './halopsa.agents.js';
import type { HaloClient, HaloPsa } from './halopsa.client.js';
import { haloError, type HaloRecord, idOf, textOf } from './halopsa.record.js';
import { assertKept, notKept } from './kept.rules.js';
import {
  asChange,
  carries,
  clientIdOf,
  contentDigest,
  milestoneId,
  objectOf,
  projectContent,
  type ProjectFacts,
} from './project-content.rules.js';
import { projectFacts } from './project.facts.js';
import { HALOPSA_TASK, haloMessage } from './provision.plan.js';
import { PsaObject } from './psa-object.entity.js';
import { tasksToWrite } from './task.rules.js';

/** So many projects of the client that carry no label are looked into for one that was made by hand. */
const MOST_BY_HAND = 20;

const PROJECT = { includedetails: true };

/**
 * `halopsa.project`: the handoff's project in HaloPSA, exactly once although HaloPSA has no idempotency key. It is
 * looked up by its label before it is made, adopted where it is there, and read back field by field afterwards; what is
 * done is the same however often it is begun. Its tasks are asked for when it stands.
 */
export function projectHandler(halopsa: HaloPsa, agents: HaloAgents): SteppedHandler {
  const way = { halopsa, agents };
  return {
    perform: async (effect, tools) => {
      const work = await begun(way, effect, tools);
      if (!work) return { receipt: 'NOT_NEEDED', writes: [] };
      return complete(work, effect, (await located(work)) ?? (await created(work)));
    },
    lookup: async (effect, tools) => {
      const work = await begun(way, effect, tools);
      if (!work) return { receipt: 'NOT_NEEDED', writes: [] };
      const there = await located(work);
      return there === null ? null : complete(work, effect, there);
    },
    adopt: async (effect, receipt, tools) => {
      const work = await begun(way, effect, tools);
      if (!work) return { receipt: 'NOT_NEEDED', writes: [] };
      return complete(work, effect, await named(work, receipt));
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
  readonly agents: AgentIds;
  readonly content: HaloRecord;
  readonly object: PsaObject;
  readonly now: Date;
}

/** Null when there is nothing to make: the gate was not passed, or the handoff was withdrawn before it was there. */
async function begun(way: Way, { aggregateId }: OutboxEffect, tools: EffectTools): Promise<Work | null> {
  const facts = await projectFacts(tools, aggregateId);
  const object = facts && objectOf(facts, facts.project.id);
  if (!facts || !object) return null;
  if (facts.project.state === ProjectState.CANCELLED && object.remoteId === null) return null;
  const client = await way.halopsa.of(tools);
  const agents = await way.agents.of(client);
  const content = projectContent(facts, client.settings, { agents, url: client.linkTo(facts.handoff.id) });
  return { client, facts, object, content, agents, now: tools.now };
}

/** The project's id where it is there: as it was kept, by its label, or one that was made by hand. */
async function located(work: Work): Promise<number | null> {
  if (work.object.remoteId !== null) return Number(work.object.remoteId);
  const { client, facts, object } = work;
  const mine = { client_id: clientIdOf(facts) };
  const rows = await client.list('/Projects', { ...mine, search: object.label });
  const labelled = rows.filter((row) => carries(row, object.label));
  if (labelled.length > 1) throw ambiguous(labelled);
  return labelled[0] ? idOf(labelled[0]) : madeByHand(work);
}

/** Somebody may have made a project for the opportunity by hand: that is the one, and no second is made. */
async function madeByHand({ client, facts }: Work): Promise<number | null> {
  const rows = await client.list('/Projects', { client_id: clientIdOf(facts), order: 'id', orderdesc: true });
  const unlabelled = rows
    .filter((row) => idOf(row, 'client_id') === clientIdOf(facts) && !textOf(row, 'summary').startsWith('[P-'))
    .toSorted((a, b) => (idOf(b) ?? 0) - (idOf(a) ?? 0))
    .slice(0, MOST_BY_HAND);
  const found: HaloRecord[] = [];
  for (const row of unlabelled) {
    const project = await client.find(`/Projects/${idOf(row)}`, PROJECT);
    const isOurs = project !== null && idOf(project, 'createdfrom_id') === Number(facts.deal.externalId);
    if (isOurs && textOf(project, 'third_party_id_string') === '') found.push(project);
  }
  if (found.length > 1) throw ambiguous(found);
  return found[0] ? idOf(found[0]) : null;
}

async function created({ client, content }: Work): Promise<number> {
  // A default template would add tasks of its own (facts 3.3).
  const saved = await client.post('/Projects', { ...content, donotapplytemplateintheapi: true });
  const id = idOf(saved);
  if (id !== null) return id;
  throw haloError(
    'UNKNOWN_OUTCOME',
    'HALOPSA_ANSWER_UNREADABLE',
    'HaloPSA answered with success and gave the new project no id.',
    'It is looked up by its label by itself.',
  );
}

/** What a person says is the project. */
async function named({ client, facts }: Work, receipt: string): Promise<number> {
  const id = /^[1-9]\d{0,8}$/.test(receipt) ? Number(receipt) : null;
  const project = id === null ? null : await client.find(`/Projects/${id}`, PROJECT);
  if (project && idOf(project, 'client_id') === clientIdOf(facts)) return id!;
  throw haloError(
    'REFUSED',
    'HALOPSA_NOT_THE_PROJECT',
    'HaloPSA has no project of this client under that id.',
    "Give the id of the project as HaloPSA shows it, for a project of the deal's client.",
  );
}

/** Writes what differs, reads it back, and asks for the tasks. */
async function complete(work: Work, { id: effectId, payload }: OutboxEffect, id: number): Promise<EffectResult> {
  const { client, facts, content, object, now } = work;
  const path = `/Projects/${id}`;
  const before = await client.get(path, PROJECT);
  const change = asChange(content, before, facts, client.settings);
  const isThere = notKept(change, before).length === 0;
  if (!isThere) await client.post('/Projects', change);
  const after = isThere ? before : await client.get(path, PROJECT);
  assertKept(asChange(content, after, facts, client.settings), after, `the project ${object.label}`);
  return {
    receipt: String(id),
    writes: [
      written(object, { remoteId: String(id), digest: contentDigest(content), changedThere: changeOf(after) }, now),
      ...milestonesWritten(work, after),
    ],
    messages: firstTask(work, after, payload.request ?? effectId),
  };
}

function milestonesWritten({ facts, now }: Work, there: HaloRecord): Statement[] {
  return facts.milestones.flatMap((milestone) => {
    const object = objectOf(facts, milestone.id);
    const id = milestoneId(milestone, there, facts);
    const { name, startOn, targetOn, state } = milestone;
    const digest = contentDigest({ name, startOn, targetOn, state });
    return object && id !== null ? [written(object, { remoteId: String(id), digest, changedThere: null }, now)] : [];
  });
}

/** The receipt of a counterpart. */
export function written(
  object: PsaObject,
  receipt: Pick<PsaObject, 'remoteId' | 'digest' | 'changedThere'>,
  now: Date,
): Statement {
  return update(PsaObject, { id: object.id }, { ...receipt, writtenAt: now });
}

/** When HaloPSA last changed a record, as it says it; null where it does not. */
export const changeOf = (there: HaloRecord): string | null => textOf(there, 'last_update').slice(0, 80) || null;

/** The first task alone: the others follow when it really lies under the project (facts 3.3). */
function firstTask({ facts, client, agents }: Work, there: HaloRecord, request: string): OutboxMessage[] {
  const ids = new Map(facts.milestones.map((milestone) => [milestone.id, milestoneId(milestone, there, facts)]));
  const [first] = tasksToWrite(facts, client.settings, { project: idOf(there)!, milestones: ids, agents });
  if (!first) return [];
  return [haloMessage(HALOPSA_TASK, facts.handoff.id, request, { taskId: first.id, request, first: 'true' })];
}

function ambiguous(found: readonly HaloRecord[]): Error {
  return haloError(
    'REFUSED',
    'HALOPSA_PROJECT_AMBIGUOUS',
    `HaloPSA has several projects for this deal: ${found.map((one) => String(idOf(one))).join(', ')}.`,
    'Delete all but one of them in HaloPSA, or adopt the right one by its id (adoptEffect); then retry it.',
  );
}
