import { ApprovalRequest } from '../approval/request.entity.js';
import type { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import { versionColumns, versionsBy } from '../catalogue/version-rows.js';
import { notFound } from '../core/error.js';
import { mapQuery, type Query, select, selectFirst, selectRequired, sql, visibleAs } from '../core/statement.js';
import { columnsOf, type EntityClass, hydrate, tableOf } from '../core/table.js';
import { PersonalKey } from '../core/vault.js';
import { Client, Deal, DealSnapshot } from '../deal/deal.entity.js';
import type { SealedPayload } from '../deal/deal.payload.js';
import { Assumption, HandoffStatement, Risk, Stakeholder } from './content.entity.js';
import { Handoff } from './handoff.entity.js';
import { Stage } from './stage.rules.js';

/**
 * The handoff, locked until the transaction ends: the first fact of every command on it or on anything in it. Whoever may
 * not read it is answered as if there were none.
 */
export const lockHandoff = (id: string): Query<Handoff> =>
  visibleAs('Handoff', selectRequired(Handoff, id, { lock: 'UPDATE' }));

/** The same without a lock, for a command that changes nothing which the handoff's other commands rely on. */
export const visibleHandoff = (id: string): Query<Handoff> => visibleAs('Handoff', selectRequired(Handoff, id));

/** The handoff of a deal that is not withdrawn, locked, or null. */
export const lockHandoffOfDeal = (dealId: string): Query<Handoff | null> =>
  mapQuery(
    select(Handoff, { dealId }, { orderBy: ['-id'], lock: 'UPDATE' }),
    (rows) => rows.find((row) => row.stage !== Stage.WITHDRAWN) ?? null,
  );

/** What people wrote into the handoff. */
export const stakeholdersOf = (handoffId: string): Query<Stakeholder[]> =>
  select(Stakeholder, { handoffId }, { orderBy: ['id'] });
export const assumptionsOf = (handoffId: string): Query<Assumption[]> =>
  select(Assumption, { handoffId }, { orderBy: ['id'] });
export const risksOf = (handoffId: string): Query<Risk[]> => select(Risk, { handoffId }, { orderBy: ['id'] });
export const statementsOf = (handoffId: string): Query<HandoffStatement[]> =>
  select(HandoffStatement, { handoffId }, { orderBy: ['id'] });

/**
 * The requests about changes of the handoff's scope that are undecided, or approved and not used yet, locked. The table of
 * scope changes is named here because their domain stands above.
 */
export function lockScopeRequests(handoffId: string): Query<ApprovalRequest[]> {
  const text = `select ${tableOf(ApprovalRequest).selection} from approval_request
    where tenant_id = $1 and subject_type = 'ScopeChange' and state in ('PENDING', 'APPROVED')
      and subject_id in (select c.id from scope_change c where c.tenant_id = $1 and c.handoff_id = $2)
    order by opened_at, id for update`;
  return sql(text, [handoffId], (rows) => rows.map((row) => hydrate(ApprovalRequest, row)));
}

/** Who has signed the handoff off, while that holds; null without. The table is named here because its domain stands above. */
export function signerOf(handoffId: string): Query<string | null> {
  const text = `select signed_by from feasibility_sign_off where tenant_id = $1 and handoff_id = $2 and state = 'LIVE'`;
  return sql(text, [handoffId], ([row]) => (row?.signed_by as string | undefined) ?? null);
}

/** The handoff without a lock, or null. */
export const handoffById = (id: string): Query<Handoff | null> => selectFirst(Handoff, { id });

/**
 * A deal's live handoff by the deal's id in the PSA, as a condition on an id; `$2` and `$3` are source and id. Found first
 * and once: joined, PostgreSQL would look through all handoffs for it while it has no statistics yet.
 */
export const OF_DEAL = `= (select h.id from handoff h where h.tenant_id = $1 and h.stage <> 'WITHDRAWN'
    and h.deal_id = (select d.id from deal d where d.tenant_id = $1 and d.source = $2 and d.external_id = $3))`;

/** Every handoff of a deal by the deal's id in the PSA, newest first, locked: ask after lockDealByExternal. */
export function lockHandoffsByExternal(source: string, externalId: string): Query<Handoff[]> {
  return sql(
    `select ${columnsOf(Handoff, 'h')} from deal d join handoff h on h.tenant_id = $1 and h.deal_id = d.id
      where d.tenant_id = $1 and d.source = $2 and d.external_id = $3 order by h.id desc for update of h`,
    [source, externalId],
    (rows) => rows.map((row) => hydrate(Handoff, row)),
  );
}

/** The snapshot that a handoff has adopted, or NOT_FOUND when there is no such handoff. */
export function adoptedSnapshot(handoffId: string): Query<DealSnapshot> {
  return sql(
    `select ${columnsOf(DealSnapshot, 's')} from handoff h join deal_snapshot s on s.tenant_id = $1 and s.id = h.deal_snapshot_id
      where h.tenant_id = $1 and h.id = $2`,
    [handoffId],
    (rows) => {
      if (!rows[0]) throw notFound('Handoff', handoffId);
      return hydrate(DealSnapshot, rows[0]);
    },
  );
}

/**
 * What the PSA said beside the terms in the snapshot that the deal's live handoff has adopted, by the deal's id in the
 * PSA, sealed (openImported); null without a live handoff. For adoptTerms: only what the PSA has changed since is filled in again.
 */
export function adoptedDealByExternal(source: string, externalId: string): Query<SealedPayload | null> {
  return sql(
    `select p.imported, ${columnsOf(PersonalKey, 'k')} from handoff l
      join deal_payload p on p.tenant_id = $1 and p.id = l.deal_snapshot_id
      join personal_key k on k.tenant_id = $1 and k.id = p.id
      where l.tenant_id = $1 and l.id ${OF_DEAL}`,
    [source, externalId],
    (rows) => (rows[0] ? { key: hydrate(PersonalKey, rows[0]), text: rows[0].imported as string } : null),
  );
}

/** The digest of the deal's terms in the snapshot that its live handoff has adopted; null without one. */
export function adoptedTermsDigestByExternal(source: string, externalId: string): Query<string | null> {
  return sql(
    `select s.terms_digest from handoff l join deal_snapshot s on s.tenant_id = $1 and s.id = l.deal_snapshot_id
      where l.tenant_id = $1 and l.id ${OF_DEAL}`,
    [source, externalId],
    (rows) => (rows[0]?.terms_digest as string | undefined) ?? null,
  );
}

/** approval's lockRequestsOf for the deal's live handoff, by the deal's id in the PSA: ask after lockHandoffsByExternal. */
export function lockRequestsByExternal(source: string, externalId: string): Query<ApprovalRequest[]> {
  return sql(
    `select ${columnsOf(ApprovalRequest, 'r')} from approval_request r
      where r.tenant_id = $1 and r.subject_type = 'Handoff' and r.subject_id ${OF_DEAL} order by r.opened_at, r.id for update of r`,
    [source, externalId],
    (rows) => rows.map((row) => hydrate(ApprovalRequest, row)),
  );
}

/** approval's contributorsOf for all handoffs of a deal, withdrawn ones too, by the deal's id in the PSA. */
export function contributorsByExternal(source: string, externalId: string): Query<string[]> {
  return sql(
    `select distinct c.person_id from deal d join handoff h on h.tenant_id = $1 and h.deal_id = d.id
      join contribution c on c.tenant_id = $1 and c.subject_type = 'Handoff' and c.subject_id = h.id
      where d.tenant_id = $1 and d.source = $2 and d.external_id = $3 order by c.person_id`,
    [source, externalId],
    (rows) => rows.map((row) => row.person_id as string),
  );
}

const OF_LIVE_HANDOFF = `select ${versionColumns('$4')} from configuration_version v
  where v.tenant_id = $1 and v.id = (select l.configuration_version_id from handoff l
    where l.tenant_id = $1 and l.id ${OF_DEAL})`;

/** The configuration under which the deal's live handoff was opened, by the deal's id in the PSA; null without one. */
export const configurationByExternal = (source: string, externalId: string): Query<ConfigurationVersion | null> =>
  versionsBy(OF_LIVE_HANDOFF, [source, externalId], ([found]) => found?.version ?? null);

/** The deal that a handoff is of, or NOT_FOUND. */
export const dealOfHandoff = (handoffId: string): Query<Deal> => namedBy(handoffId, 'deal_id', Deal);

/** The client that a handoff is for, or NOT_FOUND. */
export const clientOfHandoff = (handoffId: string): Query<Client> => namedBy(handoffId, 'client_id', Client);

function namedBy<T extends object>(
  handoffId: string,
  column: 'deal_id' | 'client_id',
  entity: EntityClass<T>,
): Query<T> {
  return sql(
    `select ${columnsOf(entity, 'x')} from handoff h join ${tableOf(entity).name} x on x.tenant_id = $1 and x.id = h.${column}
      where h.tenant_id = $1 and h.id = $2`,
    [handoffId],
    (rows) => {
      if (!rows[0]) throw notFound('Handoff', handoffId);
      return hydrate(entity, rows[0]);
    },
  );
}
