import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsEmail,
  IsIn,
  IsUUID,
  Length,
  Matches,
  IsDate,
  IsOptional,
  Max,
  Min,
} from 'class-validator';
import { Field, ID, InputType, Int } from 'type-graphql';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { API_SCOPES } from './api-key.entity.js';
import { PERSON_ROLES, Role } from './roles.js';

const UNTIL =
  'When the seat ends by itself: obligatory for AUDITOR, at most 366 days ahead; left out for every other role.';

@InputType({ description: 'Who is invited.' })
export class InviteMemberInput {
  @Matches(/^[a-z0-9]+([._-][a-z0-9]+)*$/)
  @Length(3, 60)
  @Field(() => String, { description: 'A short name within the tenant, such as `sofia.sales`.' })
  handle: string;

  @Length(1, 120)
  @Field(() => String, { description: 'The name as people write it.' })
  name: string;

  @IsEmail()
  @Length(3, 254)
  @Field(() => String, { description: 'The mail address for notices.' })
  email: string;

  @ArrayUnique()
  @ArrayNotEmpty()
  @IsIn(PERSON_ROLES, { each: true })
  @Field(() => [Role], { description: 'The roles to start with; at least one.' })
  roles: Role[];

  @Length(1, 255)
  @Field(() => String, { description: "The object id (Entra `oid`) of the account in the tenant's directory." })
  oid: string;

  @IsOptional()
  @IsDate()
  @Field(() => DateTimeScalar, { nullable: true, description: UNTIL })
  until?: Date | null;
}

@InputType({ description: 'A change to one member.' })
export class MemberInput {
  @IsUUID()
  @Field(() => ID, { description: 'The person.' })
  personId: string;

  @Min(1)
  @Field(() => Int, { description: 'The revision that you saw.' })
  expectedRevision: number;
}

@InputType({ description: 'A role of one member.' })
export class MemberRoleInput extends MemberInput {
  @IsIn(PERSON_ROLES)
  @Field(() => Role, { description: 'The role.' })
  role: Role;
}

@InputType({ description: 'A role for one member.' })
export class GrantRoleInput extends MemberRoleInput {
  @IsOptional()
  @IsDate()
  @Field(() => DateTimeScalar, { nullable: true, description: UNTIL })
  until?: Date | null;
}

@InputType({ description: 'An account to link to, or unlink from, one member.' })
export class MemberAccountInput extends MemberInput {
  @Length(1, 255)
  @Field(() => String, {
    description: "The `oid` of the account in the tenant's directory, or the `sub` at another issuer.",
  })
  subject: string;

  @Length(1, 255)
  @Field(() => String, { defaultValue: '*', description: "The issuer when it is not the tenant's own directory." })
  issuer: string;
}

@InputType({ description: 'A person record that is the same human as another.' })
export class MergeMemberInput extends MemberInput {
  @IsUUID()
  @Field(() => ID, { description: 'The record that stays; roles and votes count there.' })
  intoPersonId: string;
}

@InputType({ description: 'A new API key.' })
export class CreateApiKeyInput {
  @Length(3, 80)
  @Field(() => String, { description: 'What it is for.' })
  name: string;

  @ArrayNotEmpty()
  @ArrayUnique()
  @ArrayMaxSize(API_SCOPES.length)
  @IsIn(API_SCOPES, { each: true })
  @Field(() => [String], { description: 'What it may do: handoffs:read, deals:import, documents:free, events:manage.' })
  scopes: string[];

  @Min(1)
  @Max(365)
  @Field(() => Int, { defaultValue: 90, description: 'Days until it ends by itself, at most 365.' })
  days: number;
}

@InputType({ description: 'An API key to revoke.' })
export class RevokeApiKeyInput {
  @IsUUID()
  @Field(() => ID, { description: 'The key.' })
  apiKeyId: string;
}

@InputType({ description: 'Why the tenant is suspended.' })
export class SuspendTenantInput {
  @Length(10, 500)
  @Field(() => String, { description: 'The reason, kept in the ledger by reference.' })
  reason: string;

  @Min(1)
  @Field(() => Int, { description: 'The revision that you saw.' })
  expectedRevision: number;
}
