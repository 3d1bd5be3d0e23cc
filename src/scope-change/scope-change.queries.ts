import { ApprovalRequest } from '../approval/request.entity.js';
import { PRESENT } from '../core/clock.js';
import { notFound } from '../core/error.js';
import { decodeCursor, encodeCursor, type Page, type PageArguments } from '../core/page.js';
import { mapQuery, type Query, type Row, select, selectFirst, selectRequired, sql } from '../core/statement.js';
import { hydrate, tableOf } from '../core/table.js';
import { BudgetBaseline, BudgetBaselineLine } from '../project/baseline.entity.js';
import { INCIDENT_CAUSES, isIncident } from './cause.rules.js';
import type { PriorLoss } from './loss.rules.js';
import {
  type CauseItemType,
  ChangeOrder,
  ScopeChange,
  type ScopeChangeCause,
  ScopeChangeLine,
  ScopeChangeState,
} from './scope-change.entity.js';

/** The scope changes of a handoff, oldest first. */
export const scopeChangesOfHandoff = (handoffId: string): Query<ScopeChange[]> =>
  select(ScopeChange, { handoffId }, { orderBy: ['id'] });

/** One scope change of a handoff, locked; NOT_FOUND also for another handoff's. Ask for the handoff's lock first. */
export const lockScopeChange = (handoffId: string, id: string): Query<ScopeChange> =>
  mapQuery(selectRequired(ScopeChange, id, { lock: 'UPDATE' }), (change) => {
    if (change.handoffId !== handoffId) throw notFound('ScopeChange', id);
    return change;
  });

/** What a scope change changes, in the order of the baseline. */
export const scopeChangeLines = (scopeChangeId: string): Query<ScopeChangeLine[]> =>
  select(ScopeChangeLine, { scopeChangeId }, { orderBy: ['position'] });

/** The version of the baseline that a scope change was computed against. */
export function baselineOfScopeChange(scopeChangeId: string): Query<BudgetBaseline[]> {
  const { selection } = tableOf(BudgetBaseline);
  return sql(
    `select ${selection} from budget_baseline where tenant_id = $1 and id =
      (select s.baseline_id from scope_change s where s.tenant_id = $1 and s.id = $2)`,
    [scopeChangeId],
    (rows) => rows.map((row) => hydrate(BudgetBaseline, row)),
  );
}

/** The lines of the version of the baseline that a scope change was computed against, in their order. */
export function baselineLinesOf(scopeChangeId: string): Query<BudgetBaselineLine[]> {
  const { selection } = tableOf(BudgetBaselineLine);
  return sql(
    `select ${selection} from budget_baseline_line where tenant_id = $1 and baseline_id =
      (select s.baseline_id from scope_change s where s.tenant_id = $1 and s.id = $2) order by position`,
    [scopeChangeId],
    (rows) => rows.map((row) => hydrate(BudgetBaselineLine, row)),
  );
}

/** The change order of a scope change, or null. */
export const changeOrderOf = (scopeChangeId: string): Query<ChangeOrder | null> =>
  selectFirst(ChangeOrder, { scopeChangeId });

/** The approval request of a scope change, locked. */
export const lockRequestOf = (scopeChangeId: string): Query<ApprovalRequest> =>
  mapQuery(
    select(ApprovalRequest, { subjectType: 'ScopeChange', subjectId: scopeChangeId }, { lock: 'UPDATE' }),
    (rows) => {
      if (!rows[0]) throw notFound('ScopeChange', scopeChangeId);
      return rows[0];
    },
  );

const ITEM_TABLES: Readonly<Record<CauseItemType, string>> = {
  CHECKLIST_ITEM: 'checklist_item',
  STATEMENT: 'handoff_statement',
  ASSUMPTION: 'assumption',
  COMMITMENT: 'commitment',
  RISK: 'risk',
  STAKEHOLDER: 'stakeholder',
  DECISION: 'decision',
  MILESTONE: 'project_milestone',
};

/** Holds the item that a change is traced to; NOT_FOUND unless it is one of this handoff. Without an item nothing is asked. */
export function holdCauseItem(handoffId: string, type: CauseItemType | null, id: string | null): Query<void> {
  if (type === null || id === null) return sql('select 1 where $1::uuid is not null', [], () => undefined);
  const text = `select id from ${ITEM_TABLES[type]} where tenant_id = $1 and handoff_id = $2 and id = $3 for share`;
  return sql(text, [handoffId, id], (rows) => {
    if (!rows[0]) throw notFound(type, id);
  });
}

/** What other open or used scope changes of the handoff's client lose; those that lose nothing are left out. */
export function priorLosses(handoffId: string): Query<PriorLoss[]> {
  const text = `select s.request_id, r.opened_at, s.currency, -s.margin_effect_minor as loss_minor
    from handoff h
    join handoff o on o.tenant_id = $1 and o.client_id = h.client_id
    join scope_change s on s.tenant_id = $1 and s.handoff_id = o.id and s.margin_effect_minor < 0
    join approval_request r on r.tenant_id = $1 and r.id = s.request_id
      and (r.state = 'USED' or (r.state in ('PENDING', 'APPROVED') and r.expires_at > ${PRESENT}))
    where h.tenant_id = $1 and h.id = $2 order by r.opened_at, r.id`;
  return sql(text, [handoffId], (rows) =>
    rows.map((row) => ({
      requestId: row.request_id as string,
      openedAt: row.opened_at as Date,
      currency: row.currency as string,
      lossMinor: row.loss_minor as bigint,
    })),
  );
}

/** Where a scope change stands at an instant, as state.rules' stateOf says it. */
const stateAt = (now: string): string => `case
    when r.state in ('PENDING', 'APPROVED') and r.expires_at <= ${now} then 'EXPIRED'
    when r.state = 'PENDING' then 'REQUESTED' when r.state = 'USED' then 'REBASELINED' else r.state end`;

/** What a list is narrowed to; every condition that is given must hold. */
export interface ScopeChangeConditions {
  readonly handoffId?: string | null;
  readonly states?: readonly ScopeChangeState[] | null;
  readonly causes?: readonly ScopeChangeCause[] | null;
  readonly incidentsOnly?: boolean | null;
}

/** A page of scope changes, newest first. */
export function scopeChangePage(
  conditions: ScopeChangeConditions,
  { first, after }: PageArguments,
  now: Date,
): Query<Page<ScopeChange>> {
  const columns = tableOf(ScopeChange).columns.map(({ name }) => `s.${name}`);
  const { handoffId, states, causes, incidentsOnly } = conditions;
  const values: unknown[] = [];
  const given = (value: unknown): string => `$${values.push(value) + 1}`;
  const where = [
    ...(handoffId ? [`s.handoff_id = ${given(handoffId)}`] : []),
    ...(states ? [`${stateAt(`${given(now)}::timestamptz`)} = any(${given(states)})`] : []),
    ...(causes ? [`s.cause = any(${given(causes)})`] : []),
    ...(incidentsOnly ? [`s.cause = any(${given(INCIDENT_CAUSES)})`] : []),
    ...(after === null ? [] : [`s.id < ${given(decodeCursor(after))}`]),
  ];
  const text = `select ${columns.join(', ')} from scope_change s
    join approval_request r on r.tenant_id = $1 and r.id = s.request_id
    where ${['s.tenant_id = $1', ...where].join(' and ')} order by s.id desc limit ${Math.trunc(first) + 1}`;
  return sql(text, values, (rows) => {
    const nodes = rows.slice(0, first).map((row) => hydrate(ScopeChange, row));
    const edges = nodes.map((node) => ({ node, cursor: encodeCursor(node.id) }));
    return {
      edges,
      pageInfo: {
        hasNextPage: rows.length > first,
        hasPreviousPage: after !== null,
        startCursor: edges[0]?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      },
    };
  });
}

/** A scope change as reports ask for it. */
export interface ScopeChangeRecord {
  readonly id: string;
  readonly handoffId: string;
  readonly number: string;
  readonly cause: ScopeChangeCause;
  readonly causeItemType: CauseItemType | null;
  readonly causeItemId: string | null;
  /** Traced to information missing or wrong in the handoff (requirements section 8). */
  readonly isIncident: boolean;
  readonly currency: string;
  /** Proposed margin less the baseline's; negative is a loss. */
  readonly marginEffectMinor: bigint;
  readonly marginEffectBps: number | null;
  readonly dateEffectDays: number;
  readonly requestedAt: Date;
  readonly state: ScopeChangeState;
  /** When the baseline moved by it, or null. */
  readonly rebaselinedAt: Date | null;
}

/** The scope changes of these handoffs by handoff, oldest first, as they stand at an instant. */
export function scopeChangesByHandoff(
  handoffIds: readonly string[],
  now: Date,
): Query<ReadonlyMap<string, ScopeChangeRecord[]>> {
  return mapQuery(recordsWhere('s.handoff_id = any($3)', [now, handoffIds]), (records) => {
    const groups = new Map<string, ScopeChangeRecord[]>(handoffIds.map((id) => [id, []]));
    for (const record of records) groups.get(record.handoffId)!.push(record);
    return groups;
  });
}

/** The scope changes that were asked for from an instant on and before another, oldest first. */
export const scopeChangesRaised = (from: Date, until: Date, now: Date): Query<ScopeChangeRecord[]> =>
  recordsWhere('s.requested_at >= $3 and s.requested_at < $4', [now, from, until]);

function recordsWhere(condition: string, values: readonly unknown[]): Query<ScopeChangeRecord[]> {
  const text = `select s.id, s.handoff_id, s.number, s.cause, s.cause_item_type, s.cause_item_id, s.currency,
      s.margin_effect_minor, s.margin_effect_bps, s.date_effect_days, s.requested_at, s.rebaselined_at,
      ${stateAt('$2::timestamptz')} as state
    from scope_change s join approval_request r on r.tenant_id = $1 and r.id = s.request_id
    where s.tenant_id = $1 and ${condition} order by s.requested_at, s.id`;
  return sql(text, values, (rows) => rows.map(recordOf));
}

function recordOf(row: Row): ScopeChangeRecord {
  const cause = row.cause as ScopeChangeCause;
  return {
    id: row.id as string,
    handoffId: row.handoff_id as string,
    number: row.number as string,
    cause,
    causeItemType: row.cause_item_type as CauseItemType | null,
    causeItemId: row.cause_item_id as string | null,
    isIncident: isIncident({ cause }),
    currency: row.currency as string,
    marginEffectMinor: row.margin_effect_minor as bigint,
    marginEffectBps: row.margin_effect_bps as number | null,
    dateEffectDays: row.date_effect_days as number,
    requestedAt: row.requested_at as Date,
    state: row.state as ScopeChangeState,
    rebaselinedAt: row.rebaselined_at as Date | null,
  };
}
