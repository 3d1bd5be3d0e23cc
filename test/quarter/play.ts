import type { Suite } from '../kit/suite.js';
import { Desk } from './desk.js';
import { historyOf } from './history.js';
import { KINDS } from './kinds.js';
import type { Look, Scenario, TenantScenario } from './scenario.js';
import { Stage } from './stage.js';
import { calendarOf } from './tenants.js';
import { WorkerPool } from './worker.js';

/** What a quarter came to, of one kind of thing. */
export interface KindResult {
  readonly kind: string;
  readonly expected: number;
  /** What must be there and is not. */
  readonly missing: readonly string[];
  /** What is there and must not be. */
  readonly surplus: readonly string[];
  /** Everything that is there, without what depends on when a worker looked. */
  readonly timeless: readonly string[];
}

/** What a quarter came to. */
export interface QuarterResult {
  readonly handoffs: number;
  readonly deeds: number;
  readonly looks: number;
  readonly seconds: number;
  readonly kinds: readonly KindResult[];
}

/** Plays a scenario on a database by the ordinary commands, and compares what is there with what was to be expected. */
export async function playQuarter(suite: Suite, { tenants, looks }: Scenario): Promise<QuarterResult> {
  const since = Date.now();
  const workers = WorkerPool.open(suite.superuserUrl);
  try {
    const played = await Promise.all(tenants.map((scenario) => playTenant(suite, scenario, looks, workers)));
    return {
      handoffs: sum(tenants.map(({ tales }) => tales.length)),
      deeds: sum(tenants.flatMap(({ tales }) => tales.map(({ happenings }) => happenings.length))),
      looks: looks.length,
      seconds: (Date.now() - since) / 1000,
      kinds: KINDS.map(({ name }) => merged(played.flat().filter(({ kind }) => kind === name))),
    };
  } finally {
    await workers.close();
  }
}

async function playTenant(
  suite: Suite,
  { tenant, tales, actions }: TenantScenario,
  looks: readonly Look[],
  pool: WorkerPool,
): Promise<KindResult[]> {
  const stage = await Stage.open(suite, tenant);
  try {
    const desk = new Desk(stage);
    for (const { at, act } of inOrder(stage, desk, { tenant, tales, actions }, looks, pool)) {
      stage.now(at);
      await act();
    }
    const calendar = calendarOf(tenant);
    const histories = tales.map((tale) => historyOf(tenant, calendar, tale));
    const results: KindResult[] = [];
    for (const kind of KINDS) {
      const expected = kind.expected({ tenant, calendar, histories, actions, looks });
      const found = await kind.found(stage);
      const named = (line: string): string => `${tenant.slug} ${line}`;
      results.push({
        kind: kind.name,
        expected: expected.length,
        missing: without(expected, found).map(named),
        surplus: without(found, expected).map(named),
        timeless: found.map((line) => named(kind.timeless(line))),
      });
    }
    return results;
  } finally {
    await stage.close();
  }
}

interface Moment {
  readonly at: number;
  readonly act: () => Promise<void>;
}

/** Everything that happens to a tenant, and every look of its workers, in order. */
function inOrder(
  stage: Stage,
  desk: Desk,
  { tales, actions }: TenantScenario,
  looks: readonly Look[],
  pool: WorkerPool,
): Moment[] {
  return [
    ...tales.flatMap((tale) =>
      tale.happenings.map((happening) => ({ at: happening.at, act: () => desk.do(tale, happening) })),
    ),
    ...actions.flatMap((action) => {
      const { openedAt, doneAt } = action;
      const done = doneAt === null ? [] : [{ at: doneAt, act: () => desk.completeAction(action) }];
      return [{ at: openedAt, act: () => desk.agreeOn(action) }, ...done];
    }),
    ...looks.map(({ at, workers }) => ({ at, act: () => pool.look(stage, at, workers) })),
  ].toSorted((a, b) => a.at - b.at);
}

/** The lines of one list that the other lacks, each as often as it lacks it, in order. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines
    .filter((line) => {
      const count = left.get(line) ?? 0;
      left.set(line, count - 1);
      return count <= 0;
    })
    .toSorted();
}

function merged(results: readonly KindResult[]): KindResult {
  return {
    kind: results[0]!.kind,
    expected: sum(results.map(({ expected }) => expected)),
    missing: results.flatMap(({ missing }) => missing),
    surplus: results.flatMap(({ surplus }) => surplus),
    timeless: results.flatMap(({ timeless }) => timeless).toSorted(),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
