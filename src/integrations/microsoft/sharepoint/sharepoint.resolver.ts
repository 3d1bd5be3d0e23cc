import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Brief } from '../../../brief/brief.entity.js';
import { IssuedDocument } from '../../../document/document.entity.js';
import { RequestContext } from '../../../core/graphql/context.js';
import { StoredFile } from './stored-file.entity.js';

/** Where a brief lies in SharePoint. */
@Resolver(() => Brief)
export class BriefFilesResolver {
  @FieldResolver(() => [StoredFile], {
    description:
      "Its files in the tenant's SharePoint; empty while they lie in the local folder or are not stored yet.",
  })
  files(@Root() brief: Brief, @Ctx() { reader }: RequestContext): Promise<StoredFile[]> {
    return reader.many(StoredFile, 'briefId', brief.id, ['format']);
  }
}

/** Where an issued document lies in SharePoint. */
@Resolver(() => IssuedDocument)
export class DocumentFilesResolver {
  @FieldResolver(() => [StoredFile], {
    description:
      "Its files in the tenant's SharePoint, of which it is a version; empty while they hold another issue, or lie in the local folder.",
  })
  files(@Root() issue: IssuedDocument, @Ctx() { reader }: RequestContext): Promise<StoredFile[]> {
    return reader.many(StoredFile, 'documentId', issue.id, ['format']);
  }
}
