/**
 * What is wrong with a request itself: thrown, rolled back, answered as a GraphQL error with `extensions.code`.
 * A business refusal is never an error: it is data (`Refused`, see command.ts).
 */
export type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'BAD_USER_INPUT'
  | 'STALE_REVISION'
  | 'IDEMPOTENCY_CONFLICT'
  | 'IDEMPOTENCY_KEY_REQUIRED'
  | 'QUERY_TOO_COSTLY'
  | 'DOCUMENT_NOT_TRUSTED'
  | 'RATE_LIMITED'
  | 'BUSY'
  | 'UNAVAILABLE';

/** An expected fault with a code, a message that is safe to show, and machine facts (`field`, `remedy`, ...). */
export class AppError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'AppError';
  }
}

/** The one answer for a row that does not exist and for a row of another tenant alike (design 4). */
export function notFound(type: string, id: string): AppError {
  return new AppError('NOT_FOUND', `There is no ${type} ${id} here.`, {
    type,
    id,
    remedy: 'Check the id; list what you can see with the query of that type.',
  });
}

/** The very same answer for a row that the actor may not even read; the ledger knows it for the denial that it is. */
export class HiddenRow extends AppError {
  constructor(type: string, id: string) {
    const { code, message, details } = notFound(type, id);
    super(code, message, details);
  }
}

/** No connection to the database was to be had, or none in time: nothing was asked of it. */
export class DatabaseUnreachable extends AppError {
  constructor() {
    super('UNAVAILABLE', 'The database cannot be reached.', { remedy: 'Try again in a moment.' });
  }
}

/** Malformed input that the schema could not refuse by type: names the field and the remedy. */
export function badInput(field: string, message: string, remedy: string): AppError {
  return new AppError('BAD_USER_INPUT', `${field}: ${message}`, { field, remedy });
}

/** The caller decided on an older revision than the row now has (optimistic concurrency, design 5). */
export function staleRevision(type: string, id: string, expected: number, actual: number): AppError {
  return new AppError('STALE_REVISION', `${type} ${id} is at revision ${actual}, you expected ${expected}.`, {
    field: 'expectedRevision',
    expected,
    actual,
    remedy: 'Read the row again, look at what changed, and send the new revision.',
  });
}
