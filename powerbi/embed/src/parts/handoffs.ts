import type { HandoffLine } from '../data.js';
import { type Child, element } from '../dom.js';
import { NOTHING } from '../pure/format.js';
import { sentence } from '../pure/words.js';
import type { TableColumn } from './table.js';

/** The columns that say which handoff a row is of, and whose. */
export function handoffColumns<Row>(of: (row: Row) => HandoffLine | null): TableColumn<Row>[] {
  const link = (handoff: HandoffLine | null): Child =>
    handoff === null ? 'Not yours to see' : element('a', { href: `/handoffs/${handoff.id}` }, handoff.number);
  return [
    { label: 'Handoff', shown: (row) => link(of(row)), csv: (row) => of(row)?.number ?? null },
    {
      label: 'Client',
      shown: (row) => of(row)?.client?.name ?? NOTHING,
      csv: (row) => of(row)?.client?.name ?? null,
    },
    {
      label: 'Stage',
      shown: (row) => sentence(of(row)?.stage ?? NOTHING),
      csv: (row) => of(row)?.stage ?? null,
    },
    {
      label: 'Owner',
      shown: (row) => of(row)?.owner?.handle ?? NOTHING,
      csv: (row) => of(row)?.owner?.handle ?? null,
    },
    {
      label: 'Delivery manager',
      shown: (row) => of(row)?.deliveryManager?.handle ?? 'not assigned',
      csv: (row) => of(row)?.deliveryManager?.handle ?? null,
    },
  ];
}
