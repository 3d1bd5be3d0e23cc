import { type Query, sql } from '../../../core/statement.js';
import { hydrate, tableOf } from '../../../core/table.js';
import { IN_ENDED } from '../../../handoff/stage.rules.js';
import { EvidenceDocument } from './evidence-document.entity.js';

/** A piece of evidence that counts, with the address of its document and what was kept of it. */
export interface WatchedEvidence {
  readonly evidenceId: string;
  readonly handoffId: string;
  readonly documentUrl: string;
  readonly document: EvidenceDocument | null;
}

/** Evidence that counts now: the latest of its item, in a handoff that goes on, with a link to this host (`$2`). */
const COUNTS = `e.tenant_id = $1 and e.state <> 'REJECTED' and lower(e.document_url) like 'https://' || $2 || '/%'
  and h.tenant_id = $1 and h.id = e.handoff_id and h.stage not in ${IN_ENDED}
  and not exists (select 1 from evidence n where n.tenant_id = $1 and n.item_id = e.item_id and n.sequence > e.sequence)`;

/**
 * What a look at the documents of a connection goes through, by evidence id: also what a lost look has found worthless and
 * not noted. What another connection can read is its own.
 */
export function watchedEvidence(
  host: string,
  { integrationId, after, most }: { readonly integrationId: string; readonly after: string; readonly most: number },
): Query<WatchedEvidence[]> {
  const { selection } = tableOf(EvidenceDocument);
  const columns = selection.replaceAll(/\w+/g, 'd.$&');
  return sql(
    `select e.id as watched_id, e.handoff_id, e.document_url, d.id is not null as is_known, ${columns}
     from evidence e join handoff h on ${COUNTS}
     left join evidence_document d on d.tenant_id = $1 and d.evidence_id = e.id
     where e.tenant_id = $1 and e.id > $4
       and (d.id is null or d.integration_id = $3 or d.state = 'UNCHECKED')
       and (e.invalid_reason is null or d.state not in ('CHANGED', 'DELETED'))
     order by e.id limit ${Math.trunc(most)}`,
    [host, integrationId, after],
    (rows) =>
      rows.map((row) => ({
        evidenceId: row.watched_id as string,
        handoffId: row.handoff_id as string,
        documentUrl: row.document_url as string,
        document: row.is_known ? hydrate(EvidenceDocument, row) : null,
      })),
  );
}

/** The newest evidence with a link to this host that nobody has looked at yet; null when there is none. */
export const newestUnseen = (host: string): Query<string | null> =>
  sql(
    `select e.id from evidence e join handoff h on ${COUNTS}
     where e.tenant_id = $1 and e.invalid_reason is null
       and not exists (select 1 from evidence_document d where d.tenant_id = $1 and d.evidence_id = e.id)
     order by e.id desc limit 1`,
    [host],
    ([row]) => (row?.id as string | undefined) ?? null,
  );

/** A tenant's connected SharePoint sites by connection: the host that their documents lie under. */
export const connectedSites = (): Query<{ id: string; host: string }[]> =>
  sql(
    `select id, base_url from integration
     where tenant_id = $1 and vendor = 'SHAREPOINT' and state <> 'DISCONNECTED' order by id`,
    [],
    (rows) => rows.map((row) => ({ id: row.id as string, host: hostOf(row.base_url as string) })),
  );

/** The host of an address, in lower case. */
export const hostOf = (address: string): string => new URL(address).hostname.toLowerCase();
