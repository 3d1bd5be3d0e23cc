import type { ApolloServerPlugin } from '@apollo/server';
import type { ApiContext } from '../graphql/context.js';
import { readsOnRecord } from '../graphql/read-record.js';
import { beforeExecutor } from '../graphql/before-executor.js';
import type { Plans } from './plans.js';

/** Answers queries from their plans; what has none goes on to the executor. */
export function compiledQueries(plans: Plans): ApolloServerPlugin<ApiContext> {
  return {
    requestDidStart: async () => ({
      responseForOperation: beforeExecutor(async (asked, context) => {
        // How many rows an auditor was shown is counted from the executor's answer.
        return readsOnRecord(context) ? null : plans.answer(asked, context);
      }),
    }),
  };
}
