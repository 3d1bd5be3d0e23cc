import { ArgsType, Field, Int } from 'type-graphql';
import { type PageArguments, pageArguments } from '../page.js';

/** The arguments of every list (Relay, forward only). */
@ArgsType()
export class PageArgs {
  @Field(() => Int, { defaultValue: 25, description: 'Rows a page, 1 to 100.' })
  first: number;

  @Field(() => String, {
    nullable: true,
    description: 'The cursor after which to go on: pageInfo.endCursor of the page before.',
  })
  after: string | null;

  /** The arguments within their bounds, or BAD_USER_INPUT. */
  checked(): PageArguments {
    return pageArguments(this.first, this.after);
  }
}
