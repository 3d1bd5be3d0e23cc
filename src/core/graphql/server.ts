import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { type DocumentNode, GraphQLError, type GraphQLSchema, Kind, type OperationDefinitionNode } from 'graphql';
import type { Logger } from 'pino';
import type { ApiContext, RequestContext } from './context.js';
import type { TrustedDocuments } from './documents.js';
import { earlyRefusal } from './early-refusal.js';
import { formatError } from './format-error.js';
import { assertWithinLimits, DEFAULT_LIMITS, MAX_TOKENS } from './limits.js';
import { assertMayAsk, assertRightsDeclared } from './rights.js';
import { assertStorable } from './text.js';

export interface ApiOptions {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  /** When set, people may send only these documents; API keys need the scope `documents:free` for others. */
  readonly trusted: TrustedDocuments | null;
  readonly log: Logger;
}

/** The Apollo server with every bound on; refuses to be made when a root field has no declared right. */
export function createApi(options: ApiOptions): ApolloServer<ApiContext> {
  assertRightsDeclared(options.schema);
  return new ApolloServer<ApiContext>({
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
    ],
  });
}

/** A schema is deeper than any question about data. */
const INTROSPECTION_LIMITS = { ...DEFAULT_LIMITS, depth: 20 };

/** The order of checks before anything runs: who, which document, how large, what of it, which text. */
function gate(options: ApiOptions): ApolloServerPlugin<ApiContext> {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ document, operation, request, contextValue, source }) => {
        if (!operation) return;
        try {
          const variables = request.variables ?? {};
          const introspection = isIntrospection(document, operation);
          assertWithinLimits(
            options.schema,
            document,
            operation,
            variables,
            introspection ? INTROSPECTION_LIMITS : DEFAULT_LIMITS,
          );
          if (introspection) return;
          const context = signedIn(contextValue);
          assertTrusted(options.trusted, source, context);
          assertMayAsk(options.schema, document, context.actor, context.ability);
          assertStorable(variables);
          assertStorable(literals(document), 'document');
        } catch (error) {
          throw earlyRefusal(error);
        }
      },
      willSendResponse: async ({ response, contextValue }) => {
        if (contextValue.actor) response.http.headers.set('x-request-id', contextValue.requestId);
      },
    }),
  };
}

function signedIn(context: ApiContext): RequestContext {
  if (context.actor) return context;
  throw new GraphQLError('Sign in first: send `Authorization: Bearer <token>`.', {
    extensions: {
      code: 'UNAUTHENTICATED',
      remedy: 'Get a token from your identity provider, or `npm run countersign token` in the sandbox.',
    },
  });
}

function assertTrusted(trusted: TrustedDocuments | null, source: string | undefined, { actor }: RequestContext): void {
  if (!trusted || trusted.has(source ?? '')) return;
  if (actor.kind === 'SERVICE' && actor.scopes.includes('documents:free')) return;
  throw new GraphQLError('This document is not one of the trusted documents.', {
    extensions: {
      code: 'DOCUMENT_NOT_TRUSTED',
      remedy: 'Use an operation of schema/operations, or an API key with the scope documents:free.',
    },
  });
}

function isIntrospection(document: DocumentNode, operation: OperationDefinitionNode): boolean {
  return (
    operation.selectionSet.selections.every(
      (s) => s.kind === Kind.FIELD && ['__schema', '__type', '__typename'].includes(s.name.value),
    ) && document.definitions.length > 0
  );
}

function literals(document: DocumentNode): string[] {
  const texts: string[] = [];
  const stack: unknown[] = [document];
  while (stack.length > 0) {
    const node = stack.pop();
    if (Array.isArray(node)) stack.push(...(node as unknown[]));
    else if (node && typeof node === 'object' && 'kind' in node) {
      if (node.kind === Kind.STRING) texts.push((node as unknown as { value: string }).value);
      for (const [key, value] of Object.entries(node)) if (key !== 'loc') stack.push(value);
    }
  }
  return texts;
}
