import type { Actor, Notes } from './actor.js';
import type { HaloInstance } from './instance.js';
import { badRequest, HaloRefusal, notFound } from './refusal.js';
import type { HaloRecord } from './store.js';
import { listOf } from './ticket-parts.js';
import { existing } from './tickets.read.js';
import { keepTicket } from './tickets.write.js';
import { textOf } from './values.js';

/** The approvals of a ticket, oldest first. */
export function approvalsOf(halo: HaloInstance, ticketId: unknown): readonly HaloRecord[] {
  return listOf(halo.store.get('approvals', ticketId), 'list');
}

/** Every approval that waits for one agent. */
export function approvalsWaitingFor(halo: HaloInstance, agentId: number): readonly HaloRecord[] {
  return halo.store
    .all('approvals')
    .flatMap((entry) => listOf(entry, 'list'))
    .filter((approval) => approval.agent_id === agentId && approval.result === halo.settings.approvalResults.pending);
}

/** The Won outcome behind HaloPSA's own approval (facts 3.5): asks the agent that the setting names. */
export function requestApproval(halo: HaloInstance, ticketId: number, actionNumber: number): void {
  const { wonApproverAgentId: agentId, approvalResults } = halo.settings;
  const process = halo.store.all('approvalProcess')[0];
  const before = approvalsOf(halo, ticketId);
  const approval = {
    ticket_id: ticketId,
    seq: before.length + 1,
    actionnumber: actionNumber,
    result: approvalResults.pending,
    type: 1,
    agent_id: agentId,
    agent_name: halo.store.get('agent', agentId)?.name,
    approval_process_id: process?.id,
    approval_process_name: process?.name,
    step_id: 1,
    step_name: 'Handoff gate',
    votes_required_to_accept: 1,
    votes_required_to_reject: 1,
    is_mandatory: true,
    datetime: halo.time(),
    summary: existing(halo, ticketId).summary,
  };
  halo.store.put('approvals', { id: ticketId, list: [...before, approval] });
}

/**
 * `POST /TicketApproval`: an agent's answer, once. Approved makes the opportunity won; rejected puts it back to the
 * status that it had. Another agent than the one who is asked is refused with 403, a second answer with 400.
 */
export function decideApproval(halo: HaloInstance, sent: HaloRecord, actor: Actor, notes: Notes): HaloRecord {
  const { approved, rejected, pending } = halo.settings.approvalResults;
  const ticket = existing(halo, sent.ticket_id);
  const approvals = approvalsOf(halo, ticket.id);
  const approval = approvals.find(({ seq }) => seq === sent.seq);
  if (!approval) throw notFound('approval', `${textOf(ticket.id)}/${textOf(sent.seq)}`);
  if (approval.agent_id !== actor.agentId) throw new HaloRefusal(403, 'This approval is asked of another agent.');
  if (approval.result !== pending) throw badRequest('This approval has been answered.');
  if (sent.result !== approved && sent.result !== rejected)
    throw badRequest('result is neither approved nor rejected.');
  const time = halo.time();
  const decided = {
    ...approval,
    result: sent.result,
    approver_note: sent.approver_note ?? '',
    ...(sent.result === approved ? { dateapproved: time } : {}),
  };
  halo.store.put('approvals', {
    id: ticket.id,
    list: approvals.map((one) => (one === approval ? decided : one)),
  });
  const action = listOf(halo.store.get('actions', ticket.id), 'list').find(({ id }) => id === approval.actionnumber);
  const outcome = halo.store.get('outcome', action?.outcome_id);
  const changes =
    sent.result === approved
      ? { status_id: outcome?.newstatus, oppclosurecategory: outcome?.closure, pipeline_stage_id: outcome?.stage }
      : { status_id: action?.old_status };
  keepTicket(halo, ticket, { ...ticket, ...changes }, 'Status Changed');
  notes.effects.push({ change: 'UPDATED', kind: 'APPROVAL', id: `${textOf(ticket.id)}/${textOf(sent.seq)}` });
  return decided;
}
