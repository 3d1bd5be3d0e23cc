import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, ArgsType, Ctx, Field, Info, Mutation, Query, Resolver } from 'type-graphql';
import { AcknowledgeAlertInput, acknowledgeAlert } from '../alert.commands.js';
import { Alert } from '../alert.js';
import type { Page } from '../page.js';
import { RequestContext } from './context.js';
import { PageArgs } from './page-args.js';
import { Allow, Runs } from './rights.js';
import { connectionOf, resultOf } from './shapes.js';
import type { RefusedType } from './types.js';

const AlertConnection = connectionOf(Alert, 'Alert');
const AlertResult = resultOf('AlertResult', Alert);

@ArgsType()
class AlertsArgs extends PageArgs {
  @Field(() => Boolean, { defaultValue: false, description: 'Only alerts that nobody has acknowledged yet.' })
  open: boolean;
}

/** What people must see at once. */
@Resolver(() => Alert)
export class AlertResolver {
  @Allow('read', 'Alert')
  @Query(() => AlertConnection, { description: 'Alerts, newest first.' })
  alerts(@Args() args: AlertsArgs, @Ctx() { reader }: RequestContext): Promise<Page<Alert>> {
    return reader.page(Alert, args.open ? { acknowledgedAt: null } : {}, args.checked());
  }

  @Runs(acknowledgeAlert)
  @Mutation(() => AlertResult, { description: 'Says that you have seen an alert. Refused: NOT_OPEN.' })
  acknowledgeAlert(
    @Arg('input') input: AcknowledgeAlertInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Alert | RefusedType> {
    return ctx.run(acknowledgeAlert, input, info, Alert);
  }
}
