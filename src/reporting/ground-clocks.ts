import { configurationOf } from '../catalogue/catalogue.queries.js';
import { type Clock, clocksOf } from '../escalation/clock.rules.js';
import type { DeadlineGround } from '../escalation/escalation.queries.js';

const known = new WeakMap<DeadlineGround, readonly Clock[]>();

/** The clocks of a handoff, counted on its calendar once however many facts ask: that is most of a projection's work. */
export function clocksOfGround(ground: DeadlineGround): readonly Clock[] {
  const before = known.get(ground);
  if (before) return before;
  const clocks = clocksOf(ground.history, configurationOf(ground.version));
  known.set(ground, clocks);
  return clocks;
}
