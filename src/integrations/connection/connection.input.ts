import { ArrayMaxSize, IsUUID, Length, Min, ValidateNested } from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { Vendor } from './connection.entity.js';

@InputType({ description: 'One setting of a connection.' })
export class ConnectionSettingInput {
  @Length(1, 60)
  @Field(() => String, { description: 'Its name, such as `mode`; a refusal lists the names of the vendor.' })
  name: string;

  @Length(1, 4000)
  @Field(() => String, { description: 'Its value as text.' })
  value: string;
}

@InputType({ description: 'One credential of a connection; kept sealed and never readable again.' })
export class ConnectionCredentialInput {
  @Length(1, 60)
  @Field(() => String, { description: 'Its name, such as `clientSecret`; a refusal lists the names of the vendor.' })
  name: string;

  @Length(1, 4000)
  @Field(() => String, { description: 'The secret.' })
  value: string;
}

@InputType({ description: 'A connection to make, or to make again after it was disconnected.' })
export class ConnectIntegrationInput {
  @Field(() => Vendor, { description: 'Which system.' })
  vendor: Vendor;

  @Length(1, 60)
  @Field(() => String, { description: 'What you call it; unique for the vendor.' })
  name: string;

  @Length(1, 300)
  @Field(() => String, { description: 'The https address of the instance, such as https://example.halopsa.com.' })
  baseUrl: string;

  @ArrayMaxSize(40)
  @ValidateNested({ each: true })
  @Field(() => [ConnectionSettingInput], { description: 'Its settings.' })
  settings: ConnectionSettingInput[];

  @ArrayMaxSize(10)
  @ValidateNested({ each: true })
  @Field(() => [ConnectionCredentialInput], { description: 'Its credentials.' })
  credentials: ConnectionCredentialInput[];
}

@InputType({ description: 'A connection.' })
export class IntegrationInput {
  @IsUUID()
  @Field(() => ID, { description: 'The connection.' })
  integrationId: string;
}

@InputType({ description: 'A connection at the revision that you have seen.' })
export class IntegrationChangeInput extends IntegrationInput {
  @Min(1)
  @Field(() => Int, { description: 'The revision that you have seen.' })
  expectedRevision: number;
}

@InputType({ description: 'New credentials for a connection; the old ones are destroyed.' })
export class RotateIntegrationSecretInput extends IntegrationChangeInput {
  @ArrayMaxSize(10)
  @ValidateNested({ each: true })
  @Field(() => [ConnectionCredentialInput], { description: 'All of its credentials anew.' })
  credentials: ConnectionCredentialInput[];
}

@InputType({ description: 'New settings for a connection.' })
export class UpdateIntegrationSettingsInput extends IntegrationChangeInput {
  @Length(1, 300)
  @Field(() => String, { description: 'The https address of the instance.' })
  baseUrl: string;

  @ArrayMaxSize(40)
  @ValidateNested({ each: true })
  @Field(() => [ConnectionSettingInput], { description: 'All of its settings; what is left out is unset.' })
  settings: ConnectionSettingInput[];
}
