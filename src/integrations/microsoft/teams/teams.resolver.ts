import { Args, ArgsType, Ctx, Field, ID, Query, Resolver } from 'type-graphql';
import { RequestContext } from '../../../core/graphql/context.js';
import { PageArgs } from '../../../core/graphql/page-args.js';
import { Allow } from '../../../core/graphql/rights.js';
import { connectionOf } from '../../../core/graphql/shapes.js';
import type { Page } from '../../../core/page.js';
import { CardState, TeamsCard } from './teams-card.entity.js';

const TeamsCardConnection = connectionOf(TeamsCard, 'TeamsCard');

@ArgsType()
class TeamsCardArgs extends PageArgs {
  @Field(() => CardState, { nullable: true, description: 'Only cards in this state.' })
  state: CardState | null;

  @Field(() => ID, { nullable: true, description: 'Only cards about the record with this id.' })
  subjectId: string | null;

  @Field(() => ID, { nullable: true, description: 'Only cards that this digest names.' })
  digestId: string | null;
}

/** What the channels in Teams were told. */
@Resolver()
export class TeamsResolver {
  @Allow('read', 'TeamsCard')
  @Query(() => TeamsCardConnection, {
    description: 'The cards that the channels in Teams are to have, newest first: posted, held back or not needed.',
  })
  teamsCards(@Args() args: TeamsCardArgs, @Ctx() { reader }: RequestContext): Promise<Page<TeamsCard>> {
    const { state, subjectId, digestId } = args;
    const where = {
      ...(state ? { state } : {}),
      ...(subjectId ? { subjectId } : {}),
      ...(digestId ? { digestId } : {}),
    };
    return reader.page(TeamsCard, where, args.checked());
  }
}
