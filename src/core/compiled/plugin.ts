import type { ApolloServerPlugin } from '@apollo/server';
import type { ApiContext } from '../graphql/context.js';
import type { LargeAnswers } from '../graphql/large-answers.js';
import { readsOnRecord } from '../graphql/read-record.js';
import { beforeExecutor } from '../graphql/before-executor.js';
import type { Plans } from './plans.js';

/** Answers queries from their plans; what has none goes on to the executor. */
export function compiledQueries(plans: Plans, large: LargeAnswers): ApolloServerPlugin<ApiContext> {
  return {
    requestDidStart: async () => ({
      responseForOperation: beforeExecutor(async (asked, context) => {
        // How many rows an auditor was shown is counted from the executor's answer.
        if (readsOnRecord(context)) return null;
        return plans.answer(asked, context, () => large.enter(asked, context));
      }),
    }),
  };
}
