import { Resolver } from 'type-graphql';
import { Brief } from '../../../brief/brief.entity.js';
import { IssuedDocument } from '../../../document/document.entity.js';
import { Many } from '../../../core/graphql/relations.js';
import { StoredFile } from './stored-file.entity.js';

/** Where a brief lies in SharePoint. */
@Resolver(() => Brief)
export class BriefFilesResolver {
  @Many(
    StoredFile,
    'briefId',
    "Its files in the tenant's SharePoint; empty while they lie in the local folder or are not stored yet.",
    { orderBy: ['format'] },
  )
  files: StoredFile[];
}

/** Where an issued document lies in SharePoint. */
@Resolver(() => IssuedDocument)
export class DocumentFilesResolver {
  @Many(
    StoredFile,
    'documentId',
    "Its files in the tenant's SharePoint, of which it is a version; empty while they hold another issue, or lie in the local folder.",
    { orderBy: ['format'] },
  )
  files: StoredFile[];
}
