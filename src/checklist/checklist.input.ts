import { ArrayMaxSize, IsIn, IsOptional, IsUUID, Length, Matches, ValidateNested } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';
import { LocalDateScalar } from '../core/graphql/scalars.js';
import { Side } from '../handoff/content.entity.js';
import { HandoffChangeInput } from '../handoff/handoff.input.js';
import { Written } from '../handoff/text.input.js';
import { EvidenceForm } from './evidence.entity.js';

@InputType({ description: 'A person who signs the document.' })
export class SignerInput {
  @Written(120)
  @Field(() => String, { description: 'The name.' })
  name: string;

  @IsIn(Object.values(Side))
  @Field(() => Side, { description: 'Whose signature it is; PROVIDER is the counter-signature.' })
  side: Side;

  @IsOptional()
  @Field(() => LocalDateScalar, {
    nullable: true,
    description: 'The day of signature, not in the future; left out while it is missing.',
  })
  signedOn?: string | null;
}

@InputType({ description: 'An item of a checklist.' })
export class ChecklistItemInput extends HandoffChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The item.' })
  itemId: string;
}

@InputType({
  description:
    'A proof of one item. What is obligatory, the item says: kinds, needsDocument, needsSigner, needsAllSigners.',
})
export class SubmitEvidenceInput extends ChecklistItemInput {
  @IsIn(Object.values(EvidenceForm))
  @Field(() => EvidenceForm, { description: 'Its form.' })
  kind: EvidenceForm;

  @Written(200)
  @Field(() => String, { description: 'The title.' })
  title: string;

  @IsOptional()
  @Length(1, 2_048)
  @Field(() => String, { nullable: true, description: 'The https link to the document, at most 2,048 characters.' })
  documentUrl?: string | null;

  @IsOptional()
  @Written(200)
  @Field(() => String, {
    nullable: true,
    description: 'The id of the document or record in its system; obligatory for a RECORD.',
  })
  documentId?: string | null;

  @IsOptional()
  @Written(60)
  @Field(() => String, { nullable: true, description: 'The version of the document, as its system counts.' })
  documentVersion?: string | null;

  @IsOptional()
  @Length(1, 200)
  @Field(() => String, {
    nullable: true,
    description: 'SHA-256 of the content of the document, 64 lower-case hex digits.',
  })
  contentHash?: string | null;

  @IsOptional()
  @Written(4_000)
  @Field(() => String, { nullable: true, description: 'The text of a STATEMENT, at least 10 characters.' })
  statement?: string | null;

  @IsOptional()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Field(() => [SignerInput], { nullable: true, description: 'Everybody who signs.' })
  signers?: SignerInput[] | null;

  @IsOptional()
  @Length(1, 2_048)
  @Field(() => String, {
    nullable: true,
    description: 'The https link to the e-signature certificate of an executed contract.',
  })
  certificateUrl?: string | null;

  @IsOptional()
  @Field(() => LocalDateScalar, {
    nullable: true,
    description: 'How current the information is, not in the future; without it the age counts from the verification.',
  })
  documentDate?: string | null;
}

@InputType({ description: 'A piece of evidence, as it was read.' })
export class VerifyEvidenceInput extends HandoffChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The evidence; the latest of its item.' })
  evidenceId: string;
}

@InputType({ description: 'A piece of evidence, and why it proves nothing.' })
export class RejectEvidenceInput extends VerifyEvidenceInput {
  @Length(10, 1_000)
  @Matches(/\S/, { message: 'reason is blank' })
  @Field(() => String, { description: 'The reason, 10 to 1,000 characters.' })
  reason: string;
}

@InputType({ description: 'An item, and why.' })
export class ReasonedItemInput extends ChecklistItemInput {
  @Length(10, 1_000)
  @Matches(/\S/, { message: 'reason is blank' })
  @Field(() => String, { description: 'The reason, 10 to 1,000 characters.' })
  reason: string;
}
