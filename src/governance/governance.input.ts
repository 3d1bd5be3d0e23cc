import { IsUUID, Length } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';
import { DateTimeScalar } from '../core/graphql/scalars.js';

@InputType({ description: 'A configuration file to propose.' })
export class ProposeConfigurationInput {
  @Length(1, 524_288)
  @Field(() => String, { description: 'The whole file as YAML, at most 512 KiB (tenants/*.yaml).' })
  payload: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'From when it is to rule; as soon as it is enacted when left out.',
  })
  effectiveFrom: Date | null;
}

@InputType({ description: 'An approved version that is to rule.' })
export class EnactConfigurationInput {
  @IsUUID()
  @Field(() => ID, { description: 'The proposed version.' })
  versionId: string;

  @Length(64, 64)
  @Field(() => String, { description: 'The digest that you read: exactly that content is enacted.' })
  digest: string;
}
