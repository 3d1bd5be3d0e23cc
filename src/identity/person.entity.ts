import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { Sensitive } from '../core/graphql/rights.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../core/table.js';
import { Role } from './roles.js';

registerEnumType(Role, {
  name: 'Role',
  description: 'What a member may do; the matrix stands in docs/access-matrix.md.',
  valuesConfig: {
    SALES_MANAGER: { description: 'Opens, fills and submits handoffs; owns the promise made to the client.' },
    DELIVERY_MANAGER: {
      description: 'The project manager who answers for delivery: signs off feasibility or returns.',
    },
    FINANCE_APPROVER: { description: 'Votes on exceptions to the margin floor.' },
    SERVICE_DELIVERY_LEAD: { description: 'Leads the delivery teams: evidence, decisions, capacity.' },
    REVOPS_ADMIN: { description: 'Runs the tenant: members, configuration, integrations.' },
    AUDITOR: { description: 'Reads everything but personal data and credentials; changes nothing.' },
    INTEGRATOR: { description: 'A program with an API key; never approves.' },
  },
});

export enum MemberState {
  ACTIVE = 'ACTIVE',
  SUSPENDED = 'SUSPENDED',
  ERASED = 'ERASED',
}
registerEnumType(MemberState, {
  name: 'MemberState',
  description: 'Whether a member may sign in.',
  valuesConfig: {
    ACTIVE: { description: 'May sign in and act.' },
    SUSPENDED: { description: 'May not sign in; past acts stay.' },
    ERASED: { description: 'Their data was erased for good; past acts stay, by a record without a name.' },
  },
});

/** A natural person of one tenant and their membership; may sign in by several accounts. */
@Entity()
@ObjectType({
  description: 'A natural person of your MSP. Votes and contributions name the person, never the account.',
})
export class Person extends TenantOwned {
  @Column('text')
  @Field(() => String, { description: 'A short name within the tenant, such as `sofia.sales`.' })
  handle: string;

  @Column('text')
  @Sensitive('PERSONAL')
  @Field(() => String, { description: 'The name as people write it.' })
  name: string;

  @Column('text')
  @Sensitive('PERSONAL')
  @Field(() => String, { description: 'The mail address for notices; never used to recognise the person.' })
  email: string;

  @Column('text')
  @Field(() => MemberState, { description: 'Whether the member may sign in.' })
  state: MemberState;

  /** Two records that turned out to be one human: votes count by the canonical person. */
  @Column('uuid', { nullable: true })
  mergedInto: string | null;

  @Column('int')
  @Field(() => Int, { description: 'Raised by every change; send it back as expectedRevision.' })
  revision: number;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When the person became a member.' })
  createdAt: Date;
}

/** A way for a person to sign in: an Entra `tid` + `oid`, or an OpenID `iss` + `sub`. Never an e-mail address. */
@Entity()
@ObjectType({ description: 'One account by which a person signs in.' })
export class Account extends TenantOwned {
  @Column('uuid')
  personId: string;

  @Column('text')
  @Field(() => String, { description: "The issuer of its tokens; `*` when the tenant's Entra directory issues them." })
  issuer: string;

  @Column('text')
  @Sensitive('PERSONAL')
  @Field(() => String, { description: 'The `oid` (Entra) or `sub` (OpenID) of the account.' })
  subject: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was linked.' })
  linkedAt: Date;

  /** Ended, not deleted: votes name the account by which they were cast. */
  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it was unlinked; null while the person may sign in by it.',
  })
  unlinkedAt: Date | null;
}

/** A role of a person, from when, given by whom; ending it keeps the row. */
@Entity()
@ObjectType({ description: 'A role that a person holds or held.' })
export class RoleGrant extends TenantOwned {
  @Column('uuid')
  personId: string;

  @Column('text')
  @Field(() => Role, { description: 'The role.' })
  role: Role;

  /** The person or job that gave it. */
  @Column('text')
  @Field(() => String, { description: 'Who gave it: the id of a person, or the name of a job.' })
  grantedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'Since when.' })
  grantedAt: Date;

  @Column('text', { nullable: true })
  revokedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'Until when; null while it is held.' })
  revokedAt: Date | null;

  /** A second administrator, neither the giver nor the holder; or the job that applied the tenant's file. */
  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description:
      'Who confirmed it: the id of a second administrator, or the name of the job that set up the tenant; null while nobody has.',
  })
  confirmedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was confirmed; null while nobody has.' })
  confirmedAt: Date | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it ends by itself: always told for AUDITOR, null for other roles.',
  })
  endsAt: Date | null;
}

/** Whether a grant is held at an instant: it has begun, and neither was it revoked nor has its end come. */
export function isHeld(grant: Pick<RoleGrant, 'grantedAt' | 'revokedAt' | 'endsAt'>, at: Date): boolean {
  const { grantedAt, revokedAt, endsAt } = grant;
  return grantedAt <= at && (revokedAt === null || revokedAt > at) && (endsAt === null || endsAt > at);
}

/** One suspension of a member, from when until when: `Person.state` is the present, these rows are the past. */
@Entity()
export class MemberSuspension extends TenantOwned {
  @Column('uuid')
  personId: string;

  @Instant()
  suspendedAt: Date;

  @Column('text')
  suspendedBy: string;

  @Instant({ nullable: true })
  endedAt: Date | null;

  @Column('text', { nullable: true })
  endedBy: string | null;
}

/**
 * That a record was found to be another's human, and when: `Person.mergedInto` is the present, these rows are the past.
 * The row says into which record, and nothing of the records that follow it there: whoever reads the past walks on.
 */
@Entity()
export class MemberMerge extends TenantOwned {
  @Column('uuid')
  personId: string;

  @Instant()
  mergedAt: Date;

  @Column('uuid')
  intoPersonId: string;

  @Column('text')
  mergedBy: string;
}
