import type { GraphQLResolveInfo } from 'graphql';
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  Info,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { RequestContext } from '../../core/graphql/context.js';
import { PageArgs } from '../../core/graphql/page-args.js';
import { Allow, Runs } from '../../core/graphql/rights.js';
import { connectionOf, resultOf } from '../../core/graphql/shapes.js';
import type { RefusedType } from '../../core/graphql/types.js';
import type { Page } from '../../core/page.js';
import {
  connectIntegration,
  disconnectIntegration,
  rotateIntegrationSecret,
  testIntegration,
  updateIntegrationSettings,
} from './connection.commands.js';
import { Integration, Vendor } from './connection.entity.js';
import {
  ConnectIntegrationInput,
  IntegrationChangeInput,
  IntegrationInput,
  RotateIntegrationSecretInput,
  UpdateIntegrationSettingsInput,
} from './connection.input.js';

const IntegrationConnection = connectionOf(Integration, 'Integration');
const IntegrationResult = resultOf('IntegrationResult', Integration);

@ObjectType({ description: 'One setting of a connection.' })
class ConnectionSetting {
  @Field(() => String, { description: 'Its name.' })
  name: string;

  @Field(() => String, { description: 'Its value as text.' })
  value: string;
}

@ArgsType()
class IntegrationArgs extends PageArgs {
  @Field(() => Vendor, { nullable: true, description: 'Only connections to this system.' })
  vendor: Vendor | null;
}

/** The tenant's connections to systems outside. */
@Resolver(() => Integration)
export class ConnectionResolver {
  @Allow('read', 'Integration')
  @Query(() => IntegrationConnection, { description: 'The connections to systems outside, newest first.' })
  integrations(@Args() args: IntegrationArgs, @Ctx() { reader }: RequestContext): Promise<Page<Integration>> {
    return reader.page(Integration, args.vendor ? { vendor: args.vendor } : {}, args.checked());
  }

  @FieldResolver(() => [ConnectionSetting], { description: 'Its settings; never a credential.' })
  settings(@Root() integration: Integration): ConnectionSetting[] {
    return Object.entries(integration.settings).map(([name, value]) => ({ name, value }));
  }

  @Runs(connectIntegration)
  @Mutation(() => IntegrationResult, { description: 'Connects a system outside; the worker tests it at once.' })
  connectIntegration(
    @Arg('input') input: ConnectIntegrationInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Integration | RefusedType> {
    return ctx.run(connectIntegration, input, info, Integration);
  }

  @Runs(testIntegration)
  @Mutation(() => IntegrationResult, {
    description: 'Has the worker sign in and check each permission; read `checks` and `checkedAt` afterwards.',
  })
  testIntegration(
    @Arg('input') input: IntegrationInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Integration | RefusedType> {
    return ctx.run(testIntegration, input, info, Integration);
  }

  @Runs(rotateIntegrationSecret)
  @Mutation(() => IntegrationResult, { description: 'Gives a connection new credentials; the old ones are destroyed.' })
  rotateIntegrationSecret(
    @Arg('input') input: RotateIntegrationSecretInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Integration | RefusedType> {
    return ctx.run(rotateIntegrationSecret, input, info, Integration);
  }

  @Runs(updateIntegrationSettings)
  @Mutation(() => IntegrationResult, { description: 'Changes the address and the settings of a connection.' })
  updateIntegrationSettings(
    @Arg('input') input: UpdateIntegrationSettingsInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Integration | RefusedType> {
    return ctx.run(updateIntegrationSettings, input, info, Integration);
  }

  @Runs(disconnectIntegration)
  @Mutation(() => IntegrationResult, {
    description: 'Ends a connection and destroys its credentials; what would go there waits.',
  })
  disconnectIntegration(
    @Arg('input') input: IntegrationChangeInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Integration | RefusedType> {
    return ctx.run(disconnectIntegration, input, info, Integration);
  }
}
