import { Column, Entity } from 'typeorm';
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Sensitive } from '../core/graphql/rights.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../core/table.js';

export enum VoteDecision {
  APPROVE = 'APPROVE',
  REJECT = 'REJECT',
}
registerEnumType(VoteDecision, {
  name: 'VoteDecision',
  description: "One person's answer.",
  valuesConfig: {
    APPROVE: { description: 'Yes, to exactly this content.' },
    REJECT: { description: 'No; one rejection ends the request.' },
  },
});

/** CONTRIBUTOR: asked, or wrote on the content, so may not vote. VOTER: votes, so may not have contributed. */
export type ParticipantPart = 'CONTRIBUTOR' | 'VOTER';

/**
 * One part a person a round: the key `(tenant, request, round, person)` and the vote's foreign key to the part VOTER let
 * the database itself refuse a contributor's vote. Append-only.
 */
@Entity()
export class ApprovalParticipant {
  @Column('uuid', { primary: true })
  tenantId: string;

  @Column('uuid', { primary: true })
  requestId: string;

  @Column('int', { primary: true })
  round: number;

  @Column('uuid', { primary: true })
  personId: string;

  @Column('text')
  part: ParticipantPart;
}

/**
 * One person's answer to one round. Append-only; it stays in history when its round falls. The voter is the person record
 * that the account belongs to; votes are counted by the canonical person.
 */
@Entity()
@ObjectType({ description: "One person's answer to one round of an approval request. Never changed, never deleted." })
export class ApprovalVote extends TenantOwned {
  @Column('uuid')
  requestId: string;

  @Column('int')
  @Field(() => Int, { description: 'The round it was cast in; only votes of the current round count.' })
  round: number;

  @Column('uuid')
  requesterId: string;

  @Column('uuid')
  voterId: string;

  @Column('uuid')
  accountId: string;

  /** Always VOTER: the foreign key to the participant asks for that part. */
  @Column('text')
  part: 'VOTER';

  @Column('text')
  @Field(() => VoteDecision, { description: 'The answer.' })
  decision: VoteDecision;

  @Column('text')
  @Sensitive('COMMERCIAL')
  @Field(() => String, { description: 'Why.' })
  reason: string;

  @Column('text')
  @Field(() => String, { description: 'SHA-256 of the content that the voter saw.' })
  digest: string;

  @Column('int')
  @Field(() => Int, { description: 'The revision of that content.' })
  contentRevision: number;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was cast.' })
  castAt: Date;
}

/** The result that gates look for, bound to digest and content revision. Append-only; whether it lives is computed. */
@Entity()
@ObjectType({ description: 'An approval that was reached. It holds for exactly this content, until it lapses.' })
export class ApprovalGrant extends TenantOwned {
  @Column('uuid')
  requestId: string;

  @Column('int')
  @Field(() => Int, { description: 'The round that reached it.' })
  round: number;

  @Column('text')
  subjectType: string;

  @Column('uuid')
  subjectId: string;

  @Column('text')
  kind: string;

  @Column('text')
  @Field(() => String, { description: 'SHA-256 of the approved content.' })
  digest: string;

  @Column('int')
  @Field(() => Int, { description: 'The revision of the approved content.' })
  contentRevision: number;

  @Column('int')
  @Field(() => Int, { description: 'How many different people approved.' })
  approvers: number;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When the last needed vote was cast.' })
  grantedAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it lapses unused.' })
  expiresAt: Date;
}

/**
 * Who wrote on a subject's governed content at which revision: kept whether or not a request is open, and never
 * forgotten (approvals rule 1). Append-only.
 */
@Entity()
export class Contribution extends TenantOwned {
  @Column('text')
  subjectType: string;

  @Column('uuid')
  subjectId: string;

  @Column('int')
  contentRevision: number;

  @Column('uuid')
  personId: string;

  @Instant()
  contributedAt: Date;
}
