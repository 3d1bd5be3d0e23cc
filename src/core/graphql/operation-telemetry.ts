import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import type { OperationNames } from '../telemetry/operation-names.js';
import type { AskedClass } from '../telemetry/operation-watch.js';
import type { ApiContext } from './context.js';
import { costOf } from './limits.js';
import type { AskedOperation } from './operation-check.js';

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
          watch.named(
            askedClass({ schema, names }, { document, operation, source, variables: request.variables ?? {} }),
          );
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

/** What was asked, as telemetry is told of it, over HTTP and over a socket alike. */
export function askedClass(
  { schema, names }: { readonly schema: GraphQLSchema; readonly names: OperationNames },
  { document, operation, source, variables }: AskedOperation & { readonly source: string },
): AskedClass {
  return {
    operation: names.classOf(document, operation, source),
    cost: () => costOf(schema, document, operation, variables),
  };
}

/** Codes are the product's or GraphQL's own: no error leaves without one (format-error.ts). */
const codeOf = ({ extensions }: GraphQLFormattedError): string =>
  typeof extensions?.code === 'string' ? extensions.code : 'INTERNAL_SERVER_ERROR';
