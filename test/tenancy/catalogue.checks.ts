import { tableOf } from '../../src/core/table.js';
import { ENTITIES } from '../../src/entities.js';

/** Tables that belong to no tenant. Whoever adds one here says why in docs/decisions/0005. */
const GLOBAL = ['tenant', 'migration'];

/** Types whose comparison PostgreSQL runs behind a row-level-security barrier: they never serve as index conditions. */
const LEAKPROOF = ['uuid', 'text', 'int4', 'int8', 'bool', 'date', 'timestamptz'];

/** What the application adds and never changes: evidence. */
const APPEND_ONLY = [
  'ledger_entry',
  'ledger_seal',
  'ledger_checkpoint',
  'outbox_attempt',
  'deal_snapshot',
  'deal_payload',
  'personal_text',
  'quote_line',
  'approval_round',
  'approval_participant',
  'approval_grant',
  'contribution',
  'budget_baseline',
  'budget_baseline_line',
  'scope_change_line',
  'quality_score',
  'score_criterion',
  'score_amendment',
  'review_item',
  'spot_check_draw',
  'approval_vote',
  'gate_evaluation',
  'gate_finding',
  'handoff_return',
  'margin_exception',
  'commitment_declaration',
  'handoff_feedback',
  'audit_sample',
  'audit_sample_item',
  'control_run',
  'actuals_snapshot',
  'actuals_line',
  'actuals_mark',
  'clock_settlement',
  'completeness_at_win',
  'repeat_ask',
  'client_survey',
  'checkpoint_return',
  'kpi_sign_off',
  'kpi_baseline',
  'kpi_baseline_confirmation',
  'pilot_handoff',
  'hypercare_check',
  'training_record',
  'handoff_buddy',
  'capacity_change',
];

/** A fact repeats what the record that it is projected from is bound to: it is bound itself by its handoff alone. */
const COPIED = 'a copy of a column that is bound';

/** Columns that name a row without a foreign key, and why that is right. */
const UNBOUND: Readonly<Record<string, string>> = {
  'personal_text.record_id': 'any immutable record: the vault knows no domain',
  'membership_stamp.stamp': 'names no row: it is made anew with every change',
  'deal.current_snapshot_id': 'the deal is written before its snapshot, which refers to the deal',
  'outbox_effect.aggregate_id': 'any aggregate, by type',
  'approval_request.subject_id': 'any subject, by type: the engine knows no domain',
  'approval_grant.subject_id': 'any subject, by type',
  'contribution.subject_id': 'any subject, by type',
  'alert.subject_id': 'any subject, by type',
  'teams_card.subject_id': 'any subject, by type',
  'notice.subject_id': 'any subject, by type',
  'power_bi_class.workspace_id': 'a workspace in Power BI',
  'power_bi_push.workspace_id': 'a workspace in Power BI',
  'power_bi_push.dataset_id': 'a dataset in Power BI',
  'power_bi_refresh.dataset_id': 'a semantic model in Power BI',
  'psa_object.own_id': 'whatever of ours it stands for, by kind',
  'actuals_mark.own_id': 'a milestone or task, by kind',
  'decision.assumption_id': 'an assumption, which may be removed later: no distributed key takes ON DELETE SET NULL',
  'scope_change.cause_item_id': 'an item of the handoff, by kind, which may be removed later',
  'event_delivery.subject_id': 'any subject, by type',
  'event_delivery.replay_id': 'the replay that asked for it: an effect of the outbox',
  'review_item.subject_id': 'any record, by type',
  'quality_step.subject_id': 'any task of quality, by type',
  'audit_sample_item.row_id': 'a row of a population, by kind',
  'audit_sample_item.subject_id': 'any subject, by type',
  'approval_request.configuration_version_id': 'the engine stands below the catalogue',
  'fact_handoff.client_id': COPIED,
  'fact_handoff.owner_id': COPIED,
  'fact_handoff.delivery_manager_id': COPIED,
  'fact_gate_finding.evaluation_id': COPIED,
  'fact_exception.requester_id': COPIED,
  'fact_vote.exception_id': COPIED,
  'fact_vote.voter_id': COPIED,
  'fact_decision.owner_id': COPIED,
  'fact_quality_score.owner_id': COPIED,
  'fact_quality_score.delivery_manager_id': COPIED,
  'fact_commitment.made_by_id': COPIED,
  'fact_kpi_case.source_id': 'whatever makes it a case, by KPI',
  'fact_kpi_case.client_id': COPIED,
  'fact_kpi_case.owner_id': COPIED,
  'fact_kpi_case.delivery_manager_id': COPIED,
  'reporting_progress.rebuilt_to': 'where the next rebuilt handoff is looked for: any id will do',
};

/** Runs a statement of the catalogue. */
export type Ask = <T = Record<string, unknown>>(text: string) => Promise<T[]>;

const list = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(', ');
const TABLES = `(select c.oid, c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname not in (${list(GLOBAL)}))`;
const POLICY = `'(tenant_id = (NULLIF(current_setting(''app.tenant_id''::text, true), ''''::text))::uuid)'`;

/** A rule of the database; `faults` answers what breaks it, nothing when it holds. */
export interface CatalogueCheck {
  readonly rule: string;
  readonly faults: (ask: Ask) => Promise<unknown[]>;
}

const sql = (rule: string, text: string): CatalogueCheck => ({ rule, faults: (ask) => ask(text) });

/** Every rule that keeps tenants apart, read from the database's own catalogue (reliability T1). */
export const CATALOGUE_CHECKS: readonly CatalogueCheck[] = [
  {
    rule: 'has tenants at all',
    faults: async (ask) => ((await ask(`select oid from ${TABLES} t`)).length > 9 ? [] : ['hardly a table']),
  },
  sql(
    'forces row-level security with the one policy on every tenant table',
    `select t.relname from ${TABLES} t join pg_class c on c.oid = t.oid
      where not (c.relrowsecurity and c.relforcerowsecurity)
         or (select count(*) from pg_policy p where p.polrelid = t.oid) <> 1
         or not exists (select 1 from pg_policy p where p.polrelid = t.oid and p.polcmd = '*' and p.polpermissive and p.polroles = '{0}'
           and pg_get_expr(p.polqual, p.polrelid) = ${POLICY}
           and pg_get_expr(p.polwithcheck, p.polrelid) = ${POLICY})`,
  ),
  sql(
    'leads every key, unique constraint and index with tenant_id',
    `select t.relname, i.indexrelid::regclass::text as index from ${TABLES} t join pg_index i on i.indrelid = t.oid
      where (select a.attname from pg_attribute a where a.attrelid = t.oid and a.attnum = i.indkey[0]) is distinct from 'tenant_id'`,
  ),
  sql(
    'has a primary key and a NOT NULL tenant on every tenant table',
    `select t.relname from ${TABLES} t
      where not exists (select 1 from pg_constraint k where k.conrelid = t.oid and k.contype = 'p')
         or not exists (select 1 from pg_attribute a where a.attrelid = t.oid and a.attname = 'tenant_id' and a.attnotnull and a.atttypid = 'uuid'::regtype)`,
  ),
  sql(
    'binds every tenant table to the registry, and refers from tenant table to tenant table by the tenant as well',
    `select t.relname as name from ${TABLES} t
      where not exists (select 1 from pg_constraint k where k.conrelid = t.oid and k.contype = 'f' and k.confrelid = 'tenant'::regclass)
     union all
     select k.conname from pg_constraint k join ${TABLES} t on t.oid = k.conrelid
      where k.contype = 'f' and k.confrelid <> 'tenant'::regclass
        and ((select attname from pg_attribute where attrelid = k.conrelid and attnum = k.conkey[1]) <> 'tenant_id'
          or (select attname from pg_attribute where attrelid = k.confrelid and attnum = k.confkey[1]) <> 'tenant_id')`,
  ),
  sql(
    'has a foreign key for every column that names a row',
    `select t.relname || '.' || a.attname as name from ${TABLES} t
      join pg_attribute a on a.attrelid = t.oid and a.atttypid = 'uuid'::regtype and a.attnum > 0 and not a.attisdropped and a.attname not in ('id', 'tenant_id')
      where t.relname || '.' || a.attname not in (${list(Object.keys(UNBOUND))})
        and not exists (select 1 from pg_constraint k where k.conrelid = t.oid and k.contype = 'f' and a.attnum = any(k.conkey))`,
  ),
  sql(
    'has no foreign key from a global table to a tenant table',
    `select conname from pg_constraint where contype = 'f' and conrelid = 'tenant'::regclass`,
  ),
  sql(
    'has no sequence, view or materialized view',
    `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('S', 'm', 'v') and relname not like 'migration%'`,
  ),
  sql('has no enum', `select typname from pg_type where typnamespace = 'public'::regnamespace and typtype = 'e'`),
  sql(
    'indexes only types whose comparison is leakproof',
    `select i.indexrelid::regclass::text as index, y.typname from ${TABLES} t
      join pg_index i on i.indrelid = t.oid
      join pg_attribute a on a.attrelid = i.indexrelid join pg_type y on y.oid = a.atttypid
      where y.typname <> all (array[${list(LEAKPROOF)}])`,
  ),
  sql(
    'keeps every instant at milliseconds',
    `select t.relname, a.attname from ${TABLES} t join pg_attribute a on a.attrelid = t.oid
      where a.atttypid in ('timestamptz'::regtype, 'timestamp'::regtype) and format_type(a.atttypid, a.atttypmod) <> 'timestamp(3) with time zone'`,
  ),
  sql(
    'grants the application role no TRUNCATE, REFERENCES or TRIGGER, and nobody else anything',
    `select c.relname, g.grantee::regrole::text as grantee, g.privilege_type from pg_class c, aclexplode(c.relacl) g
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S') and g.grantee <> c.relowner
        and (g.grantee <> 'countersign_app'::regrole or g.privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE'))`,
  ),
  sql(
    'grants the application role no change of evidence',
    `select c.relname, g.privilege_type from pg_class c, aclexplode(c.relacl) g
      where c.relname in (${list(APPEND_ONLY)}) and g.grantee = 'countersign_app'::regrole and g.privilege_type not in ('SELECT', 'INSERT')
     union all
     select c.relname, g.privilege_type from pg_class c join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) g
      where c.relname in (${list(APPEND_ONLY)}) and g.grantee = 'countersign_app'::regrole
     union all
     select name, 'is missing' from unnest(array[${list(APPEND_ONLY)}]) as name where to_regclass(name) is null`,
  ),
  sql(
    'has an application role that owns nothing, cannot bypass and is a member of nothing',
    `select rolname as name from pg_roles where rolname = 'countersign_app' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)
     union all select relname from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = 'countersign_app'
     union all select 'a member of ' || m.roleid::regrole from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname = 'countersign_app'
     union all select 'no such role' where not exists (select 1 from pg_roles where rolname = 'countersign_app')`,
  ),
  sql(
    'has no SECURITY DEFINER function',
    `select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef`,
  ),
  {
    rule: 'has exactly the tables and columns of the entities',
    faults: async (ask) => {
      const rows = await ask<{ name: string }>(
        `select t.relname || '.' || a.attname as name from ${TABLES} t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped`,
      );
      const inDatabase = new Set(rows.map(({ name }) => name));
      const inEntities = new Set(
        ENTITIES.flatMap((entity) => tableOf(entity).columns.map((c) => `${tableOf(entity).name}.${c.name}`)),
      );
      const missing = (from: Set<string>, other: Set<string>): string[] => [...from].filter((name) => !other.has(name));
      return [...missing(inDatabase, inEntities), ...missing(inEntities, inDatabase)];
    },
  },
];

/** Every rule that is broken, with what breaks it. */
export async function brokenRules(ask: Ask): Promise<{ rule: string; faults: unknown[] }[]> {
  const broken: { rule: string; faults: unknown[] }[] = [];
  for (const { rule, faults } of CATALOGUE_CHECKS) {
    const found = await faults(ask);
    if (found.length > 0) broken.push({ rule, faults: found });
  }
  return broken;
}
