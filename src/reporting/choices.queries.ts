import { type Query, sql } from '../core/statement.js';
import type { ReportingChoice } from './choices.types.js';

/** A list of choices is no register: whoever has more of them asks by id. */
const MOST = 1000;

/** Everything that figures can be narrowed to, by the slice's field. */
export interface SliceChoices {
  readonly clients: ReportingChoice[];
  readonly serviceTemplates: ReportingChoice[];
  readonly dealTypes: ReportingChoice[];
  readonly tiers: ReportingChoice[];
  readonly owners: ReportingChoice[];
  readonly deliveryManagers: ReportingChoice[];
}

const people = (column: 'owner_id' | 'delivery_manager_id', list: keyof SliceChoices): string =>
  `(select '${list}' as list, p.id::text as key, p.handle as name from person p
    where p.tenant_id = $1 and p.id in (select f.${column} from fact_handoff f where f.tenant_id = $1)
    order by p.handle limit ${MOST})`;

const word = (kind: string, list: keyof SliceChoices): string =>
  `(select '${list}' as list, w.key, w.name from dim_word w where w.tenant_id = $1 and w.kind = '${kind}')`;

const CHOICES = `select * from (
    (select 'clients' as list, c.id::text as key, c.name from client c
      where c.tenant_id = $1 and c.id in (select f.client_id from fact_handoff f where f.tenant_id = $1)
      order by c.name limit ${MOST})
    union all ${word('SERVICE_TEMPLATE', 'serviceTemplates')}
    union all ${word('DEAL_TYPE', 'dealTypes')}
    union all ${word('TIER', 'tiers')}
    union all ${people('owner_id', 'owners')}
    union all ${people('delivery_manager_id', 'deliveryManagers')}) choice
  order by list, name, key`;

/** What occurs in the reporting model, in one statement. */
export const sliceChoices = (): Query<SliceChoices> =>
  sql(CHOICES, [], (rows) => {
    const of = (list: keyof SliceChoices): ReportingChoice[] =>
      rows.filter((row) => row.list === list).map(({ key, name }) => ({ key: key as string, name: name as string }));
    return {
      clients: of('clients'),
      serviceTemplates: of('serviceTemplates'),
      dealTypes: of('dealTypes'),
      tiers: of('tiers'),
      owners: of('owners'),
      deliveryManagers: of('deliveryManagers'),
    };
  });
