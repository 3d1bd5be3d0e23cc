import {
  ArrayMaxSize,
  IsBoolean,
  IsIn,
  IsOptional,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { ArgsType, Field, ID, InputType, Int } from 'type-graphql';
import { PageArgs } from '../core/graphql/page-args.js';
import { DecimalScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { HandoffChangeInput } from '../handoff/handoff.input.js';
import { Written } from '../handoff/text.input.js';
import { CauseItemType, ScopeChangeCause, ScopeChangeState } from './scope-change.entity.js';

const HTTPS = /^https:\/\/[^\s<>"]{4,2000}$/;

@InputType({ description: 'One budget type as it is to stand in the baseline; not the difference.' })
export class ScopeChangeLineInput {
  @Written(80)
  @Field(() => String, {
    description: 'The key of the budget type: one of the baseline, or another one of the service template to add.',
  })
  budgetType: string;

  @Field(() => DecimalScalar, { description: 'Hours; 0 or more.' })
  hours: string;

  @Field(() => DecimalScalar, { description: "Cost over the contract in the baseline's currency; 0 or more." })
  cost: string;

  @Field(() => DecimalScalar, { description: "Price over the contract in the baseline's currency." })
  price: string;
}

@InputType({ description: 'A change of scope after the sign-off. Its effect on the margin is computed, not given.' })
export class RequestScopeChangeInput extends HandoffChangeInput {
  @Length(10, 4000)
  @Matches(/\S/, { message: 'description is blank' })
  @Field(() => String, { description: 'What changes, 10 to 4,000 characters.' })
  description: string;

  @Length(20, 2000)
  @Matches(/\S/, { message: 'reason is blank' })
  @Field(() => String, { description: 'Why it should be done, 20 to 2,000 characters; the approvers read it.' })
  reason: string;

  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Field(() => [ScopeChangeLineInput], {
    description: 'The budget types that change or are added; none for a change that costs nothing and earns nothing.',
  })
  lines: ScopeChangeLineInput[];

  @Min(-250)
  @Max(250)
  @Field(() => Int, {
    description:
      'By how many business days the rest of the plan moves; 0 for not at all, negative is earlier; at most 250.',
  })
  dateEffectDays: number;

  @IsIn(Object.values(ScopeChangeCause))
  @Field(() => ScopeChangeCause, { description: 'What it comes from.' })
  cause: ScopeChangeCause;

  @IsOptional()
  @IsIn(Object.values(CauseItemType))
  @Field(() => CauseItemType, {
    nullable: true,
    description: 'With MISSING, WRONG and AMBIGUOUS: which kind of item of the handoff it is traced to.',
  })
  causeItemType?: CauseItemType | null;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, {
    nullable: true,
    description: 'The item; it may be left out with MISSING, where the handoff had none.',
  })
  causeItemId?: string | null;

  @IsOptional()
  @Matches(HTTPS, { message: 'evidenceUrl is an https link' })
  @Field(() => String, { nullable: true, description: 'The https link to what proves it.' })
  evidenceUrl?: string | null;
}

@InputType({ description: 'A scope change of a handoff.' })
export class ScopeChangeInput extends HandoffChangeInput {
  @IsUUID()
  @Field(() => ID, { description: 'The scope change.' })
  scopeChangeId: string;
}

@InputType({ description: 'A change order that the client signed.' })
export class RecordChangeOrderInput extends ScopeChangeInput {
  @Matches(HTTPS, { message: 'documentUrl is an https link' })
  @Field(() => String, { description: 'The https link to the signed document.' })
  documentUrl: string;

  @Matches(/^[0-9a-f]{64}$/, { message: 'contentHash is a SHA-256, 64 lower-case hex digits' })
  @Field(() => String, { description: 'SHA-256 of the content of the document, 64 lower-case hex digits.' })
  contentHash: string;

  @Written(200)
  @Field(() => String, { description: 'Who signed for the client.' })
  signer: string;

  @Field(() => LocalDateScalar, { description: 'The day of the signature, not in the future.' })
  signedOn: string;
}

@InputType({ description: 'The approved scope change by which the baseline is to move.' })
export class RebaselineInput {
  @IsUUID()
  @Field(() => ID, { description: 'The handoff.' })
  handoffId: string;

  @IsUUID()
  @Field(() => ID, { description: 'The approved scope change.' })
  scopeChangeId: string;
}

@InputType({ description: 'What scope changes are narrowed to; every condition that is given must hold.' })
export class ScopeChangeFilter {
  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'Only those of this handoff.' })
  handoffId?: string | null;

  @IsOptional()
  @IsIn(Object.values(ScopeChangeState), { each: true })
  @Field(() => [ScopeChangeState], {
    nullable: true,
    description: 'Only those in these states: REQUESTED is undecided, EXPIRED overdue.',
  })
  states?: ScopeChangeState[] | null;

  @IsOptional()
  @IsIn(Object.values(ScopeChangeCause), { each: true })
  @Field(() => [ScopeChangeCause], { nullable: true, description: 'Only those that come from these.' })
  causes?: ScopeChangeCause[] | null;

  @IsOptional()
  @IsBoolean()
  @Field(() => Boolean, { nullable: true, description: 'true: only those that are traced to the handoff.' })
  incidentsOnly?: boolean | null;
}

@ArgsType()
export class ScopeChangesArgs extends PageArgs {
  @IsOptional()
  @ValidateNested()
  @Field(() => ScopeChangeFilter, { nullable: true, description: 'What the list is narrowed to.' })
  filter?: ScopeChangeFilter | null;
}
