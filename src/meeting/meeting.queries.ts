import type { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import { versionColumns, versionsBy } from '../catalogue/version-rows.js';
import { mapQuery, type Query, type Row, select, sql } from '../core/statement.js';
import { columnsOf, hydrate } from '../core/table.js';
import { ActionItem } from './action.entity.js';
import { HandoffMeeting, MeetingCheck, MeetingParticipant, MeetingSegment } from './meeting.entity.js';
import type { HeldMeeting } from './outcome.rules.js';

const OF_HANDOFFS = `select h.id as handoff_id, ${versionColumns('$3')} from handoff h
  join configuration_version v on v.tenant_id = $1 and v.id = h.configuration_version_id
  where h.tenant_id = $1 and h.id = any($2)`;

/** Every date of a handoff's meeting, oldest first. */
export const meetingsOf = (handoffId: string): Query<HandoffMeeting[]> =>
  select(HandoffMeeting, { handoffId }, { orderBy: ['id'] });

/** Who was invited to the dates of a handoff's meeting, or came. */
export const participantsOf = (handoffId: string): Query<MeetingParticipant[]> =>
  select(MeetingParticipant, { handoffId }, { orderBy: ['id'] });

/** What became of the agendas of a handoff's meetings, in their order. */
export const segmentsOf = (handoffId: string): Query<MeetingSegment[]> =>
  select(MeetingSegment, { handoffId }, { orderBy: ['meetingId', 'position'] });

/** What a handoff's meetings found about their checklists, in their order. */
export const checksOf = (handoffId: string): Query<MeetingCheck[]> =>
  select(MeetingCheck, { handoffId }, { orderBy: ['meetingId', 'position'] });

/** The actions that were agreed about a handoff, oldest first. */
export const actionItemsOf = (handoffId: string): Query<ActionItem[]> =>
  select(ActionItem, { handoffId }, { orderBy: ['id'] });

/** The days before this one on which an action is due that is still open: few, however many there are. */
export const overdueActionDays = (today: string): Query<string[]> =>
  sql(
    `select distinct due_on from action_item where tenant_id = $1 and state = 'OPEN' and due_on < $2`,
    [today],
    (rows) => rows.map((row) => row.due_on as string),
  );

/** The configurations under which these handoffs were opened, by the handoff's id. */
export const configurationsOf = (handoffIds: readonly string[]): Query<ReadonlyMap<string, ConfigurationVersion>> =>
  versionsBy(
    OF_HANDOFFS,
    [handoffIds],
    (found) => new Map(found.map(({ row, version }) => [row.handoff_id as string, version])),
  );

/**
 * Since when the deals of these handoffs are known as won, by the handoff's id; absent while they are not. A deal that
 * was lost and won again counts by the later win.
 */
export function wonSince(handoffIds: readonly string[]): Query<ReadonlyMap<string, Date>> {
  const text = `select h.id, min(s.imported_at) as won_at
    from handoff h join deal_snapshot s on s.tenant_id = $1 and s.deal_id = h.deal_id and s.won_on is not null
      and s.revision > coalesce((select max(o.revision) from deal_snapshot o
        where o.tenant_id = $1 and o.deal_id = h.deal_id and o.won_on is null), 0)
    where h.tenant_id = $1 and h.id = any($2) group by h.id`;
  return sql(text, [handoffIds], (rows) => new Map(rows.map((row) => [row.id as string, row.won_at as Date])));
}

const HELD = columnsOf(HandoffMeeting, 'm');

const listOf = (columns: string, table: string): string =>
  `(select coalesce(json_agg(json_build_object(${columns}) order by x.id), '[]') from ${table} x
     where x.tenant_id = $1 and x.meeting_id = m.id)`;

/** The meetings that were held of these handoffs, oldest first, with who was there and what became of the agenda. */
export function heldMeetings(handoffIds: readonly string[]): Query<ReadonlyMap<string, readonly HeldMeeting[]>> {
  const text = `select ${HELD},
      ${listOf("'personId', x.person_id, 'parts', x.parts::json, 'attended', x.attended", 'meeting_participant')} as participants,
      ${listOf("'segment', x.segment, 'covered', x.covered, 'answered', x.answered::json", 'meeting_segment')} as segments
    from handoff_meeting m
    where m.tenant_id = $1 and m.handoff_id = any($2) and m.state = 'HELD' order by m.held_at, m.id`;
  return sql(text, [handoffIds], (rows) => {
    const held = new Map<string, HeldMeeting[]>();
    for (const row of rows) {
      const meeting = heldMeeting(row);
      held.set(meeting.handoffId, [...(held.get(meeting.handoffId) ?? []), meeting]);
    }
    return held;
  });
}

/** The meetings of one handoff that were held, oldest first. */
export const heldMeetingsOf = (handoffId: string): Query<readonly HeldMeeting[]> =>
  mapQuery(heldMeetings([handoffId]), (held) => held.get(handoffId) ?? []);

function heldMeeting(row: Row): HeldMeeting {
  const { id, handoffId, heldAt, plan } = hydrate(HandoffMeeting, row);
  const { participants, segments } = row as unknown as Pick<HeldMeeting, 'participants' | 'segments'>;
  return { id, handoffId, heldAt: heldAt!, plan, participants, segments };
}
