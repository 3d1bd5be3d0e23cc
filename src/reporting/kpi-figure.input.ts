import { ArrayMaxSize, IsIn, IsOptional, IsUUID, Matches, ValidateNested } from 'class-validator';
import { ArgsType, Field, ID, InputType } from 'type-graphql';
import { badInput } from '../core/error.js';
import { PageArgs } from '../core/graphql/page-args.js';
import { LocalDateScalar } from '../core/graphql/scalars.js';
import { daysBetween } from '../core/local-day.js';
import { DealType, Tier } from '../handoff/handoff.entity.js';
import { kpiByKey } from '../kpi/kpi.definitions.js';
import { Written } from '../handoff/text.input.js';
import { type KpiSlice, KpiStep, MOST_STEPS, type Period, stepsOf } from './kpi-figure.js';

/** The longest period that figures are added up over, in days: three years. */
const LONGEST_DAYS = 1_096;

@InputType({
  description: 'What figures are narrowed to, as the handoffs stand now; what is left out narrows nothing.',
})
export class KpiSliceInput implements KpiSlice {
  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'A client.' })
  clientId?: string | null;

  @IsOptional()
  @Written(80)
  @Field(() => String, { nullable: true, description: 'The key of a service template, such as managed-network.' })
  serviceTemplate?: string | null;

  @IsOptional()
  @IsIn(Object.values(DealType))
  @Field(() => DealType, { nullable: true, description: 'A deal type.' })
  dealType?: DealType | null;

  @IsOptional()
  @IsIn(Object.values(Tier))
  @Field(() => Tier, { nullable: true, description: 'A tier.' })
  tier?: Tier | null;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'The sales manager who owns the handoff.' })
  ownerId?: string | null;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'The delivery manager.' })
  deliveryManagerId?: string | null;
}

@ArgsType()
export class SlicedArgs {
  @Field(() => LocalDateScalar, { description: 'First day of the period, by the calendar of the tenant.' })
  from: string;

  @Field(() => LocalDateScalar, { description: 'Last day of the period; at most 1,096 days.' })
  to: string;

  @IsOptional()
  @ValidateNested()
  @Field(() => KpiSliceInput, { nullable: true, description: 'What it is narrowed to.' })
  slice?: KpiSliceInput | null;

  /** The period within its bounds, or BAD_USER_INPUT. */
  period(): Period {
    return checkedPeriod(this.from, this.to);
  }
}

@ArgsType()
export class KpiFiguresArgs extends SlicedArgs {
  @IsOptional()
  @ArrayMaxSize(100)
  @Field(() => [String], {
    nullable: true,
    description: 'Keys of kpiDefinitions; without any, every KPI that your roles see.',
  })
  keys?: string[] | null;
}

@ArgsType()
export class KpiComparisonArgs {
  @IsOptional()
  @ArrayMaxSize(100)
  @Field(() => [String], {
    nullable: true,
    description: 'Keys of kpiDefinitions; without any, every KPI that your roles see.',
  })
  keys?: string[] | null;
}

@ArgsType()
export class KpiTrendArgs extends SlicedArgs {
  @Field(() => String, { description: 'The key of the KPI.' })
  key: string;

  @Field(() => KpiStep, { description: 'How long its steps are; at most 120 of them.' })
  step: KpiStep;

  /** The steps of the period, or BAD_USER_INPUT. */
  steps(): Period[] {
    const steps = stepsOf(this.period(), this.step);
    if (steps.at(-1)!.toOn < this.to)
      throw badInput('to', `makes more than ${MOST_STEPS} steps`, 'Ask for a shorter period, or for months.');
    return steps;
  }
}

@ArgsType()
export class SlicedPageArgs extends PageArgs {
  @Field(() => LocalDateScalar, { description: 'First day of the period, by the calendar of the tenant.' })
  from: string;

  @Field(() => LocalDateScalar, { description: 'Last day of the period; at most 1,096 days.' })
  to: string;

  @IsOptional()
  @ValidateNested()
  @Field(() => KpiSliceInput, { nullable: true, description: 'What it is narrowed to.' })
  slice?: KpiSliceInput | null;

  /** The period within its bounds, or BAD_USER_INPUT. */
  period(): Period {
    return checkedPeriod(this.from, this.to);
  }
}

@ArgsType()
export class KpiCasesArgs extends SlicedPageArgs {
  @Field(() => String, { description: 'The key of the KPI.' })
  key: string;
}

@ArgsType()
export class StalledArgs extends PageArgs {
  @IsOptional()
  @ValidateNested()
  @Field(() => KpiSliceInput, { nullable: true, description: 'What they are narrowed to.' })
  slice?: KpiSliceInput | null;
}

@InputType({ description: 'Which measured figure becomes the baseline of its KPI.' })
export class FreezeKpiBaselineFromCasesInput {
  @Matches(/^[A-Z][A-Z0-9_]{2,59}$/, { message: 'kpi is a key of kpiDefinitions, such as COMPLETION_RATE' })
  @Field(() => String, { description: 'The key of the KPI, such as COMPLETION_RATE.' })
  kpi: string;

  @Field(() => LocalDateScalar, { description: 'First day that is measured.' })
  fromOn: string;

  @Field(() => LocalDateScalar, { description: 'Last day that is measured; it is over.' })
  toOn: string;
}

function checkedPeriod(fromOn: string, toOn: string): Period {
  if (toOn < fromOn) throw badInput('to', 'is before from', 'Give a last day that is not before the first.');
  if (daysBetween(fromOn, toOn) >= LONGEST_DAYS)
    throw badInput('to', `is more than ${LONGEST_DAYS} days after from`, 'Ask for a shorter period.');
  return { fromOn, toOn };
}

/** The keys that were asked for, each once; BAD_USER_INPUT for one that no KPI has. */
export function knownKeys(keys: readonly string[], field = 'keys'): string[] {
  const unknown = keys.find((key) => !kpiByKey(key));
  if (unknown !== undefined)
    throw badInput(field, 'names a KPI that there is not', 'Use keys of kpiDefinitions, such as COMPLETION_RATE.');
  return [...new Set(keys)];
}
