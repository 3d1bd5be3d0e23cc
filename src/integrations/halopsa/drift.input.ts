import { IsUUID, Min } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';

@InputType({ description: 'A drift of a project in the PSA.' })
export class DriftInput {
  @IsUUID()
  @Field(() => ID, { description: 'The drift.' })
  driftId: string;

  @Min(1)
  @Field(() => Int, { description: 'The revision that you saw.' })
  expectedRevision: number;
}
