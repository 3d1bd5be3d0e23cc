import { VendorError } from '../../../core/outbox/vendor-error.js';
import type { OpenConnection } from '../../connection/connection.secret.js';
import type { VendorAnswer, VendorHttp } from '../../http/client.js';
import { codeIn, faultOfStatus } from '../../http/fault.rules.js';
import { header } from '../../http/retry-after.rules.js';
import { type CardContent, cardMessage } from './card.js';

/** What an administrator calls it. */
export const TEAMS = 'Microsoft Teams';

/** A workflow and a channel take four requests a second (learn.microsoft.com/connectors/teams). */
export const CHANNEL_BUDGET = { perMinute: 180, burst: 3 };

/** What an administrator mends before another card is accepted, by status. */
const MENDED: Readonly<Record<number, string>> = {
  401: "Copy the webhook's whole address anew out of the workflow, and give it with rotateIntegrationSecret. It must take requests from anyone.",
  403: "Copy the webhook's whole address anew out of the workflow, and give it with rotateIntegrationSecret. It must take requests from anyone.",
  404: 'The workflow was deleted: make a new one in Teams, and give its address with rotateIntegrationSecret.',
  410: 'The address is retired: make a webhook with the Workflows app, and give its address with rotateIntegrationSecret.',
};
const TURNED_OFF = 'Turn the workflow on again in Power Automate, then test the connection.';

/**
 * Posts a card by the channel's Workflows webhook; answers the run's id. The workflow answers 202 before it has posted and
 * says no message id: a lost answer is UNKNOWN_OUTCOME.
 */
export async function postByWebhook(
  http: VendorHttp,
  { credentials, id }: OpenConnection,
  content: CardContent,
  signal: AbortSignal,
): Promise<string> {
  const answer = await http.send({
    vendor: TEAMS,
    method: 'POST',
    url: credentials.webhookUrl ?? '',
    json: cardMessage(content),
    accept: [400, 401, 403, 404, 410],
    budget: { ...CHANNEL_BUDGET, instance: `teams/${id}` },
    signal,
  });
  if (answer.status >= 400) throw refusal(answer);
  return header(answer.headers, 'x-ms-workflow-run-id') ?? 'ACCEPTED';
}

function refusal(answer: VendorAnswer): VendorError {
  const { status, headers } = answer;
  const code = codeIn(quietly(answer));
  const fault = faultOfStatus(status, headers, code, { vendor: TEAMS, isRepeatable: false }, new Date());
  const remedy = code === 'WorkflowTriggerIsNotEnabled' ? TURNED_OFF : MENDED[status];
  if (remedy === undefined) return fault;
  return new VendorError('DISCONNECTED', { code: 'TEAMS_WORKFLOW', message: fault.message, remedy, status });
}

/** An answer's JSON; null when it is none. */
export function quietly(answer: VendorAnswer): unknown {
  try {
    return answer.json();
  } catch {
    return null;
  }
}
