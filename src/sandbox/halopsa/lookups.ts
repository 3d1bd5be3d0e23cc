import { PAGING, pageOf, present, type Query } from './answers.js';
import type { HaloCall } from './call.js';
import { notFound } from './refusal.js';
import type { ScopeKey } from './settings.js';
import type { ShapeName } from './shapes.js';
import type { HaloRecord, TableName } from './store.js';
import { textOf } from './values.js';

interface LookupOptions {
  readonly path: string;
  readonly table: TableName;
  readonly shape: ShapeName;
  readonly scope: ScopeKey;
  /** The name of the list in the setting `listKeys`. */
  readonly list: string;
  /** Query parameters that compare a field of the same name. */
  readonly filters?: readonly string[];
}

/** A list to pick from, and one of it. */
function lookupCalls({ path, table, shape, scope, list, filters = [] }: LookupOptions): readonly HaloCall[] {
  const wanted = (record: HaloRecord, query: Query): boolean =>
    textOf(record.name)
      .toLowerCase()
      .includes(query.text('search')?.toLowerCase() ?? '') &&
    filters.every((name) => query.text(name) === null || textOf(record[name]) === query.text(name));
  return [
    {
      method: 'GET',
      path,
      scope,
      query: [...PAGING, 'count', 'search', 'showall', ...filters],
      answer: ({ halo, query }) => {
        const rows = halo.store.all(table).filter((record) => wanted(record, query));
        return pageOf(
          halo,
          list,
          rows.map((record) => present(shape, record)),
          query,
        );
      },
    },
    {
      method: 'GET',
      path: `${path}/{id}`,
      scope,
      query: ['includedetails'],
      answer: ({ halo, id }) => {
        const record = halo.store.get(table, id);
        if (!record) throw notFound(path.slice(1), id);
        return present(shape, record);
      },
    },
  ];
}

const LOOKUPS: readonly LookupOptions[] = [
  { path: '/Client', table: 'client', shape: 'Client', scope: 'customers', list: 'clients' },
  { path: '/Site', table: 'site', shape: 'Site', scope: 'customers', list: 'sites', filters: ['client_id'] },
  {
    path: '/Users',
    table: 'user',
    shape: 'User',
    scope: 'customers',
    list: 'users',
    filters: ['client_id', 'site_id'],
  },
  { path: '/Agent', table: 'agent', shape: 'Agent', scope: 'agents', list: 'agents' },
  { path: '/Status', table: 'status', shape: 'Status', scope: 'configuration', list: 'statuses' },
  { path: '/TicketType', table: 'ticketType', shape: 'TicketType', scope: 'configuration', list: 'ticketTypes' },
  { path: '/Outcome', table: 'outcome', shape: 'Outcome', scope: 'configuration', list: 'outcomes' },
  { path: '/BudgetType', table: 'budgetType', shape: 'BudgetType', scope: 'configuration', list: 'budgetTypes' },
  { path: '/FieldInfo', table: 'fieldInfo', shape: 'FieldInfo', scope: 'configuration', list: 'fieldInfos' },
  { path: '/Template', table: 'template', shape: 'Template', scope: 'configuration', list: 'templates' },
  {
    path: '/ApprovalProcess',
    table: 'approvalProcess',
    shape: 'ApprovalProcess',
    scope: 'configuration',
    list: 'approvalProcesses',
  },
];

/** The calls of the lists that a connection is set up from. */
export const LOOKUP_CALLS: readonly HaloCall[] = LOOKUPS.flatMap(lookupCalls);
