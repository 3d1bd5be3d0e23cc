import { ArrayMaxSize, ArrayUnique, IsIn, IsOptional, IsUUID } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';
import { CARRIED_FIELDS, type CarriedField } from '../handoff/handoff.entity.js';
import { HandoffChangeInput } from '../handoff/handoff.input.js';

@InputType({ description: 'Which earlier handoff a handoff goes on from.' })
export class LinkPredecessorInput extends HandoffChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The earlier handoff of the same client, such as that of the proof of concept.' })
  predecessorId: string;
}

@InputType({ description: 'What was carried over and still holds. With neither rows nor fields: everything.' })
export class ConfirmCarriedOverInput extends HandoffChangeInput {
  @IsOptional()
  @ArrayUnique()
  @ArrayMaxSize(500)
  @IsUUID(undefined, { each: true })
  @Field(() => [ID], { nullable: true, description: 'Stakeholders, risks and statements that still hold.' })
  rowIds?: string[] | null;

  @IsOptional()
  @ArrayUnique()
  @IsIn(Object.values(CARRIED_FIELDS), { each: true })
  @Field(() => [CARRIED_FIELDS], { nullable: true, description: 'Texts of the handoff that still hold.' })
  fields?: CarriedField[] | null;
}
