import { grantsOf } from '../approval/approval.queries.js';
import { configurationOfHandoff } from '../catalogue/catalogue.queries.js';
import { checklistOf, evidenceOf } from '../checklist/checklist.queries.js';
import { commitmentsOf, declarationOf } from '../commitment/commitment.queries.js';
import { notFound } from '../core/error.js';
import { mapQuery, type Answers, type Queries, type Query, select, selectRequired, sql } from '../core/statement.js';
import { hydrate, tableOf } from '../core/table.js';
import { PersonalKey } from '../core/vault.js';
import { decisionsOf } from '../decision/decision.queries.js';
import {
  adoptedSnapshot,
  assumptionsOf,
  clientOfHandoff,
  dealOfHandoff,
  risksOf,
  stakeholdersOf,
  statementsOf,
} from '../handoff/handoff.queries.js';
import { handoffSubject } from '../handoff/handoff.rules.js';
import {
  currentBaseline,
  currentBaselineLines,
  milestonesOf,
  projectOfHandoff,
  tasksOf,
} from '../project/project.queries.js';
import { Brief } from './brief.entity.js';

/** Every version of a handoff's brief, newest first. */
export const briefsOf = (handoffId: string): Query<Brief[]> => select(Brief, { handoffId }, { orderBy: ['-version'] });

/** The highest version of a handoff's brief; 0 before the first. Ask after the handoff's lock. */
export const latestBriefVersion = (handoffId: string): Query<number> =>
  sql(
    'select coalesce(max(version), 0) as version from brief where tenant_id = $1 and handoff_id = $2',
    [handoffId],
    (rows) => Number(rows[0]?.version ?? 0),
  );

/** The number of the handoff that a brief is of, or NOT_FOUND. */
export const handoffNumberOfBrief = (briefId: string): Query<string> =>
  sql(
    'select h.number from brief b join handoff h on h.tenant_id = $1 and h.id = b.handoff_id where b.tenant_id = $1 and b.id = $2',
    [briefId],
    (rows) => {
      if (!rows[0]) throw notFound('Brief', briefId);
      return rows[0].number as string;
    },
  );

/** A brief of that handoff, locked, or NOT_FOUND: a brief of another handoff is none of this one's. */
export const lockBrief = (handoffId: string, briefId: string): Query<Brief> =>
  mapQuery(selectRequired(Brief, briefId, { lock: 'UPDATE' }), (brief) => {
    if (brief.handoffId !== handoffId) throw notFound('Brief', briefId);
    return brief;
  });

/** The handle of every person of the tenant by id: a brief names people by handle where no personal data may stand. */
function handles(): Query<ReadonlyMap<string, string>> {
  return sql(
    'select id, handle from person where tenant_id = $1',
    [],
    (rows) => new Map(rows.map((row) => [row.id as string, row.handle as string])),
  );
}

/** The keys that the stakeholders of a handoff have. Their erasure locks the handoff, as who drafts a brief does. */
function stakeholderKeysOf(handoffId: string): Query<PersonalKey[]> {
  return sql(
    `select ${tableOf(PersonalKey).selection} from personal_key where tenant_id = $1
      and id in (select s.id from stakeholder s where s.tenant_id = $1 and s.handoff_id = $2)`,
    [handoffId],
    (rows) => rows.map((row) => hydrate(PersonalKey, row)),
  );
}

/**
 * Everything that a brief is made from, beside the handoff's row itself, in one flush. The names are those of
 * BriefGround; a submit replaces the project's rows by those that it makes.
 */
export function briefFacts(handoffId: string) {
  return {
    version: configurationOfHandoff(handoffId),
    snapshot: adoptedSnapshot(handoffId),
    deal: dealOfHandoff(handoffId),
    client: clientOfHandoff(handoffId),
    statements: statementsOf(handoffId),
    assumptions: assumptionsOf(handoffId),
    risks: risksOf(handoffId),
    stakeholders: stakeholdersOf(handoffId),
    stakeholderKeys: stakeholderKeysOf(handoffId),
    commitments: commitmentsOf(handoffId),
    declaration: declarationOf(handoffId),
    decisions: decisionsOf(handoffId),
    items: checklistOf(handoffId),
    evidence: evidenceOf(handoffId),
    grants: grantsOf(handoffSubject(handoffId)),
    handles: handles(),
    project: projectOfHandoff(handoffId),
    milestones: milestonesOf(handoffId),
    tasks: tasksOf(handoffId),
    baseline: currentBaseline(handoffId),
    baselineLines: currentBaselineLines(handoffId),
    latestVersion: latestBriefVersion(handoffId),
  } satisfies Queries;
}

/** The answers of briefFacts. */
export type BriefAnswers = Answers<ReturnType<typeof briefFacts>>;
