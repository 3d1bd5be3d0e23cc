import type { OutboxEffect } from '../../../core/outbox/effect.entity.js';
import type { EffectTools, SteppedHandler } from '../../../core/outbox/handler.js';
import { VendorError } from '../../../core/outbox/vendor-error.js';
import type { Connections, OpenConnection } from '../../connection/connection.secret.js';
import type { VendorAnswer, VendorHttp } from '../../http/client.js';
import { codeIn, faultOfStatus } from '../../http/fault.rules.js';
import { header } from '../../http/retry-after.rules.js';
import { telling } from '../telling.js';
import { type CardContent, cardMessage } from './card.js';
import { alertCard, decisionCard, signOffCard } from './cards.rules.js';
import type { CardEvent } from './teams.plan.js';
import { alertFacts, channelReference, decisionFacts, signOffFacts } from './teams.queries.js';

/** A workflow and a channel take four requests a second (learn.microsoft.com/connectors/teams). */
const BUDGET = { perMinute: 180, burst: 3 };

/** What an administrator mends before another card is accepted, by status. */
const MENDED: Readonly<Record<number, string>> = {
  401: "Copy the webhook's whole address anew out of the workflow, and give it with rotateIntegrationSecret. It must take requests from anyone.",
  403: "Copy the webhook's whole address anew out of the workflow, and give it with rotateIntegrationSecret. It must take requests from anyone.",
  404: 'The workflow was deleted: make a new one in Teams, and give its address with rotateIntegrationSecret.',
  410: 'The address is retired: make a webhook with the Workflows app, and give its address with rotateIntegrationSecret.',
};
const TURNED_OFF = 'Turn the workflow on again in Power Automate, then test the connection.';

/**
 * Posts one card by the channel's Workflows webhook. The workflow answers 202 before it has posted and says no message
 * id: a lost answer is never followed by a second card, a person looks into the channel (class CONFIRM).
 */
export function cardHandler(http: VendorHttp, connections: Connections): SteppedHandler {
  const perform = telling(
    ({ payload }) => channelReference(payload.integrationId ?? ''),
    async (effect, tools) => {
      const content = await contentOf(effect, tools);
      if (content === null) return { receipt: 'NOT_NEEDED', writes: [] };
      const connection = await connections.byId(tools, effect.payload.integrationId ?? '');
      return { receipt: await post(http, connection, content, tools.signal), writes: [] };
    },
  );
  return { perform };
}

async function contentOf(effect: OutboxEffect, { read }: EffectTools): Promise<CardContent | null> {
  const { aggregateType, aggregateId, payload } = effect;
  if (aggregateType === 'Decision') {
    const { facts } = await read({ facts: decisionFacts(aggregateId) });
    return facts && decisionCard(payload.event as CardEvent, payload.mark ?? '', facts);
  }
  if (aggregateType === 'Handoff') {
    const { facts } = await read({ facts: signOffFacts(aggregateId) });
    return facts && signOffCard(facts);
  }
  const { facts } = await read({ facts: alertFacts(aggregateId) });
  return facts && alertCard(facts);
}

async function post(
  http: VendorHttp,
  { credentials, id }: OpenConnection,
  content: CardContent,
  signal: AbortSignal,
): Promise<string> {
  const { title } = content;
  try {
    const answer = await http.send({
      vendor: 'Microsoft Teams',
      method: 'POST',
      url: credentials.webhookUrl ?? '',
      json: cardMessage(content),
      accept: [400, 401, 403, 404, 410],
      budget: { ...BUDGET, instance: `teams/${id}` },
      signal,
    });
    if (answer.status >= 400) throw refusal(answer);
    return header(answer.headers, 'x-ms-workflow-run-id') ?? 'ACCEPTED';
  } catch (error) {
    if (error instanceof VendorError && error.kind === 'UNKNOWN_OUTCOME') throw doubt(error, title);
    throw error;
  }
}

function refusal(answer: VendorAnswer): VendorError {
  const { status, headers } = answer;
  const code = codeIn(quietly(answer));
  const fault = faultOfStatus(status, headers, code, { vendor: 'Microsoft Teams', isRepeatable: false }, new Date());
  const remedy = code === 'WorkflowTriggerIsNotEnabled' ? TURNED_OFF : MENDED[status];
  if (remedy === undefined) return fault;
  return new VendorError('DISCONNECTED', { code: 'TEAMS_WORKFLOW', message: fault.message, remedy, status });
}

/** The card's title names numbers alone, so that whoever looks can find it. */
function doubt({ code, message, status }: VendorError, title: string): VendorError {
  return new VendorError('UNKNOWN_OUTCOME', {
    code,
    message,
    remedy: `Look in the channel for the card "${title}": adoptEffect if it is there, confirmEffect if it is not.`,
    ...(status === null ? {} : { status }),
  });
}

function quietly(answer: VendorAnswer): unknown {
  try {
    return answer.json();
  } catch {
    return null;
  }
}
