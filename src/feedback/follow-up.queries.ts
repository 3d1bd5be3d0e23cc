import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import type { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import { type Queries, type Query, select, sql } from '../core/statement.js';
import { eligiblePeople, peopleByHandle } from '../identity/identity.queries.js';
import type { Acceptance } from '../passage/gate.entity.js';
import { FollowUp } from './follow-up.entity.js';
import type { ReturnFact, RulingPolicy } from './follow-up.rules.js';

/** Every return of the tenant, oldest first. */
function returnFacts(): Query<ReturnFact[]> {
  const text = `select r.id, r.handoff_id, coalesce(p.merged_into, p.id) as rep_id, r.verdict, r.returned_at
    from handoff_return r join person p on p.tenant_id = $1 and p.id = r.owner_id
    where r.tenant_id = $1 order by r.returned_at, r.id`;
  return sql(text, [], (rows) =>
    rows.map((row) => ({
      id: row.id as string,
      handoffId: row.handoff_id as string,
      repId: row.rep_id as string,
      verdict: row.verdict as Acceptance,
      returnedAt: row.returned_at as Date,
    })),
  );
}

/** The policy of the version that rules. */
export const rulingPolicy = (ruling: ConfigurationVersion): RulingPolicy => ({
  configuration: configurationOf(ruling),
  since: ruling.effectiveFrom,
});

/** All that tells what follows from the returns of a tenant. */
export const followUpGround = () =>
  ({
    returns: returnFacts(),
    taken: select(FollowUp),
    ruling: rulingConfiguration(),
    idByKey: peopleByHandle(),
    holders: eligiblePeople(),
  }) satisfies Queries;
