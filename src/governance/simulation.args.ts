import { IsOptional, IsUUID, Length } from 'class-validator';
import { ArgsType, Field, ID, Int } from 'type-graphql';
import { badInput } from '../core/error.js';
import { DateTimeScalar, LocalDateScalar } from '../core/graphql/scalars.js';

const DAY = 86_400_000;
/** A period without a beginning is so long. */
const USUAL_DAYS = 90;
const LONGEST_DAYS = 366;
/** The most deals that are run at once. */
export const MOST_DEALS = 500;

/** A period; its end does not belong to it. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

@ArgsType()
export class SimulatePolicyArgs {
  @IsOptional()
  @Length(1, 524_288)
  @Field(() => String, {
    nullable: true,
    description:
      'A whole file as YAML, at most 512 KiB. With neither this nor versionId the policy that rules now is run.',
  })
  payload: string | null;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'A version, proposed or former, in place of a file.' })
  versionId: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'From when; 90 days before `to` when left out.' })
  from: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Until when, exclusive; now when left out. At most 366 days.',
  })
  to: Date | null;

  @Field(() => LocalDateScalar, {
    nullable: true,
    description:
      'The day whose floors and exchange rates are used; when left out, the day on which the policy would begin to rule.',
  })
  on: string | null;

  /** The period that is meant. @throws BAD_USER_INPUT for one that is empty or too long, and for two policies at once. */
  checked(now: Date): Period {
    if (this.payload && this.versionId)
      throw badInput('versionId', 'stands beside payload', 'Give the file or the version, not both.');
    const to = this.to ?? now;
    const from = this.from ?? new Date(to.getTime() - USUAL_DAYS * DAY);
    if (from >= to) throw badInput('from', 'is not before `to`', 'Give an earlier instant.');
    if (to.getTime() - from.getTime() > LONGEST_DAYS * DAY)
      throw badInput('from', `lies more than ${LONGEST_DAYS} days before \`to\``, 'Give a shorter period.');
    return { from, to };
  }
}

@ArgsType()
export class SimulatedDealsArgs {
  @Field(() => Int, { defaultValue: 25, description: 'The newest so many, 1 to 500.' })
  first: number;

  /** How many deals are meant. @throws BAD_USER_INPUT outside of the bounds. */
  checked(): number {
    if (this.first >= 1 && this.first <= MOST_DEALS) return this.first;
    throw badInput('first', `is ${this.first}`, `Ask for 1 to ${MOST_DEALS} deals.`);
  }
}
