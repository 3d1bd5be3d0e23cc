/** The roles of people at an MSP (requirements 002 and 000: owner, approver, support, RevOps), and two that only audit or integrate. */
export enum Role {
  SALES_MANAGER = 'SALES_MANAGER',
  DELIVERY_MANAGER = 'DELIVERY_MANAGER',
  FINANCE_APPROVER = 'FINANCE_APPROVER',
  SERVICE_DELIVERY_LEAD = 'SERVICE_DELIVERY_LEAD',
  REVOPS_ADMIN = 'REVOPS_ADMIN',
  AUDITOR = 'AUDITOR',
  INTEGRATOR = 'INTEGRATOR',
}

/** The roles that a person may hold; INTEGRATOR belongs to API keys alone. */
export const PERSON_ROLES: readonly Role[] = Object.values(Role).filter((role) => role !== Role.INTEGRATOR);

/** The roles that change something: an auditor only reads. */
export const ACTING_ROLES: readonly Role[] = PERSON_ROLES.filter((role) => role !== Role.AUDITOR);

/** Everyone who works on handoffs or looks at them. */
export const EVERYONE: readonly Role[] = Object.values(Role);

/** The people who deliver what was sold. */
export const DELIVERY: readonly Role[] = [Role.DELIVERY_MANAGER, Role.SERVICE_DELIVERY_LEAD];

/** The roles that see margin, floor and shortfall: nobody approves an exception blind. */
export const SEES_MARGIN: readonly Role[] = [
  Role.SALES_MANAGER,
  Role.FINANCE_APPROVER,
  Role.SERVICE_DELIVERY_LEAD,
  Role.AUDITOR,
];
