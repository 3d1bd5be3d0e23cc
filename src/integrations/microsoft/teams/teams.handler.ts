import type { OutboxEffect } from '../../../core/outbox/effect.entity.js';
import type { EffectTools, SteppedHandler } from '../../../core/outbox/handler.js';
import { VendorError } from '../../../core/outbox/vendor-error.js';
import { selectRequired, sql, type Statement, update } from '../../../core/statement.js';
import type { Connections, OpenConnection } from '../../connection/connection.secret.js';
import type { VendorHttp } from '../../http/client.js';
import { telling } from '../telling.js';
import type { CardContent } from './card.js';
import { withFirst } from './cards.rules.js';
import { attemptOf, contentOf, digestContent, type Filling } from './contents.js';
import { CardEvent, CardState, CardWay, TeamsCard } from './teams-card.entity.js';
import { channelReference } from './teams.queries.js';
import { postByWebhook } from './webhook.sender.js';

/** A message that a person has posted. */
export interface OwnMessage {
  readonly messageId: string;
  /** The message that it replies to; null for one of its own. */
  readonly threadId: string | null;
  readonly webUrl: string | null;
  readonly senderId: string;
}

/** The first message about a subject in a channel, where one is known. */
export type FirstMessage = Pick<TeamsCard, 'id' | 'messageId' | 'webUrl' | 'senderId'>;

/** What is posted in somebody's own name, and where. */
export interface OwnPost {
  readonly content: CardContent;
  readonly first: FirstMessage | null;
  readonly connection: OpenConnection;
  /** The attempt of the card's effect. */
  readonly attempt: number;
}

/** What posts a card in the name of whoever acted. */
export interface OwnHand {
  /** Posts it; null when it certainly did not, and the webhook is to. A lost answer is UNKNOWN_OUTCOME. */
  post(card: TeamsCard, what: OwnPost, tools: EffectTools): Promise<OwnMessage | null>;
}

export interface CardHandlerOptions {
  readonly http: VendorHttp;
  readonly connections: Connections;
  /** Where people reach this server. */
  readonly publicUrl: string;
  /** Only in the process in which people act. */
  readonly ownHand?: OwnHand;
}

/**
 * Posts one card: in the name of whoever acted where they are present, else by the channel's Workflows webhook. Neither
 * way can be asked whether it has posted (the webhook says no id, and reading a channel is a permission that is not asked
 * for): a lost answer is never followed by a second card, a person looks into the channel (class CONFIRM).
 */
export function cardHandler(options: CardHandlerOptions): SteppedHandler {
  const perform = telling(
    ({ payload }) => channelReference(payload.integrationId ?? ''),
    async (effect, tools) => {
      const { card } = await tools.read({ card: cardOf(effect) });
      const filling: Filling = { ...tools, publicUrl: options.publicUrl, attempt: attemptOf(effect) };
      const { content, needless } =
        card.event === CardEvent.DIGEST
          ? await digestContent(card, filling)
          : { content: await contentOf(card, filling), needless: [] };
      if (content === null) return { receipt: 'NOT_NEEDED', writes: [notNeeded([card.id, ...needless], tools.now)] };
      const { receipt, settled } = await post(options, { card, content, attempt: effect.fencingToken }, tools);
      return { receipt, writes: [...settledStatements(card.id, needless, settled, tools.now)] };
    },
  );
  return {
    perform,
    adopt: async (effect, receipt, tools) => {
      const { card } = await tools.read({ card: cardOf(effect) });
      return { receipt, writes: settledStatements(card.id, [], {}, tools.now) };
    },
  };
}

/** A card that was asked for before cards had rows of their own has the id of its effect. */
const cardOf = ({ id, payload }: OutboxEffect) => selectRequired(TeamsCard, payload.cardId ?? id);

type Settled = Partial<Pick<TeamsCard, 'way' | 'messageId' | 'threadId' | 'webUrl' | 'senderId'>>;

async function post(
  { http, connections, ownHand }: CardHandlerOptions,
  { card, content, attempt }: { readonly card: TeamsCard } & Pick<OwnPost, 'content' | 'attempt'>,
  tools: EffectTools,
): Promise<{ readonly receipt: string; readonly settled: Settled }> {
  const connection = await connections.byId(tools, card.integrationId);
  const { first } = await tools.read({ first: firstMessage(card) });
  try {
    const own = await ownHand?.post(card, { content, first, connection, attempt }, tools);
    if (own) return { receipt: own.messageId, settled: { way: CardWay.DELEGATED, ...own } };
    const told = withFirst(content, first?.webUrl ?? null);
    return { receipt: await postByWebhook(http, connection, told, tools.signal), settled: { way: CardWay.WEBHOOK } };
  } catch (error) {
    if (error instanceof VendorError && error.kind === 'UNKNOWN_OUTCOME') throw doubt(error, content.title);
    throw error;
  }
}

/** The oldest message about the same subject whose id is known. */
const firstMessage = ({ integrationId, subjectId, id }: TeamsCard) =>
  sql(
    `select id, message_id, web_url, sender_id from teams_card where tenant_id = $1 and subject_id = $2 and integration_id = $3
       and id <> $4 and state = 'POSTED' and message_id is not null and thread_id is null order by id limit 1`,
    [subjectId, integrationId, id],
    ([row]): FirstMessage | null =>
      row
        ? {
            id: row.id as string,
            messageId: row.message_id as string,
            webUrl: row.web_url as string | null,
            senderId: row.sender_id as string | null,
          }
        : null,
  );

function notNeeded(ids: readonly string[], now: Date): Statement {
  return update(TeamsCard, { id: ids }, { state: CardState.NOT_NEEDED, settledAt: now });
}

/** The card, and of a digest every card that it names. */
function settledStatements(cardId: string, needless: readonly string[], settled: Settled, now: Date): Statement[] {
  const posted = { state: CardState.POSTED, settledAt: now };
  return [
    ...(needless.length > 0 ? [notNeeded(needless, now)] : []),
    update(TeamsCard, { id: cardId }, { ...posted, ...settled }),
    update(TeamsCard, { digestId: cardId, state: CardState.ASKED }, { ...posted, way: settled.way ?? null }),
  ];
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
