import type { BusinessCalendar } from '../../../catalogue/configuration.js';
import { enqueue, type OutboxMessage } from '../../../core/outbox/message.js';
import { insertAll, type Query, select, sql, type Statement, update } from '../../../core/statement.js';
import { type FloodPlan, type Pending, planFlood, type Recent } from './flood.rules.js';
import { CardEvent, type CardHold, CardState, TeamsCard } from './teams-card.entity.js';
import { cardMessageOf, type Channel, type Wanted, wantedOf } from './teams.plan.js';
import { floodSettings } from './teams.settings.js';

/** What planning a channel must know. */
export interface ChannelFacts {
  readonly wanted: readonly Wanted[];
  /** Held back so far. */
  readonly waiting: readonly TeamsCard[];
  readonly recent: Recent;
}

/** What is to be written for a channel; nothing when all stays as it is. */
export interface ChannelPlan {
  readonly statements: readonly Statement[];
  /** How many effects are asked for. */
  readonly asked: number;
}

/** The queries behind ChannelFacts. */
export const channelQueries = (channel: Channel, now: Date, today: string) => ({
  wanted: wantedOf(channel, now, today),
  waiting: select(TeamsCard, { integrationId: channel.id, state: CardState.WAITING }, { orderBy: ['id'] }),
  recent: recentOf(channel, now),
});

/** Holds a channel's planning until the transaction ends; false when it has been disconnected. */
export const lockChannel = ({ id }: Channel): Query<boolean> =>
  sql(
    "select 1 from integration where tenant_id = $1 and id = $2 and state <> 'DISCONNECTED' for update",
    [id],
    (rows) => rows.length > 0,
  );

/** What a channel has been asked for within its window. */
function recentOf(channel: Channel, now: Date): Query<Recent> {
  const since = new Date(now.getTime() - floodSettings(channel.settings).windowMs);
  return sql(
    `select count(*) filter (where event = 'DIGEST')::int as digests,
       count(*) filter (where event not in ('DIGEST', 'OVERDUE', 'RAISED'))::int as cards
     from teams_card where tenant_id = $1 and integration_id = $2 and asked_at > $3`,
    [channel.id, since],
    ([row]) => ({ digests: row!.digests as number, cards: row!.cards as number }),
  );
}

/** Decides what of a channel's cards goes out now, and writes down every one: asked for, or held and why. Pure. */
export function planChannel(
  channel: Channel,
  { wanted, waiting, recent }: ChannelFacts,
  calendar: BusinessCalendar,
  { now, newId }: { readonly now: Date; readonly newId: () => string },
): ChannelPlan {
  const fresh = wanted.map((one) => ({ ...one, id: newId(), wantedAt: now }));
  const pending: Pending[] = [...waiting, ...fresh];
  const plan = planFlood(pending, recent, floodSettings(channel.settings), calendar, now);
  const digest = plan.digest.length === 0 ? null : { id: newId(), ...digestOf(channel) };
  const placeOf = (id: string): Place => placeIn(plan, id, digest?.id ?? null, now);
  const messages: OutboxMessage[] = [
    ...[...fresh, ...waiting]
      .filter(({ id }) => plan.singles.includes(id))
      .map((card) => cardMessageOf(channel, card, now)),
    ...(digest ? [cardMessageOf(channel, digest, now)] : []),
  ];
  const digestRow =
    digest && rowOf(channel, { ...digest, mark: `digest/${digest.id}`, wantedAt: now }, asked(now, null));
  return {
    asked: messages.length,
    statements: [
      ...insertAll(TeamsCard, digestRow ? [digestRow] : []),
      ...insertAll(
        TeamsCard,
        fresh.map((card) => rowOf(channel, card, placeOf(card.id))),
      ),
      ...waiting.flatMap((card) => moved(card, placeOf(card.id))),
      ...enqueue(messages, now, newId),
    ],
  };
}

type Place = Pick<TeamsCard, 'state' | 'waitsFor' | 'digestId' | 'askedAt'>;

const asked = (now: Date, digestId: string | null): Place => ({
  state: CardState.ASKED,
  waitsFor: null,
  digestId,
  askedAt: now,
});
const held = (waitsFor: CardHold): Place => ({ state: CardState.WAITING, waitsFor, digestId: null, askedAt: null });

function placeIn({ held: reasons, digest }: FloodPlan, id: string, digestId: string | null, now: Date): Place {
  const reason = reasons.get(id);
  if (reason) return held(reason);
  return asked(now, digest.includes(id) ? digestId : null);
}

function moved(card: TeamsCard, place: Place): Statement[] {
  return card.waitsFor === place.waitsFor ? [] : [update(TeamsCard, { id: card.id }, place)];
}

const digestOf = (channel: Channel): Omit<Wanted, 'mark'> => ({
  event: CardEvent.DIGEST,
  subjectType: 'Integration',
  subjectId: channel.id,
  actorId: null,
});

function rowOf(
  channel: Channel,
  card: Wanted & { readonly id: string; readonly wantedAt: Date },
  place: Place,
): Partial<TeamsCard> {
  const { id, event, subjectType, subjectId, mark, actorId, wantedAt } = card;
  const open = { way: null, messageId: null, threadId: null, webUrl: null, senderId: null, settledAt: null };
  return { id, integrationId: channel.id, event, subjectType, subjectId, mark, actorId, wantedAt, ...place, ...open };
}
