import { Chance } from '../faults/campaign/random.js';
import { DAY, dayAfter, HOUR, type OracleCalendar } from './calendar.js';
import { calendarOf, QUARTER_TENANTS, type QuarterTenant } from './tenants.js';

/** When the quarter begins and ends; a week more lets the last ladders be climbed. */
export const QUARTER = { from: Date.parse('2026-09-28T00:00:00Z'), to: Date.parse('2026-12-31T00:00:00Z') } as const;
const LAST_LOOK = QUARTER.to + 8 * DAY;

/** Something that people or the PSA do with one handoff. */
export type Deed =
  /** The PSA says how the deal stands: `wonOn` is null before it is won; `version` counts its changes. */
  | { readonly kind: 'IMPORT'; readonly wonAt: number | null; readonly version: number }
  /** Everything that the submit gate asks for; perhaps with an unconfirmed assumption, or with what is done about a risk. */
  | { readonly kind: 'PREPARE'; readonly assumes: boolean; readonly mitigates: boolean; readonly startOn: string }
  | { readonly kind: 'SUBMIT' }
  | { readonly kind: 'RETURN' }
  | { readonly kind: 'SIGN_OFF' }
  | { readonly kind: 'REVOKE' }
  | { readonly kind: 'SCHEDULE'; readonly startsAt: number }
  /** Asks for a client date that must be refused. */
  | { readonly kind: 'TRY_SCHEDULE'; readonly startsAt: number }
  | { readonly kind: 'HOLD' }
  | { readonly kind: 'CLOSE' }
  | { readonly kind: 'WITHDRAW' }
  | { readonly kind: 'APPROVE_INTRODUCTION' }
  /** `sentAt` is when the client got it; null is this very instant. */
  | { readonly kind: 'INTRODUCE'; readonly sentAt: number | null }
  | { readonly kind: 'PAUSE' }
  | { readonly kind: 'RESUME' }
  | { readonly kind: 'OPEN_DECISION'; readonly name: string; readonly dueOn: string; readonly contact: string }
  | { readonly kind: 'MOVE_DECISION'; readonly name: string; readonly dueOn: string }
  /** `ASSUMED` names the one that the submit opened by itself. */
  | { readonly kind: 'DECIDE'; readonly name: string };

/** A deed at its time. */
export type Happening = Deed & { readonly at: number };

/** One handoff and all that happens to it, in order. */
export interface Tale {
  readonly deal: number;
  /** 1, or 2 for the handoff that a reopened deal gets after the first was withdrawn. */
  readonly ordinal: number;
  readonly dealType: string;
  /** Keys of people. */
  readonly owner: string;
  readonly manager: string;
  readonly happenings: readonly Happening[];
}

/** What a review decided to do, and when that was done; null when it was not. */
export interface ToldAction {
  readonly name: string;
  readonly openedAt: number;
  readonly dueOn: string;
  readonly doneAt: number | null;
}

/** The tales of one tenant, and the actions that its reviews decide. */
export interface TenantScenario {
  readonly tenant: QuarterTenant;
  readonly tales: readonly Tale[];
  readonly actions: readonly ToldAction[];
}

/** When a worker looks, and how many of them at once. */
export interface Look {
  readonly at: number;
  readonly workers: number;
}

export interface Scenario {
  readonly tenants: readonly TenantScenario[];
  readonly looks: readonly Look[];
}

/** How a scenario is drawn. */
export interface ScenarioOptions {
  readonly seed: number;
  readonly handoffsPerTenant: number;
  /** Whether something may be recorded after it happened, or a deadline be moved after it has passed. */
  readonly afterthoughts: boolean;
}

/** A stretch without any worker. */
export type Outage = readonly [from: string, to: string];

/** Over each of the three changes of the clocks, over Christmas, and some of a few hours. */
export const OUTAGES: readonly Outage[] = [
  ['2026-10-03T13:30:00Z', '2026-10-05T02:10:00Z'],
  ['2026-10-12T09:00:00Z', '2026-10-12T15:00:00Z'],
  ['2026-10-24T16:00:00Z', '2026-10-26T16:40:00Z'],
  ['2026-10-31T21:00:00Z', '2026-11-01T12:00:00Z'],
  ['2026-11-18T04:00:00Z', '2026-11-19T23:00:00Z'],
  ['2026-12-24T18:00:00Z', '2026-12-26T18:00:00Z'],
];

/** The looks of a quarter: about so many hours apart, none during an outage, every third by two workers at once. */
export function looksOf(seed: number, hours: number, outages: readonly Outage[]): Look[] {
  const chance = new Chance(seed);
  const looks: Look[] = [];
  for (let at = QUARTER.from; at < LAST_LOOK; at += (0.5 + chance.next()) * hours * HOUR) {
    // No deed happens at such a millisecond, so that none is at the instant of a look.
    const instant = Math.floor(at / 1000) * 1000 + 777;
    const isDown = outages.some(([from, to]) => instant >= Date.parse(from) && instant < Date.parse(to));
    if (!isDown) looks.push({ at: instant, workers: chance.inPercent(33) ? 2 : 1 });
  }
  return [...looks, { at: LAST_LOOK + 777, workers: 2 }];
}

/** Draws the tales of all tenants: the same for the same seed. */
export function talesOf(options: ScenarioOptions): TenantScenario[] {
  return QUARTER_TENANTS.map((tenant, index) => {
    const chance = new Chance(options.seed * 31 + index);
    const calendar = calendarOf(tenant);
    const tales = Array.from({ length: options.handoffsPerTenant }, (_, n) => {
      const won = QUARTER.from + Math.floor(((n + chance.next()) / options.handoffsPerTenant) * 80 * DAY);
      return new Teller(chance, calendar, options).deal(20_000 + index * 1000 + n, whole(won));
    });
    return { tenant, tales: tales.flat(), actions: options.afterthoughts ? actionsOf(chance, calendar) : [] };
  });
}

/** Actions that are agreed every week or two, done in time, late or never; the first when there is a review to agree in. */
function actionsOf(chance: Chance, calendar: OracleCalendar): ToldAction[] {
  const actions: ToldAction[] = [];
  for (let at = QUARTER.from + 15 * DAY; at < QUARTER.to - 5 * DAY; at += (5 + chance.below(10)) * DAY) {
    const openedAt = whole(at + chance.next() * DAY) + 7;
    const dueOn = dayAfter(calendar.dateOf(openedAt), 2 + chance.below(12));
    const doneAt = whole(openedAt + (1 + chance.next() * 25) * DAY) + 8;
    const isDone = chance.inPercent(75) && doneAt < QUARTER.to;
    actions.push({ name: `Action ${actions.length + 1}`, openedAt, dueOn, doneAt: isDone ? doneAt : null });
  }
  return actions;
}

const whole = (at: number): number => Math.floor(at / 1000) * 1000;

/** Draws what happens to one deal. */
class Teller {
  private happenings: Happening[] = [];
  private version = 0;

  constructor(
    private readonly chance: Chance,
    private readonly calendar: OracleCalendar,
    private readonly options: ScenarioOptions,
  ) {}

  /** The handoff of a deal, and a second one when it is withdrawn, opened again and won again. */
  deal(deal: number, wonAt: number): Tale[] {
    const { chance } = this;
    const dealType = chance.inPercent(50) ? 'RENEWAL' : 'NEW_BUSINESS';
    const people = {
      owner: chance.inPercent(50) ? 'sofia.sales' : 'sam.sales',
      manager: chance.inPercent(50) ? 'dana.delivery' : 'dylan.delivery',
    };
    const first = this.life(wonAt);
    const tales: Tale[] = [{ deal, ordinal: 1, dealType, ...people, happenings: first }];
    const last = first.at(-1)!;
    if (last.kind !== 'WITHDRAW' || !chance.inPercent(60)) return tales;
    this.happenings = [];
    const openedAt = this.after(last.at, 2, 60);
    this.version += 1;
    this.add(openedAt, { kind: 'IMPORT', wonAt: null, version: this.version });
    const happenings = this.life(this.after(openedAt, 4, 90));
    return happenings.length === 0 ? tales : [...tales, { deal, ordinal: 2, dealType, ...people, happenings }];
  }

  private life(wonAt: number): Happening[] {
    const { chance } = this;
    if (this.happenings.length === 0 && chance.inPercent(12))
      this.add(wonAt - whole((2 + chance.below(100)) * HOUR), { kind: 'IMPORT', wonAt: null, version: this.version });
    // The sweep usually finds a win at once; a connection that was down brings it days later.
    const importedAt = chance.inPercent(15) ? this.after(wonAt, 10, 70) : wonAt;
    this.version += 1;
    this.add(importedAt, { kind: 'IMPORT', wonAt, version: this.version });
    const endedAt = this.chain(importedAt);
    this.withdraw(importedAt, endedAt);
    this.introduction();
    this.decisions(importedAt);
    this.pauses(importedAt);
    return this.inOrder();
  }

  /** From the preparation to the close, with returns, lapses and second thoughts; whenever it stops, it stays there. */
  private chain(openedAt: number): number {
    const { chance } = this;
    let at = this.after(openedAt, 1, chance.inPercent(60) ? 18 : 70);
    const assumes = chance.inPercent(30);
    const startOn = this.calendar.workedDayAfter(dayAfter(this.calendar.dateOf(openedAt), 60), 1);
    this.add(at, { kind: 'PREPARE', assumes, mitigates: chance.inPercent(60), startOn });
    if (chance.inPercent(6)) return at;
    at = this.step(at, 0, 6, { kind: 'SUBMIT' });
    if (assumes) this.add(this.after(at, 1, 20), { kind: 'DECIDE', name: 'ASSUMED' });
    for (let returns = 0; returns < 2 && chance.inPercent(25); returns += 1) {
      at = this.step(at, 20, 60, { kind: 'RETURN' });
      at = this.step(at, 2, 50, { kind: 'SUBMIT' });
    }
    if (chance.inPercent(6)) return at;
    at = this.step(at, 21, 100, { kind: 'SIGN_OFF' });
    if (chance.inPercent(10)) {
      at = this.step(at, 1, 30, { kind: 'REVOKE' });
      at = this.step(at, 1, 40, { kind: 'SIGN_OFF' });
    }
    if (chance.inPercent(12)) at = this.lapse(at);
    if (chance.inPercent(6)) return at;
    at = this.schedule(this.after(at, 1, 40));
    if (chance.inPercent(15)) at = this.schedule(this.lapse(at));
    let held = this.startsAt();
    if (chance.inPercent(20) && held - at > 3 * HOUR) {
      at = this.schedule(this.after(at, 1, (held - at) / HOUR - 1));
      held = this.startsAt();
    }
    if (chance.inPercent(10)) return at;
    at = this.step(held, 0.2, chance.inPercent(80) ? 3 : 60, { kind: 'HOLD' });
    if (chance.inPercent(20)) return at;
    return this.step(at, 12, 300, { kind: 'CLOSE' });
  }

  /** The deal changes in the PSA under a sign-off: no date can be given until it was returned, adopted and signed again. */
  private lapse(from: number): number {
    this.version += 1;
    const { version } = this;
    const wonAt = this.happenings.findLast((one) => one.kind === 'IMPORT')!.wonAt;
    let at = this.step(from, 1, 30, { kind: 'IMPORT', wonAt, version });
    if (this.chance.inPercent(50))
      at = this.step(at, 0.2, 4, { kind: 'TRY_SCHEDULE', startsAt: this.worktime(at + 2 * DAY) });
    at = this.step(at, 1, 30, { kind: 'RETURN' });
    at = this.step(at, 1, 10, { kind: 'IMPORT', wonAt, version });
    at = this.step(at, 1, 40, { kind: 'SUBMIT' });
    return this.step(at, 1, 60, { kind: 'SIGN_OFF' });
  }

  private schedule(at: number): number {
    this.add(at, { kind: 'SCHEDULE', startsAt: this.worktime(at + whole((4 + this.chance.below(200)) * HOUR)) });
    return at;
  }

  private startsAt(): number {
    return this.happenings.findLast((one) => one.kind === 'SCHEDULE')!.startsAt;
  }

  /** Some are withdrawn before they were held: everything that would have come later does not happen. */
  private withdraw(importedAt: number, endedAt: number): void {
    if (!this.chance.inPercent(10)) return;
    const held = this.happenings.find(({ kind }) => kind === 'HOLD')?.at ?? Infinity;
    const at = whole(importedAt + this.chance.next() * Math.max(endedAt - importedAt, 2 * DAY)) + 13;
    if (at >= held) return;
    this.happenings = this.happenings.filter((one) => one.at < at);
    this.add(at, { kind: 'WITHDRAW' });
  }

  private introduction(): void {
    const { chance } = this;
    const submitted = this.happenings.find(({ kind }) => kind === 'SUBMIT');
    if (!submitted || chance.inPercent(12)) return;
    const approvedAt = this.after(submitted.at, 0.2, 40) + 1;
    this.add(approvedAt, { kind: 'APPROVE_INTRODUCTION' });
    const at = this.after(approvedAt, 0.2, 20) + 1;
    const isLate = this.options.afterthoughts && chance.inPercent(20);
    this.add(at, { kind: 'INTRODUCE', sentAt: isLate ? whole((approvedAt + at) / 2) : null });
  }

  private decisions(importedAt: number): void {
    const { chance, calendar } = this;
    for (let n = 1; n <= 2 && chance.inPercent(25); n += 1) {
      const name = `Q${n}`;
      const openedAt = this.after(importedAt, 1, 150) + 2;
      const dueOn = dayAfter(calendar.dateOf(openedAt), chance.below(6));
      const contact = chance.inPercent(50) ? 'leah.lead' : 'liam.lead';
      this.add(openedAt, { kind: 'OPEN_DECISION', name, dueOn, contact });
      let at = openedAt;
      if (chance.inPercent(30)) {
        const moved = this.after(at, 1, 40) + 3;
        const isEarly = calendar.dateOf(moved) < dueOn;
        const to = dayAfter(calendar.dateOf(moved), 1 + chance.below(5));
        if ((isEarly || this.options.afterthoughts) && to !== dueOn) {
          this.add(moved, { kind: 'MOVE_DECISION', name, dueOn: to });
          at = moved;
        }
      }
      if (chance.inPercent(80)) this.add(this.after(at, 1, 160) + 4, { kind: 'DECIDE', name });
    }
  }

  private pauses(importedAt: number): void {
    const { chance } = this;
    let from = importedAt;
    for (let n = 0; n < 2 && chance.inPercent(30); n += 1) {
      const at = this.after(from, 1, 120) + 5;
      this.add(at, { kind: 'PAUSE' });
      if (chance.inPercent(10)) return;
      from = this.after(at, 0.5, 90) + 6;
      this.add(from, { kind: 'RESUME' });
    }
  }

  /** What happens, in order; nothing after its end, nor after the quarter's. */
  private inOrder(): Happening[] {
    const ordered = this.happenings.toSorted((a, b) => a.at - b.at);
    const end = ordered.findIndex(({ kind }) => kind === 'CLOSE' || kind === 'WITHDRAW');
    return ordered.slice(0, end < 0 ? undefined : end + 1).filter(({ at }) => at < QUARTER.to);
  }

  private step(from: number, least: number, most: number, deed: Deed): number {
    const at = this.after(from, least, most);
    this.add(at, deed);
    return at;
  }

  private add(at: number, deed: Deed): void {
    this.happenings.push({ at, ...deed });
  }

  /** Some hours later, in whole seconds. */
  private after(from: number, least: number, most: number): number {
    return whole(from) + 1000 + whole((least + this.chance.next() * (most - least)) * HOUR);
  }

  /** The next instant within business hours. */
  private worktime(at: number): number {
    for (let day = this.calendar.dateOf(at); ; day = dayAfter(day, 1))
      for (const [from, to] of this.calendar.worked(day)) if (to - HOUR > at) return whole(Math.max(from, at));
  }
}
