import { Resolver } from 'type-graphql';
import { Evidence } from '../../../checklist/evidence.entity.js';
import { First } from '../../../core/graphql/relations.js';
import { EvidenceDocument } from './evidence-document.entity.js';

/** What became of the document behind a piece of evidence. */
@Resolver(() => Evidence)
export class EvidenceDocumentResolver {
  @First(
    EvidenceDocument,
    'evidenceId',
    'The document as it was last looked at, where its link leads into a connected SharePoint; null elsewhere, and before the first look.',
  )
  document: EvidenceDocument | null;
}
