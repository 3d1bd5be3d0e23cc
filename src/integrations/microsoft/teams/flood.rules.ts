import { DateTime } from 'luxon';
import { dateOf, isBusinessDay, isWithinHours } from '../../../catalogue/calendar.rules.js';
import type { BusinessCalendar } from '../../../catalogue/configuration.js';
import { CardEvent, CardHold } from './teams-card.entity.js';
import type { FloodSettings } from './teams.settings.js';

/** A card that has not gone out yet. */
export interface Pending {
  readonly id: string;
  readonly event: CardEvent;
  /** Since when it is wanted. */
  readonly wantedAt: Date;
}

/** What a channel has had within its window, as of now. */
export interface Recent {
  /** Cards that were not urgent, alone or in a digest. */
  readonly cards: number;
  readonly digests: number;
}

/** What becomes of each pending card; every one is in exactly one part. */
export interface FloodPlan {
  readonly singles: readonly string[];
  readonly digest: readonly string[];
  readonly held: ReadonlyMap<string, CardHold>;
}

/** As many lines as fit a card with their links; the rest comes in the next. */
export const MOST_IN_DIGEST = 60;

const URGENT: readonly CardEvent[] = [CardEvent.OVERDUE, CardEvent.RAISED];

/** Escalations and alerts wait for nothing. */
export const isUrgent = (event: CardEvent): boolean => URGENT.includes(event);

/**
 * Which cards go out now, alone or together, and which wait: quiet hours first, then the digest of the day, then the
 * burst limit. A channel gets at most `burst` cards and one digest within its window, besides what is urgent; what comes
 * after a digest waits for the window's end. What waits is judged again at each look, so nothing is lost when a setting
 * changes.
 */
export function planFlood(
  pending: readonly Pending[],
  recent: Recent,
  settings: FloodSettings,
  calendar: BusinessCalendar,
  now: Date,
): FloodPlan {
  const urgent = pending.filter(({ event }) => isUrgent(event)).map(({ id }) => id);
  const rest = pending.filter(({ event }) => !isUrgent(event)).toSorted(byAge);
  const plan = planOrdinary(rest, recent, settings, calendar, now);
  return { ...plan, singles: [...urgent, ...plan.singles] };
}

function planOrdinary(
  rest: readonly Pending[],
  recent: Recent,
  { quietHours, digestAt, burst }: FloodSettings,
  calendar: BusinessCalendar,
  now: Date,
): FloodPlan {
  if (quietHours && !isWithinHours(calendar, now)) return parted(rest, [], [], CardHold.QUIET_HOURS);
  if (digestAt !== null) {
    const due = rest.filter(({ wantedAt }) => nextDigest(calendar, digestAt, wantedAt) <= now);
    return parted(rest, [], due, CardHold.DIGEST);
  }
  if (recent.cards + rest.length <= burst) return parted(rest, rest, [], CardHold.BURST);
  return parted(rest, [], recent.digests === 0 && rest.length > 1 ? rest : [], CardHold.BURST);
}

function parted(
  all: readonly Pending[],
  singles: readonly Pending[],
  together: readonly Pending[],
  hold: CardHold,
): FloodPlan {
  const digest = together.slice(0, MOST_IN_DIGEST);
  const held = all.filter((card) => !singles.includes(card) && !digest.includes(card));
  return { singles: ids(singles), digest: ids(digest), held: new Map(ids(held).map((id) => [id, hold])) };
}

/** The first time of a digest after an instant: HH:MM of a business day, in the calendar's time zone. */
export function nextDigest(calendar: BusinessCalendar, at: string, after: Date): Date {
  const zone = calendar.timeZone;
  let day = DateTime.fromISO(dateOf(calendar, after), { zone });
  for (;;) {
    const time = DateTime.fromISO(`${day.toISODate()!}T${at}`, { zone }).toJSDate();
    if (time > after && isBusinessDay(calendar, day.toISODate()!)) return time;
    day = day.plus({ days: 1 });
    // A calendar without a business day within a year is refused nowhere else: then every day has its digest.
    if (day.toMillis() - after.getTime() > 366 * 86_400_000) return time;
  }
}

const ids = (cards: readonly Pending[]): string[] => cards.map(({ id }) => id);
const byAge = (a: Pending, b: Pending): number => a.wantedAt.getTime() - b.wantedAt.getTime() || (a.id < b.id ? -1 : 1);
