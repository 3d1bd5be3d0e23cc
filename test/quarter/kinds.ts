import type { EffectHandlers } from '../../src/core/outbox/handler.js';
import type { Planner, PlannerOptions } from '../../src/core/planner.js';
import { clocks } from './kinds/clocks.js';
import { escalations } from './kinds/escalations.js';
import { feedback } from './kinds/feedback.js';
import { kickoffs } from './kinds/kickoffs.js';
import { reviewItems } from './kinds/review-items.js';
import { reviews } from './kinds/reviews.js';
import { scores } from './kinds/scores.js';
import { signOffs } from './kinds/sign-offs.js';
import type { OracleCalendar } from './calendar.js';
import type { History } from './history.js';
import type { Look, ToldAction } from './scenario.js';
import type { Stage } from './stage.js';
import type { QuarterTenant } from './tenants.js';

/** What a planner of the quarter is made with. */
export type WorkerOptions = PlannerOptions;

/** One tenant's quarter as it was told, for what is expected of it. */
export interface Told {
  readonly tenant: QuarterTenant;
  readonly calendar: OracleCalendar;
  readonly histories: readonly History[];
  readonly actions: readonly ToldAction[];
  readonly looks: readonly Look[];
}

/** Something that a quarter ends with: what the workers do for it, what must be there, and what is. One file each. */
export interface Kind {
  readonly name: string;
  planners(options: WorkerOptions): Planner[];
  readonly handlers: EffectHandlers;
  /** What must be there, each as a line; computed from the tale alone. */
  expected(told: Told): string[];
  /** What is there. */
  found(stage: Stage): Promise<string[]>;
  /** Of a line what does not depend on when a worker looked. */
  timeless(line: string): string;
}

/** Everything that is compared at the quarter's end. */
export const KINDS: readonly Kind[] = [escalations, clocks, signOffs, kickoffs, feedback, scores, reviews, reviewItems];
