import { EffectClass } from '../../../core/outbox/effect.entity.js';
import type { OutboxMessage } from '../../../core/outbox/message.js';
import { type Query, sql } from '../../../core/statement.js';
import { IN_ENDED } from '../../../handoff/stage.rules.js';
import { type ConnectionSettings, Vendor } from '../../connection/connection.entity.js';
import type { CardEvent, TeamsCard } from './teams-card.entity.js';
import { isDelegated } from './teams.settings.js';

/** The kind of the effect that posts one card. */
export const TEAMS_CARD = 'teams.card';

/** What a card may be about; the setting `topics` of a connection names those that its channel wants. */
export const TOPICS = ['DECISIONS', 'APPROVALS', 'SIGN_OFFS', 'ALERTS'] as const;
export type Topic = (typeof TOPICS)[number];

/**
 * How long the worker leaves a card to the process in which somebody has just acted, in milliseconds: time for the
 * exchange of a token and one message, with room for a slow day.
 */
export const HAND_OVER_MS = 20_000;

/** A card that is wanted and was not planned yet. */
export interface Wanted {
  readonly event: CardEvent;
  readonly subjectType: string;
  readonly subjectId: string;
  /** Names the state of the subject that the card is about: each is told once a channel. */
  readonly mark: string;
  /** The person whose change it tells; null where no single one is known. */
  readonly actorId: string | null;
}

/** A connection to a channel, as far as planning needs it. */
export interface Channel {
  readonly id: string;
  readonly settings: ConnectionSettings;
  /** When it was connected first, by the database's clock. What is older is history, and not news. */
  readonly since: Date;
}

/** The topics that a channel wants: all, where it names none. */
export function topicsOf({ settings }: Channel): readonly Topic[] {
  const named = settings.topics?.split(',').map((word) => word.trim().toUpperCase());
  return named ? TOPICS.filter((topic) => named.includes(topic)) : TOPICS;
}

const MOST = 200;

/** What a worker that was down for longer finds is no news any more; what is open is. */
const NEWS_MS = 7 * 86_400_000;

/** Who ran the latest command of a name about a handoff, such as one whose content names `about`. */
const lastActor = (action: string, handoff: string, about: string): string =>
  `(select l.actor_id::uuid from ledger_entry l where l.tenant_id = $1 and l.subject_id = ${handoff}::text
     and l.action = '${action}' and l.outcome = 'DONE' and l.actor_kind = 'PERSON' and position(${about} in l.content) > 0
     order by l.id desc limit 1)`;

/** Whether a record has had a card in this channel, one that went out. */
const hasCard = (condition: string): string =>
  `exists (select 1 from teams_card k where k.tenant_id = $1 and k.integration_id = $3 and ${condition}
     and k.state in ('ASKED', 'POSTED'))`;

const NEWS = 'greatest($2::timestamptz, $4::timestamptz)';

const QUERIES: Readonly<Record<Topic, readonly string[]>> = {
  DECISIONS: [
    `select case when ${hasCard('k.subject_id = d.id')} then 'REASSIGNED' else 'OPENED' end as event, 'Decision' as type, d.id,
       'open/' || extract(epoch from d.assigned_at) as mark,
       case when ${hasCard('k.subject_id = d.id')} then ${lastActor('reassignDecision', 'd.handoff_id', 'd.id::text')}
         else d.opened_by end as actor_id
     from decision d where d.tenant_id = $1 and d.opened_at >= $2::timestamptz and d.state = 'OPEN'`,
    `select 'OVERDUE', 'Decision', d.id, 'due/' || d.due_on, null::uuid
     from decision d join handoff h on h.tenant_id = $1 and h.id = d.handoff_id and h.stage not in ${IN_ENDED}
     where d.tenant_id = $1 and d.opened_at >= $2::timestamptz and d.state = 'OPEN' and d.due_on < $5::date`,
    `select 'DECIDED', 'Decision', d.id, 'decided', d.decided_by
     from decision d where d.tenant_id = $1 and d.opened_at >= $2::timestamptz and d.state <> 'OPEN' and d.decided_at >= $4::timestamptz`,
  ],
  APPROVALS: [
    `select 'REQUESTED' as event, 'ApprovalRequest' as type, r.id, 'asked/' || r.round as mark,
       case when r.round = 1 then r.requester_id end as actor_id
     from approval_request r where r.tenant_id = $1 and r.opened_at >= $2::timestamptz and r.state = 'PENDING'
       and r.expires_at > $6::timestamptz`,
    `select 'ANSWERED', 'ApprovalRequest', r.id, 'answered/' || r.round, null::uuid
     from approval_request r where r.tenant_id = $1 and r.decided_at >= ${NEWS}
       and r.state in ('APPROVED', 'USED', 'REJECTED', 'WITHDRAWN')
       and ${hasCard("k.subject_id = r.id and k.mark = 'asked/' || r.round")}`,
  ],
  SIGN_OFFS: [
    `select 'SUBMITTED' as event, 'Handoff' as type, h.id, 'submitted/' || extract(epoch from h.submitted_at) as mark,
       ${lastActor('submitHandoff', 'h.id', 'h.id::text')} as actor_id
     from handoff h where h.tenant_id = $1 and h.submitted_at >= ${NEWS} and h.stage = 'IN_REVIEW'`,
    `select 'SIGNED_OFF', 'Handoff', s.handoff_id, 'signed/' || s.id, s.signed_by
     from feasibility_sign_off s where s.tenant_id = $1 and s.signed_at >= ${NEWS} and s.state = 'LIVE'`,
  ],
  ALERTS: [
    `select 'RAISED' as event, 'Alert' as type, a.id, 'raised' as mark, null::uuid as actor_id
     from alert a where a.tenant_id = $1 and a.raised_at >= ${NEWS}`,
  ],
};

/**
 * The cards that a channel should have and that nobody has planned yet; `today` is the tenant's date (YYYY-MM-DD). An
 * entry of the log that has had a card before has changed its owner or date.
 */
export function wantedOf(channel: Channel, now: Date, today: string): Query<Wanted[]> {
  const queries = topicsOf(channel).flatMap((topic) => QUERIES[topic]);
  if (queries.length === 0) return sql('select 1 where $1::uuid is null', [], () => []);
  return sql(
    `select w.event, w.type, w.id, w.mark, w.actor_id from (${queries.join(' union all ')}) w
     where row($2::timestamptz, $3::uuid, $4::timestamptz, $5::date, $6::timestamptz) is not null
       and not exists (select 1 from teams_card k where k.tenant_id = $1 and k.integration_id = $3
         and k.subject_id = w.id and k.mark = w.mark)
     order by w.id, w.event limit ${MOST}`,
    [channel.since, channel.id, new Date(now.getTime() - NEWS_MS), today, now],
    (rows) =>
      rows.map((row) => ({
        event: row.event as CardEvent,
        subjectType: row.type as string,
        subjectId: row.id as string,
        mark: row.mark as string,
        actorId: row.actor_id as string | null,
      })),
  );
}

/**
 * The effect that posts a card; asked for twice it is one. An unknown outcome waits for a person. Where people post in
 * their own name, the worker leaves the card for a moment to the process in which they acted.
 */
export function cardMessageOf(
  channel: Channel,
  card: Pick<TeamsCard, 'id' | 'event' | 'subjectType' | 'subjectId' | 'actorId'>,
  now: Date,
): OutboxMessage {
  const isHandedOver = card.actorId !== null && isDelegated(channel.settings);
  return {
    kind: TEAMS_CARD,
    aggregate: { type: card.subjectType, id: card.subjectId },
    effectKey: effectKeyOf(card.id),
    payload: { integrationId: channel.id, cardId: card.id, event: card.event },
    vendor: vendorOf(channel.id),
    effectClass: EffectClass.CONFIRM,
    ...(isHandedOver ? { notBefore: new Date(now.getTime() + HAND_OVER_MS) } : {}),
  };
}

/** The name under which the outbox has a card. */
export const effectKeyOf = (cardId: string): string => `${TEAMS_CARD}/${cardId}`;

/** The vendor that a channel is for the outbox: each is paused alone. */
export const vendorOf = (integrationId: string): string => `${Vendor.TEAMS}/${integrationId}`;
