import { type Query, type Row, sql } from '../core/statement.js';
import type { NormalisedTerms } from '../deal/terms.rules.js';
import { type Decision, DecisionState } from '../decision/decision.entity.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { type ConflictGround, JUDGED } from './conflict.rules.js';

/** A handoff as the worker looks for conflicts in it. */
export interface WatchedGround extends Omit<ConflictGround, 'decisions'> {
  readonly handoff: Pick<Handoff, 'id' | 'stage' | 'termsRevision' | 'revision'>;
  readonly decisions: readonly Pick<Decision, 'id' | 'assumptionId' | 'causeKey' | 'state' | 'decidedBy'>[];
}

/** Rows of the handoff as a JSON list in the order of their ids, with the columns under the names of their properties. */
const rowsOf = (table: string, columns: Readonly<Record<string, string>>, condition = ''): string => {
  const pairs = Object.entries(columns).map(([property, column]) => `'${property}', x.${column}`);
  return `(select coalesce(json_agg(json_build_object(${pairs.join(', ')}) order by x.id), '[]') from ${table} x
    where x.tenant_id = $1 and x.handoff_id = h.id ${condition})`;
};

const GROUND = `select h.id, h.stage, h.terms_revision, h.revision, s.terms,
    ${rowsOf('handoff_statement', { id: 'id', kind: 'kind', text: 'text', topic: 'topic', dueOn: 'due_on' }, 'and (x.topic is not null or x.due_on is not null)')} as statements,
    ${rowsOf('assumption', { id: 'id', text: 'text', state: 'state', impact: 'impact', resolution: 'resolution' }, "and x.state = 'REFUTED'")} as assumptions,
    ${rowsOf('commitment', {
      id: 'id',
      text: 'text',
      topic: 'topic',
      dueOn: 'due_on',
      state: 'state',
      promisedHours: 'promised_hours',
      promisedAmount: 'promised_amount',
      resolutionReference: 'resolution_reference',
      resolutionTermsRevision: 'resolution_terms_revision',
    })} as commitments,
    (select json_build_object('startOn', p.start_on, 'targetOn', p.target_on) from project p
      where p.tenant_id = $1 and p.handoff_id = h.id) as project,
    ${rowsOf('project_milestone', { key: 'key', name: 'name', targetOn: 'target_on', state: 'state' })} as milestones,
    ${rowsOf('project_task', { key: 'key', dueOn: 'due_on', state: 'state' }, "and x.key like 'commitment:%'")} as tasks,
    ${rowsOf('decision', { id: 'id', assumptionId: 'assumption_id', causeKey: 'cause_key', state: 'state', decidedBy: 'decided_by' })} as decisions
  from handoff h join deal_snapshot s on s.tenant_id = $1 and s.id = h.deal_snapshot_id
  where h.tenant_id = $1`;

/** The handoffs in which conflicts count, after this id: at most so many, in the order of their ids. */
export function watchedGrounds(after: string, most: number): Query<WatchedGround[]> {
  return sql(`${GROUND} and h.stage = any($2) and h.id > $3 order by h.id limit $4`, [JUDGED, after, most], (rows) =>
    rows.map(groundOf),
  );
}

function groundOf(row: Row): WatchedGround {
  const { statements, assumptions, commitments, project, milestones, tasks, decisions } =
    row as unknown as WatchedGround;
  return {
    handoff: {
      id: row.id as string,
      stage: row.stage as Handoff['stage'],
      termsRevision: row.terms_revision as number,
      revision: row.revision as number,
    },
    terms: JSON.parse(row.terms as string) as NormalisedTerms,
    statements,
    assumptions,
    commitments,
    project,
    milestones,
    tasks,
    decisions: decisions.map((one) => ({ ...one, state: DecisionState[one.state] })),
  };
}
