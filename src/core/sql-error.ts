/** SQLSTATE of a statement that lasted longer than it may. */
export const STATEMENT_TIMEOUT = '57014';

/** Codes of a connection that is gone: the socket's, and the SQLSTATEs after which the server closes it. */
const LOST = /^(08...|57P..|ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT)$/;

/** What the driver says of a connection that is gone, or on which no answer came in time. */
const LOST_MESSAGE = /^Connection terminated|^Client has encountered a connection error|^Query read timeout$/;

/** A database error that carries an SQLSTATE: the connection itself is sound. */
export function isStatementError(error: unknown): error is Error & { code: string; constraint?: string } {
  return /^[0-9A-Z]{5}$/.test(codeOf(error));
}

/** A statement ran longer than it may, or was cancelled. */
export function isStatementTimeout(error: unknown): boolean {
  return codeOf(error) === STATEMENT_TIMEOUT;
}

/** The connection was lost: whatever was sent last may or may not have been done. */
export function isConnectionLoss(error: unknown): boolean {
  const { message = '' } = (error ?? {}) as { message?: string };
  return LOST.test(codeOf(error)) || LOST_MESSAGE.test(message);
}

/** SQLSTATEs of a value that PostgreSQL cannot read as its type: bad input that no scalar has refused. */
export function isMalformedValue(code: string): boolean {
  return ['22P02', '22007', '22008', '22021', '22P05', '22003'].includes(code);
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
