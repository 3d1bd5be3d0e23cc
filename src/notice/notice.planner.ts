import { DateTime } from 'luxon';
import { votingQueries } from '../approval/approval.queries.js';
import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import type { BusinessCalendar } from '../catalogue/configuration.js';
import { newId } from '../core/id.js';
import { Planner, type PlannerOptions } from '../core/planner.js';
import { insert, type Query, select, sql } from '../core/statement.js';
import { untoldRequests, wantedOfRequest } from './approval.events.js';
import { DEFAULT_PREFERENCE, dueOf, type Wish } from './due.rules.js';
import { Notice, NoticePreference, NoticeState } from './notice.entity.js';
import { URGENT, type Wanted, wantedNotices } from './notice.events.js';

/** How often the worker looks for what people have not been told yet, in milliseconds; the promise is five minutes. */
export const NOTICE_EVERY_MS = 20_000;

export interface NoticePlannerOptions extends PlannerOptions {
  /** Hands the notices of a tenant that are due to whoever delivers them; how many there were. */
  readonly deliver: (tenantId: string, now: Date) => Promise<number>;
}

/**
 * Notes what people should be told. What is wanted follows from the database alone and each event is noted once a
 * person, so that a worker that was down, or a second one, notes the same and never twice.
 */
export class NoticePlanner extends Planner<NoticePlannerOptions> {
  constructor(options: NoticePlannerOptions) {
    super(options, 'notices', NOTICE_EVERY_MS);
  }

  protected async plan(tenantId: string): Promise<number> {
    const { now, count } = await this.note(tenantId);
    if ((await this.options.deliver(tenantId, now)) > 0) this.options.wake?.(tenantId);
    return count;
  }

  private async note(tenantId: string): Promise<{ readonly now: Date; readonly count: number }> {
    const { gateway, present } = this.options;
    const { now, ruling } = await gateway.read(tenantId, { now: present(), ruling: rulingConfiguration() });
    const { tenant, calendar } = configurationOf(ruling);
    const { wanted, requests } = await gateway.read(tenantId, {
      wanted: wantedNotices(tenant.timeZone, now),
      requests: untoldRequests(now),
    });
    const asked: Wanted[] = [];
    for (const request of requests)
      asked.push(...wantedOfRequest(request, await gateway.read(tenantId, votingQueries(request.id)), tenantId, now));
    const all = [...wanted, ...asked];
    if (all.length === 0) return { now, count: 0 };
    const ids = [...new Set(all.map(({ personId }) => personId))];
    const { preferences, mailed } = await gateway.read(tenantId, {
      preferences: select(NoticePreference, { personId: ids }),
      mailed: singleMailsSince(DateTime.fromJSDate(now, { zone: tenant.timeZone }).startOf('day').toJSDate(), ids),
    });
    const wishes = new Map<string, Wish>(preferences.map((preference) => [preference.personId, preference]));
    const rows = plannedRows(all, { wishes, mailed, calendar, now });
    const noted = insert(Notice, rows, 'on conflict (tenant_id, person_id, event_key) do nothing');
    await gateway.transaction(tenantId, (tx) => tx.commit([noted]));
    return { now, count: rows.length };
  }
}

interface PlanFacts {
  readonly wishes: ReadonlyMap<string, Wish>;
  /** Single mails of the day so far that were not urgent, by person. */
  readonly mailed: ReadonlyMap<string, number>;
  readonly calendar: BusinessCalendar;
  readonly now: Date;
}

/** The rows of the notices that are wanted; those of one person are counted one after the other. */
function plannedRows(wanted: readonly Wanted[], { wishes, mailed, calendar, now }: PlanFacts) {
  const counts = new Map(mailed);
  return wanted.map(({ template, subjectType, subjectId, eventKey, personId }) => {
    const isUrgent = URGENT.includes(template);
    const count = counts.get(personId) ?? 0;
    const due = dueOf(isUrgent, wishes.get(personId) ?? DEFAULT_PREFERENCE, calendar, count, now);
    if (!isUrgent && !due.inDigest) counts.set(personId, count + 1);
    const about = { personId, template, subjectType, subjectId, eventKey };
    return { id: newId(), ...about, isUrgent, ...due, state: NoticeState.WAITING, raisedAt: now };
  });
}

/** How many single mails that were not urgent these people have been due since an instant. */
function singleMailsSince(since: Date, personIds: readonly string[]): Query<ReadonlyMap<string, number>> {
  return sql(
    `select person_id, count(*)::int as n from notice
     where tenant_id = $1 and raised_at >= $2 and person_id = any($3::uuid[]) and not is_urgent and not in_digest
     group by person_id`,
    [since, personIds],
    (rows) => new Map(rows.map((row) => [row.person_id as string, row.n as number])),
  );
}
