import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { SourceReferenceType } from '../core/graphql/types.js';
import type { SourceReference } from '../core/source.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';
import { Role } from '../identity/roles.js';
import { EvidenceForm } from './evidence.entity.js';

export enum ItemState {
  OPEN = 'OPEN',
  SUBMITTED = 'SUBMITTED',
  VERIFIED = 'VERIFIED',
  REJECTED = 'REJECTED',
  NOT_APPLICABLE_CLAIMED = 'NOT_APPLICABLE_CLAIMED',
  NOT_APPLICABLE = 'NOT_APPLICABLE',
}
registerEnumType(ItemState, {
  name: 'ChecklistItemState',
  description:
    'What people last did with an item. What it is worth now, with age and changes of the deal, says `status`.',
  valuesConfig: {
    OPEN: { description: 'Nothing was given yet, or it was reopened.' },
    SUBMITTED: { description: 'Evidence was given; somebody else verifies it.' },
    VERIFIED: { description: 'Somebody else than its provider verified the evidence.' },
    REJECTED: { description: 'The evidence was rejected, with a reason.' },
    NOT_APPLICABLE_CLAIMED: { description: 'Said not to apply; somebody else accepts or reopens it.' },
    NOT_APPLICABLE: { description: 'Accepted as not applicable.' },
  },
});

export enum ReopenCause {
  SCOPE_HASH = 'SCOPE_HASH',
  QUOTE = 'QUOTE',
}
registerEnumType(ReopenCause, {
  name: 'ReopenCause',
  description: 'A change that reopens evidence, whatever its age.',
  valuesConfig: {
    SCOPE_HASH: { description: "The signed scope: the quotation's scope text or the signed document is another." },
    QUOTE: { description: 'The governed terms are others, also when they went back to what they were.' },
  },
});

/** One requirement of a handoff's checklist, made from the configuration's template when the handoff was opened. */
@Entity()
@ObjectType({ description: 'One thing that must be proven before closed-won (requirement 002 step 1, document 004).' })
export class ChecklistItem extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => String, { description: 'The code, such as SIGNED_SCOPE; unique in the handoff.' })
  code: string;

  @Column('int')
  @Field(() => Int, { description: 'The place in the checklist, from 1.' })
  position: number;

  @Column('text')
  @Field(() => String, { description: 'The name of the item.' })
  label: string;

  @Column('text')
  @Field(() => String, { description: 'What exactly must be proven.' })
  description: string;

  @Column('boolean')
  @Field(() => Boolean, { description: "Whether it must be proven in the handoff's tier; the closed-won five always." })
  required: boolean;

  @Column('int')
  @Field(() => Int, { description: 'Its weight in the completeness (requirements section 8).' })
  weight: number;

  @Column('text')
  @Field(() => Role, { description: 'The role that provides the evidence; sales may always.' })
  providerRole: Role;

  @Column('text')
  @Field(() => Role, { description: 'The role that verifies it; never the person who provided it.' })
  verifierRole: Role;

  @Column('int', { nullable: true })
  @Field(() => Int, { nullable: true, description: 'Days for which evidence stays valid; null: without end.' })
  validityDays: number | null;

  @Column('boolean')
  @Field(() => Boolean, { description: 'Whether it may be claimed not to apply; never for the closed-won five.' })
  allowNotApplicable: boolean;

  @JsonText()
  @Field(() => [EvidenceForm], { description: 'The forms of evidence that it accepts.' })
  kinds: EvidenceForm[];

  @Column('boolean')
  @Field(() => Boolean, { description: 'Whether a document link with its content hash is obligatory.' })
  needsDocument: boolean;

  @Column('boolean')
  @Field(() => Boolean, { description: 'Whether a signer with the day of signature is obligatory.' })
  needsSigner: boolean;

  @Column('boolean')
  @Field(() => Boolean, {
    description:
      'Whether every named signer and the counter-signature are obligatory (document 004, "Fully Executed").',
  })
  needsAllSigners: boolean;

  @JsonText()
  @Field(() => [ReopenCause], { description: 'Changes that reopen it, whatever its age.' })
  reopensOn: ReopenCause[];

  @Column('text')
  @Field(() => ItemState, { description: 'What people last did with it.' })
  state: ItemState;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'Why it is said not to apply.' })
  naReason: string | null;

  @Column('uuid', { nullable: true })
  naClaimedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was claimed not to apply.' })
  naClaimedAt: Date | null;

  /** The terms under which it was claimed: another quote may well make it apply. */
  @Column('int', { nullable: true })
  naTermsRevision: number | null;

  @Column('uuid', { nullable: true })
  naAcceptedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When that was accepted.' })
  naAcceptedAt: Date | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'Why it was last reopened.' })
  reopenReason: string | null;

  @Column('uuid', { nullable: true })
  reopenedBy: string | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was last reopened.' })
  reopenedAt: Date | null;

  @JsonText()
  @Field(() => [SourceReferenceType], { description: 'The configuration that asks for it.' })
  sources: SourceReference[];
}
