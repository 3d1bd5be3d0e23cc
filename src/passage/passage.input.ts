import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsIn,
  IsOptional,
  IsUUID,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';
import { Field, ID, InputType } from 'type-graphql';
import { HandoffChangeInput } from '../handoff/handoff.input.js';
import { DealType } from '../handoff/handoff.entity.js';
import { Acceptance, GapCategory } from './gate.entity.js';

@InputType({ description: 'A deal as the PSA exports it.' })
export class ImportDealInput {
  @Length(2, 1_048_576)
  @Field(() => String, { description: "HaloPSA's own JSON: the opportunity with its quotation, at most 1 MiB." })
  payload: string;

  @IsOptional()
  @Matches(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  @Length(2, 80)
  @Field(() => String, {
    nullable: true,
    description: "The service template; the tenant's first one when left out. Used when the handoff is opened.",
  })
  serviceTemplate: string | null;

  @IsOptional()
  @IsIn(Object.values(DealType))
  @Field(() => DealType, {
    nullable: true,
    description: 'The deal type; NEW_BUSINESS when left out. Used when the handoff is opened.',
  })
  dealType: DealType | null;

  @IsOptional()
  @Length(1, 60)
  @Field(() => String, { nullable: true, description: "The client's segment. Used when the handoff is opened." })
  segment: string | null;
}

@InputType({ description: 'One gap, named.' })
export class GapInput {
  // The ledger keeps it: a path, and no free text.
  @Matches(/^[\w-]+([.:][\w-]+|\[[\w-]+\])*$/, {
    message: 'path is names joined by dots, such as checklist.SIGNED_SCOPE',
  })
  @Length(2, 120)
  @Field(() => String, { description: 'What it is about, such as checklist.SIGNED_SCOPE or terms.lines[2].' })
  path: string;

  @Length(5, 2000)
  @Field(() => String, { description: 'What is missing or wrong.' })
  text: string;

  @IsIn(Object.values(GapCategory))
  @Field(() => GapCategory, { defaultValue: GapCategory.MAJOR_GAP, description: 'Which kind of gap.' })
  category: GapCategory;
}

@InputType({ description: 'Why a handoff goes back to sales.' })
export class ReturnHandoffInput extends HandoffChangeInput {
  @ArrayNotEmpty()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Field(() => [GapInput], { description: 'The gaps; at least one.' })
  gaps: GapInput[];

  @IsIn([Acceptance.NEEDS_REVISION, Acceptance.REJECTED], { message: 'verdict is NEEDS_REVISION or REJECTED' })
  @Field(() => Acceptance, {
    defaultValue: Acceptance.NEEDS_REVISION,
    description: 'NEEDS_REVISION, or REJECTED: refused outright, which sales leadership is told of.',
  })
  verdict: Acceptance;

  @IsOptional()
  @Length(10, 2000)
  @Matches(/\S/, { message: 'reason is blank' })
  @Field(() => String, {
    nullable: true,
    description: 'Why it is refused outright, 10 to 2,000 characters; with REJECTED alone.',
  })
  reason?: string | null;
}

@InputType({ description: "The delivery manager's acceptance." })
export class SignOffFeasibilityInput extends HandoffChangeInput {
  @ArrayUnique()
  @ArrayMaxSize(200)
  @IsUUID(undefined, { each: true })
  @Field(() => [ID], { description: 'The risks that are accepted by name; every risk of the handoff has to be here.' })
  acceptedRiskIds: string[];

  @Length(20, 2000)
  @Field(() => String, { description: 'What you say of feasibility and the resource plan.' })
  statement: string;

  @IsOptional()
  @ArrayUnique()
  @ArrayMaxSize(500)
  @Matches(/^[0-9a-f]{64}$/, { each: true, message: 'acceptedConflicts are keys of capacityCheck.conflicts' })
  @Field(() => [String], {
    defaultValue: [],
    description: 'The keys of the conflicts of capacity that you accept (handoff.capacityCheck.conflicts).',
  })
  acceptedConflicts?: string[];

  @IsOptional()
  @Length(10, 2000)
  @Field(() => String, {
    nullable: true,
    description: 'Why the plan holds all the same; with accepted conflicts alone.',
  })
  conflictReason?: string | null;
}

@InputType({ description: 'Why a sign-off is taken back.' })
export class RevokeSignOffInput extends HandoffChangeInput {
  @Length(10, 1000)
  @Field(() => String, { description: 'The reason.' })
  reason: string;
}
