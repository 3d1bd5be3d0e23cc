/** The demo's deal, as HaloPSA exports it: an opportunity of its own for every run. */
export interface DemoDeal {
  /** As it was won: the recurring part lies below the margin floor. */
  readonly won: string;
  /** After the return: the monthly price was raised by a pound a device, still below the floor. */
  readonly corrected: string;
}

interface Line {
  baseprice?: number;
  current_quantity?: number;
  net_total?: number;
  item_recurring?: boolean;
}

interface Export {
  opportunity: { id: number; client_id: number; summary: string };
  quotation: {
    id: number;
    ticket_id: number;
    client_id: number;
    revenue: number;
    tax_total: number;
    total: number;
    lines: Line[];
  };
}

const DEVICES = 24;

/**
 * Makes the two exports from the sample file, for a client of their own: exceptions of one client count together, so that
 * stories told one after the other would at last need more approvers than this one has.
 */
export function demoDeal(sample: string, opportunityId: number, clientId = opportunityId): DemoDeal {
  const won = JSON.parse(sample) as Export;
  won.opportunity.id = opportunityId;
  won.opportunity.client_id = clientId;
  won.quotation.client_id = clientId;
  won.quotation.ticket_id = opportunityId;
  won.quotation.id = opportunityId;
  const corrected = JSON.parse(JSON.stringify(won)) as Export;
  const line = corrected.quotation.lines.find((one) => one.item_recurring && one.current_quantity === DEVICES);
  if (!line?.baseprice || !line.net_total) throw new Error('The sample deal has no recurring line a device');
  line.baseprice += 1;
  line.net_total += DEVICES;
  const { quotation } = corrected;
  quotation.revenue += DEVICES;
  quotation.tax_total = (quotation.tax_total * 10 + (DEVICES * 10) / 5) / 10;
  quotation.total = quotation.revenue + quotation.tax_total;
  return { won: JSON.stringify(won, null, 2), corrected: JSON.stringify(corrected, null, 2) };
}
