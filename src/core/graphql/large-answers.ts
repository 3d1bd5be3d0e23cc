import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import { FairShare, type Leave } from '../fair-share.js';
import type { ApiContext, RequestContext } from './context.js';
import { costOf } from './limits.js';
import { passesOf } from './passes.js';
import { type AskedQuery, beforeExecutor } from './before-executor.js';

/** From so many fields on, counted as the limits count them, an answer is large: some megabytes while it is made. */
const LARGE = 5_000;
/**
 * Large answers that are made at once in a process, and of them for one tenant. One processor makes no two of them sooner
 * side by side than one behind the other, and the rows of each fill its memory until it is done.
 */
const PLACES = 4;
const SHARE = 2;
/** Those of one tenant that wait, and for how long, in milliseconds. */
const LINE = 200;
const PATIENCE = 5000;

/** The turns of large answers whose rows are worked out in this process; what the database writes itself needs none. */
export class LargeAnswers {
  private readonly share = new FairShare({
    what: 'large answers',
    places: PLACES,
    share: SHARE,
    line: LINE,
    patience: PATIENCE,
  });
  private readonly leaves = new WeakMap<ApiContext, Leave>();

  constructor(private readonly schema: GraphQLSchema) {}

  /** Waits for the operation's turn if its answer may be large; BUSY when there are too many before it. */
  async enter({ document, operation, variables }: AskedQuery, context: RequestContext): Promise<void> {
    if (this.leaves.has(context)) return;
    const known = passesOf(this.schema, document).costOf(operation, variables);
    if ((known ?? costOf(this.schema, document, operation, variables)) < LARGE) return;
    this.leaves.set(context, await this.share.enter(context.actor.tenantId));
  }

  /** Gives the turn back, if there was one. */
  leave(context: ApiContext): void {
    this.leaves.get(context)?.();
  }
}

/** Has the queries that nobody has answered yet wait for their turns; the turn ends with the answer. */
export function turnsOfLargeAnswers(large: LargeAnswers): ApolloServerPlugin<ApiContext> {
  return {
    requestDidStart: async () => ({
      responseForOperation: beforeExecutor(async (asked, context) => {
        await large.enter(asked, context);
        return null;
      }),
      willSendResponse: async ({ contextValue }) => large.leave(contextValue),
    }),
  };
}
