import { DateTime } from 'luxon';
import { EffectClass } from '../../../core/outbox/effect.entity.js';
import type { OutboxMessage } from '../../../core/outbox/message.js';
import { type Query, sql } from '../../../core/statement.js';
import { Vendor } from '../../connection/connection.entity.js';
import type { ConnectionSettings } from '../../connection/connection.entity.js';

/** The kind of the effect that posts one card. */
export const TEAMS_CARD = 'teams.card';

/** What a card may be about; the setting `topics` of a connection names those that its channel wants. */
export const TOPICS = ['DECISIONS', 'SIGN_OFFS', 'ALERTS'] as const;
export type Topic = (typeof TOPICS)[number];

/** What a card says of its subject. */
export type CardEvent = 'OPENED' | 'REASSIGNED' | 'DECIDED' | 'OVERDUE' | 'SUBMITTED' | 'RAISED';

/** A card that is wanted and was not asked for yet. */
export interface Wanted {
  readonly event: CardEvent;
  readonly subjectType: string;
  readonly subjectId: string;
  /** Names the state of the subject that the card is about: each is told once a channel. */
  readonly mark: string;
  /** The calendar day whose end it waits for; null when it is due now. */
  readonly afterDay: string | null;
}

/** A connection to a channel, as far as planning needs it. */
export interface Channel {
  readonly id: string;
  readonly settings: ConnectionSettings;
}

/** The topics that a channel wants: all, where it names none. */
export function topicsOf({ settings }: Channel): readonly Topic[] {
  const named = settings.topics?.split(',').map((word) => word.trim().toUpperCase());
  return named ? TOPICS.filter((topic) => named.includes(topic)) : TOPICS;
}

/** When a connection was made first: its id is a uuid v7. What is older is history, and not news. */
export function beginningOf({ id }: Channel): Date {
  return new Date(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16));
}

const MOST = 200;

/** What a worker that was down for longer finds is no news any more; what is open is. */
const NEWS_MS = 7 * 86_400_000;

const QUERIES: Readonly<Record<Topic, readonly string[]>> = {
  DECISIONS: [
    `select 'OPENED' as event, 'Decision' as type, d.id, 'open/' || d.owner_id || '/' || d.due_on as mark,
       null::date as after_day
     from decision d where d.tenant_id = $1 and d.opened_at >= $2::timestamptz and d.state = 'OPEN'`,
    `select 'OVERDUE', 'Decision', d.id, 'due/' || d.due_on, d.due_on
     from decision d where d.tenant_id = $1 and d.opened_at >= $2::timestamptz and d.state = 'OPEN'`,
    `select 'DECIDED', 'Decision', d.id, 'decided', null::date
     from decision d where d.tenant_id = $1 and d.opened_at >= $2::timestamptz and d.state <> 'OPEN' and d.decided_at >= $4::timestamptz`,
  ],
  SIGN_OFFS: [
    `select 'SUBMITTED' as event, 'Handoff' as type, h.id, 'submitted/' || extract(epoch from h.submitted_at) as mark,
       null::date as after_day
     from handoff h where h.tenant_id = $1 and h.submitted_at >= greatest($2::timestamptz, $4::timestamptz) and h.stage = 'IN_REVIEW'`,
  ],
  ALERTS: [
    `select 'RAISED' as event, 'Alert' as type, a.id, 'raised' as mark, null::date as after_day
     from alert a where a.tenant_id = $1 and a.raised_at >= greatest($2::timestamptz, $4::timestamptz)`,
  ],
};

/**
 * The cards of a topic that a channel should have and that nobody has asked for yet. An entry of the log that has had a
 * card before has changed its owner or date.
 */
export function wantedOf(channel: Channel, topic: Topic, now: Date): Query<Wanted[]> {
  return sql(
    `select case when w.event = 'OPENED' and exists (select 1 from outbox_effect e where e.tenant_id = $1
         and e.aggregate_id = w.id and e.kind = '${TEAMS_CARD}' and e.vendor = 'TEAMS/' || $3::text)
       then 'REASSIGNED' else w.event end as event, w.type, w.id, w.mark, w.after_day
     from (select x.*, '${TEAMS_CARD}/' || $3::text || '/' || x.id || '/' || x.mark as key
       from (${QUERIES[topic].join(' union all ')}) x) w
     where $4::timestamptz is not null
       and not exists (select 1 from outbox_effect e where e.tenant_id = $1 and e.effect_key = w.key)
     order by w.id limit ${MOST}`,
    [beginningOf(channel), channel.id, new Date(now.getTime() - NEWS_MS)],
    (rows) =>
      rows.map((row) => ({
        event: row.event as CardEvent,
        subjectType: row.type as string,
        subjectId: row.id as string,
        mark: row.mark as string,
        afterDay: row.after_day as string | null,
      })),
  );
}

/** The effect that posts a card; asked for twice it is one. An unknown outcome waits for a person. */
export function cardMessageOf(channel: Channel, wanted: Wanted, timeZone: string): OutboxMessage {
  const { event, subjectType: type, subjectId: id, mark, afterDay } = wanted;
  const dayEnd = afterDay === null ? null : DateTime.fromISO(afterDay, { zone: timeZone }).plus({ days: 1 }).toJSDate();
  return {
    kind: TEAMS_CARD,
    aggregate: { type, id },
    effectKey: `${TEAMS_CARD}/${channel.id}/${id}/${mark}`,
    payload: { integrationId: channel.id, event, mark },
    vendor: `${Vendor.TEAMS}/${channel.id}`,
    effectClass: EffectClass.CONFIRM,
    ...(dayEnd ? { notBefore: dayEnd } : {}),
  };
}
