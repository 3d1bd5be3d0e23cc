import type { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import { versionColumns, versionsBy } from '../catalogue/version-rows.js';
import { type Query, select, sql, type Where } from '../core/statement.js';
import { IN_ENDED } from '../handoff/stage.rules.js';
import { Decision, DecisionState } from './decision.entity.js';

/** The decision log of a handoff, oldest first. */
export const decisionsOf = (handoffId: string): Query<Decision[]> =>
  select(Decision, { handoffId }, { orderBy: ['id'] });

/**
 * The days before this one on which something is due that is still open, and the handoffs it is of: few, however long the
 * log is. A handoff that has ended has none, as nobody could settle it.
 */
export const overdueEntries = (today: string): Query<Where<Decision>> =>
  sql(
    `select distinct d.due_on, d.handoff_id from decision d
     join handoff h on h.tenant_id = $1 and h.id = d.handoff_id and h.stage not in ${IN_ENDED}
     where d.tenant_id = $1 and d.state = $2 and d.due_on < $3`,
    [DecisionState.OPEN, today],
    (rows) => ({
      dueOn: [...new Set(rows.map((row) => row.due_on as string))],
      handoffId: [...new Set(rows.map((row) => row.handoff_id as string))],
    }),
  );

const NEWEST = `select ${versionColumns('$2')} from configuration_version v
  where v.tenant_id = $1 and v.state = 'EFFECTIVE' order by v.version desc limit 1`;

/** The newest accepted configuration: it names the time zone in which a day of the log ends. */
export const newestConfiguration = (): Query<ConfigurationVersion | null> =>
  versionsBy(NEWEST, [], ([found]) => found?.version ?? null);
