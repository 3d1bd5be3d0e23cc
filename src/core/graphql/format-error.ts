import { ApolloServerErrorCode, unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ArgumentValidationError } from 'type-graphql';
import type { Logger } from 'pino';
import { AppError, DatabaseUnreachable } from '../error.js';
import { isConnectionLoss, isMalformedValue, isStatementError, isStatementTimeout } from '../sql-error.js';

/** Codes that may leave with their own message; whatever else happens is INTERNAL_SERVER_ERROR and is logged. */
const PUBLIC = new Set<string>([
  ...Object.values(ApolloServerErrorCode).filter((code) => code !== ApolloServerErrorCode.INTERNAL_SERVER_ERROR),
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'QUERY_TOO_COSTLY',
  'DOCUMENT_NOT_TRUSTED',
  'RATE_LIMITED',
  'BUSY',
  'UNAVAILABLE',
  'IDEMPOTENCY_KEY_REQUIRED',
]);

interface Constraint {
  readonly property: string;
  readonly constraints?: Readonly<Record<string, string>>;
  readonly children?: readonly Constraint[];
}

/** What an error may show: a code, a message, the field and the remedy; nothing internal (design 5). */
export function formatError(formatted: GraphQLFormattedError, thrown: unknown, log: Logger): GraphQLFormattedError {
  const found = unwrapResolverError(thrown);
  const error = isConnectionLoss(found) ? new DatabaseUnreachable() : found;
  const at = {
    ...(formatted.path ? { path: formatted.path } : {}),
    ...(formatted.locations ? { locations: formatted.locations } : {}),
  };
  if (error instanceof AppError)
    return { message: error.message, ...at, extensions: { code: error.code, ...error.details } };
  if (error instanceof ArgumentValidationError) return { ...at, ...validationError(error) };
  if (isStatementError(error) && isMalformedValue(error.code)) {
    const remedy = 'Check ids, dates and texts in the request.';
    return { message: 'A value in the request is malformed.', ...at, extensions: { code: 'BAD_USER_INPUT', remedy } };
  }
  if (isStatementTimeout(error)) {
    return {
      message: 'The database took too long.',
      ...at,
      extensions: { code: 'UNAVAILABLE', remedy: 'Ask for less, or try again in a moment.' },
    };
  }
  const code = formatted.extensions?.code;
  if (error instanceof GraphQLError && typeof code === 'string' && PUBLIC.has(code)) {
    const { stacktrace: _hidden, ...extensions } = formatted.extensions ?? {};
    return { message: formatted.message.replace(/ Did you mean .*$/, ''), ...at, extensions };
  }
  log.error({ err: error }, 'a request failed');
  return {
    message: 'Something went wrong on our side.',
    ...at,
    extensions: { code: 'INTERNAL_SERVER_ERROR', remedy: 'Try again; if it goes on, quote the request id.' },
  };
}

function validationError(error: ArgumentValidationError): Pick<GraphQLFormattedError, 'message' | 'extensions'> {
  const faults = flatten(error.extensions.validationErrors, '');
  const message = faults.map((fault) => `${fault.field}: ${fault.message}`).join('; ');
  return {
    message,
    extensions: {
      code: 'BAD_USER_INPUT',
      field: faults[0]?.field,
      faults,
      remedy: 'Correct the fields named here and send it again.',
    },
  };
}

function flatten(constraints: readonly Constraint[], prefix: string): { field: string; message: string }[] {
  return constraints.flatMap((constraint) => {
    const field = prefix ? `${prefix}.${constraint.property}` : constraint.property;
    const own = Object.values(constraint.constraints ?? {}).map((message) => ({ field, message }));
    return [...own, ...flatten(constraint.children ?? [], field)];
  });
}
