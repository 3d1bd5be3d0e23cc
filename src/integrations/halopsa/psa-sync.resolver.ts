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
import { First, One } from '../../core/graphql/relations.js';
import { Allow, Runs, Sensitive } from '../../core/graphql/rights.js';
import { connectionOf, resultOf } from '../../core/graphql/shapes.js';
import type { RefusedType } from '../../core/graphql/types.js';
import type { Page } from '../../core/page.js';
import { Handoff } from '../../handoff/handoff.entity.js';
import { Integration } from '../connection/connection.entity.js';
import { issueWebhook } from './psa.commands.js';
import { IssueWebhookInput } from './psa.input.js';
import { PsaDeal, PsaDealState, PsaProjectSweep, PsaSweep } from './psa-sync.entity.js';
import { HOOK_USER } from './webhook.secret.js';

const PsaDealConnection = connectionOf(PsaDeal, 'PsaDeal');
const IssueWebhookResult = resultOf('IssueWebhookResult', Integration);

@ArgsType()
class PsaDealArgs extends PageArgs {
  @Field(() => PsaDealState, { nullable: true, description: 'Only opportunities in this state.' })
  state: PsaDealState | null;
}

@ObjectType({ description: 'Where HaloPSA is to send its webhooks, and with which Basic credentials.' })
class WebhookAccess {
  @Field(() => String, { description: "The path under this server's address; a part of it is secret." })
  path: string;

  @Field(() => String, { description: 'The user name.' })
  username: string;

  @Field(() => String, { description: 'The password.' })
  password: string;
}

/** What came in from the PSA. */
@Resolver(() => PsaDeal)
export class PsaDealResolver {
  @Allow('read', 'PsaDeal')
  @Query(() => PsaDealConnection, {
    description: 'The opportunities that the connection has read, newest first, with what could not be taken over.',
  })
  psaDeals(@Args() args: PsaDealArgs, @Ctx() { reader }: RequestContext): Promise<Page<PsaDeal>> {
    return reader.page(PsaDeal, args.state ? { state: args.state } : {}, args.checked());
  }

  @One(PsaDeal, 'handoffId', Handoff, 'Its handoff; null when it has none, or not yours to see.')
  handoff: Handoff | null;
}

/** How a connection keeps up with its vendor. */
@Resolver(() => Integration)
export class IntegrationSyncResolver {
  @First(PsaSweep, 'integrationId', 'How far the sweep of a HaloPSA connection has come; null before the first.')
  sweep: PsaSweep | null;

  @First(
    PsaProjectSweep,
    'integrationId',
    'How far the sweep of the projects of a HaloPSA connection has come; null before the first.',
  )
  projectSweep: PsaProjectSweep | null;

  @Sensitive('CREDENTIAL')
  @FieldResolver(() => WebhookAccess, {
    nullable: true,
    description: 'Address and credentials of its webhook: only in the answer that made them, never again.',
  })
  webhook(@Root() integration: Integration, @Ctx() { secrets }: RequestContext): WebhookAccess | null {
    const [path, password] = secrets.get(integration.id)?.split(' ') ?? [];
    return path && password ? { path, username: HOOK_USER, password } : null;
  }

  @Runs(issueWebhook)
  @Mutation(() => IssueWebhookResult, {
    description: 'Gives a HaloPSA connection an address and a password for webhooks; former ones end at once.',
  })
  issueWebhook(
    @Arg('input') input: IssueWebhookInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Integration | RefusedType> {
    return ctx.run(issueWebhook, input, info, Integration);
  }
}
