import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { TenantOwned } from '../core/table.js';

export enum TenantState {
  ACTIVE = 'ACTIVE',
  SUSPENDED = 'SUSPENDED',
  CLOSED = 'CLOSED',
}
registerEnumType(TenantState, {
  name: 'TenantState',
  description: "Whether the tenant's members may sign in.",
  valuesConfig: {
    ACTIVE: { description: 'Its members may sign in.' },
    SUSPENDED: { description: 'Nobody signs in and no side effect is done; nothing is lost.' },
    CLOSED: { description: 'Offboarded: as suspended, and its requests, keys and connections have ended.' },
  },
});

/**
 * The tenant's own row: its names live here, behind row-level security. The global registry `tenant` has ids alone,
 * since it is read before a tenant is known (design 4). The id equals the tenant's id.
 */
@Entity()
@ObjectType('Tenant', { description: 'Your MSP.' })
export class TenantProfile extends TenantOwned {
  @Column('text')
  @Field(() => String, { description: 'A short name for addresses and files, such as `northwind-managed`.' })
  slug: string;

  @Column('text')
  @Field(() => String, { description: "The MSP's name." })
  name: string;

  @Column('text')
  @Field(() => TenantState, { description: 'Whether its members may sign in.' })
  state: TenantState;

  @Column('int')
  @Field(() => Int, { description: 'Raised by every change; send it back as expectedRevision.' })
  revision: number;
}
