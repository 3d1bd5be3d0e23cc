import { IsEmail, IsIn, IsOptional, IsUUID, Length } from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';
import { LocalDateScalar } from '../core/graphql/scalars.js';
import { AssumptionState, RiskLevel, Side, StakeholderRole, StatementKind } from './content.entity.js';
import { HandoffChangeInput } from './handoff.input.js';
import { Given, TopicKey, Written } from './text.input.js';

const TEXT = 4_000;
const SOURCE = 500;

@InputType({ description: 'A person on either side who matters to the handoff.' })
export class AddStakeholderInput extends HandoffChangeInput {
  @IsIn(Object.values(Side))
  @Field(() => Side, { description: 'Whose person it is.' })
  side: Side;

  @IsIn(Object.values(StakeholderRole))
  @Field(() => StakeholderRole, { description: 'The part the person plays.' })
  role: StakeholderRole;

  @Written(120)
  @Field(() => String, { description: 'The name.' })
  name: string;

  @IsOptional()
  @Written(120)
  @Field(() => String, { nullable: true, description: 'The title.' })
  title?: string | null;

  @IsOptional()
  @IsEmail()
  @Length(3, 254)
  @Field(() => String, { nullable: true, description: 'The mail address.' })
  email?: string | null;

  @IsOptional()
  @Written(40)
  @Field(() => String, { nullable: true, description: 'The telephone number.' })
  phone?: string | null;

  @IsOptional()
  @Written(2_000)
  @Field(() => String, { nullable: true, description: 'Attributes, sensitivities, personal wins.' })
  notes?: string | null;
}

@InputType({
  description: 'A change to a stakeholder. A field left out stays as it is; null empties it where it may be empty.',
})
export class ReviseStakeholderInput extends HandoffChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The stakeholder.' })
  stakeholderId: string;

  @Given()
  @IsIn(Object.values(Side))
  @Field(() => Side, { nullable: true, description: 'Whose person it is.' })
  side?: Side;

  @Given()
  @IsIn(Object.values(StakeholderRole))
  @Field(() => StakeholderRole, { nullable: true, description: 'The part the person plays.' })
  role?: StakeholderRole;

  @Given()
  @Written(120)
  @Field(() => String, { nullable: true, description: 'The name.' })
  name?: string;

  @IsOptional()
  @Written(120)
  @Field(() => String, { nullable: true, description: 'The title.' })
  title?: string | null;

  @IsOptional()
  @IsEmail()
  @Length(3, 254)
  @Field(() => String, { nullable: true, description: 'The mail address.' })
  email?: string | null;

  @IsOptional()
  @Written(40)
  @Field(() => String, { nullable: true, description: 'The telephone number.' })
  phone?: string | null;

  @IsOptional()
  @Written(2_000)
  @Field(() => String, { nullable: true, description: 'Attributes, sensitivities, personal wins.' })
  notes?: string | null;
}

@InputType({ description: 'A stakeholder to take out.' })
export class RemoveStakeholderInput extends HandoffChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The stakeholder.' })
  stakeholderId: string;
}

@InputType({ description: 'A belief that delivery relies on.' })
export class AddAssumptionInput extends HandoffChangeInput {
  @Written(TEXT)
  @Field(() => String, { description: 'What is believed; "None: <reason>" when there is nothing to assume.' })
  text: string;

  @Written(SOURCE)
  @Field(() => String, { description: 'Where it comes from: a document, a mail, a call.' })
  source: string;

  @IsOptional()
  @Written(TEXT)
  @Field(() => String, { nullable: true, description: 'What follows if it is false.' })
  impact?: string | null;
}

@InputType({ description: 'What became of an assumption.' })
export class ResolveAssumptionInput extends HandoffChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The assumption.' })
  assumptionId: string;

  @IsIn([AssumptionState.CONFIRMED, AssumptionState.REFUTED])
  @Field(() => AssumptionState, { description: 'CONFIRMED or REFUTED.' })
  state: AssumptionState;

  @Written(TEXT)
  @Field(() => String, { description: 'How it was confirmed or refuted, and by which source.' })
  resolution: string;
}

@InputType({ description: 'An assumption to take out.' })
export class RemoveAssumptionInput extends HandoffChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The assumption.' })
  assumptionId: string;
}

@InputType({ description: 'A named risk or sensitivity.' })
export class AddRiskInput extends HandoffChangeInput {
  @Written(TEXT)
  @Field(() => String, { description: 'What may happen; "None: <reason>" when nothing is known.' })
  text: string;

  @IsIn(Object.values(RiskLevel))
  @Field(() => RiskLevel, { description: 'How much it matters.' })
  level: RiskLevel;

  @IsOptional()
  @Written(TEXT)
  @Field(() => String, { nullable: true, description: 'What is done about it.' })
  mitigation?: string | null;

  @Written(SOURCE)
  @Field(() => String, { description: 'Where it comes from: a document, a mail, a call.' })
  source: string;
}

@InputType({ description: 'A change to a risk. A field left out stays as it is; null empties the mitigation.' })
export class ReviseRiskInput extends HandoffChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The risk.' })
  riskId: string;

  @Given()
  @Written(TEXT)
  @Field(() => String, { nullable: true, description: 'What may happen.' })
  text?: string;

  @Given()
  @IsIn(Object.values(RiskLevel))
  @Field(() => RiskLevel, { nullable: true, description: 'How much it matters.' })
  level?: RiskLevel;

  @IsOptional()
  @Written(TEXT)
  @Field(() => String, { nullable: true, description: 'What is done about it.' })
  mitigation?: string | null;

  @Given()
  @Written(SOURCE)
  @Field(() => String, { nullable: true, description: 'Where it comes from.' })
  source?: string;
}

@InputType({ description: 'A risk to take out.' })
export class RemoveRiskInput extends HandoffChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The risk.' })
  riskId: string;
}

@InputType({ description: "One statement of the handoff's content." })
export class AddStatementInput extends HandoffChangeInput {
  @IsIn(Object.values(StatementKind))
  @Field(() => StatementKind, { description: 'What it is about.' })
  kind: StatementKind;

  @Written(TEXT)
  @Field(() => String, { description: 'The statement; "None: <reason>" when there is nothing to say of this kind.' })
  text: string;

  @Written(SOURCE)
  @Field(() => String, { description: 'Where it comes from: a document, a mail, a call.' })
  source: string;

  @IsOptional()
  @Field(() => LocalDateScalar, { nullable: true, description: 'The day it speaks of, such as a promised date.' })
  dueOn?: string | null;

  @TopicKey()
  @Field(() => String, {
    nullable: true,
    description: 'A key of what it is about, such as leased-line; of a promised timeline the key of its milestone.',
  })
  topic?: string | null;
}

@InputType({ description: 'A change to a statement. A field left out stays as it is; null empties date or topic.' })
export class ReviseStatementInput extends HandoffChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The statement.' })
  statementId: string;

  @Given()
  @IsIn(Object.values(StatementKind))
  @Field(() => StatementKind, { nullable: true, description: 'What it is about.' })
  kind?: StatementKind;

  @Given()
  @Written(TEXT)
  @Field(() => String, { nullable: true, description: 'The statement.' })
  text?: string;

  @Given()
  @Written(SOURCE)
  @Field(() => String, { nullable: true, description: 'Where it comes from.' })
  source?: string;

  @IsOptional()
  @Field(() => LocalDateScalar, { nullable: true, description: 'The day it speaks of.' })
  dueOn?: string | null;

  @TopicKey()
  @Field(() => String, { nullable: true, description: 'A key of what it is about, such as leased-line.' })
  topic?: string | null;
}

@InputType({ description: 'A statement to take out.' })
export class RemoveStatementInput extends HandoffChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The statement.' })
  statementId: string;
}
