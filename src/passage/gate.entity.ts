import { Column, Entity } from 'typeorm';
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { FindingSeverity, SourceReferenceType } from '../core/graphql/types.js';
import type { JsonValue } from '../core/canonical.js';
import type { SourceReference } from '../core/source.js';
import { Instant, JsonText, TenantOwned } from '../core/table.js';

export enum Gate {
  SUBMIT = 'SUBMIT',
  SIGN_OFF = 'SIGN_OFF',
  KICKOFF = 'KICKOFF',
}
registerEnumType(Gate, {
  name: 'Gate',
  description: 'A gate on the way: a transition happens only when its gate has no blocking finding.',
  valuesConfig: {
    SUBMIT: { description: 'Closed-won: checklist, margin, commitments, content.' },
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

@ObjectType('Gap', { description: 'One gap that delivery named when it returned a handoff.' })
export class GapType {
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

  @JsonText()
  @Field(() => [GapType], { description: 'The gaps; at least one.' })
  gaps: { path: string; text: string }[];

  @Column('uuid')
  returnedBy: string;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'When.' })
  returnedAt: Date;

  @Instant()
  @Field(() => DateTimeScalar, { description: 'Until when sales corrects it.' })
  correctionDueAt: Date;
}
