import { Pool } from 'pg';
import { pino } from 'pino';
import { Dispatcher } from '../../src/core/outbox/dispatcher.js';
import type { Planner } from '../../src/core/planner.js';
import { KINDS, type WorkerOptions } from './kinds.js';
import type { Stage } from './stage.js';

/** Rounds of a look until nothing is due: a review waits for the scores of its period, and so on. */
const MOST_ROUNDS = 50;
const MOST_RETRIES = 5;

interface Worker {
  readonly planners: readonly Planner[];
  readonly dispatcher: Dispatcher;
}

/** Plans what is due and does what is asked; how much was due. */
async function round({ planners, dispatcher }: Worker): Promise<number> {
  let planned = 0;
  for (const planner of planners) planned += await planner.pass();
  while ((await dispatcher.pass()) > 0);
  return planned;
}

/** The workers of the quarter: they live as long as a look, and nothing of them is kept until the next. */
export class WorkerPool {
  private constructor(private readonly eraser: Pool) {}

  static open(superuserUrl: string): WorkerPool {
    const eraser = new Pool({ connectionString: superuserUrl, max: 3 });
    // An idle connection ends with its database.
    eraser.on('error', () => undefined);
    return new WorkerPool(eraser);
  }

  /** So many workers begin at once, plan what is due now, do it, and end. */
  async look(stage: Stage, at: number, workers: number): Promise<void> {
    stage.now(at);
    const { gateway, pipeline } = stage.world.suite;
    const tenants = async (): Promise<readonly string[]> => [stage.world.tenantId];
    // A planner that fails is logged and tried again: here it is a fault.
    const faults: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line) => void (line.includes('not planned') && faults.push(line)) });
    const options: WorkerOptions = { gateway, present: () => stage.clock.now(), tenants, log };
    const handlers = Object.assign({}, ...KINDS.map((kind) => kind.handlers));
    // The vendors have no part in this: what is asked of them would only take time.
    await this.eraser.query('delete from outbox_effect where tenant_id = $1 and state = $2 and not kind = any($3)', [
      stage.world.tenantId,
      'PENDING',
      Object.keys(handlers),
    ]);
    const crew = Array.from({ length: workers }, () => ({
      planners: KINDS.flatMap((kind) => kind.planners(options)),
      dispatcher: new Dispatcher({ gateway, clock: stage.clock, pipeline, handlers, tenants, log }),
    }));
    for (let rounds = 0; ; rounds += 1) {
      const found = await Promise.all(crew.map(round));
      await this.retry(stage, crew[0]!.dispatcher);
      if (found.every((planned) => planned === 0)) break;
      if (rounds === MOST_ROUNDS) throw new Error(await this.unfinished(stage, at));
    }
    if (faults.length > 0) throw new Error(`${stage.tenant.slug} at ${new Date(at).toISOString()}: ${faults[0]!}`);
  }

  /** What two workers got into each other's way with, or a busy machine, is done seconds later: this clock stands still. */
  private async retry(stage: Stage, dispatcher: Dispatcher): Promise<void> {
    const { tenantId } = stage.world;
    for (let tries = 0; tries < MOST_RETRIES; tries += 1) {
      const { rowCount } = await this.eraser.query(
        `update outbox_effect set next_attempt_at = created_at, leased_until = null
         where tenant_id = $1 and state = 'PENDING' and attempts > 0 and not_before is null`,
        [tenantId],
      );
      if (rowCount === 0) return;
      while ((await dispatcher.pass()) > 0);
    }
  }

  /** What is left of a look that does not come to its end, with what was tried. */
  private async unfinished(stage: Stage, at: number): Promise<string> {
    const { rows } = await this.eraser.query(
      `select e.kind, e.effect_key, a.outcome, a.code, a.error from outbox_effect e
       left join outbox_attempt a on a.tenant_id = e.tenant_id and a.effect_id = e.id
       where e.tenant_id = $1 and e.state = 'PENDING' order by e.id, a.number`,
      [stage.world.tenantId],
    );
    return `${stage.tenant.slug}: the workers do not come to an end at ${new Date(at).toISOString()}: ${JSON.stringify(rows)}`;
  }

  close(): Promise<void> {
    return this.eraser.end();
  }
}
