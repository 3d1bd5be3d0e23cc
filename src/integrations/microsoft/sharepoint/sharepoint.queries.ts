import { notFound } from '../../../core/error.js';
import { type Query, select, selectFirst, sql } from '../../../core/statement.js';
import { hydrate, tableOf } from '../../../core/table.js';
import type { DocumentKind } from '../../../catalogue/configuration.documents.js';
import { StoredFile, StoredFolder } from './stored-file.entity.js';

/** What the place and the metadata of a brief's files follow from. */
export interface BriefPlace {
  readonly handoffId: string;
  readonly number: string;
  readonly client: string;
  readonly version: number;
}

/** The handoff, client and version of a brief, or NOT_FOUND. */
export const briefPlace = (briefId: string): Query<BriefPlace> =>
  sql(
    `select h.id as handoff_id, h.number, c.name as client, b.version from brief b
     join handoff h on h.tenant_id = $1 and h.id = b.handoff_id
     join client c on c.tenant_id = $1 and c.id = h.client_id
     where b.tenant_id = $1 and b.id = $2`,
    [briefId],
    ([row]) => {
      if (!row) throw notFound('Brief', briefId);
      const { handoff_id: handoffId, number, client, version } = row;
      return { handoffId, number, client, version } as BriefPlace;
    },
  );

/** The handoff, client and number of an issued document, or NOT_FOUND. */
export const documentPlace = (documentId: string): Query<BriefPlace & { readonly kind: DocumentKind }> =>
  sql(
    `select h.id as handoff_id, h.number, c.name as client, d.number as version, d.kind from issued_document d
     join handoff h on h.tenant_id = $1 and h.id = d.handoff_id
     join client c on c.tenant_id = $1 and c.id = h.client_id
     where d.tenant_id = $1 and d.id = $2`,
    [documentId],
    ([row]) => {
      if (!row) throw notFound('IssuedDocument', documentId);
      const { handoff_id: handoffId, number, client, version, kind } = row;
      return { handoffId, number, client, version, kind } as BriefPlace & { readonly kind: DocumentKind };
    },
  );

/** The files of a brief. */
export const filesOfBrief = (briefId: string): Query<StoredFile[]> => select(StoredFile, { briefId });

/** The files of a document of a handoff, whichever of its issues they hold. */
export const filesOfDocument = (handoffId: string, documentKind: DocumentKind): Query<StoredFile[]> =>
  select(StoredFile, { handoffId, documentKind });

/** The folder of a handoff in a library, if it was made. */
export const folderOf = (handoffId: string, driveId: string): Query<StoredFolder | null> =>
  selectFirst(StoredFolder, { handoffId, driveId });

/** So many files of a connection behind one of them, oldest first. */
export const filesOfConnection = (integrationId: string, after: string, most: number): Query<StoredFile[]> =>
  sql(
    `select ${tableOf(StoredFile).selection} from stored_file
     where tenant_id = $1 and integration_id = $2 and id > $3 order by id limit ${Math.trunc(most)}`,
    [integrationId, after],
    (rows) => rows.map((row) => hydrate(StoredFile, row)),
  );
