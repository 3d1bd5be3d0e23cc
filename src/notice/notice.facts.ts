import { type Query, type Row, sql } from '../core/statement.js';
import { IN_ENDED } from '../handoff/stage.rules.js';
import type { Notice } from './notice.entity.js';

/** What a notice says of its subject, as it stands when the words are made: names are read then and kept nowhere. */
export type SubjectFacts =
  | {
      readonly type: 'Handoff';
      readonly handoffId: string;
      readonly handoff: string;
      readonly client: string;
      readonly stage: string;
      readonly pendingContract: boolean;
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
      readonly ownerId: string;
      /** When its owner was given it, as the key of the event names it. */
      readonly assigned: string;
      /** Whether the handoff was closed or withdrawn: nobody can settle the entry any more. */
      readonly hasEnded: boolean;
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
      readonly type: 'HandoffMeeting';
      readonly handoffId: string;
      readonly handoff: string;
      readonly client: string;
      readonly startsAt: Date;
      readonly durationMinutes: number;
      readonly state: string;
      /** Whether the handoff was closed or withdrawn. */
      readonly hasEnded: boolean;
      readonly segments: readonly {
        readonly title: string;
        readonly minutes: number;
        readonly questions: readonly string[];
      }[];
    }
  | {
      readonly type: 'ActionItem';
      readonly handoffId: string;
      readonly handoff: string;
      readonly client: string;
      readonly number: string;
      readonly text: string;
      readonly dueOn: string;
      readonly state: string;
      readonly ownerId: string;
    }
  | {
      readonly type: 'Escalation';
      readonly handoffId: string;
      readonly handoff: string;
      readonly client: string;
      /** The clock, the number of the decision, the name of the checkpoint, or the cause. */
      readonly of: string;
      readonly dueAt: Date | null;
      readonly isOver: boolean;
    }
  | {
      readonly type: 'FollowUp';
      readonly handoffId: string;
      readonly handoff: string;
      readonly client: string;
      readonly kind: string;
      readonly state: string;
      /** How many returns it counts. */
      readonly returns: number;
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
      readonly type: 'QualityStep';
      /** The type of the task, such as SpotCheck. */
      readonly task: string;
      readonly dueAt: Date;
      readonly isOver: boolean;
      /** The handoff, of a remediation or spot check; null for others. */
      readonly handoffId: string | null;
      readonly handoff: string | null;
      /** The period, of a review or red flag; null for others. */
      readonly period: string | null;
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
  Handoff: `select ${HANDOFF}, h.stage, h.pending_contract, h.correction_due_at, coalesce(m.merged_into, m.id) as delivery_manager_id
    from handoff h ${CLIENT} left join person m on m.tenant_id = $1 and m.id = h.delivery_manager_id
    where h.tenant_id = $1 and h.id = $2`,
  Decision: `select ${HANDOFF}, d.number, d.question, d.due_on, d.state, h.stage in ${IN_ENDED} as has_ended,
      extract(epoch from d.assigned_at)::text as assigned, coalesce(o.merged_into, o.id) as owner_id
    from decision d join handoff h on h.tenant_id = $1 and h.id = d.handoff_id ${CLIENT}
    join person o on o.tenant_id = $1 and o.id = d.owner_id
    where d.tenant_id = $1 and d.id = $2`,
  Kickoff: `select ${HANDOFF}, k.starts_at, k.state
    from kickoff k join handoff h on h.tenant_id = $1 and h.id = k.handoff_id ${CLIENT}
    where k.tenant_id = $1 and k.id = $2`,
  HandoffMeeting: `select ${HANDOFF}, m.starts_at, m.duration_minutes, m.state, m.plan,
      h.stage in ${IN_ENDED} as has_ended
    from handoff_meeting m join handoff h on h.tenant_id = $1 and h.id = m.handoff_id ${CLIENT}
    where m.tenant_id = $1 and m.id = $2`,
  ActionItem: `select ${HANDOFF}, a.number, a.text, a.due_on, a.state, coalesce(o.merged_into, o.id) as owner_id
    from action_item a join handoff h on h.tenant_id = $1 and h.id = a.handoff_id ${CLIENT}
    join person o on o.tenant_id = $1 and o.id = a.owner_id
    where a.tenant_id = $1 and a.id = $2`,
  Escalation: `select ${HANDOFF}, coalesce(e.clock, d.number, 'checkpoint ' || k.name, e.cause) as of, e.due_at, e.ended_at is not null as is_over
    from escalation e join handoff h on h.tenant_id = $1 and h.id = e.handoff_id ${CLIENT}
    left join decision d on d.tenant_id = $1 and d.id = e.decision_id
    left join checkpoint k on k.tenant_id = $1 and k.id = e.checkpoint_id
    where e.tenant_id = $1 and e.id = $2`,
  FollowUp: `select ${HANDOFF}, f.kind, f.state, f.return_ids
    from follow_up f join handoff h on h.tenant_id = $1 and h.id = f.handoff_id ${CLIENT}
    where f.tenant_id = $1 and f.id = $2`,
  ApprovalRequest: `select r.id as request_id, r.kind, r.state, r.round, r.expires_at, h.id as handoff_id, h.number as handoff
    from approval_request r
    left join scope_change s on s.tenant_id = $1 and r.subject_type = 'ScopeChange' and s.id = r.subject_id
    left join handoff h on h.tenant_id = $1 and h.id = case r.subject_type when 'Handoff' then r.subject_id else s.handoff_id end
    where r.tenant_id = $1 and r.id = $2`,
  QualityStep: `select s.subject_type as task, s.due_at, s.ended_at is not null as is_over, h.id as handoff_id, h.number as handoff,
      coalesce(r.period, f.period) as period
    from quality_step s
    left join quality_review r on r.tenant_id = $1 and r.id = s.subject_id
    left join red_flag f on f.tenant_id = $1 and f.id = s.subject_id
    left join remediation m on m.tenant_id = $1 and m.id = s.subject_id
    left join spot_check k on k.tenant_id = $1 and k.id = s.subject_id
    left join handoff h on h.tenant_id = $1 and h.id = coalesce(m.handoff_id, k.handoff_id)
    where s.tenant_id = $1 and s.id = $2`,
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

/** As much of a meeting's plan as its words tell. */
interface PlanText {
  readonly segments: readonly {
    readonly title: string;
    readonly minutes: number;
    readonly questions: readonly { readonly text: string }[];
  }[];
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
    pendingContract: row.pending_contract as boolean,
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
    ownerId: text(row.owner_id),
    assigned: text(row.assigned),
    hasEnded: row.has_ended as boolean,
  }),
  Kickoff: (row) => ({
    type: 'Kickoff',
    ...ofHandoff(row),
    startsAt: row.starts_at as Date,
    state: text(row.state),
  }),
  HandoffMeeting: (row) => ({
    type: 'HandoffMeeting',
    ...ofHandoff(row),
    startsAt: row.starts_at as Date,
    durationMinutes: row.duration_minutes as number,
    state: text(row.state),
    hasEnded: row.has_ended as boolean,
    segments: (JSON.parse(text(row.plan)) as PlanText).segments.map(({ title, minutes, questions }) => {
      return { title, minutes, questions: questions.map((question) => question.text) };
    }),
  }),
  ActionItem: (row) => ({
    type: 'ActionItem',
    ...ofHandoff(row),
    number: text(row.number),
    text: text(row.text),
    dueOn: text(row.due_on),
    state: text(row.state),
    ownerId: text(row.owner_id),
  }),
  Escalation: (row) => ({
    type: 'Escalation',
    ...ofHandoff(row),
    of: text(row.of),
    dueAt: row.due_at as Date | null,
    isOver: row.is_over as boolean,
  }),
  FollowUp: (row) => ({
    type: 'FollowUp',
    ...ofHandoff(row),
    kind: text(row.kind),
    state: text(row.state),
    returns: (JSON.parse(text(row.return_ids)) as string[]).length,
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
  QualityStep: (row) => ({
    type: 'QualityStep',
    task: text(row.task),
    dueAt: row.due_at as Date,
    isOver: row.is_over as boolean,
    handoffId: row.handoff_id as string | null,
    handoff: row.handoff as string | null,
    period: row.period as string | null,
  }),
  Alert: (row) => ({
    type: 'Alert',
    code: text(row.code),
    subjectType: text(row.subject_type),
    acknowledged: row.acknowledged as boolean,
  }),
};
