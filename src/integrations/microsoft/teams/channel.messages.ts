import { VendorError } from '../../../core/outbox/vendor-error.js';
import type { VendorAnswer, VendorHttp } from '../../http/client.js';
import { codeIn, faultOfStatus } from '../../http/fault.rules.js';
import { recordIn, textIn } from '../graph.client.js';
import type { GraphMethod } from '../graph.transport.js';
import type { CardContent } from './card.js';
import { graphMessage } from './graph-message.js';
import type { DelegatedChannel } from './teams.settings.js';
import { CHANNEL_BUDGET, quietly, TEAMS } from './webhook.sender.js';

/** A message that is in the channel. */
export interface Posted {
  readonly messageId: string;
  readonly webUrl: string | null;
}

/**
 * The calls of Microsoft Graph on one channel in a person's name, each by an SDK client of its own. POST is never repeated:
 * a 5xx or a lost answer is UNKNOWN_OUTCOME.
 */
export interface ChannelMessages {
  post(content: CardContent): Promise<Posted>;
  /** Null when the message that it would reply to is not there any more. */
  reply(messageId: string, content: CardContent): Promise<Posted | null>;
  change(messageId: string, content: CardContent): Promise<void>;
}

/** Statuses that say for certain that nothing was posted. */
const REFUSALS: readonly number[] = [400, 401, 403, 404, 413];

const SAYS: Readonly<Record<number, { readonly code: string; readonly remedy: string }>> = {
  403: {
    code: 'TEAMS_NOT_ALLOWED',
    remedy:
      'Whoever acted may not post there: make them members of the team, and let members post in the channel. Until then the webhook posts.',
  },
  404: {
    code: 'TEAMS_CHANNEL',
    remedy:
      'The channel was deleted, or teamId and channelId are those of another: correct them with updateIntegrationSettings. Until then the webhook posts.',
  },
};
const OTHER = {
  code: 'TEAMS_NOT_ALLOWED',
  remedy: 'Microsoft Teams did not take the message of whoever acted. The webhook posts in their place.',
};

/** The messages of a channel, as the person of the token. */
export function channelMessages(
  http: VendorHttp,
  { teamId, channelId }: DelegatedChannel,
  token: string,
  signal: AbortSignal,
): ChannelMessages {
  const path = `/teams/${encodeURIComponent(teamId)}/channels/${encodeURIComponent(channelId)}/messages`;
  const call = async (method: GraphMethod, below: string, content: CardContent): Promise<VendorAnswer> => {
    const { GraphTransport } = await import('../graph.transport.js');
    return new GraphTransport({
      http,
      terms: {
        vendor: TEAMS,
        accept: REFUSALS,
        budget: { ...CHANNEL_BUDGET, instance: `teams/${channelId}` },
        signal,
        isRepeatable: method === 'PATCH',
      },
      token: () => Promise.resolve(token),
    }).call(method, `${path}${below}`, { json: graphMessage(content) });
  };
  return {
    post: async (content) => postedIn(await call('POST', '', content)),
    reply: async (messageId, content) => {
      const answer = await call('POST', `/${encodeURIComponent(messageId)}/replies`, content);
      return answer.status === 404 ? null : postedIn(answer);
    },
    change: async (messageId, content) => {
      checked(await call('PATCH', `/${encodeURIComponent(messageId)}`, content));
    },
  };
}

function checked(answer: VendorAnswer): VendorAnswer {
  const { status, headers } = answer;
  if (status < 400) return answer;
  const fault = faultOfStatus(
    status,
    headers,
    codeIn(quietly(answer)),
    { vendor: TEAMS, isRepeatable: false },
    new Date(),
  );
  const { code, remedy } = SAYS[status] ?? OTHER;
  throw new VendorError('DISCONNECTED', { code, message: fault.message, remedy, status });
}

function postedIn(answer: VendorAnswer): Posted {
  try {
    const record = recordIn(checked(answer));
    const [messageId, webUrl] = [textIn(record, 'id'), textIn(record, 'webUrl')];
    if (messageId !== '') return { messageId, webUrl: webUrl === '' ? null : webUrl };
  } catch (error) {
    if (error instanceof VendorError && error.kind === 'DISCONNECTED') throw error;
  }
  throw new VendorError('UNKNOWN_OUTCOME', {
    code: 'VENDOR_ANSWER_UNREADABLE',
    message: `${TEAMS} answered ${answer.status}, but with no message.`,
    remedy: 'Look in the channel.',
    status: answer.status,
  });
}
