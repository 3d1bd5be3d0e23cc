import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { One } from '../core/graphql/relations.js';
import { Allow, Runs } from '../core/graphql/rights.js';
import { DecimalScalar } from '../core/graphql/scalars.js';
import { resultOf } from '../core/graphql/shapes.js';
import type { RefusedType } from '../core/graphql/types.js';
import { Person } from '../identity/person.entity.js';
import { confirmKpiBaseline, correctKpiBaseline, freezeKpiBaseline, signOffKpiDefinitions } from './kpi.commands.js';
import { KPI_DEFINITIONS, KPI_DIGEST, KPI_SET_VERSION, kpiByKey } from './kpi.definitions.js';
import { KpiBaseline, KpiBaselineConfirmation, KpiSide, KpiSignOff } from './kpi.entity.js';
import {
  ConfirmKpiBaselineInput,
  CorrectKpiBaselineInput,
  FreezeKpiBaselineInput,
  SignOffKpiDefinitionsInput,
} from './kpi.input.js';
import { currentBaseline, unsignedSides, valueOf } from './kpi.rules.js';
import { KpiDefinitionSet, KpiDefinitionType } from './kpi.types.js';

const KpiSignOffResult = resultOf('KpiSignOffResult', KpiSignOff);
/** What every mutation of a baseline answers. */
export const KpiBaselineResult = resultOf('KpiBaselineResult', KpiBaseline);

const confirmationOf = ({ reader }: RequestContext, baselineId: string): Promise<KpiBaselineConfirmation | null> =>
  reader.first(KpiBaselineConfirmation, 'baselineId', baselineId);

@Resolver(() => KpiDefinitionSet)
export class KpiDefinitionSetResolver {
  @Allow('read', 'KpiDefinition')
  @Query(() => KpiDefinitionSet, { description: 'The KPI definitions in force and who has signed them.' })
  kpiDefinitions(): KpiDefinitionSet {
    const definitions = KPI_DEFINITIONS.map((definition) => Object.assign(new KpiDefinitionType(), definition));
    return Object.assign(new KpiDefinitionSet(), { version: KPI_SET_VERSION, digest: KPI_DIGEST, definitions });
  }

  @FieldResolver(() => [KpiSignOff], { description: 'Who has signed these definitions; both sides when complete.' })
  signOffs(@Root() { digest }: KpiDefinitionSet, @Ctx() { reader }: RequestContext): Promise<KpiSignOff[]> {
    return reader.many(KpiSignOff, 'digest', digest);
  }

  @FieldResolver(() => [KpiSide], { description: 'The sides that have not signed.' })
  async unsigned(@Root() { digest }: KpiDefinitionSet, @Ctx() { reader }: RequestContext): Promise<KpiSide[]> {
    return unsignedSides(await reader.many(KpiSignOff, 'digest', digest));
  }

  @Runs(signOffKpiDefinitions)
  @Mutation(() => KpiSignOffResult, {
    description:
      'Signs the definitions for your side. Refused: DEFINITIONS_CHANGED, NOT_ELIGIBLE, ALREADY_SIGNED, SAME_PERSON.',
  })
  signOffKpiDefinitions(
    @Arg('input') input: SignOffKpiDefinitionsInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<KpiSignOff | RefusedType> {
    return ctx.run(signOffKpiDefinitions, input, info, KpiSignOff);
  }
}

@Resolver(() => KpiSignOff)
export class KpiSignOffResolver {
  @One(KpiSignOff, 'signedBy', Person, 'Who signed.')
  signer: Person | null;
}

@Resolver(() => KpiDefinitionType)
export class KpiDefinitionResolver {
  @FieldResolver(() => [KpiBaseline], {
    description: 'Every baseline of it, the first one first, with corrections that nobody has confirmed yet.',
  })
  baselines(@Root() { key }: KpiDefinitionType, @Ctx() { reader }: RequestContext): Promise<KpiBaseline[]> {
    return reader.many(KpiBaseline, 'kpi', key);
  }

  @FieldResolver(() => KpiBaseline, {
    nullable: true,
    description: 'The baseline that counts; null before the freeze.',
  })
  async baseline(@Root() { key }: KpiDefinitionType, @Ctx() ctx: RequestContext): Promise<KpiBaseline | null> {
    const baselines = await ctx.reader.many(KpiBaseline, 'kpi', key);
    const confirmations = await Promise.all(baselines.map(({ id }) => confirmationOf(ctx, id)));
    return currentBaseline(
      baselines,
      confirmations.filter((one) => one !== null),
    );
  }
}

@Resolver(() => KpiBaseline)
export class KpiBaselineResolver {
  @FieldResolver(() => DecimalScalar, { description: "The numerator, in the definition's unit." })
  numerator(@Root() baseline: KpiBaseline): string {
    return String(baseline.numerator);
  }

  @FieldResolver(() => DecimalScalar, { description: 'The denominator; 0 when there was no case.' })
  denominator(@Root() baseline: KpiBaseline): string {
    return String(baseline.denominator);
  }

  @FieldResolver(() => DecimalScalar, {
    nullable: true,
    description: 'The value: 0.8125 is 81.25 % of a SHARE. Null when there was no case, which is not 0.',
  })
  value(@Root() { kpi, numerator, denominator }: KpiBaseline): string | null {
    const definition = kpiByKey(kpi);
    return definition ? valueOf(definition.form, numerator, denominator) : null;
  }

  @One(KpiBaseline, 'frozenBy', Person, 'Who froze it, or proposed the correction.')
  freezer: Person | null;

  @FieldResolver(() => KpiBaselineConfirmation, {
    nullable: true,
    description: 'The confirmation of a correction; null for a first baseline, and while nobody has confirmed it.',
  })
  confirmation(@Root() { id }: KpiBaseline, @Ctx() ctx: RequestContext): Promise<KpiBaselineConfirmation | null> {
    return confirmationOf(ctx, id);
  }

  @Runs(freezeKpiBaseline)
  @Mutation(() => KpiBaselineResult, {
    description:
      'Freezes what a KPI was before; once. Refused: KPI_UNKNOWN, PERIOD_INVALID, FIGURES_IMPOSSIBLE, NOT_ELIGIBLE, ALREADY_FROZEN.',
  })
  freezeKpiBaseline(
    @Arg('input') input: FreezeKpiBaselineInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<KpiBaseline | RefusedType> {
    return ctx.run(freezeKpiBaseline, input, info, KpiBaseline);
  }

  @Runs(correctKpiBaseline)
  @Mutation(() => KpiBaselineResult, {
    description: 'Proposes other figures than were frozen; they count once a second person has confirmed them.',
  })
  correctKpiBaseline(
    @Arg('input') input: CorrectKpiBaselineInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<KpiBaseline | RefusedType> {
    return ctx.run(correctKpiBaseline, input, info, KpiBaseline);
  }

  @Runs(confirmKpiBaseline)
  @Mutation(() => KpiBaselineResult, {
    description: 'Confirms a correction that somebody else proposed. Refused: SELF_APPROVAL, SUPERSEDED, NOT_OPEN.',
  })
  confirmKpiBaseline(
    @Arg('input') input: ConfirmKpiBaselineInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<KpiBaseline | RefusedType> {
    return ctx.run(confirmKpiBaseline, input, info, KpiBaseline);
  }
}

@Resolver(() => KpiBaselineConfirmation)
export class KpiBaselineConfirmationResolver {
  @One(KpiBaselineConfirmation, 'confirmedBy', Person, 'Who confirmed it.')
  confirmer: Person | null;
}
