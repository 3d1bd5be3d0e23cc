import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Brief } from '../../../brief/brief.entity.js';
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
