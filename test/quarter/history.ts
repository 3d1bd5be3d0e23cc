import type { OracleCalendar, Standstill } from './calendar.js';
import type { Happening, Tale } from './scenario.js';
import { type QuarterTenant, settingOf } from './tenants.js';

/** An entry of a handoff's decision log, as it was told. */
export interface ToldDecision {
  readonly number: string;
  readonly owner: string;
  readonly contact: string;
  readonly openedAt: number;
  /** The days on which it was due, the newest last, each since when. */
  readonly dues: readonly { readonly on: string; readonly since: number }[];
  readonly decidedAt: number | null;
}

/** A sign-off and what became of it. */
export interface ToldSignOff {
  readonly signedAt: number;
  readonly ended: { readonly at: number; readonly state: 'LAPSED' | 'REVOKED'; readonly why: string } | null;
}

/** A client date and what became of it. */
export interface ToldKickoff {
  readonly scheduledAt: number;
  readonly startsAt: number;
  readonly outcome: 'HELD' | 'STANDS' | 'VOID';
}

/** What happened to a handoff, as far as anything is expected of it: replayed from its tale alone. */
export interface History {
  readonly tale: Tale;
  readonly openedAt: number;
  readonly close: { readonly wonAt: number; readonly importedAt: number } | null;
  readonly managerSince: number | null;
  /** Whether something is done about every risk. */
  readonly mitigates: boolean;
  readonly submissions: readonly number[];
  readonly returns: readonly number[];
  readonly introduction: { readonly sentAt: number; readonly recordedAt: number } | null;
  readonly endedAt: number | null;
  readonly heldAt: number | null;
  readonly closedAt: number | null;
  readonly pauses: readonly Standstill[];
  readonly decisions: readonly ToldDecision[];
  readonly signOffs: readonly ToldSignOff[];
  readonly kickoffs: readonly ToldKickoff[];
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** Replays a tale. */
export function historyOf(tenant: QuarterTenant, calendar: OracleCalendar, tale: Tale): History {
  return new Replay(tenant, calendar, tale).run();
}

class Replay {
  private readonly signOffs: Draft<ToldSignOff>[] = [];
  private readonly kickoffs: Draft<ToldKickoff>[] = [];
  private readonly decisions: (Draft<ToldDecision> & { readonly name: string })[] = [];
  private readonly pauses: Draft<Standstill>[] = [];
  private close: History['close'] = null;
  private assumes = false;
  private mitigates = false;
  /** Whether the handoff has its delivery manager, who sees no draft before. */
  private isGiven = false;

  constructor(
    private readonly tenant: QuarterTenant,
    private readonly calendar: OracleCalendar,
    private readonly tale: Tale,
  ) {}

  run(): History {
    const { tale } = this;
    for (const happening of tale.happenings) this.take(happening);
    const of = (kind: Happening['kind']): number[] =>
      tale.happenings.filter((one) => one.kind === kind).map(({ at }) => at);
    const introduced = tale.happenings.find((one) => one.kind === 'INTRODUCE');
    const closedAt = of('CLOSE')[0] ?? null;
    return {
      tale,
      openedAt: tale.happenings[0]!.at,
      close: this.close,
      managerSince: of('PREPARE')[0] ?? null,
      mitigates: this.mitigates,
      submissions: of('SUBMIT'),
      returns: of('RETURN'),
      introduction: introduced ? { sentAt: introduced.sentAt ?? introduced.at, recordedAt: introduced.at } : null,
      endedAt: of('WITHDRAW')[0] ?? closedAt,
      heldAt: of('HOLD')[0] ?? null,
      closedAt,
      pauses: this.pauses,
      decisions: this.decisions.map(({ name: _name, ...decision }) => decision),
      signOffs: this.signOffs,
      kickoffs: this.kickoffs,
    };
  }

  private take(happening: Happening): void {
    const { at } = happening;
    if (happening.kind === 'IMPORT') {
      if (happening.wonAt !== null) this.close ??= { wonAt: happening.wonAt, importedAt: at };
      this.end(at, 'LAPSED', 'the deal has changed in the PSA');
    }
    if (happening.kind === 'PREPARE') {
      ({ assumes: this.assumes, mitigates: this.mitigates } = happening);
      this.isGiven = true;
    }
    if (happening.kind === 'SUBMIT') this.ask(at);
    if (happening.kind === 'SIGN_OFF') this.signOffs.push({ signedAt: at, ended: null });
    if (happening.kind === 'REVOKE') this.end(at, 'REVOKED', 'The engineer has left.');
    if (happening.kind === 'WITHDRAW') this.end(at, 'LAPSED', 'the handoff was withdrawn');
    if (happening.kind === 'SCHEDULE') {
      this.fall();
      this.kickoffs.push({ scheduledAt: at, startsAt: happening.startsAt, outcome: 'STANDS' });
    }
    if (happening.kind === 'HOLD') this.kickoffs.at(-1)!.outcome = 'HELD';
    if (happening.kind === 'PAUSE') this.pauses.push({ from: at, to: null });
    if (happening.kind === 'RESUME') this.pauses.at(-1)!.to = at;
    if (happening.kind === 'OPEN_DECISION') {
      const { name, dueOn, contact } = happening;
      this.open(name, at, dueOn, contact);
    }
    const decision = 'name' in happening ? this.decisions.find(({ name }) => name === happening.name) : undefined;
    if (happening.kind === 'MOVE_DECISION') decision!.dues = [...decision!.dues, { on: happening.dueOn, since: at }];
    if (happening.kind === 'DECIDE') decision!.decidedAt = at;
  }

  /** What is still assumed at the submission is to be decided until the kickoff should be scheduled. */
  private ask(at: number): void {
    if (!this.assumes || this.decisions.some(({ name }) => name === 'ASSUMED')) return;
    const { tenant, calendar, tale } = this;
    const due = calendar.due(settingOf(tenant, 'KICKOFF_SCHEDULED', tale.dealType), at, [])!;
    const least = calendar.workedDayAfter(calendar.dateOf(at), 1);
    const dueOn = calendar.dateOf(due) < least ? least : calendar.dateOf(due);
    this.open(
      'ASSUMED',
      at,
      dueOn,
      tenant.ladders.DECISION.find((key) => key !== tale.manager)!,
    );
  }

  private open(name: string, openedAt: number, on: string, contact: string): void {
    const number = `D-${this.decisions.length + 1}`;
    const dues = [{ on, since: openedAt }];
    const owner = this.isGiven ? this.tale.manager : this.tale.owner;
    this.decisions.push({ name, number, owner, contact, openedAt, dues, decidedAt: null });
  }

  private end(at: number, state: 'LAPSED' | 'REVOKED', why: string): void {
    const live = this.signOffs.at(-1);
    if (!live || live.ended) return;
    live.ended = { at, state, why };
    this.fall();
  }

  /** A date falls with the sign-off under it, or with the next date. */
  private fall(): void {
    const last = this.kickoffs.at(-1);
    if (last?.outcome === 'STANDS') last.outcome = 'VOID';
  }
}
