import {
  ArrayMaxSize,
  ArrayMinSize,
  IsIn,
  IsInt,
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
import { DealType } from '../handoff/handoff.entity.js';

const MOST_DEALS_A_CALL = 50;
const MOST_LAST_WON = 200;

@InputType({ description: 'Which deals of the past are judged.' })
export class StartBacktestInput {
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MOST_LAST_WON)
  @Field(() => Int, {
    nullable: true,
    description: `So many of the last won deals are read from the connected HaloPSA, 1 to ${MOST_LAST_WON}; left out when you give the deals with backtestDeals.`,
  })
  lastWon?: number | null;
}

@InputType({ description: 'One won deal as HaloPSA exports it.' })
export class BacktestDealInput {
  @Length(2, 1_048_576)
  @Field(() => String, {
    description: "HaloPSA's own JSON: the opportunity with its quotation, as importDeal takes it.",
  })
  payload: string;

  @IsOptional()
  @Matches(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  @Length(2, 80)
  @Field(() => String, { nullable: true, description: "The service template; the tenant's first one when left out." })
  serviceTemplate?: string | null;

  @IsOptional()
  @IsIn(Object.values(DealType))
  @Field(() => DealType, { nullable: true, description: 'The deal type; NEW_BUSINESS when left out.' })
  dealType?: DealType | null;

  @IsOptional()
  @Length(1, 60)
  @Field(() => String, { nullable: true, description: "The client's segment." })
  segment?: string | null;
}

@InputType({ description: 'Won deals for a back-test.' })
export class BacktestDealsInput {
  @IsUUID()
  @Field(() => ID, { description: 'The back-test.' })
  backtestId: string;

  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_DEALS_A_CALL)
  @ValidateNested({ each: true })
  @Field(() => [BacktestDealInput], {
    description: `The deals, 1 to ${MOST_DEALS_A_CALL} a call; call again for more.`,
  })
  deals: BacktestDealInput[];
}

@InputType({ description: 'Which KPI is frozen at the figures of a back-test.' })
export class FreezeBaselineFromBacktestInput {
  @IsUUID()
  @Field(() => ID, { description: 'The back-test.' })
  backtestId: string;

  @Matches(/^[A-Z][A-Z0-9_]*$/, { message: 'kpi is a key of kpiDefinitions, such as COMPLETION_RATE' })
  @Length(3, 60)
  @Field(() => String, { description: 'The key of the KPI: COMPLETENESS_SCORE or COMPLETION_RATE.' })
  kpi: string;
}

@ArgsType()
export class BacktestedDealsArgs extends PageArgs {
  @IsUUID()
  @Field(() => ID, { description: 'The back-test.' })
  backtestId: string;
}
