import {
  type DocumentNode,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { type Context, makeServer, type Server, type SubscribePayload } from 'graphql-ws';
import type { Logger } from 'pino';
import type { Actor } from '../actor.js';
import type { Changes } from '../changes.js';
import { AppError, badInput } from '../error.js';
import { newId } from '../id.js';
import type { OperationNames } from '../telemetry/operation-names.js';
import type { OperationObserver, WatchedLook } from '../telemetry/operation-observer.js';
import type { OperationWatch } from '../telemetry/operation-watch.js';
import type { RequestContext } from './context.js';
import { formatError } from './format-error.js';
import { MAX_TOKENS } from './limits.js';
import { assertOperationAllowed, type OperationRules } from './operation-check.js';
import { askedClass } from './operation-telemetry.js';
import { assertMayAsk } from './rights.js';
import { CLOSE, closingOf, type SocketSession } from './socket-session.js';
import { runSubscription, SubscriptionContext, type SubscriptionArgs } from './subscription.js';

/** Subscriptions that may be open on one socket. */
export const MOST_OPERATIONS = 10;

/** A client that opens a socket says who it is within this time, in milliseconds. */
const SIGN_IN_WITHIN = 3000;

/** Faults of a document that are told; more would only make the answer large. */
const MOST_FAULTS = 10;

export interface ProtocolOptions extends OperationRules {
  readonly changes: Changes;
  readonly log: Logger;
  /** The actor of an `Authorization` value and the end of their token; null without one; throws like over HTTP. */
  readonly signIn: (
    authorization: string,
  ) => Promise<{ readonly actor: Actor; readonly expiresAt: Date | null } | null>;
  /** A fresh context for the actor as they stand now; null when the membership or the key has ended. */
  readonly contextOf: (actor: Actor, watch?: OperationWatch) => Promise<RequestContext | null>;
  /** Told every look of a subscription. */
  readonly observer: OperationObserver;
  readonly names: OperationNames;
  /** Counts one request of the actor; throws RATE_LIMITED. */
  readonly spend: (actor: Actor) => Promise<void>;
  /** Called once a socket has signed in; throws when the actor has too many. */
  readonly seat: (session: SocketSession) => void;
}

/** What the protocol keeps beside each socket. */
export interface SocketExtra {
  readonly session: SocketSession;
}

type SocketContext = Context<Record<string, unknown>, SocketExtra>;

/**
 * GraphQL over WebSocket (github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md) for subscriptions alone: sign-in at
 * connection_init, and for every operation the membership as it stands then, and the checks that a request has.
 */
export function createProtocol(options: ProtocolOptions): Server<SocketExtra> {
  const shown = shownTo(options.log);
  return makeServer<Record<string, unknown>, SocketExtra>({
    connectionInitWaitTimeout: SIGN_IN_WITHIN,
    onConnect: async (context) => {
      const { session } = context.extra;
      const { actor, expiresAt } = await signIn(options, context.connectionParams?.authorization);
      await options.spend(actor);
      session.begin(actor, expiresAt, () => Object.keys(context.subscriptions).length);
      options.seat(session);
    },
    onSubscribe: async (context, _id, payload) => {
      try {
        return await prepare(options, context, payload);
      } catch (error) {
        return [error instanceof GraphQLError ? error : new GraphQLError('refused', { originalError: error as Error })];
      }
    },
    subscribe: (args) => runSubscription(args as SubscriptionArgs),
    onError: (_context, _id, _payload, errors) => errors.map((error) => shown(error).toJSON()),
  });
}

/** An error as a request would show it. */
const shownTo =
  (log: Logger) =>
  (error: unknown): GraphQLError => {
    const { message, extensions = {}, path } = formatted(error, log);
    return new GraphQLError(message, { extensions, ...(path ? { path } : {}) });
  };

async function signIn(
  { signIn: verify }: ProtocolOptions,
  authorization: unknown,
): Promise<{ readonly actor: Actor; readonly expiresAt: Date | null }> {
  const found = typeof authorization === 'string' ? await verify(authorization) : null;
  if (!found) throw new AppError('UNAUTHENTICATED', 'Sign in first: send {"authorization": "Bearer <token>"}.');
  return found;
}

/** The checks of a request, in its order, before anything is subscribed to. */
async function prepare(
  options: ProtocolOptions,
  { extra: { session } }: SocketContext,
  { query, operationName, variables }: SubscribePayload,
): Promise<SubscriptionArgs> {
  // This one is counted already.
  if (session.openOperations > MOST_OPERATIONS) {
    throw new AppError('RATE_LIMITED', `At most ${MOST_OPERATIONS} subscriptions may be open on one connection.`, {
      remedy: 'Complete one that is needed no longer.',
    });
  }
  const { actor } = session;
  await options.spend(actor);
  const document = parsed(options, query);
  const operation = theSubscription(document, operationName);
  const given = variables ?? {};
  assertVariables(options, operation, given);
  const renewed = async (watch?: OperationWatch): Promise<RequestContext> => {
    const context = await options.contextOf(actor, watch);
    if (context) return context;
    const gone = new AppError('FORBIDDEN', 'You are signed in, but not an active member here.');
    session.close(CLOSE.FORBIDDEN, closingOf(gone).reason);
    throw gone;
  };
  assertOperationAllowed(options, { document, operation, variables: given, source: query }, await renewed());
  const { schema, changes, observer, log } = options;
  const asked = askedClass(options, { document, operation, variables: given, source: query });
  const renew = async (watch: OperationWatch): Promise<RequestContext> => {
    const context = await renewed(watch);
    assertMayAsk(schema, document, context.actor, context.ability);
    return context;
  };
  const begin = (): WatchedLook => observer.look(newId(), asked);
  const contextValue = new SubscriptionContext(actor.tenantId, changes, renew, begin);
  const shown = shownTo(log);
  return { schema, document, operation, operationName, variableValues: given, source: query, contextValue, shown };
}

function parsed({ schema }: ProtocolOptions, text: string): DocumentNode {
  let document: DocumentNode;
  try {
    document = parse(text, { maxTokens: MAX_TOKENS });
  } catch (error) {
    throw refusal((error as Error).message, 'GRAPHQL_PARSE_FAILED');
  }
  const [fault] = validate(schema, document, specifiedRules, { maxErrors: MOST_FAULTS });
  if (fault) throw refusal(fault.message, 'GRAPHQL_VALIDATION_FAILED');
  return document;
}

function theSubscription(document: DocumentNode, name: string | null | undefined): OperationDefinitionNode {
  const operation = getOperationAST(document, name);
  if (!operation) throw badInput('operationName', 'names no operation of the document', 'Name the one to run.');
  if (operation.operation === OperationTypeNode.SUBSCRIPTION) return operation;
  throw refusal('Only subscriptions are answered on a WebSocket.', 'BAD_REQUEST', 'Send this over HTTP.');
}

function assertVariables(
  { schema }: ProtocolOptions,
  operation: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): void {
  const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], given, { maxErrors: MOST_FAULTS });
  if (errors?.[0]) throw refusal(errors[0].message, 'BAD_USER_INPUT');
}

function refusal(message: string, code: string, remedy = 'Correct the document and send it again.'): GraphQLError {
  return new GraphQLError(message, { extensions: { code, remedy } });
}

function formatted(error: unknown, log: Logger): ReturnType<typeof formatError> {
  const thrown = error instanceof GraphQLError && error.originalError ? error.originalError : error;
  const told = error instanceof GraphQLError ? error : new GraphQLError('failed');
  return formatError(told.toJSON(), thrown, log);
}
