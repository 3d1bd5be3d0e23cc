import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import { FairShare, type Leave } from '../fair-share.js';
import type { ApiContext } from './context.js';
import { costOf } from './limits.js';
import { passesOf } from './passes.js';
import { type AskedQuery, beforeExecutor } from './before-executor.js';

/** From so many fields on, counted as the limits count them, an answer is large: an inbox, or some megabytes of a page. */
const LARGE = 4_000;
/**
 * Large answers that are made at once in a process, and of them for one tenant. A processor makes no two of them sooner
 * side by side than one behind the other: the rows of each fill this process's memory until it is done, or take the
 * database's processors from whoever asks for little.
 */
const PLACES = 4;
const SHARE = 2;
/** Those of one tenant that wait, and for how long, in milliseconds. */
const LINE = 200;
const PATIENCE = 5000;

/**
 * Has queries whose answers may be large wait for their turns, before anything answers them; the turn ends with the answer.
 * BUSY when there are too many before it.
 */
export function turnsOfLargeAnswers(schema: GraphQLSchema): ApolloServerPlugin<ApiContext> {
  const share = new FairShare({
    what: 'large answers of your organisation',
    places: PLACES,
    share: SHARE,
    line: LINE,
    patience: PATIENCE,
  });
  return {
    requestDidStart: async () => {
      let leave: Leave | null = null;
      return {
        responseForOperation: beforeExecutor(async (asked, { actor }) => {
          if (isLarge(schema, asked)) leave = await share.enter(actor.tenantId);
          return null;
        }),
        willSendResponse: async () => leave?.(),
      };
    },
  };
}

/** Whether the answer of a query may be large. */
export function isLarge(schema: GraphQLSchema, { document, operation, variables }: AskedQuery): boolean {
  const known = passesOf(schema, document).costOf(operation, variables);
  return (known ?? costOf(schema, document, operation, variables)) >= LARGE;
}
