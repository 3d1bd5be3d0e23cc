import { HeaderMap } from '@apollo/server';
import { GraphQLError, type GraphQLErrorExtensions } from 'graphql';
import { AppError } from '../error.js';

const STATUS: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  BUSY: 503,
  UNAVAILABLE: 503,
};

/** What is refused before execution gets its HTTP status: left alone, Apollo answers 500. */
export function earlyRefusal(error: unknown): unknown {
  if (!(error instanceof AppError) && !(error instanceof GraphQLError)) return error;
  const code = error instanceof AppError ? error.code : String(error.extensions.code);
  const extensions = error instanceof AppError ? error.details : error.extensions;
  const { retryAfterSeconds: seconds } = extensions;
  const headers = new HeaderMap();
  if (typeof seconds === 'number') headers.set('retry-after', String(seconds));
  // Apollo's own: it becomes the answer's head and is not shown.
  const http: unknown = { status: STATUS[code] ?? 400, headers };
  return new GraphQLError(error.message, { extensions: { ...extensions, code, http } as GraphQLErrorExtensions });
}
