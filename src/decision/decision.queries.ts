import { ConfigurationState, ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import { type Query, select, selectFirst, sql } from '../core/statement.js';
import { Decision, DecisionState } from './decision.entity.js';

/** The decision log of a handoff, oldest first. */
export const decisionsOf = (handoffId: string): Query<Decision[]> =>
  select(Decision, { handoffId }, { orderBy: ['id'] });

/** The days before this one on which something is due that is still open: few, however long the log is. */
export const overdueDays = (today: string): Query<string[]> =>
  sql(
    'select distinct due_on from decision where tenant_id = $1 and state = $2 and due_on < $3',
    [DecisionState.OPEN, today],
    (rows) => rows.map((row) => row.due_on as string),
  );

/** The newest accepted configuration: it names the time zone in which a day of the log ends. */
export const newestConfiguration = (): Query<ConfigurationVersion | null> =>
  selectFirst(ConfigurationVersion, { state: ConfigurationState.EFFECTIVE }, { orderBy: ['-version'] });
