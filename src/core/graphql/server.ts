import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, type OperationDefinitionNode, OperationTypeNode } from 'graphql';
import type { Logger } from 'pino';
import type { Plans } from '../compiled/plans.js';
import { compiledQueries } from '../compiled/plugin.js';
import type { OperationNames } from '../telemetry/operation-names.js';
import type { ApiContext } from './context.js';
import { earlyRefusal } from './early-refusal.js';
import { formatError } from './format-error.js';
import { turnsOfLargeAnswers } from './large-answers.js';
import { MAX_TOKENS } from './limits.js';
import { assertOperationAllowed, type OperationRules } from './operation-check.js';
import { operationTelemetry } from './operation-telemetry.js';
import { readsOnRecord, recordOperation } from './read-record.js';
import { answerText } from './before-executor.js';
import { assertRightsDeclared } from './rights.js';
import { rememberRules } from './validation.js';
import { settle } from './settling.js';

export interface ApiOptions extends OperationRules {
  readonly introspection: boolean;
  /** Queries that are answered by one statement each; null executes all of them in the ordinary way. */
  readonly plans: Plans | null;
  /** How operations are called where it is told how they went. */
  readonly names?: OperationNames;
  readonly log: Logger;
}

/** The Apollo server with every bound on; refuses to be made when a root field has no declared right. */
export function createApi(options: ApiOptions): ApolloServer<ApiContext> {
  assertRightsDeclared(options.schema);
  rememberRules();
  const api: ApolloServer<ApiContext> = new ApolloServer<ApiContext>({
    schema: options.schema,
    introspection: options.introspection,
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    parseOptions: { maxTokens: MAX_TOKENS },
    formatError: (formatted, error) => formatError(formatted, error, options.log),
    stopOnTerminationSignals: false,
    logger: options.log,
    // Apollo's cacheControl wraps every field and costs a third of a page (performance 2).
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      gate(options),
      ...(options.names ? [operationTelemetry(options.schema, options.names)] : []),
      leave(options, () => api),
      turnsOfLargeAnswers(options.schema),
      ...(options.plans ? [compiledQueries(options.plans)] : []),
    ],
    // Apollo passes on what it is given; the route's serializer takes the text out (http.ts).
    stringifyResult: (answer) => answerText(answer) as unknown as string,
  });
  return api;
}

/** Checks every operation before any of it runs. */
function gate(options: ApiOptions): ApolloServerPlugin<ApiContext> {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ document, operation, request, contextValue, source }) => {
        if (!operation) return;
        try {
          assertNoSubscription(operation);
          const variables = request.variables ?? {};
          assertOperationAllowed(options, { document, operation, variables, source }, contextValue);
        } catch (error) {
          throw earlyRefusal(error);
        }
      },
      willSendResponse: async ({ response, contextValue }) => {
        // Every answer is one person's, and some hold what opens a door, such as an embed token.
        response.http.headers.set('cache-control', 'no-store');
        if (contextValue.actor) response.http.headers.set('x-request-id', contextValue.requestId);
      },
    }),
  };
}

const WITHHELD_STATUS: Readonly<Record<string, number>> = { FORBIDDEN: 403, UNAVAILABLE: 503 };

/**
 * What happens to an answer before it leaves: it is one for the actor of now, and an operation of an auditor is recorded
 * once it was executed; what cannot be recorded is not answered.
 */
function leave({ schema, log }: ApiOptions, api: () => ApolloServer<ApiContext>): ApolloServerPlugin<ApiContext> {
  return {
    requestDidStart: async () => {
      let executed = false;
      return {
        executionDidStart: async () => void (executed = true),
        willSendResponse: async (answered) => {
          const { response, contextValue, document, operation, source, request } = answered;
          // One that was run again is recorded there.
          if (!(await settle(answered, api(), log))) return;
          if (!executed || !document || !operation || !contextValue.actor || !readsOnRecord(contextValue)) return;
          const { body } = response;
          const { data = null } = body.kind === 'single' ? body.singleResult : body.initialResult;
          const { variables = {} } = request;
          const withheld = await recordOperation(contextValue, {
            schema,
            document,
            operation,
            source: source ?? '',
            variables,
            data,
          });
          if (!withheld) return;
          response.body = { kind: 'single', singleResult: { errors: [withheld] } };
          response.http.status = WITHHELD_STATUS[String(withheld.extensions?.code)] ?? 500;
        },
      };
    },
  };
}

/** A subscription answers many times, which a request cannot. */
function assertNoSubscription({ operation }: OperationDefinitionNode): void {
  if (operation !== OperationTypeNode.SUBSCRIPTION) return;
  throw new GraphQLError('Subscriptions are not answered over HTTP.', {
    extensions: {
      code: 'BAD_REQUEST',
      remedy: 'Open a WebSocket on this address with the subprotocol graphql-transport-ws.',
    },
  });
}
