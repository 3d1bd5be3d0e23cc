import type { EffectTools } from '../../../core/outbox/handler.js';
import { VendorError } from '../../../core/outbox/vendor-error.js';
import { selectRequired } from '../../../core/statement.js';
import { recordConnectionCheck } from '../../connection/connection.commands.js';
import { CheckState, Integration } from '../../connection/connection.entity.js';
import type { VendorHttp } from '../../http/client.js';
import type { CardContent } from './card.js';
import { type ChannelMessages, channelMessages } from './channel.messages.js';
import type { GraphGrant, OboTokens } from './obo.tokens.js';
import { SEND_SCOPE } from './obo.tokens.js';
import type { Presence } from './presence.js';
import type { FirstMessage, OwnHand, OwnMessage, OwnPost } from './teams.handler.js';
import type { TeamsCard } from './teams-card.entity.js';
import { type DelegatedChannel, delegatedChannel } from './teams.settings.js';

export interface DelegatedHandOptions {
  readonly http: VendorHttp;
  readonly obo: OboTokens;
  readonly presence: Presence;
}

/** What of a connection to Teams a delegated post has found wrong; everything else is the webhook's. */
const OWN_REASONS: readonly string[] = [
  'TEAMS_CONSENT',
  'TEAMS_SIGN_IN_AGAIN',
  'TEAMS_APP',
  'TEAMS_CHANNEL',
  'TEAMS_NOT_ALLOWED',
];

/**
 * Posts in the name of whoever acted, while they are present, where the tenant has agreed to it. A change of what an
 * earlier message told is a reply to it, and the message itself is brought up to date when it is their own. Whatever
 * certainly did not post is left to the webhook, and the connection says why.
 */
export class DelegatedHand implements OwnHand {
  constructor(private readonly options: DelegatedHandOptions) {}

  async post(card: TeamsCard, what: OwnPost, tools: EffectTools): Promise<OwnMessage | null> {
    const { obo, presence } = this.options;
    const channel = delegatedChannel(what.connection.settings);
    const present = channel && card.actorId !== null ? presence.of(tools.tenantId, card.actorId) : null;
    if (!channel || !present) return null;
    let grant: GraphGrant;
    try {
      grant = await obo.of(present);
    } catch (error) {
      return this.leave(what, error, tools);
    }
    try {
      const sent = await this.send(channel, grant, { ...what, senderId: present.personId }, tools);
      await this.sound(what, tools);
      return sent;
    } catch (error) {
      // Sent, and the answer never came; or told to wait, by the same channel that the webhook writes to.
      if (error instanceof VendorError && ['UNKNOWN_OUTCOME', 'THROTTLED'].includes(error.kind)) throw error;
      return this.leave(what, error, tools);
    }
  }

  private async send(
    channel: DelegatedChannel,
    grant: GraphGrant,
    { content, first, senderId }: { content: CardContent; first: FirstMessage | null; senderId: string },
    { signal }: EffectTools,
  ): Promise<OwnMessage> {
    const messages = channelMessages(this.options.http, channel, grant.token, signal);
    const reply = first?.messageId ? await messages.reply(first.messageId, content) : null;
    if (!reply || !first?.messageId) return { ...(await messages.post(content)), threadId: null, senderId };
    if (grant.mayChange && first.senderId === senderId) await refresh(messages, first.messageId, content);
    return { ...reply, threadId: first.messageId, senderId };
  }

  /** Not posted: the webhook is to. What an administrator can mend becomes the state of the connection. */
  private async leave({ connection, attempt }: OwnPost, error: unknown, tools: EffectTools): Promise<null> {
    if (!(error instanceof VendorError)) throw error;
    if (error.kind !== 'DISCONNECTED') return null;
    const { code, remedy } = error;
    const { integration } = await tools.read({ integration: selectRequired(Integration, connection.id) });
    // What the webhook has found wrong is the graver: nothing at all is posted then.
    if (integration.reason !== null && (integration.reason === code || !OWN_REASONS.includes(integration.reason)))
      return null;
    const isConsent = code === 'TEAMS_CONSENT';
    const check = { name: isConsent ? SEND_SCOPE : code, state: isConsent ? CheckState.MISSING : CheckState.FAILED };
    await tools.run(recordConnectionCheck, {
      integrationId: connection.id,
      secretVersion: connection.secretVersion,
      checks: [{ ...check, remedy }],
      reason: code,
      attempt,
    });
    return null;
  }

  /** It works: what an earlier post has found wrong is mended. */
  private async sound({ connection, attempt }: OwnPost, tools: EffectTools): Promise<void> {
    const { integration } = await tools.read({ integration: selectRequired(Integration, connection.id) });
    if (integration.reason === null || !OWN_REASONS.includes(integration.reason)) return;
    await tools.run(recordConnectionCheck, {
      integrationId: connection.id,
      secretVersion: connection.secretVersion,
      checks: [{ name: SEND_SCOPE, state: CheckState.OK, remedy: null }],
      reason: null,
      attempt,
    });
  }
}

/** The first message says how things stand now. The reply has told it already, so that a failure costs nothing. */
async function refresh(messages: ChannelMessages, messageId: string, content: CardContent): Promise<void> {
  try {
    await messages.change(messageId, { ...content, calls: null });
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
  }
}
