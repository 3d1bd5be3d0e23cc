import type { Clock } from '../../core/clock.js';
import type { Gateway } from '../../core/gateway.js';
import { newId } from '../../core/id.js';
import { insert, mapQuery, selectFirst, sql, type Query, update } from '../../core/statement.js';
import { type Allowance, type Budget, type BudgetLevel, take } from './budget.rules.js';
import { VendorBudget } from './vendor-budget.entity.js';

/** The budget of an instance that belongs to a tenant. */
export type SharedBudget = Budget & { readonly tenantId: string };

/** What all processes of an installation take of one budget together. */
export interface BudgetShare {
  /** Up to `wanted` requests, to be used within seconds; what is not used is not given back. */
  take(budget: SharedBudget, wanted: number): Promise<Pick<Allowance, 'granted' | 'waitMs'>>;
  /** The vendor wants nothing more of anybody for so many milliseconds. */
  close(budget: SharedBudget, ms: number): Promise<void>;
}

/**
 * One row a tenant and instance, under row-level security as every other. A process takes several requests at once and
 * holds the row for the time of two round trips, in a transaction of its own: no change of a tenant's ever waits for it.
 */
export class DatabaseShare implements BudgetShare {
  constructor(
    private readonly gateway: Gateway,
    private readonly clock: Clock,
  ) {}

  take(budget: SharedBudget, wanted: number): Promise<Pick<Allowance, 'granted' | 'waitMs'>> {
    return this.change(budget, (level, now) => take(level, budget, wanted, now));
  }

  async close(budget: SharedBudget, ms: number): Promise<void> {
    await this.change(budget, (level, now) => {
      const allowance = take(level, budget, 0, now);
      const until = new Date(now.getTime() + ms);
      const { closedUntil } = allowance.level;
      const later = closedUntil && closedUntil > until ? closedUntil : until;
      return { ...allowance, level: { ...allowance.level, closedUntil: later } };
    });
  }

  private change(
    { tenantId, instance, burst }: SharedBudget,
    decide: (level: BudgetLevel, now: Date) => Allowance,
  ): Promise<Allowance> {
    return this.gateway.transaction(tenantId, async (tx) => {
      // A first one waits for whoever makes the row at the same time, and then finds it.
      const { row, now } = await tx.flush({
        made: made(instance, burst),
        row: mapQuery(selectFirst(VendorBudget, { instance }, { lock: 'UPDATE' }), (found) => found!),
        now: this.clock.now(),
      });
      const allowance = decide(row, now);
      await tx.commit([update(VendorBudget, { instance }, { ...allowance.level })]);
      return allowance;
    });
  }
}

/** The row, full, unless there is one; long ago, so that the first who takes finds it full and no more. */
function made(instance: string, burst: number): Query<null> {
  const row = { id: newId(), instance, tokens: burst, filledAt: new Date(0), closedUntil: null };
  const { text, values } = insert(VendorBudget, row, 'on conflict (tenant_id, instance) do nothing');
  return sql(text, values, () => null);
}
