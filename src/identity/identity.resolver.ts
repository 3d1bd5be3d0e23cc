import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { Allow, Runs, Sensitive } from '../core/graphql/rights.js';
import { connectionOf, resultOf } from '../core/graphql/shapes.js';
import { PageArgs } from '../core/graphql/page-args.js';
import { Many } from '../core/graphql/relations.js';
import type { Page } from '../core/page.js';
import type { RefusedType } from '../core/graphql/types.js';
import { ApiKey } from './api-key.entity.js';
import {
  CreateApiKeyInput,
  GrantRoleInput,
  InviteMemberInput,
  MemberAccountInput,
  MemberInput,
  MemberRoleInput,
  MergeMemberInput,
  RevokeApiKeyInput,
  SuspendTenantInput,
} from './identity.input.js';
import {
  inviteMember,
  linkAccount,
  mergeMember,
  reinstateMember,
  suspendMember,
  unlinkAccount,
} from './member.commands.js';
import { Account, isHeld, Person, RoleGrant } from './person.entity.js';
import { confirmRole, grantRole, revokeRole } from './role.commands.js';
import { createApiKey, revokeApiKey, suspendTenant } from './tenant.commands.js';
import { TenantProfile } from './tenant.entity.js';

const PersonConnection = connectionOf(Person, 'Person');
const ApiKeyConnection = connectionOf(ApiKey, 'ApiKey');
const PersonResult = resultOf('PersonResult', Person);
const ApiKeyResult = resultOf('ApiKeyResult', ApiKey);
const TenantResult = resultOf('TenantResult', TenantProfile);

@ArgsType()
class PeopleArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'Only the person with this handle.' })
  handle: string | null;
}

@Resolver(() => Person)
export class PersonResolver {
  @Allow('read', 'Person')
  @Query(() => Person, { nullable: true, description: 'The person who asks; null for an API key.' })
  me(@Ctx() { reader, actor }: RequestContext): Promise<Person | null> {
    return actor.kind === 'PERSON' ? reader.one(Person, actor.id) : Promise.resolve(null);
  }

  @Allow('read', 'Person')
  @Query(() => PersonConnection, { description: 'The members of the tenant.' })
  people(@Args() args: PeopleArgs, @Ctx() { reader }: RequestContext): Promise<Page<Person>> {
    return reader.page(Person, args.handle ? { handle: args.handle } : {}, args.checked());
  }

  @Many(RoleGrant, 'personId', 'The roles, held now and before; for administrators and auditors, empty for others.')
  roles: RoleGrant[];

  @Many(
    Account,
    'personId',
    'The accounts by which the person signs in; for administrators and auditors, empty for others.',
  )
  accounts: Account[];

  @Runs(inviteMember)
  @Mutation(() => PersonResult, { description: 'Adds a person with their roles and first account.' })
  inviteMember(
    @Arg('input') input: InviteMemberInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Person | RefusedType> {
    return ctx.run(inviteMember, input, info, Person);
  }

  @Runs(grantRole)
  @Mutation(() => PersonResult, {
    description: 'Gives a member a role; never to oneself (SELF_GRANT). AUDITOR ends on a date and stands alone.',
  })
  grantRole(
    @Arg('input') input: GrantRoleInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Person | RefusedType> {
    return ctx.run(grantRole, input, info, Person);
  }

  @Runs(revokeRole)
  @Mutation(() => PersonResult, { description: 'Ends a role of a member; the last administrator keeps theirs.' })
  revokeRole(
    @Arg('input') input: MemberRoleInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Person | RefusedType> {
    return ctx.run(revokeRole, input, info, Person);
  }

  @Runs(confirmRole)
  @Mutation(() => PersonResult, {
    description:
      'Confirms a role as a second administrator, neither its giver nor its holder: it counts for approving at once.',
  })
  confirmRole(
    @Arg('input') input: MemberRoleInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Person | RefusedType> {
    return ctx.run(confirmRole, input, info, Person);
  }

  @Runs(suspendMember)
  @Mutation(() => PersonResult, { description: 'Stops a member from signing in, at once.' })
  suspendMember(
    @Arg('input') input: MemberInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Person | RefusedType> {
    return ctx.run(suspendMember, input, info, Person);
  }

  @Runs(reinstateMember)
  @Mutation(() => PersonResult, { description: 'Lets a suspended member sign in again.' })
  reinstateMember(
    @Arg('input') input: MemberInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Person | RefusedType> {
    return ctx.run(reinstateMember, input, info, Person);
  }

  @Runs(linkAccount)
  @Mutation(() => PersonResult, {
    description:
      'Lets a member sign in by a further account. It lets nobody vote until the cool-down of a role has passed (ACCOUNT_TOO_NEW).',
  })
  linkAccount(
    @Arg('input') input: MemberAccountInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Person | RefusedType> {
    return ctx.run(linkAccount, input, info, Person);
  }

  @Runs(unlinkAccount)
  @Mutation(() => PersonResult, { description: 'Takes an account from a member.' })
  unlinkAccount(
    @Arg('input') input: MemberAccountInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Person | RefusedType> {
    return ctx.run(unlinkAccount, input, info, Person);
  }

  @Runs(mergeMember)
  @Mutation(() => PersonResult, {
    description:
      'Declares two records to be one human; answers with the record that stays. Never a record of your own (SELF_MERGE).',
  })
  mergeMember(
    @Arg('input') input: MergeMemberInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Person | RefusedType> {
    return ctx.run(mergeMember, input, info, Person);
  }
}

@Resolver(() => RoleGrant)
export class RoleGrantResolver {
  @FieldResolver(() => Boolean, { description: 'Whether the role is held now.' })
  async held(@Root() grant: RoleGrant, @Ctx() { reader }: RequestContext): Promise<boolean> {
    return isHeld(grant, await reader.now());
  }
}

@Resolver(() => ApiKey)
export class ApiKeyResolver {
  @Allow('read', 'ApiKey')
  @Query(() => ApiKeyConnection, { description: 'The API keys of the tenant.' })
  apiKeys(@Args() args: PageArgs, @Ctx() { reader }: RequestContext): Promise<Page<ApiKey>> {
    return reader.page(ApiKey, {}, args.checked());
  }

  @Sensitive('CREDENTIAL')
  @FieldResolver(() => String, {
    nullable: true,
    description: "The key's text: only in the answer that made it, never again, not even to a replay.",
  })
  secret(@Root() key: ApiKey, @Ctx() { secrets }: RequestContext): string | null {
    return secrets.get(key.id) ?? null;
  }

  @Runs(createApiKey)
  @Mutation(() => ApiKeyResult, { description: 'Makes an API key; take its text from this answer.' })
  createApiKey(
    @Arg('input') input: CreateApiKeyInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ApiKey | RefusedType> {
    return ctx.run(createApiKey, input, info, ApiKey);
  }

  @Runs(revokeApiKey)
  @Mutation(() => ApiKeyResult, { description: 'Ends an API key at once.' })
  revokeApiKey(
    @Arg('input') input: RevokeApiKeyInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ApiKey | RefusedType> {
    return ctx.run(revokeApiKey, input, info, ApiKey);
  }
}

@Resolver(() => TenantProfile)
export class TenantResolver {
  @Allow('read', 'TenantProfile')
  @Query(() => TenantProfile, { description: 'Your MSP.' })
  tenant(@Ctx() { reader, actor }: RequestContext): Promise<TenantProfile> {
    return reader.required(TenantProfile, actor.tenantId);
  }

  @Runs(suspendTenant)
  @Mutation(() => TenantResult, {
    description: 'Stops every sign-in and side effect of the tenant; an operator resumes it.',
  })
  suspendTenant(
    @Arg('input') input: SuspendTenantInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<TenantProfile | RefusedType> {
    return ctx.run(suspendTenant, input, info, TenantProfile);
  }
}
