import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { Sensitive } from '../core/graphql/rights.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { SourceReferenceType } from '../core/graphql/types.js';
import type { SourceReference } from '../core/source.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';
import type { BreakGlassTerms } from './break-glass.rules.js';
import type { ApprovalNeed } from './need.rules.js';

export enum ApprovalState {
  PENDING = 'PENDING',
  APPROVED = 'APPROVED',
  REJECTED = 'REJECTED',
  EXPIRED = 'EXPIRED',
  WITHDRAWN = 'WITHDRAWN',
  USED = 'USED',
}
registerEnumType(ApprovalState, {
  name: 'ApprovalState',
  description: 'Where an approval request stands.',
  valuesConfig: {
    PENDING: { description: 'Votes are awaited; see `expired` for whether it is too late.' },
    APPROVED: { description: 'Enough different people approved the current content; see `expired` for how long.' },
    REJECTED: { description: 'Somebody rejected it: it has ended and stays so.' },
    EXPIRED: { description: 'Its time ran out undecided or unused, and a new request took its place.' },
    WITHDRAWN: { description: 'The requester took it back.' },
    USED: {
      description: 'Approved, and what it was asked for has happened: nobody takes it back any more.',
    },
  },
});

/** A stretch of the tenant's working time, as ISO instants; `to` is not worked any more. */
export interface PinnedTime {
  readonly from: string;
  readonly to: string;
}

/**
 * What is asked of whom, about which content. The policy is pinned when it opens (approvals rule 13); round, digest and
 * content revision are those of the current round.
 */
@Entity()
@ObjectType({ description: 'A request that so many different people must approve, bound to one content version.' })
export class ApprovalRequest extends TenantOwned {
  @Column('text')
  @Field(() => String, { description: 'The type of what it is about, such as Handoff.' })
  subjectType: string;

  @Column('uuid')
  @Field(() => ID, { description: 'The id of what it is about.' })
  subjectId: string;

  @Column('text')
  @Field(() => String, { description: 'What is asked for, such as MARGIN_EXCEPTION.' })
  kind: string;

  @Column('text')
  @Field(() => ApprovalState, { description: 'Where it stands.' })
  state: ApprovalState;

  /** The natural person who asks; repeated in every vote, so that the database refuses their own. */
  @Column('uuid')
  requesterId: string;

  @Column('text')
  @Sensitive('COMMERCIAL')
  @Field(() => String, { description: 'Why it is asked for.' })
  reason: string;

  @Column('int')
  @Field(() => Int, {
    description: 'Counts the content versions voted on, from 1; a change of the content opens the next.',
  })
  round: number;

  @Column('text')
  @Field(() => String, {
    description: 'SHA-256 of the content that the current round asks about: send it back in castVote.',
  })
  digest: string;

  @Column('int')
  @Field(() => Int, { description: 'The revision of that content; content that was changed back has a higher one.' })
  contentRevision: number;

  /** What the current round needs, pinned when it opened and tightened with the policy (approvals rule 13). */
  @JsonText()
  need: ApprovalNeed;

  /** What a round opened by a change of the content asks for: the policy's strictest level (fail closed). */
  @JsonText()
  strictest: ApprovalNeed;

  /** Who may pass it in an emergency, as pinned and tightened with the policy; null is nobody (approvals rules 12, 13). */
  @JsonText({ nullable: true })
  breakGlass: BreakGlassTerms | null;

  @Column('uuid')
  configurationVersionId: string;

  @Column('text')
  @Sensitive('MARGIN')
  @Field(() => String, {
    description: 'The approval policy as it stood when the request opened, and what was weighed under it, as JSON.',
  })
  policy: string;

  @JsonText()
  @Field(() => [SourceReferenceType], { description: 'What the number of approvers was decided from.' })
  sources: SourceReference[];

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was opened.' })
  openedAt: Date;

  /** Until when votes count. A new round of an undecided request does not move it; one that was approved gets its time anew. */
  @Instant()
  @Field(() => DateTimeScalar, { description: 'Until when it can be decided; afterwards it counts as denied.' })
  decideBy: Date;

  /** One deadline: of the decision while PENDING, of its use once APPROVED. */
  @Instant()
  @Field(() => DateTimeScalar, {
    description: 'Until when it can be decided; once approved, until when the approval may be used.',
  })
  expiresAt: Date;

  /** Working hours in which it is decided (approvals rule 6). */
  @Column('int')
  pendingHours: number;

  /** Working hours that an approval lasts (approvals rule 6). */
  @Column('int')
  grantHours: number;

  /** The working time until no grant of this request can live: the engine knows no calendar. */
  @JsonText()
  workingTimes: PinnedTime[];

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it was approved, rejected, withdrawn or replaced; null while votes are awaited.',
  })
  decidedAt: Date | null;

  @Column('int')
  @Field(() => Int, {
    description:
      'Raised by every new round and every decision, not by a vote that decides nothing; send it back as expectedRevision.',
  })
  revision: number;
}

/** One content version that was voted on. Append-only. */
@Entity()
@ObjectType({ description: 'One content version that an approval request asked about.' })
export class ApprovalRound extends TenantOwned {
  @Column('uuid')
  requestId: string;

  @Column('int')
  @Field(() => Int, { description: 'Its number, from 1.' })
  round: number;

  @Column('text')
  @Field(() => String, { description: 'SHA-256 of the content.' })
  digest: string;

  @Column('int')
  @Field(() => Int, { description: 'The revision of the content.' })
  contentRevision: number;

  /** What it needed when it opened. */
  @JsonText()
  need: ApprovalNeed;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was opened.' })
  openedAt: Date;

  /** The person, API key or job that opened it: by asking, or by changing the content. */
  @Column('text')
  openedBy: string;
}
