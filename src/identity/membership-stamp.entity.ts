import { Column, Entity } from '../core/column.js';

/** What a tenant's membership is known by: the database gives it another with every change of it (migration 0062). */
@Entity()
export class MembershipStamp {
  @Column('uuid', { primary: true })
  tenantId: string;

  @Column('uuid')
  stamp: string;
}
