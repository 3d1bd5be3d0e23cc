import { type Query, sql } from '../core/statement.js';
import { dayAfter, localDay } from '../core/local-day.js';
import { IN_ENDED } from '../handoff/stage.rules.js';
import { Role } from '../identity/roles.js';
import { NoticeTemplate } from './notice.entity.js';

/** An event that a person should be told of and has not been told of yet. */
export interface Wanted {
  readonly template: NoticeTemplate;
  readonly subjectType: string;
  readonly subjectId: string;
  /** Unique a person: each event is told once. */
  readonly eventKey: string;
  readonly personId: string;
}

/** Mailed at once, whatever the hour: what has a clock of hours (documents 001 and 004), and what is an emergency. */
export const URGENT: readonly NoticeTemplate[] = [
  NoticeTemplate.HANDOFF_SUBMITTED,
  NoticeTemplate.HANDOFF_RETURNED,
  NoticeTemplate.ALERT_RAISED,
  NoticeTemplate.BREAK_GLASS,
];

/** A worker that was down for longer tells no old news; what is still open is seen in the inboxes. */
const NEWS_DAYS = 3;
/** How long ago a handoff may have been opened, or a kickoff told of, to be told of now. */
const LIVE_DAYS = 60;
const DAY_MS = 86_400_000;
const MOST = 500;

/** Whoever holds one of the roles at `$3`, as the column `person`. */
const holders = (...roles: readonly Role[]): string =>
  `join role_grant g on g.tenant_id = $1 and g.role in (${roles.map((role) => `'${role}'`).join(', ')})
     and g.granted_at <= $3::timestamptz and g.revoked_at is null and (g.ends_at is null or g.ends_at > $3::timestamptz)`;

/**
 * Who is told what, as data: each select answers type and id of the subject, a mark that names its state, and a person.
 * `$2` is since when something is news, `$3` the present, `$4` today's date in the tenant's time zone, `$5` the oldest
 * that is looked at. Nobody is told of what they did themselves, where the row says who did it.
 */
const EVENTS: readonly { readonly template: NoticeTemplate; readonly select: string }[] = [
  {
    template: NoticeTemplate.HANDOFF_ASSIGNED,
    select: `select 'Handoff' as type, h.id, 'assigned' as mark, h.delivery_manager_id as person from handoff h
      where h.tenant_id = $1 and h.stage in ('DRAFT', 'RETURNED') and h.delivery_manager_id is not null and h.opened_at >= $5::timestamptz`,
  },
  {
    template: NoticeTemplate.HANDOFF_SUBMITTED,
    select: `select 'Handoff', h.id, 'submitted/' || extract(epoch from h.submitted_at), h.delivery_manager_id from handoff h
      where h.tenant_id = $1 and h.stage = 'IN_REVIEW' and h.submitted_at >= $2::timestamptz and h.delivery_manager_id is not null`,
  },
  {
    template: NoticeTemplate.HANDOFF_SUBMITTED,
    select: `select 'Handoff', h.id, 'submitted/' || extract(epoch from h.submitted_at), g.person_id
      from handoff h ${holders(Role.DELIVERY_MANAGER)}
      where h.tenant_id = $1 and h.stage = 'IN_REVIEW' and h.submitted_at >= $2::timestamptz and h.delivery_manager_id is null`,
  },
  {
    template: NoticeTemplate.PRE_CLOSE_REQUESTED,
    select: `select 'Handoff', h.id, 'pre-close/' || c.id, h.delivery_manager_id
      from pre_close c join handoff h on h.tenant_id = $1 and h.id = c.handoff_id
      where c.tenant_id = $1 and c.state = 'REQUESTED' and c.requested_at >= $2::timestamptz
        and h.delivery_manager_id is not null and h.delivery_manager_id <> c.requested_by`,
  },
  {
    template: NoticeTemplate.PRE_CLOSE_REQUESTED,
    select: `select 'Handoff', h.id, 'pre-close/' || c.id, g.person_id
      from pre_close c join handoff h on h.tenant_id = $1 and h.id = c.handoff_id ${holders(Role.SERVICE_DELIVERY_LEAD)}
      where c.tenant_id = $1 and c.state = 'REQUESTED' and c.requested_at >= $2::timestamptz and g.person_id <> c.requested_by`,
  },
  {
    template: NoticeTemplate.SIGN_OFF_LAPSED,
    select: `select 'Handoff', h.id, 'lapsed/' || s.id, coalesce(h.delivery_manager_id, s.signed_by)
      from feasibility_sign_off s join handoff h on h.tenant_id = $1 and h.id = s.handoff_id and h.stage = 'IN_REVIEW'
      where s.tenant_id = $1 and s.state = 'LAPSED' and s.ended_at >= $2::timestamptz`,
  },
  {
    template: NoticeTemplate.HANDOFF_RETURNED,
    select: `select 'Handoff', h.id, 'returned/' || r.id, h.owner_id
      from handoff_return r join handoff h on h.tenant_id = $1 and h.id = r.handoff_id and h.stage = 'RETURNED'
      where r.tenant_id = $1 and r.returned_at >= $2::timestamptz and r.returned_by <> h.owner_id`,
  },
  {
    template: NoticeTemplate.DECISION_OPENED,
    select: `select 'Decision', d.id, 'open/' || extract(epoch from d.assigned_at), d.owner_id from decision d
      where d.tenant_id = $1 and d.state = 'OPEN' and d.assigned_at >= $2::timestamptz
        and (d.opened_by is distinct from d.owner_id or d.assigned_at <> d.opened_at)`,
  },
  {
    template: NoticeTemplate.DECISION_OVERDUE,
    select: `select 'Decision', d.id, 'due/' || d.due_on, t.person
      from decision d join handoff h on h.tenant_id = $1 and h.id = d.handoff_id and h.stage not in ${IN_ENDED}
      cross join lateral (values (d.owner_id), (d.escalation_contact_id)) t(person)
      where d.tenant_id = $1 and d.state = 'OPEN' and d.due_on < $4::date and d.due_on >= $6::date`,
  },
  {
    template: NoticeTemplate.KICKOFF_SCHEDULED,
    select: `select 'Kickoff', k.id, 'scheduled', t.person
      from kickoff k join handoff h on h.tenant_id = $1 and h.id = k.handoff_id
      cross join lateral (values (h.owner_id), (h.delivery_manager_id)) t(person)
      where k.tenant_id = $1 and k.state = 'SCHEDULED' and k.scheduled_at >= $2::timestamptz and t.person <> k.scheduled_by`,
  },
  {
    template: NoticeTemplate.KICKOFF_VOIDED,
    select: `select 'Kickoff', k.id, 'void', n.person_id
      from notice n join kickoff k on k.tenant_id = $1 and k.id = n.subject_id and k.state = 'VOID'
      where n.tenant_id = $1 and n.template = 'KICKOFF_SCHEDULED' and n.raised_at >= $5::timestamptz
        and not exists (select 1 from kickoff o where o.tenant_id = $1 and o.handoff_id = k.handoff_id and o.state = 'SCHEDULED')`,
  },
  {
    template: NoticeTemplate.DEADLINE_NEAR,
    select: `select 'Escalation', e.id, 'near', e.person_id from escalation e
      where e.tenant_id = $1 and e.step = 0 and e.cause not in ('DECISION', 'FEEDBACK') and e.is_news and e.ended_at is null and e.fired_at >= $2::timestamptz`,
  },
  {
    // The first step of feedback reminds who was asked. The contact of a decision is told of it as overdue, with its
    // owner; where the contact has left, the first step is another's.
    template: NoticeTemplate.DEADLINE_PASSED,
    select: `select 'Escalation', e.id, 'passed', e.person_id
      from escalation e left join decision d on d.tenant_id = $1 and d.id = e.decision_id
      where e.tenant_id = $1 and e.step > case when e.cause = 'FEEDBACK' or e.person_id in (d.owner_id, d.escalation_contact_id)
          then 1 else 0 end
        and e.is_news and e.ended_at is null and e.fired_at >= $2::timestamptz`,
  },
  {
    // Whose agenda is due at once is told that alone.
    template: NoticeTemplate.MEETING_SCHEDULED,
    select: `select 'HandoffMeeting', m.id, 'scheduled', p.person_id
      from handoff_meeting m join handoff h on h.tenant_id = $1 and h.id = m.handoff_id and h.stage not in ${IN_ENDED}
      join meeting_participant p on p.tenant_id = $1 and p.meeting_id = m.id and p.person_id <> m.scheduled_by
      where m.tenant_id = $1 and m.scheduled_at >= $2::timestamptz and m.starts_at > $3::timestamptz
        and (m.state = 'TENTATIVE' or (m.state = 'SCHEDULED' and m.agenda_due_at > $3::timestamptz))`,
  },
  {
    template: NoticeTemplate.MEETING_AGENDA,
    select: `select 'HandoffMeeting', m.id, 'agenda', p.person_id
      from handoff_meeting m join handoff h on h.tenant_id = $1 and h.id = m.handoff_id and h.stage not in ${IN_ENDED}
      join meeting_participant p on p.tenant_id = $1 and p.meeting_id = m.id
      where m.tenant_id = $1 and m.state = 'SCHEDULED' and m.agenda_due_at <= $3::timestamptz and m.starts_at > $3::timestamptz`,
  },
  {
    // Cancelled, withdrawn with its handoff, or moved without whoever was told of it.
    template: NoticeTemplate.MEETING_CANCELLED,
    select: `select 'HandoffMeeting', m.id, 'cancelled', n.person_id
      from notice n join handoff_meeting m on m.tenant_id = $1 and m.id = n.subject_id and m.starts_at > $3::timestamptz
      join handoff h on h.tenant_id = $1 and h.id = m.handoff_id
      where n.tenant_id = $1 and n.template in ('MEETING_SCHEDULED', 'MEETING_AGENDA') and n.raised_at >= $5::timestamptz
        and ((m.state = 'CANCELLED' and m.ended_by <> n.person_id)
          or (m.state in ('TENTATIVE', 'SCHEDULED') and h.stage = 'WITHDRAWN')
          or (m.state = 'MOVED' and m.ended_by <> n.person_id and not exists (select 1 from meeting_participant q
            join handoff_meeting o on o.tenant_id = $1 and o.id = q.meeting_id and o.state in ('TENTATIVE', 'SCHEDULED', 'HELD')
            where q.tenant_id = $1 and q.handoff_id = m.handoff_id and q.person_id = n.person_id)))`,
  },
  {
    template: NoticeTemplate.ACTION_ASSIGNED,
    select: `select 'ActionItem', a.id, 'assigned/' || extract(epoch from a.assigned_at), a.owner_id from action_item a
      where a.tenant_id = $1 and a.state = 'OPEN' and a.assigned_at >= $2::timestamptz
        and (a.created_by <> a.owner_id or a.assigned_at <> a.created_at)`,
  },
  {
    template: NoticeTemplate.ACTION_OVERDUE,
    select: `select 'ActionItem', a.id, 'due/' || a.due_on, a.owner_id
      from action_item a join handoff h on h.tenant_id = $1 and h.id = a.handoff_id and h.stage <> 'WITHDRAWN'
      where a.tenant_id = $1 and a.state = 'OPEN' and a.due_on < $4::date and a.due_on >= $6::date`,
  },
  {
    template: NoticeTemplate.FEEDBACK_ASKED,
    select: `select 'Escalation', e.id, 'asked', e.person_id from escalation e
      where e.tenant_id = $1 and e.step <= 1 and e.cause = 'FEEDBACK' and e.is_news and e.ended_at is null
        and e.fired_at >= $2::timestamptz`,
  },
  {
    template: NoticeTemplate.FOLLOW_UP_OPENED,
    select: `select 'FollowUp', f.id, 'opened', f.owner_id from follow_up f
      where f.tenant_id = $1 and f.state = 'OPEN' and f.opened_at >= $2::timestamptz`,
  },
  {
    template: NoticeTemplate.QUALITY_TASK_GIVEN,
    select: `select 'QualityStep', s.id, 'given', s.person_id from quality_step s
      where s.tenant_id = $1 and s.step = 0 and s.is_news and s.ended_at is null and s.fired_at >= $2::timestamptz`,
  },
  {
    template: NoticeTemplate.QUALITY_TASK_OVERDUE,
    select: `select 'QualityStep', s.id, 'overdue', s.person_id from quality_step s
      where s.tenant_id = $1 and s.step > 0 and s.is_news and s.ended_at is null and s.fired_at >= $2::timestamptz`,
  },
  {
    template: NoticeTemplate.SALES_TOLD_OF_CHANGE,
    select: `select 'Handoff', h.id, 'lapsed/' || s.id, h.owner_id
      from feasibility_sign_off s join handoff h on h.tenant_id = $1 and h.id = s.handoff_id
      where s.tenant_id = $1 and s.state = 'LAPSED' and s.ended_at >= $2::timestamptz`,
  },
  {
    template: NoticeTemplate.SALES_TOLD_OF_CHANGE,
    select: `select 'Handoff', h.id, 'decided/' || d.id, h.owner_id
      from decision d join handoff h on h.tenant_id = $1 and h.id = d.handoff_id
      where d.tenant_id = $1 and d.state = 'RESOLVED' and d.decided_at >= $2::timestamptz and d.decided_by is distinct from h.owner_id
        and exists (select 1 from feasibility_sign_off s where s.tenant_id = $1 and s.handoff_id = h.id and s.signed_at < d.decided_at)`,
  },
  {
    template: NoticeTemplate.SALES_TOLD_OF_CHANGE,
    select: `select 'Handoff', h.id, 'reissued/' || i.id, h.owner_id
      from issued_document i join handoff h on h.tenant_id = $1 and h.id = i.handoff_id
      where i.tenant_id = $1 and i.is_changed and i.issued_at >= $2::timestamptz and i.issued_by <> h.owner_id
        and exists (select 1 from feasibility_sign_off s where s.tenant_id = $1 and s.handoff_id = h.id and s.signed_at < i.issued_at)`,
  },
  {
    template: NoticeTemplate.ALERT_RAISED,
    select: `select 'Alert', a.id, 'raised', g.person_id from alert a ${holders(Role.REVOPS_ADMIN)}
      where a.tenant_id = $1 and a.code <> 'BREAK_GLASS' and a.acknowledged_at is null and a.raised_at >= $2::timestamptz`,
  },
  {
    template: NoticeTemplate.BREAK_GLASS,
    select: `select 'Alert', a.id, 'raised', g.person_id
      from alert a ${holders(Role.REVOPS_ADMIN, Role.FINANCE_APPROVER, Role.SERVICE_DELIVERY_LEAD)}
      where a.tenant_id = $1 and a.code = 'BREAK_GLASS' and a.acknowledged_at is null and a.raised_at >= $2::timestamptz`,
  },
];

const EVENT_KEY = "w.template || '/' || w.id || '/' || w.mark";

/** The same rows with the name of their template; the columns are named by the first. */
const WANTED = EVENTS.map(
  ({ template, select }) => `select '${template}' as template, x.* from (${select}) x(type, id, mark, person)`,
).join(' union all ');

/**
 * Every event that an active person should be told of and has not been told of yet; one query, and the same answer to
 * every worker that asks. Records that were merged are one person.
 */
export function wantedNotices(timeZone: string, now: Date): Query<Wanted[]> {
  const before = (days: number): Date => new Date(now.getTime() - days * DAY_MS);
  const today = localDay(timeZone, now);
  return sql(
    `select distinct w.template, w.type, w.id, ${EVENT_KEY} as event_key, c.id as person_id
     from (${WANTED}) w
     join person p on p.tenant_id = $1 and p.id = w.person
     join person c on c.tenant_id = $1 and c.id = coalesce(p.merged_into, p.id) and c.state = 'ACTIVE'
     where not exists (select 1 from notice n where n.tenant_id = $1 and n.person_id = c.id and n.event_key = ${EVENT_KEY})
     order by event_key, person_id limit ${MOST}`,
    [before(NEWS_DAYS), now, today, before(LIVE_DAYS), dayAfter(today, -NEWS_DAYS)],
    (rows) =>
      rows.map((row) => ({
        template: row.template as NoticeTemplate,
        subjectType: row.type as string,
        subjectId: row.id as string,
        eventKey: row.event_key as string,
        personId: row.person_id as string,
      })),
  );
}
