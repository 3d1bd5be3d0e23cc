import { ValidateNested } from 'class-validator';
import { Args, ArgsType, Ctx, Field, FieldResolver, Query, Resolver, Root, Subscription } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { PageArgs } from '../core/graphql/page-args.js';
import { Allow } from '../core/graphql/rights.js';
import { watching } from '../core/graphql/subscription.js';
import { Person } from '../identity/person.entity.js';
import { markOf } from './inbox.rules.js';
import {
  ApprovalInboxConnection,
  ApprovalInboxCounts,
  ApprovalInboxEdge,
  ApprovalInboxFilter,
  inboxCounts,
  inboxOf,
  inboxPage,
} from './inbox.view.js';

/**
 * The types of record, as the ledger names them, whose change may change an inbox: what is asked and about what, who
 * stands in for whom, who may what, by which policy. The last two tell that whoever listens may do so no longer.
 */
const INBOX_TOPICS = ['ApprovalRequest', 'Handoff', 'Delegation', 'Person', 'ConfigurationVersion', 'Tenant', 'ApiKey'];

@ArgsType()
class ApprovalInboxArgs extends PageArgs {
  @ValidateNested()
  @Field(() => ApprovalInboxFilter, { nullable: true, description: 'Only requests like these.' })
  filter: ApprovalInboxFilter | null;
}

@Resolver()
export class ApprovalInboxResolver {
  @Allow('read', 'ApprovalRequest')
  @Query(() => ApprovalInboxConnection, {
    description: 'The approval requests that are undecided and in time, the one due first at the top.',
  })
  async approvalInbox(
    @Args() args: ApprovalInboxArgs,
    @Ctx() { reader, actor }: RequestContext,
  ): Promise<ApprovalInboxConnection> {
    const page = args.checked();
    const { entries, now } = await inboxOf(reader, actor);
    return Object.assign(new ApprovalInboxConnection(), inboxPage(entries, args.filter ?? {}, page), {
      counts: inboxCounts(entries, now),
    });
  }

  @Allow('read', 'ApprovalRequest')
  @Subscription(() => ApprovalInboxCounts, {
    description:
      'The figures of your inbox, at once and whenever they change or other requests than before await you: then ask approvalInbox again. Over a WebSocket alone.',
    subscribe: watching(INBOX_TOPICS, async ({ reader, actor }) => {
      const { entries, now } = await inboxOf(reader, actor);
      return { mark: markOf(entries, now), value: inboxCounts(entries, now) };
    }),
  })
  approvalInboxChanged(@Root() counts: ApprovalInboxCounts): ApprovalInboxCounts {
    return counts;
  }
}

@Resolver(() => ApprovalInboxEdge)
export class ApprovalInboxEdgeResolver {
  @FieldResolver(() => [Person], {
    description: 'For whom you may answer it by delegation: name one of them in castVote.onBehalfOf.',
  })
  async forWhom(@Root() edge: ApprovalInboxEdge, @Ctx() { reader }: RequestContext): Promise<Person[]> {
    const people = await Promise.all(edge.forWhomIds.map((personId) => reader.one(Person, personId)));
    return people.filter((person) => person !== null);
  }
}
