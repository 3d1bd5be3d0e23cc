import { newId } from '../../core/id.js';
import type { EffectTools, PerformEffect } from '../../core/outbox/handler.js';
import { EffectClass } from '../../core/outbox/effect.entity.js';
import type { OutboxMessage } from '../../core/outbox/message.js';
import { insert, type Statement } from '../../core/statement.js';
import { TaskState } from '../../project/project.entity.js';
import { Vendor } from '../connection/connection.entity.js';
import { objectOf, type ProjectFacts } from './project-content.rules.js';
import { hasHaloPsa, projectFacts } from './project.facts.js';
import { PsaObject, PsaObjectKind } from './psa-object.entity.js';

/** The kinds of the effects that act in HaloPSA. */
export const HALOPSA_PROJECT = 'halopsa.project';
export const HALOPSA_TASK = 'halopsa.task';
export const HALOPSA_STATUS = 'halopsa.status';

/**
 * `project.provision`: gives every record of the project a label and asks for the project in HaloPSA; its tasks follow
 * from it. A tenant without HaloPSA has nothing to do.
 */
export const provisionHandler: PerformEffect = async ({ id, aggregateId: handoffId }, tools) => {
  const { isConnected } = await tools.read({ isConnected: hasHaloPsa() });
  if (!isConnected) return { receipt: 'NO_PSA', writes: [] };
  const facts = await projectFacts(tools, handoffId);
  if (!facts) return { receipt: 'NO_PROJECT', writes: [] };
  return {
    receipt: facts.project.number,
    writes: labelled(facts),
    messages: [haloMessage(HALOPSA_PROJECT, handoffId, id, { request: id })],
  };
};

/** `handoff.status`: asks for the status in HaloPSA, where there is one. */
export const statusHandler: PerformEffect = async ({ id, aggregateId: handoffId }, tools: EffectTools) => {
  const { isConnected } = await tools.read({ isConnected: hasHaloPsa() });
  if (!isConnected) return { receipt: 'NO_PSA', writes: [] };
  return { receipt: 'ASKED', writes: [], messages: [haloMessage(HALOPSA_STATUS, handoffId, id)] };
};

/**
 * An effect in HaloPSA about a handoff; all of one handoff are done in the order asked. `request` is what it is asked
 * for: asked again for the same, it is the same effect.
 */
export function haloMessage(
  kind: string,
  handoffId: string,
  request: string,
  payload: Readonly<Record<string, string>> = {},
): OutboxMessage {
  return {
    kind,
    aggregate: { type: 'Handoff', id: handoffId },
    effectKey: `${kind}:${payload.taskId ?? handoffId}:${request}`,
    payload,
    vendor: Vendor.HALOPSA,
    // A status is the same written twice; what is created is looked up first.
    effectClass: kind === HALOPSA_STATUS ? EffectClass.PUT : EffectClass.LOOKUP,
  };
}

/** Labels for what has none yet, each with the next number of its kind; the label of a record never changes. */
function labelled(facts: ProjectFacts): Statement[] {
  const { project, milestones, tasks } = facts;
  return [
    ...labels(facts, PsaObjectKind.PROJECT, [project.id], () => project.number),
    ...labels(facts, PsaObjectKind.MILESTONE, idsOf(milestones), (number) => `${project.number}/M-${padded(number)}`),
    ...labels(
      facts,
      PsaObjectKind.TASK,
      idsOf(tasks.filter(({ state }) => state !== TaskState.CANCELLED)),
      (number) => `${project.number}/T-${padded(number)}`,
    ),
  ];
}

function labels(
  facts: ProjectFacts,
  kind: PsaObjectKind,
  ownIds: readonly string[],
  labelOf: (number: number) => string,
): Statement[] {
  const taken = facts.objects.filter((object) => object.kind === kind).length;
  const fresh = ownIds.filter((id) => objectOf(facts, id) === null);
  return fresh.map((ownId, index) =>
    insert(
      PsaObject,
      {
        id: newId(),
        handoffId: facts.handoff.id,
        kind,
        ownId,
        label: labelOf(taken + index + 1),
        remoteId: null,
        digest: null,
        writtenAt: null,
        changedThere: null,
      },
      'on conflict (tenant_id, own_id) do nothing',
    ),
  );
}

const idsOf = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id);
const padded = (number: number): string => String(number).padStart(2, '0');
