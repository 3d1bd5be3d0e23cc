import { IsIn } from 'class-validator';
import { Field, InputType } from 'type-graphql';
import { DOCUMENT_KINDS, type DocumentKind } from '../catalogue/configuration.documents.js';
import { HandoffChangeInput } from '../handoff/handoff.input.js';
import { KINDS } from './document.entity.js';

@InputType({ description: 'The document of a handoff that is to be issued.' })
export class IssueDocumentInput extends HandoffChangeInput {
  @IsIn(DOCUMENT_KINDS)
  @Field(() => KINDS, { description: 'Which document.' })
  kind: DocumentKind;
}
