import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import type { OperationNames } from '../telemetry/operation-names.js';
import type { ApiContext } from './context.js';
import { costOf } from './limits.js';

/** Tells the watch of a request what it asked and how it was answered: names and codes, never a text or a variable. */
export function operationTelemetry(schema: GraphQLSchema, names: OperationNames): ApolloServerPlugin<ApiContext> {
  return {
    requestDidStart: async ({ contextValue: { watch } }) => {
      if (!watch) return undefined;
      let isValid = false;
      let isExecuted = false;
      return {
        didResolveOperation: async ({ document, operation, source, request }) => {
          if (!operation) return;
          isValid = true;
          watch.named({
            operation: names.classOf(document, operation, source),
            cost: () => costOf(schema, document, operation, request.variables ?? {}),
          });
        },
        executionDidStart: async () => void (isExecuted = true),
        willSendResponse: async ({ response: { body } }) => {
          const { errors = [] } = body.kind === 'single' ? body.singleResult : body.initialResult;
          const codes = errors.map(codeOf);
          // What was answered without the executor was answered by a plan.
          watch.answered(codes, isValid && !isExecuted && codes.length === 0);
        },
      };
    },
  };
}

/** Codes are the product's or GraphQL's own: no error leaves without one (format-error.ts). */
const codeOf = ({ extensions }: GraphQLFormattedError): string =>
  typeof extensions?.code === 'string' ? extensions.code : 'INTERNAL_SERVER_ERROR';
