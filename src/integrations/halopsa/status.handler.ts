import type { PerformEffect } from '../../core/outbox/handler.js';
import { verdictOf } from './gate.verdict.js';
import type { HaloClient, HaloPsa } from './halopsa.client.js';
import type { HaloRecord } from './halopsa.record.js';
import { assertKept, notKept } from './kept.rules.js';
import { FIELDS, linkField, objectOf, statusFields, statusId, statusWord } from './project-content.rules.js';
import { externalIdOf, projectFacts } from './project.facts.js';

const DETAILS = { includedetails: true };

/**
 * `halopsa.status`: tells HaloPSA where the handoff stands now, and what the gate says, on the opportunity (unless the connection
 * only observes) and on the project where there is one. Only status, baseline and date: budgets and scope that people
 * edited there are left for the drift watch to see.
 */
export function haloStatusHandler(halopsa: HaloPsa): PerformEffect {
  return async ({ aggregateId: handoffId }, tools) => {
    const client = await halopsa.of(tools);
    const { opportunity } = await tools.read({ opportunity: externalIdOf(handoffId) });
    const { handoff, passes, missing } = await verdictOf(tools, handoffId);
    const facts = await projectFacts(tools, handoffId);
    if (client.settings.mode !== 'OBSERVE') {
      const customfields = [
        { name: FIELDS.handoff, value: handoff.number },
        { name: FIELDS.status, value: statusWord(handoff) },
        { name: FIELDS.gate, value: passes ? 'PASSED' : 'BLOCKED' },
        { name: FIELDS.missing, value: missing.join('; ') },
        ...linkField(client.linkTo(handoffId)),
      ];
      await put(client, '/Opportunities', Number(opportunity), { customfields }, 'the status on the opportunity');
    }
    const project = facts && (objectOf(facts, facts.project.id)?.remoteId ?? null);
    if (facts && project !== null) {
      const status = { customfields: statusFields(facts), ...statusId(facts, client.settings) };
      await put(client, '/Projects', Number(project), status, 'the status on the project');
    }
    return { receipt: handoff.stage, writes: [] };
  };
}

/** Writes fields of a ticket where they differ, and reads them back. */
async function put(client: HaloClient, path: string, id: number, fields: HaloRecord, what: string): Promise<void> {
  const one = `${path}/${id}`;
  const there = await client.find(one, DETAILS);
  // Deleted there: nobody is left to be told.
  if (!there || notKept(fields, there).length === 0) return;
  await client.post(path, { ...fields, id });
  assertKept(fields, await client.get(one, DETAILS), what);
}
