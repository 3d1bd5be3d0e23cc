import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { Sensitive } from '../core/graphql/rights.js';
import { DateTimeScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { SourceReferenceType } from '../core/graphql/types.js';
import type { SourceReference } from '../core/source.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';
import { Stage } from './stage.rules.js';

export enum Tier {
  LIGHT = 'LIGHT',
  STANDARD = 'STANDARD',
  HIGH_TOUCH = 'HIGH_TOUCH',
}
registerEnumType(Tier, {
  name: 'Tier',
  description: 'How heavy a handoff is; chosen by rule from deal type, value and segment.',
  valuesConfig: {
    LIGHT: { description: 'Few proofs; small or repeated deals.' },
    STANDARD: { description: 'The usual set.' },
    HIGH_TOUCH: { description: 'Every proof and a meeting; strategic or large deals.' },
  },
});

export enum DealType {
  NEW_BUSINESS = 'NEW_BUSINESS',
  EXPANSION = 'EXPANSION',
  RENEWAL = 'RENEWAL',
  UPSELL = 'UPSELL',
  POC_TO_PAID = 'POC_TO_PAID',
}
registerEnumType(DealType, {
  name: 'DealType',
  description: 'What kind of deal it is; with the service template it chooses floors, tier and task pack.',
  valuesConfig: {
    NEW_BUSINESS: { description: 'A new client or a new line of service.' },
    EXPANSION: { description: 'More of a service that the client has.' },
    RENEWAL: { description: 'The same service for a further term.' },
    UPSELL: { description: 'A higher level of a service that the client has.' },
    POC_TO_PAID: { description: 'A proof of concept that became an order.' },
  },
});

/** Who said which earlier handoff it goes on from: a person, or the rule for renewals and upsells. */
export enum PredecessorBy {
  PERSON = 'PERSON',
  RULE = 'RULE',
}
registerEnumType(PredecessorBy, {
  name: 'PredecessorBy',
  description: 'Who said which earlier handoff a handoff goes on from.',
  valuesConfig: {
    PERSON: { description: 'A person, with linkPredecessor.' },
    RULE: { description: "A renewal or upsell of the client's last closed handoff of the same service template." },
  },
});

/** Texts of the handoff itself that an earlier one may fill in, as the API names them. */
export const CARRIED_FIELDS = {
  CONTEXT: 'context',
  COMMUNICATION_PREFERENCES: 'communicationPreferences',
  BILLING_TERMS: 'billingTerms',
  PAYMENT_SCHEDULE: 'paymentSchedule',
} as const;
export type CarriedField = (typeof CARRIED_FIELDS)[keyof typeof CARRIED_FIELDS];
registerEnumType(CARRIED_FIELDS, {
  name: 'CarriedField',
  description:
    'A text of the handoff that an earlier one may fill in. Discounts and special terms are of one deal alone.',
  valuesConfig: {
    CONTEXT: { description: "The client's context." },
    COMMUNICATION_PREFERENCES: { description: 'How the client wants to be spoken to.' },
    BILLING_TERMS: { description: 'The billing terms.' },
    PAYMENT_SCHEDULE: { description: 'The payment schedule.' },
  },
});

/** The governed passage of one deal to delivery: the aggregate that has a stage, a revision and a lock. */
@Entity()
@ObjectType({ description: 'The governed passage of one deal to delivery.' })
export class Handoff extends TenantOwned {
  @Column('text')
  @Field(() => String, { description: 'The number that people use, such as H-2205; unique in the tenant.' })
  number: string;

  @Column('uuid')
  dealId: string;

  @Column('uuid')
  clientId: string;

  @Column('text')
  @Field(() => Stage, { description: 'Where it stands.' })
  stage: Stage;

  @Column('int')
  @Field(() => Int, { description: 'Raised by every change; send it back as expectedRevision.' })
  revision: number;

  @Column('boolean')
  @Field(() => Boolean, {
    description:
      'Whether delivery reviews it before the contract is signed (document 004): no sign-off and no kickoff date until then.',
  })
  pendingContract: boolean;

  /** The earlier handoff that it goes on from: a proof of concept, or the last of the same service. */
  @Column('uuid', { nullable: true })
  predecessorId: string | null;

  @Column('text', { nullable: true })
  @Field(() => PredecessorBy, {
    nullable: true,
    description: 'Who said which earlier handoff it goes on from; null without one.',
  })
  predecessorBy: PredecessorBy | null;

  /** Texts that were carried over and that nobody has confirmed yet. */
  @JsonText()
  @Field(() => [CARRIED_FIELDS], {
    description: 'The fields that were carried over from the earlier handoff and that nobody has confirmed yet.',
  })
  fieldsToConfirm: CarriedField[];

  /** The adopted snapshot; a later one of the deal is adopted only while sales may edit. */
  @Column('uuid')
  dealSnapshotId: string;

  /** Content version of the governed terms: raised by every change of them, also when it goes back (ABA). */
  @Column('int')
  @Field(() => Int, { description: 'The content version of the governed terms; approvals are bound to it.' })
  termsRevision: number;

  /** SHA-256 over the governed terms: the deal\'s terms, service template and deal type. */
  @Column('text')
  @Field(() => String, { description: 'SHA-256 of the governed terms; approvals are bound to it.' })
  termsDigest: string;

  @Column('text')
  @Field(() => String, { description: 'The key of the service template, such as managed-network.' })
  serviceTemplate: string;

  @Column('text')
  @Field(() => DealType, { description: 'What kind of deal it is.' })
  dealType: DealType;

  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description: "The client's segment, such as SMB or ENTERPRISE; used by the tier rules.",
  })
  segment: string | null;

  @Column('text')
  @Field(() => Tier, { description: 'How heavy the handoff is.' })
  tier: Tier;

  @JsonText()
  @Field(() => [SourceReferenceType], { description: 'What the tier was chosen from.' })
  tierSources: SourceReference[];

  /** The version of the tenant's configuration under which the handoff was opened. */
  @Column('uuid')
  configurationVersionId: string;

  @Column('text')
  @Field(() => String, { description: 'The checklist template that the tier asks for.' })
  checklistTemplate: string;

  /** Answers to the configuration's questions by key; conditional tasks depend on them. */
  @JsonText()
  answers: Record<string, string | boolean>;

  @Column('uuid')
  ownerId: string;

  @Column('uuid', { nullable: true })
  deliveryManagerId: string | null;

  @Column('date', { nullable: true })
  @Field(() => LocalDateScalar, {
    nullable: true,
    description: 'The day on which the project is to start; milestones count from it.',
  })
  startOn: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description: "The client's background, objectives and priorities (document 004, customer context).",
  })
  context: string | null;

  @Column('text', { nullable: true })
  @Sensitive('PERSONAL')
  @Field(() => String, { nullable: true, description: 'How and when the client wants to be spoken to (document 003).' })
  communicationPreferences: string | null;

  @Column('text', { nullable: true })
  @Sensitive('COMMERCIAL')
  @Field(() => String, { nullable: true, description: 'Billing terms (document 003).' })
  billingTerms: string | null;

  @Column('text', { nullable: true })
  @Sensitive('COMMERCIAL')
  @Field(() => String, { nullable: true, description: 'Payment schedule (document 003).' })
  paymentSchedule: string | null;

  @Column('text', { nullable: true })
  @Sensitive('COMMERCIAL')
  @Field(() => String, { nullable: true, description: 'Discounts and special terms (document 004, commercial terms).' })
  specialTerms: string | null;

  /** Intake notes that delivery keeps; sales reads them. */
  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: "Delivery's own intake notes." })
  intakeNotes: string | null;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was opened.' })
  openedAt: Date;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it last passed the submit gate.' })
  submittedAt: Date | null;

  /** Who handed it over in sales when it last passed the submit gate, whoever owns it since; null until then. */
  @Column('uuid', { nullable: true })
  submittedBy: string | null;

  /** Until when a returned handoff is to be corrected (document 004: 24 hours). */
  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'Until when a returned handoff is to be corrected.' })
  correctionDueAt: Date | null;

  @Instant({ nullable: true })
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was withdrawn: the deal was lost or reopened.' })
  withdrawnAt: Date | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'Why it was withdrawn.' })
  withdrawnReason: string | null;
}
