import { byOf, identitySet, requirePermission } from '../caller.js';
import { itemNotFound, Refusal } from '../exchange.js';
import { type GraphCall, page, type Route } from '../graph-call.js';
import type { Channel, Message, MessageAttachment } from '../records.js';
import { exactly, text } from '../request-schema.js';
import { cardFault } from './card.js';

const CARD_TYPE = 'application/vnd.microsoft.card.adaptive';
const MESSAGE_BODY = exactly(
  {
    subject: { type: ['string', 'null'], maxLength: 200 },
    importance: { enum: ['normal', 'high', 'urgent'] },
    body: exactly({ contentType: { enum: ['text', 'html'] }, content: text(100_000) }, ['content']),
    attachments: {
      type: 'array',
      items: exactly(
        {
          id: text(100, 1),
          contentType: text(100),
          contentUrl: { type: ['string', 'null'] },
          // A JSON *string* here; an object in webhooks.
          content: { type: ['string', 'null'] },
          name: { type: ['string', 'null'] },
          thumbnailUrl: { type: ['string', 'null'] },
        },
        ['id', 'contentType'],
      ),
    },
    mentions: {
      type: 'array',
      items: exactly(
        {
          id: { type: 'integer', minimum: 0 },
          mentionText: text(200, 1),
          mentioned: exactly(
            {
              user: exactly({ id: text(36, 36), displayName: text(256), userIdentityType: { const: 'aadUser' } }, [
                'id',
              ]),
            },
            ['user'],
          ),
        },
        ['id', 'mentionText', 'mentioned'],
      ),
    },
  },
  ['body'],
);
const CHANNEL = '/teams/:team/channels/:channel';

/** Channel messages: posting is for people alone; an application cannot (facts of chatMessage: `Teamwork.Migrate.All` only). */
export const CHANNEL_ROUTES: readonly Route[] = [
  { operation: 'team.get', method: 'GET', path: '/teams/:team', units: 0, run: getTeam },
  { operation: 'channel.list', method: 'GET', path: '/teams/:team/channels', units: 0, run: getChannels },
  { operation: 'message.list', method: 'GET', path: `${CHANNEL}/messages`, units: 0, run: getMessages },
  { operation: 'message.get', method: 'GET', path: `${CHANNEL}/messages/:message`, units: 0, run: getMessage },
  { operation: 'message.post', method: 'POST', path: `${CHANNEL}/messages`, units: 0, schema: MESSAGE_BODY, run: post },
  {
    operation: 'message.reply',
    method: 'POST',
    path: `${CHANNEL}/messages/:message/replies`,
    units: 0,
    schema: MESSAGE_BODY,
    run: post,
  },
  {
    operation: 'message.edit',
    method: 'PATCH',
    path: `${CHANNEL}/messages/:message`,
    units: 0,
    schema: MESSAGE_BODY,
    run: edit,
  },
  {
    operation: 'reply.edit',
    method: 'PATCH',
    path: `${CHANNEL}/messages/:message/replies/:reply`,
    units: 0,
    schema: MESSAGE_BODY,
    run: edit,
  },
  {
    operation: 'message.delete',
    method: 'POST',
    path: `${CHANNEL}/messages/:message/softDelete`,
    units: 0,
    run: softDelete,
  },
];

function getTeam(call: GraphCall) {
  requirePermission(call.caller, ['Team.ReadBasic.All', 'TeamSettings.Read.All']);
  const channel = channelsOf(call)[0];
  if (!channel) throw new Refusal(404, 'NotFound', 'No team found with the Group id.');
  return { status: 200, body: { id: channel.teamId, displayName: channel.teamName, isArchived: false } };
}

function getChannels(call: GraphCall) {
  requirePermission(call.caller, ['Channel.ReadBasic.All', 'ChannelSettings.Read.All']);
  const view = (one: Channel) => ({ id: one.id, displayName: one.name, membershipType: 'standard' });
  return page(call, channelsOf(call), view, 200);
}

function channelsOf(call: GraphCall): Channel[] {
  const { tid } = call.caller;
  return call.world.store
    .all('channel')
    .filter((channel) => channel.tid === tid && channel.teamId === call.params.team);
}

function channelOf(call: GraphCall): Channel {
  const channel = channelsOf(call).find(({ id }) => id === call.params.channel);
  if (!channel) throw new Refusal(404, 'NotFound', 'The channel was not found.');
  return channel;
}

function getMessages(call: GraphCall) {
  requirePermission(call.caller, ['ChannelMessage.Read.All']);
  const channel = channelOf(call);
  const messages = call.world.store
    .all('message')
    .filter((message) => message.channelId === channel.id && message.replyTo === null)
    .toReversed();
  return page(call, messages, (message) => view(call, channel, message), 20);
}

function getMessage(call: GraphCall) {
  requirePermission(call.caller, ['ChannelMessage.Read.All']);
  const channel = channelOf(call);
  return { status: 200, body: view(call, channel, messageOf(call, channel, call.params.message)) };
}

function messageOf(call: GraphCall, channel: Channel, id: string | undefined): Message {
  const message = call.world.store.get('message', id ?? '');
  if (message?.channelId !== channel.id) throw itemNotFound('The message was not found.');
  return message;
}

/** Only the sender's own messages can be changed. */
function ownMessageOf(call: GraphCall): Message {
  const message = messageOf(call, channelOf(call), call.params.reply ?? call.params.message);
  if (message.from.id !== call.caller.user?.oid) throw new Refusal(403, 'Forbidden', 'The message is not yours.');
  return message;
}

function post(call: GraphCall) {
  const { world, params } = call;
  if (!call.caller.user) {
    throw new Refusal(
      403,
      'Forbidden',
      `Missing role permissions on the request. API requires one of 'Teamwork.Migrate.All'. Roles on the request '${call.caller.roles.join(', ')}'.`,
    );
  }
  requirePermission(call.caller, ['ChannelMessage.Send', 'Group.ReadWrite.All']);
  const channel = channelOf(call);
  const parent = params.message === undefined ? null : messageOf(call, channel, params.message);
  if (parent?.replyTo) throw new Refusal(400, 'BadRequest', 'A reply cannot be replied to.');
  slowDown(call, channel);
  const message: Message = {
    ...contentOf(call),
    id: world.newMessageId(),
    channelId: channel.id,
    replyTo: parent?.id ?? null,
    at: world.now().toISOString(),
    editedAt: null,
    deletedAt: null,
    from: byOf(world, call.caller),
    workflowId: null,
  };
  world.store.put('message', message);
  world.did(parent ? 'reply.posted' : 'message.posted', message.id);
  return { status: 201, body: view(call, channel, message) };
}

function edit(call: GraphCall) {
  requirePermission(call.caller, ['ChannelMessage.ReadWrite', 'Group.ReadWrite.All']);
  const message = ownMessageOf(call);
  call.world.store.put('message', { ...message, ...contentOf(call), editedAt: call.world.now().toISOString() });
  call.world.did('message.edited', message.id);
  return { status: 204 };
}

function softDelete(call: GraphCall) {
  requirePermission(call.caller, ['ChannelMessage.ReadWrite']);
  const message = ownMessageOf(call);
  call.world.store.put('message', { ...message, deletedAt: call.world.now().toISOString() });
  call.world.did('message.deleted', message.id);
  return { status: 204 };
}

/** At most four requests a second to one channel. */
function slowDown(call: GraphCall, channel: Channel): void {
  const budget = call.world.settings.channelRequestsPerSecond;
  if (budget === 0) return;
  const { left, resetSeconds } = call.world.throttle.spend(channel.id, 1, budget, 1000, call.world.now());
  if (left >= 0) return;
  throw new Refusal(429, 'TooManyRequests', 'Too many requests to the channel.', {
    headers: { 'retry-after': String(resetSeconds) },
  });
}

type Content = Pick<Message, 'subject' | 'importance' | 'html' | 'contentType' | 'attachments' | 'mentions'>;

function contentOf(call: GraphCall): Content {
  if (call.exchange.body.length > call.world.settings.messageBytes) {
    throw new Refusal(413, 'RequestEntityTooLarge', 'The message is too large.');
  }
  const body = call.body as {
    subject?: string | null;
    importance?: string;
    body: { contentType?: string; content: string };
    attachments?: { id: string; contentType: string; content?: string | null }[];
    mentions?: { id: number }[];
  };
  const html = body.body.content;
  const attachments = (body.attachments ?? []).map((one) => attachmentOf(call, one, html));
  const lost = (body.mentions ?? []).find(({ id }) => !html.includes(`<at id="${id}">`));
  if (lost) throw new Refusal(400, 'BadRequest', `The mention ${lost.id} does not stand in the body.`);
  return {
    subject: body.subject ?? null,
    importance: body.importance ?? 'normal',
    html,
    contentType: body.body.contentType ?? 'text',
    attachments,
    mentions: body.mentions ?? [],
  };
}

function attachmentOf(
  call: GraphCall,
  attachment: { id: string; contentType: string; content?: string | null },
  html: string,
): MessageAttachment {
  const { id, contentType, content } = attachment;
  if (!html.includes(`<attachment id="${id}">`)) {
    throw new Refusal(400, 'BadRequest', `The attachment ${id} does not stand in the body.`);
  }
  if (contentType !== CARD_TYPE || !content) throw new Refusal(400, 'BadRequest', 'Only Adaptive Cards are simulated.');
  const fault = cardFault(cardOf(content), call.world.settings.cardVersion);
  if (fault) throw new Refusal(400, 'BadRequest', `Bad Request: ${fault}.`);
  return { id, contentType, content };
}

function cardOf(content: string): unknown {
  try {
    return JSON.parse(content) as unknown;
  } catch {
    throw new Refusal(400, 'BadRequest', 'The content of a card must be JSON in a string.');
  }
}

function view(call: GraphCall, channel: Channel, message: Message): Record<string, unknown> {
  const ids = `groupId=${channel.teamId}&tenantId=${channel.tid}&createdTime=${message.id}&parentMessageId=${message.replyTo ?? message.id}`;
  return {
    id: message.id,
    replyToId: message.replyTo,
    etag: message.editedAt ? String(new Date(message.editedAt).getTime()) : message.id,
    messageType: 'message',
    createdDateTime: message.at,
    lastModifiedDateTime: message.editedAt ?? message.at,
    lastEditedDateTime: message.editedAt,
    deletedDateTime: message.deletedAt,
    subject: message.subject,
    importance: message.importance,
    locale: 'en-us',
    webUrl: `${call.world.webOrigin('teams.microsoft.com')}/l/message/${encodeURIComponent(channel.id)}/${message.id}?${ids}`,
    from: identitySet(message.from),
    body: { contentType: message.contentType, content: message.html },
    channelIdentity: { teamId: channel.teamId, channelId: channel.id },
    attachments: message.attachments.map((one) => ({ ...one, contentUrl: null, name: null })),
    mentions: message.mentions,
    reactions: [],
  };
}
