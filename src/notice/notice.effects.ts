import { PRESENT_OF_STATEMENT } from '../core/clock.js';
import type { Statement } from '../core/statement.js';

/**
 * After a return from a backup: what waited for its mail then may have been mailed since, so that it stands in the lists
 * alone. Mails that were asked for are effects, and parked like all of them.
 */
export function listUnmailed(): Statement {
  return {
    text: `update notice set state = 'LISTED', settled_at = ${PRESENT_OF_STATEMENT} where tenant_id = $1 and state = 'WAITING'`,
    values: [],
  };
}
