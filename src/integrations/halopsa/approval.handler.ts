import type { OutboxEffect } from '../../core/outbox/effect.entity.js';
import type { SteppedHandler } from '../../core/outbox/handler.js';
import { verdictOf } from './gate.verdict.js';
import type { HaloClient, HaloPsa } from './halopsa.client.js';
import { type HaloRecord, idOf, numberOf } from './halopsa.record.js';
import { required } from './halopsa.settings.js';

/**
 * `halopsa.approval`: our agent answers HaloPSA's own approval on the Won outcome with the gate's verdict (issue 4, mode
 * native). An approval is answered once: after a doubt it says itself whether it was.
 */
export function approvalHandler(halopsa: HaloPsa): SteppedHandler {
  return {
    perform: async (effect, tools) => {
      const client = await halopsa.byId(tools, effect.payload.integrationId!);
      const waiting = await asked(client, effect);
      if (!waiting) return { receipt: 'NOT_NEEDED', writes: [] };
      const { passes, missing, handoff } = await verdictOf(tools, effect.aggregateId);
      const { approved, rejected } = client.settings.approvalResults;
      await client.post('/TicketApproval', {
        ticket_id: Number(effect.payload.externalId),
        seq: Number(effect.payload.sequence),
        result: passes ? approved : rejected,
        approver_note: passes
          ? `Handoff ${handoff.number} passes the gate.`
          : `Handoff ${handoff.number} has not passed the gate. Missing: ${missing.join('; ')}.`,
      });
      return { receipt: passes ? 'APPROVED' : 'REJECTED', writes: [] };
    },
    lookup: async (effect, tools) => {
      const client = await halopsa.byId(tools, effect.payload.integrationId!);
      return (await asked(client, effect)) ? null : { receipt: 'ANSWERED', writes: [] };
    },
  };
}

/** The approval while it waits for our agent, else null. */
async function asked(client: HaloClient, { payload }: OutboxEffect): Promise<HaloRecord | null> {
  const waiting = await waitingApprovals(client, payload.externalId!);
  return waiting.find((one) => numberOf(one, 'seq') === Number(payload.sequence)) ?? null;
}

/** The approvals that wait for our agent: of one opportunity, or of all when none is named. */
export async function waitingApprovals(client: HaloClient, externalId: string | null): Promise<readonly HaloRecord[]> {
  const agent = required(client.settings.agentId, 'agentId', 'the agent of the API application, who approves');
  const { approved, rejected } = client.settings.approvalResults;
  const rows = await client.list('/TicketApproval', externalId === null ? { mine: true } : { ticket_id: externalId });
  return rows.filter(
    (row) =>
      idOf(row, 'agent_id') === agent &&
      (externalId === null || String(idOf(row, 'ticket_id')) === externalId) &&
      ![approved, rejected].includes(numberOf(row, 'result') ?? 0),
  );
}
