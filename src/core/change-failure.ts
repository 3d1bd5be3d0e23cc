import { AppError } from './error.js';
import { isConnectionLoss, isMalformedValue, isStatementError, STATEMENT_TIMEOUT } from './sql-error.js';

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';
const LOCK_TIMEOUT = '55P03';

/** Whether a change may be tried again. After a unique violation too: somebody wrote the same row first, and the next try finds it among its facts. */
export function isWorthAnotherTry(error: unknown): boolean {
  return isStatementError(error) && [SERIALIZATION_FAILURE, DEADLOCK, UNIQUE_VIOLATION].includes(error.code);
}

/** What a change failed with, in words for whoever asked for it; whatever is not known stays as it is. */
export function asAppError(error: unknown): unknown {
  if (isConnectionLoss(error)) {
    return new AppError(
      'UNAVAILABLE',
      'The database was lost on the way: it is not known whether the change was made.',
      {
        remedy: 'Send it again with the same Idempotency-Key, or read the record first.',
      },
    );
  }
  if (!isStatementError(error)) return error;
  if (isMalformedValue(error.code)) {
    return new AppError('BAD_USER_INPUT', 'A value in the input is malformed.', {
      remedy: 'Check ids, dates and texts in the input.',
    });
  }
  switch (error.code) {
    case LOCK_TIMEOUT:
    case SERIALIZATION_FAILURE:
    case DEADLOCK:
      return new AppError('BUSY', 'Somebody else is changing the same record.', { remedy: 'Try again in a moment.' });
    case STATEMENT_TIMEOUT:
      return new AppError('UNAVAILABLE', 'The database took too long.', { remedy: 'Try again in a moment.' });
    case FOREIGN_KEY_VIOLATION:
      return new AppError('NOT_FOUND', 'An id in the input does not exist here.', {
        remedy: 'Check the ids in the input.',
      });
    default:
      return error;
  }
}
