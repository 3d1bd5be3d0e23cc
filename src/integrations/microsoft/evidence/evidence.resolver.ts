import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Evidence } from '../../../checklist/evidence.entity.js';
import { RequestContext } from '../../../core/graphql/context.js';
import { EvidenceDocument } from './evidence-document.entity.js';

/** What became of the document behind a piece of evidence. */
@Resolver(() => Evidence)
export class EvidenceDocumentResolver {
  @FieldResolver(() => EvidenceDocument, {
    nullable: true,
    description:
      'The document as it was last looked at, where its link leads into a connected SharePoint; null elsewhere, and before the first look.',
  })
  document(@Root() { id }: Evidence, @Ctx() { reader }: RequestContext): Promise<EvidenceDocument | null> {
    return reader.first(EvidenceDocument, 'evidenceId', id);
  }
}
