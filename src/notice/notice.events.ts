import { type Query, sql } from '../core/statement.js';
import { dayAfter, localDay } from '../core/local-day.js';
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
    select: `select 'Decision', d.id, 'open/' || d.due_on, d.owner_id from decision d
      where d.tenant_id = $1 and d.state = 'OPEN' and d.opened_at >= $2::timestamptz and d.opened_by <> d.owner_id`,
  },
  {
    template: NoticeTemplate.DECISION_OVERDUE,
    select: `select 'Decision', d.id, 'due/' || d.due_on, t.person
      from decision d cross join lateral (values (d.owner_id), (d.escalation_contact_id)) t(person)
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
      where e.tenant_id = $1 and e.step = 0 and e.cause = 'CLOCK' and e.is_news and e.ended_at is null and e.fired_at >= $2::timestamptz`,
  },
  {
    // The first step of a decision is told as overdue, with its owner.
    template: NoticeTemplate.DEADLINE_PASSED,
    select: `select 'Escalation', e.id, 'passed', e.person_id from escalation e
      where e.tenant_id = $1 and e.step > case e.cause when 'CLOCK' then 0 else 1 end and e.is_news and e.ended_at is null
        and e.fired_at >= $2::timestamptz`,
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
