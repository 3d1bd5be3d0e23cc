import type { QueryRunner } from 'typeorm';
import { createTenantTable, TablesMigration, withoutForce } from '../src/core/migration.js';

const READ = ['handoff', 'configuration_version', 'deal_snapshot', 'checklist_item', 'evidence'];

/** Of each handoff the win that stands, and its instant, as clocks count it (src/deal/close.rules.ts). */
const WINS = `select h.tenant_id, h.id as handoff_id, w.id as snapshot_id, case
      when (w.imported_at at time zone w.zone)::date <= w.won_on then w.imported_at
      else (w.won_on + 1)::timestamp at time zone w.zone end as at
  from handoff h
  join configuration_version v on v.tenant_id = h.tenant_id and v.id = h.configuration_version_id
  cross join lateral (select s.id, s.won_on, s.imported_at, v.content::json->'calendar'->>'timeZone' as zone
    from deal_snapshot s where s.tenant_id = h.tenant_id and s.deal_id = h.deal_id and s.won_on is not null
      and s.imported_at < coalesce(h.withdrawn_at, 'infinity')
      and s.revision > coalesce((select max(o.revision) from deal_snapshot o where o.tenant_id = h.tenant_id
        and o.deal_id = h.deal_id and o.won_on is null and o.imported_at < coalesce(h.withdrawn_at, 'infinity')), 0)
    order by s.revision limit 1) w`;

/** What was proven by then, as far as the items as they are now still tell. */
const KEPT = `select w.tenant_id, gen_random_uuid(), w.handoff_id, w.snapshot_id, w.at,
    coalesce(sum(i.weight) filter (where e.state = 'VERIFIED' and e.verified_at <= w.at
      and (e.invalid_at is null or e.invalid_at > w.at)
      and (i.reopened_at is null or i.reopened_at <= e.submitted_at or i.reopened_at > w.at)), 0),
    coalesce(sum(i.weight), 0)
  from (${WINS}) w
  left join checklist_item i on i.tenant_id = w.tenant_id and i.handoff_id = w.handoff_id and i.required
    and not (i.state = 'NOT_APPLICABLE' and i.na_accepted_at <= w.at)
  left join lateral (select x.* from evidence x where x.tenant_id = i.tenant_id and x.handoff_id = i.handoff_id
    and x.item_id = i.id and x.submitted_at <= w.at order by x.sequence desc limit 1) e on true
  group by w.tenant_id, w.handoff_id, w.snapshot_id, w.at`;

/**
 * What was proven at a win is kept at the win, since items change afterwards. Of wins that are there it is what the
 * projection said of them until now: a change that left no trace on its item stays unknown (docs/kpis.md).
 */
export class CompletenessAtWin1700000000060 extends TablesMigration {
  readonly tables = ['completeness_at_win'];

  async up(runner: QueryRunner): Promise<void> {
    await createTenantTable(
      runner,
      'completeness_at_win',
      `handoff_id uuid not null,
      deal_snapshot_id uuid not null,
      as_of timestamptz(3) not null,
      proven_weight int not null check (proven_weight >= 0),
      applicable_weight int not null check (applicable_weight >= proven_weight),
      unique (tenant_id, handoff_id, deal_snapshot_id),
      foreign key (tenant_id, handoff_id) references handoff (tenant_id, id),
      foreign key (tenant_id, deal_snapshot_id) references deal_snapshot (tenant_id, id)`,
      'select, insert',
    );
    await unforced(runner, [...this.tables, ...READ], async () => {
      await runner.query(`insert into completeness_at_win (tenant_id, id, handoff_id, deal_snapshot_id, as_of,
        proven_weight, applicable_weight) ${KEPT}`);
    });
  }
}

async function unforced(runner: QueryRunner, tables: readonly string[], work: () => Promise<void>): Promise<void> {
  const [table, ...rest] = tables;
  await (table === undefined ? work() : withoutForce(runner, table, () => unforced(runner, rest, work)));
}
