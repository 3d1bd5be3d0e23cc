import { type Query, sql } from '../core/statement.js';
import type { RolloutPhase } from './configuration.rollout.js';

/** Where a tenant's rollout stands, for whoever is judged by its phase. */
export interface RolloutStanding {
  readonly phase: RolloutPhase;
  /** Since when it is in this phase. */
  readonly phaseSince: Date;
  /** The first day of week 1, in the tenant's time zone. */
  readonly startedOn: string;
  /** When every deal came under enforcement, which is when hypercare began; null before. */
  readonly normalSince: Date | null;
}

/** The tenant's rollout once it was confirmed; null for a tenant that has none, where everything is enforced. */
export function rolloutStanding(): Query<RolloutStanding | null> {
  const text = `select phase, phase_since, started_on, normal_since from rollout
    where tenant_id = $1 and confirmed_at is not null`;
  return sql(text, [], ([row]) =>
    row
      ? {
          phase: row.phase as RolloutPhase,
          phaseSince: row.phase_since as Date,
          startedOn: row.started_on as string,
          normalSince: row.normal_since as Date | null,
        }
      : null,
  );
}
