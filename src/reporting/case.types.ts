import type { CompletenessWeights } from '../checklist/completeness.entity.js';
import type { CommitmentState } from '../commitment/commitment.entity.js';
import type { FactGround } from './projection.rows.js';

/** One case of a KPI: a row of `fact_kpi_case` by property. All figures anywhere are added up from these (docs/kpis.md). */
export interface KpiCaseRow extends Readonly<Record<string, unknown>> {
  /** Follows from KPI and source, so that a projection from zero makes the same row. */
  readonly id: string;
  readonly kpiKey: string;
  readonly handoffId: string;
  /** The row that makes it a case: the handoff, request, scope change, commitment, survey and so on. */
  readonly sourceId: string;
  /** The day of the period that it belongs to, by the calendar of the handoff. */
  readonly countsOn: string;
  /** From when it counts; a case of the future counts for nothing yet. */
  readonly countsAt: Date;
  readonly numerator: bigint;
  readonly denominator: bigint;
  /** Of a span: its first day; each of its days adds the denominator. */
  readonly spanFromOn: string | null;
  /** Of a span: its last day; null while it lasts. */
  readonly spanToOn: string | null;
  readonly clientCaused: boolean;
  readonly isMargin: boolean;
  readonly clientId: string;
  readonly serviceTemplateKey: string;
  readonly dealTypeKey: string;
  readonly tierKey: string;
  readonly ownerId: string;
  readonly deliveryManagerId: string | null;
}

/** A case before it knows its handoff: what the rules of one KPI say. */
export interface CaseDraft {
  readonly kpiKey: string;
  readonly sourceId: string;
  readonly countsOn: string;
  readonly countsAt: Date;
  readonly numerator: number | bigint;
  readonly denominator: number | bigint;
  readonly span?: { readonly fromOn: string; readonly toOn: string | null };
  readonly clientCaused?: boolean;
}

/** A promise, with the task that keeps it where it became one. */
export interface CaseCommitment {
  readonly id: string;
  readonly state: CommitmentState;
  readonly dueOn: string | null;
  readonly taskDueOn: string | null;
  readonly taskDoneAt: Date | null;
}

/** What cases follow from beside the facts of the star schema; lists are oldest first. */
export interface CaseFacts {
  readonly handoffId: string;
  /** As of the last win; null before the first. */
  readonly completeness: CompletenessWeights | null;
  /** Passings of the submit gate. */
  readonly submissions: readonly { readonly id: string; readonly at: Date }[];
  /** When whoever handed it in first had worked on it before, with that submission last; empty before one by a person. */
  readonly fillMarks: readonly Date[];
  /** Whether an exception or an emergency was used for it. */
  readonly hasOverride: boolean;
  /** Approval requests of the handoff and its scope changes that were approved or rejected. */
  readonly requests: readonly { readonly id: string; readonly openedAt: Date; readonly decidedAt: Date }[];
  /** Confirmed and refuted assumptions with their last word. */
  readonly assumptions: readonly {
    readonly id: string;
    readonly isRefuted: boolean;
    readonly hasImpact: boolean;
    readonly resolvedAt: Date | null;
  }[];
  readonly commitments: readonly CaseCommitment[];
  readonly scopeChanges: readonly { readonly id: string; readonly raisedAt: Date; readonly isIncident: boolean }[];
  readonly project: {
    readonly id: string;
    readonly targetOn: string;
    /** When the last read began; null before the first. */
    readonly readAt: Date | null;
    /** When the delivery system closed the project; null while it is open. */
    readonly closedAt: Date | null;
  } | null;
  /** The first feedback. */
  readonly feedback: { readonly id: string; readonly givenAt: Date } | null;
  readonly clientAskedAgain: boolean;
  readonly surveys: readonly {
    readonly id: string;
    readonly score: number;
    readonly answeredOn: string;
    readonly recordedAt: Date;
  }[];
}

/** Everything that the cases of one handoff follow from; nothing of it depends on the present. */
export interface CaseGround extends FactGround {
  readonly caseFacts: CaseFacts;
}
