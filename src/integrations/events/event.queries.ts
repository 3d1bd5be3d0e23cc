import { LedgerHead } from '../../core/ledger/seal.entity.js';
import { notFound } from '../../core/error.js';
import { mapQuery, type Query, select, selectFirst, sql, type Statement } from '../../core/statement.js';
import { DELIVER_EVENT, laneOf } from './delivery.plan.js';
import { ENDPOINT_ENDED } from './delivery.rules.js';
import { EndpointState, EventEndpoint, EventSecret } from './endpoint.entity.js';
import { type SealedEntry, TELLING_ACTIONS } from './event.rules.js';

/** The states of an endpoint that is still there. */
export const PRESENT_STATES: readonly EndpointState[] = [EndpointState.ACTIVE, EndpointState.DISABLED];

/** The endpoint by id, locked for a change; one that was deleted is not found. */
export function lockEndpoint(id: string): Query<EventEndpoint> {
  const query = selectFirst(EventEndpoint, { id, state: PRESENT_STATES }, { lock: 'UPDATE' });
  return mapQuery(query, (endpoint) => {
    if (!endpoint) throw notFound('EventEndpoint', id);
    return endpoint;
  });
}

/** How many endpoints there are that are not deleted. */
export const endpointCount = (): Query<number> =>
  sql(`select count(*)::int as n from event_endpoint where tenant_id = $1 and state <> 'DELETED'`, [], (rows) => {
    return rows[0]!.n as number;
  });

/** Up to which number the ledger is sealed; 0 before the first. */
export const sealedUpTo = (): Query<number> => mapQuery(selectFirst(LedgerHead, {}), (head) => head?.seq ?? 0);

/** The number of the last entry that was sealed before a time; nothing that happened since has a smaller one. */
export const sealedBefore = (at: Date): Query<number> =>
  sql('select seq from ledger_seal where tenant_id = $1 and sealed_at < $2 order by seq desc limit 1', [at], (rows) =>
    Number(rows[0]?.seq ?? 0),
  );

/** The secrets of an endpoint, the newest first; those that were replaced longer ago than a day do not sign any more. */
export const secretsOf = (endpointId: string): Query<EventSecret[]> =>
  select(EventSecret, { endpointId }, { orderBy: ['-version'] });

/** The entries with numbers above `after` up to `upTo` that tell something, in the order of the ledger. */
export function sealedEntries(after: number, upTo: number): Query<SealedEntry[]> {
  return sql(
    `select s.seq, e.id, e.at, e.action, e.subject_type, e.subject_id, e.content
     from ledger_seal s join ledger_entry e on e.tenant_id = $1 and e.id = s.entry_id
     where s.tenant_id = $1 and s.seq > $2 and s.seq <= $3 and e.outcome = 'DONE' and e.action = any($4)
     order by s.seq`,
    [after, upTo, TELLING_ACTIONS],
    (rows) =>
      rows.map((row) => ({
        seq: Number(row.seq),
        id: row.id as string,
        at: row.at as Date,
        action: row.action as string,
        subject: { type: row.subject_type as string, id: row.subject_id as string | null },
        body: (JSON.parse(row.content as string) as { body: Record<string, unknown> }).body,
      })),
  );
}

/** Whether an active endpoint was not told of everything that is sealed. */
export const isBehind = (): Query<boolean> =>
  sql(
    `select 1 from event_endpoint p join ledger_head h on h.tenant_id = $1
     where p.tenant_id = $1 and p.state = 'ACTIVE' and p.relayed_seq < h.seq limit 1`,
    [],
    (rows) => rows.length > 0,
  );

/**
 * Ends what waits for an endpoint: its deliveries, their attempts and its pause. An attempt that a worker has in hand is
 * left to it: it finds its delivery cancelled. Under the endpoint's lock, which every other writer takes before too.
 */
export function endWaiting(endpointId: string): Statement[] {
  return [
    {
      text: `update event_delivery set state = 'CANCELLED', reason = coalesce(reason, '${ENDPOINT_ENDED}'), next_attempt_at = null
        where tenant_id = $1 and endpoint_id = $2 and state = 'PENDING'`,
      values: [endpointId],
    },
    {
      text: `update outbox_effect set state = 'CANCELLED', reason = '${ENDPOINT_ENDED}'
        where tenant_id = $1 and vendor = $2 and kind = '${DELIVER_EVENT}' and state = 'PENDING' and leased_until is null`,
      values: [laneOf(endpointId)],
    },
    endPause(endpointId),
  ];
}

/** Ends the rest that an endpoint was given after a failure. */
export const endPause = (endpointId: string): Statement => ({
  text: 'delete from vendor_pause where tenant_id = $1 and vendor = $2',
  values: [laneOf(endpointId)],
});

/** One more attempt failed. */
export const countFailure = (endpointId: string, now: Date): Statement => ({
  text: `update event_endpoint set failures = failures + 1, failing_since = coalesce(failing_since, $3)
    where tenant_id = $1 and id = $2`,
  values: [endpointId, now],
});

/** An attempt succeeded after others had failed. */
export const forgetFailures = (endpointId: string): Statement => ({
  text: 'update event_endpoint set failures = 0, failing_since = null where tenant_id = $1 and id = $2 and failures > 0',
  values: [endpointId],
});
