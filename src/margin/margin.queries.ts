import { type Query, type Queries, sql } from '../core/statement.js';
import { configurationOfHandoff, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import type { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import type { DealSnapshot } from '../deal/deal.entity.js';
import { PRESENT } from '../core/clock.js';
import { adoptedSnapshot, OF_DEAL } from '../handoff/handoff.queries.js';
import { peopleByHandle } from '../identity/identity.queries.js';
import type { PriorException } from './materiality.rules.js';

/** What the margin gate must know of a handoff beside its row and its grants. */
export interface MarginFacts extends Queries {
  readonly snapshot: Query<DealSnapshot>;
  readonly version: Query<ConfigurationVersion>;
  readonly ruling: Query<ConfigurationVersion>;
  readonly priors: Query<PriorException[]>;
  readonly handleIds: Query<ReadonlyMap<string, string>>;
}

/** The facts of the margin gate: the adopted snapshot, both configurations, the client's other exceptions. */
export const marginFacts = (handoffId: string): MarginFacts => ({
  snapshot: adoptedSnapshot(handoffId),
  version: configurationOfHandoff(handoffId),
  ruling: rulingConfiguration(),
  priors: priorExceptions(handoffId),
  handleIds: peopleByHandle(),
});

/**
 * Holds the client of a handoff until the transaction ends: of two exceptions that are asked for, or whose terms are
 * changed, at once the second counts the first, so that a split deal does not slip below a threshold (attack A17). Not
 * FOR UPDATE, which would wait for every deal that is being written for the client.
 */
export const holdClient = (handoffId: string): Query<void> => holdClientWhere('= $2', [handoffId]);

/** The same for the deal's live handoff, by the deal's id in the PSA: ask after lockRequestsByExternal. */
export const holdClientByExternal = (source: string, externalId: string): Query<void> =>
  holdClientWhere(OF_DEAL, [source, externalId]);

function holdClientWhere(condition: string, values: readonly string[]): Query<void> {
  const text = `select id from client where tenant_id = $1
    and id in (select client_id from handoff where tenant_id = $1 and id ${condition}) order by id for no key update`;
  return sql(text, values, () => undefined);
}

/**
 * What other handoffs of the same client miss by exceptions that are undecided, approved or used; of each handoff the
 * latest. The largest shortfall of any part, since parts overlap.
 */
export const priorExceptions = (handoffId: string): Query<PriorException[]> => priorsWhere('= $2', [handoffId]);

/** The same for the deal's live handoff, by the deal's id in the PSA. */
export const priorsByExternal = (source: string, externalId: string): Query<PriorException[]> =>
  priorsWhere(OF_DEAL, [source, externalId]);

function priorsWhere(condition: string, values: readonly string[]): Query<PriorException[]> {
  // Each step materialized: before the first statistics PostgreSQL takes every table for empty, and would join all of a
  // tenant's handoffs with all of them.
  const text = `with own as materialized (select h.id, h.client_id from handoff h where h.tenant_id = $1 and h.id ${condition}),
      others as materialized (
        select o.id from own join handoff o on o.tenant_id = $1 and o.client_id = own.client_id and o.id <> own.id)
    select distinct on (o.id) o.id as handoff_id, r.id as request_id, r.opened_at, x.currency,
      (select coalesce(max(y.shortfall_minor), 0) from margin_exception y
        where y.tenant_id = $1 and y.request_id = r.id and y.content_revision = x.content_revision) as shortfall_minor
    from others o
    join margin_exception x on x.tenant_id = $1 and x.handoff_id = o.id
    join approval_request r on r.tenant_id = $1 and r.id = x.request_id
      and (r.state = 'USED' or (r.state in ('PENDING', 'APPROVED') and r.expires_at > ${PRESENT}))
    order by o.id, r.opened_at desc, r.id desc, x.content_revision desc`;
  return sql(text, values, (rows) =>
    rows.map((row) => ({
      requestId: row.request_id as string,
      handoffId: row.handoff_id as string,
      openedAt: row.opened_at as Date,
      currency: row.currency as string,
      shortfallMinor: row.shortfall_minor as bigint,
    })),
  );
}
