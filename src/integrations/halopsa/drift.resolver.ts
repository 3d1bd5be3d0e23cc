import { Max, Min } from 'class-validator';
import type { GraphQLResolveInfo } from 'graphql';
import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  Info,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { readDecimal } from '../../core/decimal.js';
import { RequestContext } from '../../core/graphql/context.js';
import { PageArgs } from '../../core/graphql/page-args.js';
import { One } from '../../core/graphql/relations.js';
import { Allow, Runs, Sensitive } from '../../core/graphql/rights.js';
import { connectionOf, resultOf } from '../../core/graphql/shapes.js';
import { MoneyType, type RefusedType } from '../../core/graphql/types.js';
import { formatMoney, roundToMoney } from '../../core/money.js';
import type { Page } from '../../core/page.js';
import { Handoff } from '../../handoff/handoff.entity.js';
import { Person } from '../../identity/person.entity.js';
import { BudgetBaseline } from '../../project/baseline.entity.js';
import { Project } from '../../project/project.entity.js';
import { acceptDrift, restoreBaseline } from './drift.commands.js';
import { DriftInput } from './drift.input.js';
import { PsaDrift } from './psa-drift.entity.js';
import { PsaObject } from './psa-object.entity.js';

const PsaDriftConnection = connectionOf(PsaDrift, 'PsaDrift');
const DriftResult = resultOf('DriftResult', PsaDrift);

@ArgsType()
class DriftArgs extends PageArgs {
  @Field(() => Boolean, { defaultValue: false, description: 'Only differences that stand.' })
  standing: boolean;
}

/** The drifts within a project: few rows unless more are asked for. */
@ArgsType()
class ProjectDriftArgs {
  @Min(1)
  @Max(100)
  @Field(() => Int, { defaultValue: 5, description: 'At most so many, 1 to 100.' })
  newest: number;
}

const standingOnly = ({ standing }: DriftArgs): { endedAt?: null } => (standing ? { endedAt: null } : {});

/** Amounts are commercial; everything else about a drift is for whoever sees the project. */
const isAmount = ({ field }: PsaDrift): boolean => field.endsWith('.money');

/** What somebody edited in the PSA behind the baseline. */
@Resolver(() => PsaDrift)
export class DriftResolver {
  @Allow('read', 'PsaDrift')
  @Query(() => PsaDriftConnection, {
    description: 'Where projects in the PSA are not as we wrote them, newest first, ended ones too.',
  })
  psaDrifts(@Args() args: DriftArgs, @Ctx() { reader }: RequestContext): Promise<Page<PsaDrift>> {
    return reader.page(PsaDrift, standingOnly(args), args.checked());
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'What we wrote; null for what is in no plan of ours, and for an amount (oursAmount).',
  })
  ours(@Root() drift: PsaDrift): string | null {
    return isAmount(drift) ? null : drift.ours;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'What stands there; null for nothing, and for an amount (theirsAmount).',
  })
  theirs(@Root() drift: PsaDrift): string | null {
    return isAmount(drift) ? null : drift.theirs;
  }

  @Sensitive('COMMERCIAL')
  @FieldResolver(() => MoneyType, { nullable: true, description: 'The amount that we wrote; null for no amount.' })
  oursAmount(@Root() drift: PsaDrift, @Ctx() { reader }: RequestContext): Promise<MoneyType | null> {
    return amountOf(drift, drift.ours, reader);
  }

  @Sensitive('COMMERCIAL')
  @FieldResolver(() => MoneyType, { nullable: true, description: 'The amount that stands there; null for no amount.' })
  theirsAmount(@Root() drift: PsaDrift, @Ctx() { reader }: RequestContext): Promise<MoneyType | null> {
    return amountOf(drift, drift.theirs, reader);
  }

  @FieldResolver(() => PsaObject, { description: 'The record there that differs.' })
  object(@Root() drift: PsaDrift, @Ctx() { reader }: RequestContext): Promise<PsaObject> {
    return reader.required(PsaObject, drift.objectId);
  }

  @One(PsaDrift, 'handoffId', Handoff, 'The handoff whose project it is; null when it is not yours to see.')
  handoff: Handoff | null;

  @One(PsaDrift, 'decidedBy', Person, 'Who decided about it; null until somebody has.')
  decider: Person | null;

  @Runs(restoreBaseline)
  @Mutation(() => DriftResult, {
    description:
      'Writes ours again in the PSA, where somebody edited it behind the baseline. Refused: DRIFT_ENDED, DRIFT_DECIDED, DRIFT_NOT_OURS, PROJECT_CANCELLED.',
  })
  restoreBaseline(
    @Arg('input') input: DriftInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<PsaDrift | RefusedType> {
    return ctx.run(restoreBaseline, input, info, PsaDrift);
  }

  @Runs(acceptDrift)
  @Mutation(() => DriftResult, {
    description:
      'Lets a difference stand; the baseline stays as it is. One that changes further is a new drift. Refused: DRIFT_ENDED, DRIFT_DECIDED.',
  })
  acceptDrift(
    @Arg('input') input: DriftInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<PsaDrift | RefusedType> {
    return ctx.run(acceptDrift, input, info, PsaDrift);
  }
}

/** The drifts of one project. */
@Resolver(() => Project)
export class ProjectDriftResolver {
  @FieldResolver(() => [PsaDrift], {
    description: 'Where it is not in the PSA as we wrote it, newest first, ended ones too.',
  })
  drifts(
    @Root() project: Project,
    @Args() { newest }: ProjectDriftArgs,
    @Ctx() { reader }: RequestContext,
  ): Promise<PsaDrift[]> {
    return reader.newest(PsaDrift, 'handoffId', project.handoffId, newest);
  }
}

async function amountOf(
  drift: PsaDrift,
  text: string | null,
  reader: RequestContext['reader'],
): Promise<MoneyType | null> {
  const read = isAmount(drift) && text !== null ? readDecimal(text) : null;
  const baseline = await reader.first(BudgetBaseline, 'handoffId', drift.handoffId, ['-version']);
  if (!read?.ok || !baseline) return null;
  const { currency } = baseline;
  return Object.assign(new MoneyType(), { amount: formatMoney(roundToMoney(read.value, currency)), currency });
}
