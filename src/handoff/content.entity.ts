import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { Sensitive } from '../core/graphql/rights.js';
import { LocalDateScalar } from '../core/graphql/scalars.js';
import { Instant, TenantOwned } from '../core/table.js';

export enum Side {
  CLIENT = 'CLIENT',
  PROVIDER = 'PROVIDER',
}
registerEnumType(Side, {
  name: 'Side',
  description: 'Whose person a stakeholder is.',
  valuesConfig: { CLIENT: { description: "The client's." }, PROVIDER: { description: "Your MSP's." } },
});

export enum StakeholderRole {
  EXECUTIVE_SPONSOR = 'EXECUTIVE_SPONSOR',
  CHAMPION = 'CHAMPION',
  ECONOMIC_BUYER = 'ECONOMIC_BUYER',
  TECHNICAL_EVALUATOR = 'TECHNICAL_EVALUATOR',
  END_USER = 'END_USER',
  BLOCKER = 'BLOCKER',
  PRIMARY_CONTACT = 'PRIMARY_CONTACT',
  SIGNER = 'SIGNER',
  ACCOUNT_OWNER = 'ACCOUNT_OWNER',
  PROJECT_LEAD = 'PROJECT_LEAD',
  OTHER = 'OTHER',
}
registerEnumType(StakeholderRole, {
  name: 'StakeholderRole',
  description: 'The part a stakeholder plays (document 004, stakeholder mapping).',
  valuesConfig: {
    EXECUTIVE_SPONSOR: { description: 'Answers for the purchase at the top of the client.' },
    CHAMPION: { description: 'Wants it to succeed and says so.' },
    ECONOMIC_BUYER: { description: 'Holds the budget.' },
    TECHNICAL_EVALUATOR: { description: 'Judged whether it works.' },
    END_USER: { description: 'Works with it.' },
    BLOCKER: { description: 'Is against it, or doubts it.' },
    PRIMARY_CONTACT: { description: 'Whom delivery speaks to first.' },
    SIGNER: { description: 'Signs the contract.' },
    ACCOUNT_OWNER: { description: 'Answers for the account at your MSP.' },
    PROJECT_LEAD: { description: 'Leads the project.' },
    OTHER: { description: 'Any other part; say it in the notes.' },
  },
});

/** A person on either side who matters to the handoff. */
@Entity()
@ObjectType({ description: 'A person on either side who matters to the handoff.' })
export class Stakeholder extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => Side, { description: 'Whose person it is.' })
  side: Side;

  @Column('text')
  @Field(() => StakeholderRole, { description: 'The part the person plays.' })
  role: StakeholderRole;

  @Column('text')
  @Sensitive('PERSONAL')
  @Field(() => String, { description: 'The name.' })
  name: string;

  @Column('text', { nullable: true })
  @Sensitive('PERSONAL')
  @Field(() => String, { nullable: true, description: 'The title.' })
  title: string | null;

  @Column('text', { nullable: true })
  @Sensitive('PERSONAL')
  @Field(() => String, { nullable: true, description: 'The mail address.' })
  email: string | null;

  @Column('text', { nullable: true })
  @Sensitive('PERSONAL')
  @Field(() => String, { nullable: true, description: 'The telephone number.' })
  phone: string | null;

  @Column('text', { nullable: true })
  @Sensitive('PERSONAL')
  @Field(() => String, { nullable: true, description: 'Attributes, sensitivities, personal wins.' })
  notes: string | null;

  /** The snapshot that the row was prefilled from; null as soon as a person wrote it. */
  @Column('uuid', { nullable: true })
  dealSnapshotId: string | null;

  /** The earlier handoff that the row was carried over from. */
  @Column('uuid', { nullable: true })
  @Field(() => ID, {
    nullable: true,
    description: 'The earlier handoff that it was carried over from, as its source; null when it was written here.',
  })
  carriedFromId: string | null;

  @Column('boolean')
  @Field(() => Boolean, {
    description: 'Whether it was carried over and nobody has said yet that it still holds (confirmCarriedOver).',
  })
  toConfirm: boolean;
}

export enum AssumptionState {
  ASSUMED = 'ASSUMED',
  CONFIRMED = 'CONFIRMED',
  REFUTED = 'REFUTED',
}
registerEnumType(AssumptionState, {
  name: 'AssumptionState',
  description: 'What became of an assumption (document 001).',
  valuesConfig: {
    ASSUMED: { description: 'Believed, not yet checked.' },
    CONFIRMED: { description: 'Checked and true.' },
    REFUTED: { description: 'Checked and false.' },
  },
});

/** A belief that delivery relies on. */
@Entity()
@ObjectType({ description: 'A belief that delivery relies on.' })
export class Assumption extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => String, { description: 'What is believed.' })
  text: string;

  @Column('text')
  @Field(() => AssumptionState, { description: 'Whether it was checked.' })
  state: AssumptionState;

  @Column('text')
  @Field(() => String, { description: 'Where it comes from: a document, a mail, a call.' })
  source: string;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What follows if it is false.' })
  impact: string | null;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'How it was confirmed or refuted.' })
  resolution: string | null;

  /** The earlier handoff that the row was carried over from. */
  @Column('uuid', { nullable: true })
  @Field(() => ID, {
    nullable: true,
    description: 'The earlier handoff that it was carried over from, as its source; null when it was written here.',
  })
  carriedFromId: string | null;

  @Instant()
  createdAt: Date;
}

export enum RiskLevel {
  LOW = 'LOW',
  MEDIUM = 'MEDIUM',
  HIGH = 'HIGH',
  CRITICAL = 'CRITICAL',
}
registerEnumType(RiskLevel, {
  name: 'RiskLevel',
  description: 'How much a risk matters.',
  valuesConfig: {
    LOW: { description: 'A nuisance.' },
    MEDIUM: { description: 'Costs time or money if it happens.' },
    HIGH: { description: 'Endangers a milestone or the margin.' },
    CRITICAL: { description: 'Endangers the project or the client.' },
  },
});

/** A named risk or sensitivity; delivery accepts it by name when it signs off. */
@Entity()
@ObjectType({ description: 'A named risk; delivery accepts it by name when it signs off.' })
export class Risk extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => String, { description: 'What may happen.' })
  text: string;

  @Column('text')
  @Field(() => RiskLevel, { description: 'How much it matters.' })
  level: RiskLevel;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'What is done about it.' })
  mitigation: string | null;

  @Column('text')
  @Field(() => String, { description: 'Where it comes from.' })
  source: string;

  /** The snapshot that the row was prefilled from; null as soon as a person wrote it. */
  @Column('uuid', { nullable: true })
  dealSnapshotId: string | null;

  /** The earlier handoff that the row was carried over from. */
  @Column('uuid', { nullable: true })
  @Field(() => ID, {
    nullable: true,
    description: 'The earlier handoff that it was carried over from, as its source; null when it was written here.',
  })
  carriedFromId: string | null;

  @Column('boolean')
  @Field(() => Boolean, {
    description: 'Whether it was carried over and nobody has said yet that it still holds (confirmCarriedOver).',
  })
  toConfirm: boolean;

  @Instant()
  createdAt: Date;
}

export enum StatementKind {
  IN_SCOPE = 'IN_SCOPE',
  OUT_OF_SCOPE = 'OUT_OF_SCOPE',
  DEVIATION = 'DEVIATION',
  DEPENDENCY = 'DEPENDENCY',
  ACCEPTANCE_CRITERION = 'ACCEPTANCE_CRITERION',
  PROMISED_TIMELINE = 'PROMISED_TIMELINE',
  INTEGRATION_CONSTRAINT = 'INTEGRATION_CONSTRAINT',
  COMMERCIAL_GUARDRAIL = 'COMMERCIAL_GUARDRAIL',
  BUSINESS_OBJECTIVE = 'BUSINESS_OBJECTIVE',
  TECHNICAL_REQUIREMENT = 'TECHNICAL_REQUIREMENT',
}
registerEnumType(StatementKind, {
  name: 'StatementKind',
  description: 'What a statement of the handoff is about.',
  valuesConfig: {
    IN_SCOPE: { description: 'Something that was sold.' },
    OUT_OF_SCOPE: { description: 'A boundary: what was not sold.' },
    DEVIATION: { description: 'Where the sale departs from the standard offering.' },
    DEPENDENCY: { description: 'What delivery needs first, from whom.' },
    ACCEPTANCE_CRITERION: { description: 'How the client will judge that it is done.' },
    PROMISED_TIMELINE: { description: 'A date or duration that the client was told.' },
    INTEGRATION_CONSTRAINT: { description: 'A limit that another system sets.' },
    COMMERCIAL_GUARDRAIL: { description: 'What delivery must not give away or exceed.' },
    BUSINESS_OBJECTIVE: { description: 'What the client wants to achieve.' },
    TECHNICAL_REQUIREMENT: { description: 'Environment, security, compliance, data.' },
  },
});

/** One statement of the handoff's content, always with its source. */
@Entity('handoff_statement')
@ObjectType('HandoffStatement', { description: "One statement of the handoff's content, with its source." })
export class HandoffStatement extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => StatementKind, { description: 'What it is about.' })
  kind: StatementKind;

  @Column('text')
  @Field(() => String, { description: 'The statement.' })
  text: string;

  @Column('text')
  @Field(() => String, { description: 'Where it comes from: a document, a mail, a call.' })
  source: string;

  @Column('date', { nullable: true })
  @Field(() => LocalDateScalar, { nullable: true, description: 'The day it speaks of, such as a promised date.' })
  dueOn: string | null;

  /** The snapshot that the row was prefilled from; null as soon as a person wrote it. */
  @Column('uuid', { nullable: true })
  dealSnapshotId: string | null;

  /** What it is about, so that statements and promises about the same thing can be compared. */
  @Column('text', { nullable: true })
  @Field(() => String, {
    nullable: true,
    description:
      'A key of what it is about, such as leased-line: what is both in and out of scope by it is a conflict; of a promised timeline the key of the milestone that it speaks of.',
  })
  topic: string | null;

  /** The earlier handoff that the row was carried over from. */
  @Column('uuid', { nullable: true })
  @Field(() => ID, {
    nullable: true,
    description: 'The earlier handoff that it was carried over from, as its source; null when it was written here.',
  })
  carriedFromId: string | null;

  @Column('boolean')
  @Field(() => Boolean, {
    description: 'Whether it was carried over and nobody has said yet that it still holds (confirmCarriedOver).',
  })
  toConfirm: boolean;

  @Instant()
  createdAt: Date;
}
