/** Who plays: people of the sample tenant northwind-managed by their short names, and a stranger of another MSP. */
export const CAST = {
  sales: 'sofia.sales',
  delivery: 'dana.delivery',
  lead: 'leah.lead',
  secondLead: 'liam.lead',
  finance: 'freda.finance',
  secondFinance: 'fiona.finance',
  awayFinance: 'femi.finance',
  revops: 'ravi.revops',
  secondRevops: 'rita.revops',
  auditor: 'audrey.audit',
  stranger: 'stranger',
} as const;

/** Who gives or verifies evidence, by the role that the checklist names. */
export function holderOf(role: string): string {
  const holders: Readonly<Record<string, string>> = {
    SALES_MANAGER: CAST.sales,
    DELIVERY_MANAGER: CAST.delivery,
    SERVICE_DELIVERY_LEAD: CAST.lead,
    FINANCE_APPROVER: CAST.finance,
    REVOPS_ADMIN: CAST.revops,
  };
  const holder = holders[role];
  if (!holder) throw new Error(`Nobody of the cast holds ${role}`);
  return holder;
}
