import { type Query, type Row, sql } from '../core/statement.js';
import type { Notice } from './notice.entity.js';

/** What a notice says of its subject, as it stands when the words are made: names are read then and kept nowhere. */
export type SubjectFacts =
  | {
      readonly type: 'Handoff';
      readonly handoffId: string;
      readonly handoff: string;
      readonly client: string;
      readonly stage: string;
      readonly deliveryManagerId: string | null;
      readonly correctionDueAt: Date | null;
    }
  | {
      readonly type: 'Decision';
      readonly handoffId: string;
      readonly handoff: string;
      readonly client: string;
      readonly number: string;
      readonly question: string;
      readonly dueOn: string;
      readonly state: string;
    }
  | {
      readonly type: 'Kickoff';
      readonly handoffId: string;
      readonly handoff: string;
      readonly client: string;
      readonly startsAt: Date;
      readonly state: string;
    }
  | {
      readonly type: 'Escalation';
      readonly handoffId: string;
      readonly handoff: string;
      readonly client: string;
      /** The clock, or the number of the decision. */
      readonly of: string;
      readonly dueAt: Date | null;
      readonly isOver: boolean;
    }
  | {
      readonly type: 'ApprovalRequest';
      readonly requestId: string;
      readonly kind: string;
      readonly state: string;
      readonly round: number;
      readonly expiresAt: Date;
      /** Null when it is not about a handoff. */
      readonly handoffId: string | null;
      readonly handoff: string | null;
    }
  | {
      readonly type: 'Alert';
      readonly code: string;
      readonly subjectType: string;
      readonly acknowledged: boolean;
    };

const HANDOFF = 'h.id as handoff_id, h.number as handoff, c.name as client';
const CLIENT = 'join client c on c.tenant_id = $1 and c.id = h.client_id';

const SELECTS: Readonly<Record<SubjectFacts['type'], string>> = {
  Handoff: `select ${HANDOFF}, h.stage, h.correction_due_at, coalesce(m.merged_into, m.id) as delivery_manager_id
    from handoff h ${CLIENT} left join person m on m.tenant_id = $1 and m.id = h.delivery_manager_id
    where h.tenant_id = $1 and h.id = $2`,
  Decision: `select ${HANDOFF}, d.number, d.question, d.due_on, d.state
    from decision d join handoff h on h.tenant_id = $1 and h.id = d.handoff_id ${CLIENT}
    where d.tenant_id = $1 and d.id = $2`,
  Kickoff: `select ${HANDOFF}, k.starts_at, k.state
    from kickoff k join handoff h on h.tenant_id = $1 and h.id = k.handoff_id ${CLIENT}
    where k.tenant_id = $1 and k.id = $2`,
  Escalation: `select ${HANDOFF}, coalesce(e.clock, d.number) as of, e.due_at, e.ended_at is not null as is_over
    from escalation e join handoff h on h.tenant_id = $1 and h.id = e.handoff_id ${CLIENT}
    left join decision d on d.tenant_id = $1 and d.id = e.decision_id
    where e.tenant_id = $1 and e.id = $2`,
  ApprovalRequest: `select r.id as request_id, r.kind, r.state, r.round, r.expires_at, h.id as handoff_id, h.number as handoff
    from approval_request r
    left join handoff h on h.tenant_id = $1 and r.subject_type = 'Handoff' and h.id = r.subject_id
    where r.tenant_id = $1 and r.id = $2`,
  Alert: `select a.code, a.subject_type, a.acknowledged_at is not null as acknowledged
    from alert a where a.tenant_id = $1 and a.id = $2`,
};

/** What a notice is about; null when it does not exist (any more). */
export function subjectFacts({
  subjectType,
  subjectId,
}: Pick<Notice, 'subjectType' | 'subjectId'>): Query<SubjectFacts | null> {
  const type = subjectType as SubjectFacts['type'];
  return sql(SELECTS[type], [subjectId], ([row]) => (row ? READ[type](row) : null));
}

const text = (value: unknown): string => value as string;

const ofHandoff = (row: Row): { readonly handoffId: string; readonly handoff: string; readonly client: string } => ({
  handoffId: text(row.handoff_id),
  handoff: text(row.handoff),
  client: text(row.client),
});

const READ: Readonly<Record<SubjectFacts['type'], (row: Row) => SubjectFacts>> = {
  Handoff: (row) => ({
    type: 'Handoff',
    ...ofHandoff(row),
    stage: text(row.stage),
    deliveryManagerId: row.delivery_manager_id as string | null,
    correctionDueAt: row.correction_due_at as Date | null,
  }),
  Decision: (row) => ({
    type: 'Decision',
    ...ofHandoff(row),
    number: text(row.number),
    question: text(row.question),
    dueOn: text(row.due_on),
    state: text(row.state),
  }),
  Kickoff: (row) => ({
    type: 'Kickoff',
    ...ofHandoff(row),
    startsAt: row.starts_at as Date,
    state: text(row.state),
  }),
  Escalation: (row) => ({
    type: 'Escalation',
    ...ofHandoff(row),
    of: text(row.of),
    dueAt: row.due_at as Date | null,
    isOver: row.is_over as boolean,
  }),
  ApprovalRequest: (row) => ({
    type: 'ApprovalRequest',
    requestId: text(row.request_id),
    kind: text(row.kind),
    state: text(row.state),
    round: row.round as number,
    expiresAt: row.expires_at as Date,
    handoffId: row.handoff_id as string | null,
    handoff: row.handoff as string | null,
  }),
  Alert: (row) => ({
    type: 'Alert',
    code: text(row.code),
    subjectType: text(row.subject_type),
    acknowledged: row.acknowledged as boolean,
  }),
};
