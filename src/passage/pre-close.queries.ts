import { type Query, select, selectFirst, sql } from '../core/statement.js';
import { PreClose, PreCloseState } from './pre-close.entity.js';

/** The request of a handoff that is open or was granted and not used up; at most one (unique in the schema). */
export const livePreClose = (handoffId: string): Query<PreClose | null> =>
  selectFirst(PreClose, { handoffId, state: [PreCloseState.REQUESTED, PreCloseState.APPROVED] });

/** Every request of a handoff, newest first. */
export const preClosesOf = (handoffId: string): Query<PreClose[]> =>
  select(PreClose, { handoffId }, { orderBy: ['-id'] });

/** A handoff in review whose contract seems to be there. */
export interface SignedHandoff {
  readonly id: string;
  readonly revision: number;
}

/** The handoffs that wait for a contract alone, and whose signatures were all verified. */
export const signedMeanwhile = (): Query<SignedHandoff[]> =>
  sql(
    `select h.id, h.revision from handoff h where h.tenant_id = $1 and h.stage = 'IN_REVIEW' and h.pending_contract
      and not exists (select 1 from checklist_item i where i.tenant_id = $1 and i.handoff_id = h.id and i.required
        and i.needs_signer and i.state <> 'VERIFIED')
      order by h.id`,
    [],
    (rows) => rows.map((row) => ({ id: row.id as string, revision: row.revision as number })),
  );
