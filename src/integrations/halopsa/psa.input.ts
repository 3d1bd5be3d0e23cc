import { IsUUID } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';

@InputType({ description: 'A handoff whose project is to be brought into the PSA.' })
export class ProvisionProjectInput {
  @IsUUID()
  @Field(() => ID, { description: 'The handoff.' })
  handoffId: string;
}

@InputType({ description: 'A connection to HaloPSA that is to take webhooks.' })
export class IssueWebhookInput {
  @IsUUID()
  @Field(() => ID, { description: 'The connection.' })
  integrationId: string;
}
