import type { BusinessCalendar } from '../../src/catalogue/configuration.js';
import { WEEKDAYS } from '../../src/catalogue/configuration.words.js';

const STEP = 15 * 60_000;
const DAY = 86_400_000;

/** What the wall clock shows at an instant. */
interface Wall {
  readonly date: string;
  readonly minute: number;
}

/**
 * A second, naive way to read a calendar: it walks in steps of a quarter of an hour and asks the platform (Intl, not
 * luxon) what the wall clock shows. A span has begun once the clock of its day has shown its first minute, and has
 * ended once it has shown its last; what the clock shows after that, when it is set back, changes nothing.
 * For starts and spans on quarters of an hour.
 */
export class WalkedCalendar {
  private readonly format: Intl.DateTimeFormat;
  private readonly begun = new Set<string>();
  private readonly ended = new Set<string>();

  constructor(
    private readonly calendar: BusinessCalendar,
    private readonly start: Date,
  ) {
    this.format = new Intl.DateTimeFormat('en-CA', {
      timeZone: calendar.timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  }

  /** When so much working time has passed since the start. */
  afterHours(hours: number): Date {
    let left = hours * 4;
    for (const { instant, worked } of this.quarters()) {
      if (instant >= this.start.getTime() && worked) left -= 1;
      if (left === 0) return new Date(instant + STEP);
    }
    throw new Error('unreachable');
  }

  /** The end of the last worked quarter of the n-th worked date after the start's date. */
  afterDays(days: number): Date {
    const from = this.wall(this.start.getTime()).date;
    const ends = new Map<string, number>();
    for (const { instant, worked, wall } of this.quarters()) {
      if (worked && wall.date > from) ends.set(wall.date, instant + STEP);
      if (ends.size > days) break;
    }
    return new Date([...ends.values()][days - 1]!);
  }

  /** Whether the start lies in working time. */
  isWorkedAtStart(): boolean {
    for (const { instant, worked } of this.quarters()) if (instant === this.start.getTime()) return worked;
    throw new Error('unreachable');
  }

  /** Begins two days early, so that spans that had begun or ended before the start are known. */
  private *quarters(): Generator<{ instant: number; worked: boolean; wall: Wall }> {
    for (let instant = this.start.getTime() - 2 * DAY; ; instant += STEP) {
      const wall = this.wall(instant);
      yield { instant, wall, worked: this.isWorked(wall) };
    }
  }

  private isWorked({ date, minute }: Wall): boolean {
    if (this.calendar.holidays.some((holiday) => holiday.date === date)) return false;
    const weekday = WEEKDAYS[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7]!;
    const states = (this.calendar.hours[weekday] ?? []).map(({ from, to }) => {
      const key = `${date} ${from}`;
      if (minute >= minutes(from)) this.begun.add(key);
      if (minute >= minutes(to)) this.ended.add(key);
      return this.begun.has(key) && !this.ended.has(key);
    });
    return states.includes(true);
  }

  private wall(instant: number): Wall {
    const parts = Object.fromEntries(this.format.formatToParts(instant).map(({ type, value }) => [type, value]));
    return {
      date: `${parts.year}-${parts.month}-${parts.day}`,
      minute: Number(parts.hour) * 60 + Number(parts.minute),
    };
  }
}

function minutes(time: string): number {
  const [hour, minute] = time.split(':').map(Number);
  return hour! * 60 + minute!;
}
