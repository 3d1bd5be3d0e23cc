import { ActualsSnapshot } from '../actuals/actuals.entity.js';
import { ChecklistItem } from '../checklist/checklist.entity.js';
import { Evidence } from '../checklist/evidence.entity.js';
import { Commitment } from '../commitment/commitment.entity.js';
import { type Query, sql } from '../core/statement.js';
import { type EntityClass, tableOf } from '../core/table.js';
import { Decision } from '../decision/decision.entity.js';
import { FeasibilitySignOff } from '../feasibility/feasibility.entity.js';
import { Introduction } from '../introduction/introduction.entity.js';
import { Kickoff } from '../kickoff/kickoff.entity.js';
import { ActionItem } from '../meeting/action.entity.js';
import { HandoffMeeting } from '../meeting/meeting.entity.js';
import { Checkpoint } from '../phase/checkpoint.entity.js';
import { PreClose } from '../passage/pre-close.entity.js';
import { Project, ProjectTask } from '../project/project.entity.js';
import { QualityScore, Remediation } from '../quality/score.entity.js';
import { ScopeChange } from '../scope-change/scope-change.entity.js';

/**
 * Records that entries of the ledger name and that say themselves which handoff they belong to. An entity of which a fact
 * tells has to stand here, or its entries have to name the handoff.
 */
export const OF_HANDOFF: readonly EntityClass[] = [
  ChecklistItem,
  Evidence,
  Commitment,
  Decision,
  Project,
  ProjectTask,
  ActualsSnapshot,
  FeasibilitySignOff,
  Introduction,
  Kickoff,
  HandoffMeeting,
  ActionItem,
  Checkpoint,
  PreClose,
  QualityScore,
  Remediation,
  ScopeChange,
];

const direct = OF_HANDOFF.map(
  (entity) => `select x.handoff_id from ${tableOf(entity).name} x where x.tenant_id = $1 and x.id = any($2)`,
).join('\n    union all ');

const TOUCHED = `select distinct t.id from (
    select h.id from handoff h where h.tenant_id = $1 and h.id = any($2)
    union all select h.id from handoff h where h.tenant_id = $1 and h.deal_id = any($2)
    union all select r.subject_id from approval_request r
      where r.tenant_id = $1 and r.id = any($2) and r.subject_type = 'Handoff'
    union all select s.handoff_id from approval_request r join scope_change s on s.tenant_id = $1 and s.id = r.subject_id
      where r.tenant_id = $1 and r.id = any($2) and r.subject_type = 'ScopeChange'
    union all ${direct}) t
  join handoff k on k.tenant_id = $1 and k.id = t.id order by t.id`;

/**
 * The handoffs that records with these ids belong to, in the order of their ids: the handoff itself, every one of a deal,
 * of a request for approval what it is about, of other records theirs. An id of something else belongs to none.
 */
export const handoffsOf = (ids: readonly string[]): Query<string[]> =>
  sql(TOUCHED, [ids], (rows) => rows.map(({ id }) => id as string));
