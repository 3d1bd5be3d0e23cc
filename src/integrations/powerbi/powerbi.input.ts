import { IsUUID } from 'class-validator';
import { ArgsType, Field, ID, InputType } from 'type-graphql';
import { PageArgs } from '../../core/graphql/page-args.js';
import { GrantedClass } from './powerbi.entity.js';

@InputType({
  description: 'A class of fields that may leave for the present workspace of a connection, or may not any more.',
})
export class PowerBiClassInput {
  @IsUUID()
  @Field(() => ID, { description: 'The connection.' })
  integrationId: string;

  @Field(() => GrantedClass, { description: 'The class.' })
  fieldClass: GrantedClass;
}

@InputType({ description: 'A refresh of the semantic model that a connection names.' })
export class RefreshPowerBiInput {
  @IsUUID()
  @Field(() => ID, { description: 'The connection.' })
  integrationId: string;
}

@ArgsType()
export class PowerBiPageArgs extends PageArgs {
  @IsUUID()
  @Field(() => ID, { description: 'The connection.' })
  integrationId: string;
}
