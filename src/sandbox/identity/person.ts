/** A sample person whom anybody may impersonate in the sandbox. */
export interface SandboxPerson {
  /** Short name within the tenant, for example `sofia.sales`. */
  key: string;
  /** For the page on which to pick a person; in no token. */
  name: string;
  /** The tenant's short name, for example `northwind-managed`. */
  tenantSlug: string;
  /** Stands for the Entra tenant id (GUID). */
  tid: string;
  /** Stands for the Entra object id (GUID). */
  oid: string;
  /** For the page only: what a person may do follows from the membership, never from the token. */
  roles: readonly string[];
}

/** Where the sandbox's people come from; asked anew for every request, so that a tenant added later is there. */
export type PeopleSource = () => Promise<SandboxPerson[]> | SandboxPerson[];

/** How a person is named on the command line and on the wire: `sofia.sales@northwind-managed`. */
export function personName(person: SandboxPerson): string {
  return `${person.key}@${person.tenantSlug}`;
}

/** The subject of a person's tokens: opaque to clients, stable across starts, and unique across tenants. */
export function subjectOf(person: SandboxPerson): string {
  return `${person.tid}.${person.oid}`;
}
