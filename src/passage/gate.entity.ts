import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../core/column.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { FindingSeverity, SourceReferenceType } from '../core/graphql/types.js';
import type { JsonValue } from '../core/canonical.js';
import type { SourceReference } from '../core/source.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';

export enum Gate {
  SUBMIT = 'SUBMIT',
  PRE_CLOSE = 'PRE_CLOSE',
  SIGN_OFF = 'SIGN_OFF',
  KICKOFF = 'KICKOFF',
}
registerEnumType(Gate, {
  name: 'Gate',
  description: 'A gate on the way: a transition happens only when its gate has no blocking finding.',
  valuesConfig: {
    SUBMIT: { description: 'Closed-won: checklist, margin, commitments, content.' },
    PRE_CLOSE: {
      description: 'The same without the signature, into a review before the close (document 004, pre-close).',
    },
    SIGN_OFF: { description: 'Feasibility, resource plan, named risks.' },
    KICKOFF: { description: 'A live sign-off and no blocking decision open.' },
  },
});

export enum Verdict {
  PASSED = 'PASSED',
  REFUSED = 'REFUSED',
}
registerEnumType(Verdict, {
  name: 'Verdict',
  description: 'What a gate said.',
  valuesConfig: {
    PASSED: { description: 'No blocking finding.' },
    REFUSED: { description: 'At least one blocking finding.' },
  },
});

/** One attempt to pass a gate, kept whatever came of it: lists and reports read these (design 2). */
@Entity()
@ObjectType({ description: 'One attempt to pass a gate, with everything it found.' })
export class GateEvaluation extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => Gate, { description: 'Which gate.' })
  gate: Gate;

  @Column('text')
  @Field(() => Verdict, { description: 'What it said.' })
  verdict: Verdict;

  @Column('int')
  @Field(() => Int, { description: "The handoff's revision that was judged." })
  handoffRevision: number;

  @Column('int')
  @Field(() => Int, { description: 'The content version of the terms that was judged.' })
  termsRevision: number;

  /** Verified weight over applicable weight at that time, in basis points (requirements section 8). */
  @Column('int')
  @Field(() => Int, { description: 'Checklist completeness at that time, in basis points.' })
  completenessBps: number;

  @Column('text')
  askedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When it was judged.' })
  evaluatedAt: Date;

  @JsonText()
  @Field(() => [SourceReferenceType], { description: 'What it was judged from.' })
  sources: SourceReference[];
}

/** One finding of an evaluation, as a row. */
@Entity()
@ObjectType({ description: 'One finding of a gate evaluation.' })
export class GateFinding extends TenantOwned {
  @Column('uuid')
  evaluationId: string;

  @Column('uuid')
  handoffId: string;

  @Column('int')
  @Field(() => Int, { description: 'The place among the findings, from 1.' })
  position: number;

  @Column('text')
  @Field(() => String, { description: 'The machine code.' })
  code: string;

  @Column('text')
  @Field(() => FindingSeverity, { description: 'Whether it stopped the transition.' })
  severity: FindingSeverity;

  @Column('text')
  @Field(() => String, { description: 'What it is about.' })
  path: string;

  @Column('text')
  message: string;

  @JsonText()
  facts: Record<string, JsonValue>;

  @Column('text')
  remedy: string;

  /** The class of field that message, facts and remedy tell of. */
  @Column('text', { nullable: true })
  discloses: string | null;

  @Column('boolean')
  @Field(() => Boolean, { description: 'Whether an approved exception may cover it.' })
  exceptionable: boolean;
}

/** What delivery says of a handoff that was submitted (document 004, "Handoff record": acceptance). */
export enum Acceptance {
  ACCEPTED = 'ACCEPTED',
  NEEDS_REVISION = 'NEEDS_REVISION',
  REJECTED = 'REJECTED',
}
registerEnumType(Acceptance, {
  name: 'Acceptance',
  description: 'What delivery says of a handoff that was submitted (document 004).',
  valuesConfig: {
    ACCEPTED: { description: 'Delivery signed it off.' },
    NEEDS_REVISION: { description: 'Returned with its gaps, to be corrected within 24 hours.' },
    REJECTED: { description: 'Refused outright, with the reason: sales leadership is told.' },
  },
});

/** Why a handoff comes back (document 004, "Rejection"). */
export enum GapCategory {
  MAJOR_GAP = 'MAJOR_GAP',
  UNDOCUMENTED_COMMITMENT = 'UNDOCUMENTED_COMMITMENT',
  STAKEHOLDERS_INCOMPLETE = 'STAKEHOLDERS_INCOMPLETE',
  TECHNICAL_UNCLEAR = 'TECHNICAL_UNCLEAR',
}
registerEnumType(GapCategory, {
  name: 'GapCategory',
  description: 'Why a handoff comes back (document 004, rejection).',
  valuesConfig: {
    MAJOR_GAP: { description: 'Something is missing without which delivery cannot begin.' },
    UNDOCUMENTED_COMMITMENT: { description: 'Something was promised that the handoff does not hold.' },
    STAKEHOLDERS_INCOMPLETE: { description: 'The people who matter are not all named.' },
    TECHNICAL_UNCLEAR: { description: 'What is to be built or connected is not clear.' },
  },
});

@ObjectType('Gap', { description: 'One gap that delivery named when it returned a handoff.' })
export class GapType {
  @Field(() => GapCategory, {
    nullable: true,
    description: 'Which kind of gap; null in a return from before gaps had kinds.',
  })
  category?: GapCategory | null;

  @Field(() => String, { description: 'What it is about, such as checklist.SIGNED_SCOPE.' })
  path: string;

  @Field(() => String, { description: 'What is missing or wrong.' })
  text: string;
}

/** Delivery sent the handoff back, naming the gaps (document 004, rejection). */
@Entity()
@ObjectType({ description: 'Delivery sent the handoff back, naming the gaps.' })
export class HandoffReturn extends TenantOwned {
  @Column('uuid')
  handoffId: string;

  @Column('text')
  @Field(() => Acceptance, { description: 'NEEDS_REVISION or REJECTED.' })
  verdict: Acceptance;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'Why it was refused outright; null of a revision.' })
  reason: string | null;

  /** Who owned it in sales when it came back: owners change. */
  @Column('uuid')
  ownerId: string;

  @JsonText()
  @Field(() => [GapType], { description: 'The gaps; at least one.' })
  gaps: { path: string; text: string; category?: GapCategory }[];

  @Column('uuid')
  returnedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When.' })
  returnedAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, {
    description: 'Until when sales corrects it, or withdraws what was refused outright.',
  })
  correctionDueAt: Date;
}
