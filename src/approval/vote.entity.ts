import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { Sensitive } from '../core/graphql/rights.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../core/table.js';

export enum VoteDecision {
  APPROVE = 'APPROVE',
  REJECT = 'REJECT',
  BREAK_GLASS = 'BREAK_GLASS',
}
registerEnumType(VoteDecision, {
  name: 'VoteDecision',
  description: "One person's answer.",
  valuesConfig: {
    APPROVE: { description: 'Yes, to exactly this content.' },
    REJECT: { description: 'No; it is never taken back, and one ends the request unless the policy asks for more.' },
    BREAK_GLASS: { description: 'Passed in an emergency by somebody whom the policy names (breakGlass).' },
  },
});

/** CONTRIBUTOR: asked, or wrote on the content, so may not vote. VOTER: votes, so may not have contributed. */
export type ParticipantPart = 'CONTRIBUTOR' | 'VOTER';

export enum GrantWay {
  QUORUM = 'QUORUM',
  BREAK_GLASS = 'BREAK_GLASS',
}
registerEnumType(GrantWay, {
  name: 'GrantWay',
  description: 'How an approval was reached.',
  valuesConfig: {
    QUORUM: { description: 'Everyone whom the policy asks for approved.' },
    BREAK_GLASS: { description: 'In an emergency, by people whom the policy names; reviewed afterwards.' },
  },
});

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

  /** Whom the voter stood in for; null when they voted for themselves. */
  @Column('uuid', { nullable: true })
  onBehalfOf: string | null;

  @Column('uuid', { nullable: true })
  delegationId: string | null;

  /** When the voter had signed in; null when their token did not say (approvals rule 14). */
  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When the voter had signed in, if their token said so.' })
  signedInAt: Date | null;

  /** The ticket of an emergency; null for other votes. */
  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'The ticket under which an emergency was declared.' })
  ticket: string | null;

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

  @Column('text')
  @Field(() => GrantWay, { description: 'How it was reached.' })
  way: GrantWay;

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

/** An approval that its voter took back before the effect (approvals rule 7). The vote stays. Append-only. */
@Entity()
export class ApprovalRevocation extends TenantOwned {
  @Column('uuid')
  requestId: string;

  @Column('uuid')
  voteId: string;

  @Column('uuid')
  revokedBy: string;

  @Column('text')
  reason: string;

  @Instant()
  revokedAt: Date;
}

/** The one effect of a grant: when it happened, by whom, what. Append-only, one a grant (approvals rule 7). */
@Entity()
@ObjectType({ description: 'What an approval was used for. It happens once.' })
export class ApprovalUse extends TenantOwned {
  @Column('uuid')
  requestId: string;

  @Column('int')
  round: number;

  @Column('uuid')
  grantId: string;

  @Column('text')
  @Field(() => String, { description: 'What was done under it, such as submitHandoff.' })
  effect: string;

  /** The person or job that did it. */
  @Column('text')
  usedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When.' })
  usedAt: Date;
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
