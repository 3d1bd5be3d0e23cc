import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { Delegation } from '../../src/approval/delegation.entity.js';
import { databaseClock } from '../../src/core/clock.js';
import type { CommandResult } from '../../src/core/command.js';
import { AppError } from '../../src/core/error.js';
import { Gateway, type Transaction } from '../../src/core/gateway.js';
import { newId } from '../../src/core/id.js';
import { Pipeline } from '../../src/core/pipeline.js';
import { insert, sql } from '../../src/core/statement.js';
import { refreshActor } from '../../src/identity/actor.queries.js';
import { ABILITIES } from '../../src/abilities.js';
import { openSuite, type Suite } from '../kit/suite.js';
import { Persona, type World } from '../kit/world.js';
import { breaksOf, deadlocksOf, endInvariant, holdsUp } from './invariant.js';

/** How often each case is run, each time with other delays and choices. */
export const RUNS = Number(process.env.ATTACK_RUNS ?? 50);
/** The seed of all choices: with the same one a campaign makes the same choices, the machine's own timing apart. */
export const SEED = Number(process.env.ATTACK_SEED ?? Math.floor(Math.random() * 2 ** 31));

const DAY = 86_400_000;
const LANES = 4;
const PROCESSES = 3;
const A_RUN_MS = 4_000;
/** The server process behind a connection. */
const BACKEND = sql('select pg_backend_pid() as pid where $1::uuid is not null', [], ([row]) => row!.pid as number);

/** Random numbers from 0 to 1 out of a seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What is done between looking and writing, on the transaction that has looked. */
type BeforeCommit = (tx: Transaction) => Promise<void>;

/** A process that is slow between looking and writing, by chance: what lies between check and commit is attacked there. */
class SlowGateway extends Gateway {
  private readonly chance = random(SEED + 17);

  constructor(
    url: string,
    private readonly beforeCommit: BeforeCommit | null,
  ) {
    super({ url, poolSize: 6, prepare: true });
  }

  override async transaction<T>(tenantId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return super.transaction(tenantId, (tx) =>
      work({
        flush: (queries) => tx.flush(queries),
        rollback: () => tx.rollback(),
        commit: async (writes) => {
          await this.slowly(tx);
          await tx.commit(writes);
        },
        commitAndAsk: async (writes, asked) => {
          await this.slowly(tx);
          return tx.commitAndAsk(writes, asked);
        },
      }),
    );
  }

  private async slowly(tx: Transaction): Promise<void> {
    if (this.beforeCommit) await this.beforeCommit(tx);
    else if (this.chance() < 0.5) await pause(this.chance() * 6);
  }
}

/** One API process: a pool of connections and a pipeline, on the database's clock. */
export interface Process {
  readonly gateway: Gateway;
  readonly pipeline: Pipeline;
}

/** Opens one; `end` its gateway. `beforeCommit` is done between looking and writing, in place of a chance delay. */
export function openProcess(
  { vault, appUrl }: Suite,
  { url = appUrl, beforeCommit = null }: { url?: string; beforeCommit?: BeforeCommit | null } = {},
): Process {
  const gateway = new SlowGateway(url, beforeCommit);
  const log = pino({ level: 'silent' });
  const pipeline = new Pipeline({
    gateway,
    clock: databaseClock,
    abilities: ABILITIES,
    refresh: refreshActor,
    vault,
    log,
  });
  return { gateway, pipeline };
}

/** Where the attacks of a file take place: a database of its own, with several API processes. */
export interface Arena {
  readonly suite: Suite;
  readonly processes: readonly Process[];
  /** Tenants are a week old: their roles have been held for that long. */
  tenant: Suite['tenant'];
  close(): Promise<void>;
}

/** Opens one; call `close` in afterAll. */
export async function openArena(): Promise<Arena> {
  const suite = await openSuite();
  suite.clock.at = new Date(Date.now() - 7 * DAY);
  const processes = Array.from({ length: PROCESSES }, () => openProcess(suite));
  return {
    suite,
    processes,
    tenant: (change) => suite.tenant(change),
    close: async () => {
      for (const { gateway } of processes) await gateway.end();
      await endInvariant(suite);
      await suite.close();
    },
  };
}

/** One run of a case: its chances, and what came of it. */
export class Run {
  readonly requests: string[] = [];
  readonly chance: () => number;

  constructor(
    private readonly arena: Arena,
    readonly number: number,
    seed: number,
    private readonly outcomes: Map<string, number>,
  ) {
    this.chance = random(seed);
  }

  /** One of these. */
  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.chance() * items.length)]!;
  }

  /** The same person by another API process. */
  by(persona: Persona): Persona {
    return new Persona({ ...this.arena.suite, ...this.pick(this.arena.processes) }, persona.actor);
  }

  /** All at once, each after a delay of its own; what each came to, `done`, a finding's code or an error's. */
  async race(...calls: readonly (() => Promise<CommandResult>)[]): Promise<string[]> {
    const delays = calls.map(() => this.chance() * this.chance() * 12);
    return Promise.all(
      calls.map(async (call, index) => {
        await pause(delays[index]!);
        return this.outcome(call);
      }),
    );
  }

  /**
   * A call of a person's, and another that is started when the first has looked and not yet written: what each came to,
   * and whether the other was done before the first wrote. The first waits until the other has ended, or waits for a lock
   * that the first holds: which of both is the locks' doing, never the machine's speed.
   */
  async between(
    persona: Persona,
    call: (by: Persona) => Promise<CommandResult>,
    other: () => Promise<CommandResult>,
  ): Promise<{ first: string; second: string; overtaken: boolean }> {
    let overtaken = false;
    let started: Promise<string> | null = null;
    const process = openProcess(this.arena.suite, {
      beforeCommit: async (tx) => {
        // A second try looks anew, at what the other has done by then.
        overtaken = false;
        if (started) return;
        const ended: { as: string | null } = { as: null };
        started = this.outcome(other).then((second) => (ended.as = second));
        const { own } = await tx.flush({ own: BACKEND });
        while (ended.as === null && !(await holdsUp(this.arena.suite, own))) await Promise.race([started, pause(1)]);
        overtaken = ended.as === 'done';
      },
    });
    const first = await this.outcome(() => call(new Persona({ ...this.arena.suite, ...process }, persona.actor)));
    const second = await (started ?? this.outcome(other));
    await process.gateway.end();
    return { first, second, overtaken };
  }

  /** What a call came to. */
  async outcome(call: () => Promise<CommandResult>): Promise<string> {
    const ended = await call().then(
      (result) => (result.kind === 'done' ? 'done' : result.findings[0]!.code),
      (error: unknown) => (error instanceof AppError ? error.code : `FAULT ${String(error)}`),
    );
    this.count(ended);
    return ended;
  }

  /** Counts an outcome for the report. */
  count(outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }
}

/** What a case came to, for the report. */
export interface CaseReport {
  readonly name: string;
  readonly runs: number;
  readonly seed: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly breaks: readonly string[];
  readonly seconds: number;
}

/** How a case is run. */
interface Manner {
  /** How often. */
  readonly runs?: number;
  /** How many at a time. */
  readonly lanes?: number;
  /** Sets the stage anew after so many runs, for a case whose runs leave members behind: a vote asks of all of a tenant. */
  readonly renew?: { readonly every: number; readonly stage: () => Promise<void> };
}

/**
 * A case as a test: so many runs, several at a time, each followed by the invariant over the requests that it names. A run
 * answers what is wrong beside the invariant, if anything. A fault that is no coded error is a break.
 */
export function attack(
  name: string,
  arenaOf: () => Arena,
  once: (run: Run) => Promise<readonly string[] | void>,
  { runs = RUNS, lanes = LANES, renew }: Manner = {},
): void {
  const timeout = 60_000 + runs * A_RUN_MS;
  const body = async (): Promise<void> => {
    const arena = arenaOf();
    const outcomes = new Map<string, number>();
    const breaks: string[] = [];
    const began = performance.now();
    const deadlocks = await deadlocksOf(arena.suite);
    const caseSeed = [...name].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) >>> 0, SEED >>> 0);
    const every = renew?.every ?? runs;
    let next = 0;
    const lane = async (end: number): Promise<void> => {
      while (next < end) {
        const number = next++;
        const run = new Run(arena, number, caseSeed + number * 7919, outcomes);
        const own = (await once(run)) ?? [];
        const found = [...own, ...(await breaksOf(arena.suite, run.requests))];
        breaks.push(...found.map((found_) => `run ${number}: ${found_}`));
      }
    };
    for (let from = 0; from < runs; from += every) {
      if (renew && from > 0) await renew.stage();
      await Promise.all(Array.from({ length: lanes }, () => lane(Math.min(runs, from + every))));
    }
    breaks.push(...[...outcomes.keys()].filter(isFault).map((fault) => `an error without a code: ${fault}`));
    const locked = (await deadlocksOf(arena.suite)) - deadlocks;
    if (locked > 0) outcomes.set('(deadlocks resolved)', locked);
    const seconds = (performance.now() - began) / 1000;
    report({ name, runs, seed: SEED, outcomes: Object.fromEntries(outcomes), breaks, seconds });
    expect({ seed: SEED, breaks: breaks.slice(0, 20) }).toEqual({ seed: SEED, breaks: [] });
  };
  it(name, body, timeout);
}

const isFault = (outcome: string): boolean => /^FAULT|^INTERNAL|^HTTP 5/.test(outcome);

function report(found: CaseReport): void {
  const folder = process.env.ATTACK_REPORT;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${found.name.replaceAll(/[^A-Za-z0-9]+/g, '-')}.json`), JSON.stringify(found));
}

/** A delegation that is confirmed and holds now, written past the commands. */
export async function delegation(world: World, from: Persona, to: Persona, by: Persona): Promise<string> {
  const id = newId();
  const now = Date.now();
  const row = {
    id,
    delegatorId: from.actor.id,
    delegateId: to.actor.id,
    kinds: [],
    reason: 'Out of office.',
    fromAt: new Date(now - DAY),
    untilAt: new Date(now + DAY),
    createdBy: from.actor.id,
    createdAt: new Date(now - DAY),
    confirmedBy: by.actor.id,
    confirmedAt: new Date(now - DAY),
    revision: 2,
  };
  await world.suite.gateway.transaction(world.tenantId, (tx) => tx.commit([insert(Delegation, row)]));
  return id;
}
