import { type Answer, type Exchange, jsonOf } from '../exchange.js';
import type { Workflow } from '../records.js';
import { faultsOf } from '../request-schema.js';
import type { MicrosoftWorld } from '../world.js';
import { cardFault } from './card.js';

const CARD_TYPE = 'application/vnd.microsoft.card.adaptive';
const PATH = /^\/powerautomate\/automations\/direct\/workflows\/([^/]+)\/triggers\/manual\/paths\/invoke$/;

/** What the trigger itself checks; the rest shows only when the flow runs. */
const TRIGGER_BODY = {
  type: 'object',
  required: ['type', 'attachments'],
  properties: { type: { const: 'message' }, attachments: { type: 'array' } },
};

/** The address that a customer copies out of Power Automate; `sig` is the credential. */
export function workflowAddress(workflow: Workflow): string {
  const query = `api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=${workflow.signature}`;
  return `https://${workflow.host}:443/powerautomate/automations/direct/workflows/${workflow.id}/triggers/manual/paths/invoke?${query}`;
}

/**
 * "When a Teams webhook request is received" (Power Automate). Success is 202 with an empty body, before the flow has run:
 * nobody tells the caller that a run failed, and no message id comes back.
 */
export function workflowTrigger(world: MicrosoftWorld, exchange: Exchange): Answer {
  const workflow = world.store.get('workflow', PATH.exec(exchange.path)?.[1] ?? '');
  if (!workflow || workflow.host !== exchange.host || workflow.state === 'deleted') {
    return refusal(404, 'WorkflowNotFound', 'The workflow could not be found.');
  }
  if (exchange.query.get('sig') !== workflow.signature) {
    return refusal(
      401,
      'DirectApiAuthorizationRequired',
      'The request must be authenticated only by the Shared Access scheme.',
    );
  }
  if (workflow.state === 'off') return refusal(400, 'WorkflowTriggerIsNotEnabled', 'The workflow is turned off.');
  const budget = world.settings.channelRequestsPerSecond;
  const { left, resetSeconds } = world.throttle.spend(workflow.id, 1, budget || Infinity, 1000, world.now());
  if (left < 0) {
    return refusal(429, 'WorkflowTriggerThrottled', 'Rate limit is exceeded.', { 'retry-after': String(resetSeconds) });
  }
  const tooLarge = exchange.body.length > world.settings.messageBytes;
  if (tooLarge && world.settings.oversizeWorkflow === '413') {
    return refusal(413, 'RequestEntityTooLarge', 'The request is too large.');
  }
  const payload = jsonOf(exchange.body);
  const faults = faultsOf(TRIGGER_BODY, payload);
  if (faults)
    return refusal(400, 'TriggerInputSchemaMismatch', `The input does not match the trigger's schema: ${faults}.`);
  const fault = tooLarge ? 'Request Entity too large' : payloadFault(payload, world.settings.cardVersion);
  const id = runFlow(world, workflow, payload, fault);
  return { status: 202, headers: { 'x-ms-workflow-run-id': id } };
}

/** Posts the cards, or notes why it could not; answers the run's id. */
function runFlow(world: MicrosoftWorld, workflow: Workflow, payload: unknown, fault: string | null): string {
  const run = { id: world.newGuid(), workflowId: workflow.id, at: world.now().toISOString() };
  if (fault) {
    world.store.put('run', { ...run, state: 'Failed', reason: fault, messageId: null });
    world.did('run.failed', run.id);
    return run.id;
  }
  const { attachments } = payload as { attachments: { content: unknown }[] };
  const id = world.newMessageId();
  world.store.put('message', {
    id,
    channelId: workflow.channelId,
    replyTo: null,
    at: run.at,
    editedAt: null,
    deletedAt: null,
    from: { kind: 'application', id: workflow.id, name: 'Workflows' },
    subject: null,
    importance: 'normal',
    html: '',
    contentType: 'html',
    attachments: attachments.map(({ content }, at) => ({
      id: String(at + 1),
      contentType: CARD_TYPE,
      content: JSON.stringify(content),
    })),
    mentions: [],
    workflowId: workflow.id,
  });
  world.store.put('run', { ...run, state: 'Succeeded', reason: null, messageId: id });
  world.did('card.posted', id);
  return run.id;
}

function payloadFault(payload: unknown, highestVersion: string): string | null {
  const { attachments } = payload as { attachments: { contentType?: unknown; content?: unknown }[] };
  if (attachments.length === 0) return 'there is no attachment';
  for (const attachment of attachments) {
    if (attachment?.contentType !== CARD_TYPE) return 'an attachment is no Adaptive Card';
    const fault = cardFault(attachment.content, highestVersion);
    if (fault) return fault;
  }
  return null;
}

function refusal(status: number, code: string, message: string, headers: Record<string, string> = {}): Answer {
  return { status, headers, body: { error: { code, message } } };
}
