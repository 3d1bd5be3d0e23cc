import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Mutation, Query, Resolver, Root } from 'type-graphql';
import { ApprovalRequest } from '../approval/request.entity.js';
import { RequestContext } from '../core/graphql/context.js';
import { First, Many, One } from '../core/graphql/relations.js';
import { Allow, Runs, Sensitive } from '../core/graphql/rights.js';
import { DateTimeScalar, DecimalScalar } from '../core/graphql/scalars.js';
import { connectionOf, resultOf } from '../core/graphql/shapes.js';
import { MoneyType, type RefusedType } from '../core/graphql/types.js';
import type { Page } from '../core/page.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { Person } from '../identity/person.entity.js';
import { moneyOf } from '../margin/margin.view.js';
import { BudgetBaseline } from '../project/baseline.entity.js';
import { isIncident } from './cause.rules.js';
import { rebaseline } from './rebaseline.command.js';
import { requestScopeChange } from './request.command.js';
import { recordChangeOrder, withdrawScopeChange } from './scope-change.commands.js';
import { ChangeOrder, ScopeChange, ScopeChangeLine, ScopeChangeState } from './scope-change.entity.js';
import {
  RebaselineInput,
  RecordChangeOrderInput,
  RequestScopeChangeInput,
  ScopeChangeInput,
  ScopeChangesArgs,
} from './scope-change.input.js';
import { scopeChangePage } from './scope-change.queries.js';
import { isOpenState, stateOf } from './state.rules.js';

const ScopeChangeConnection = connectionOf(ScopeChange, 'ScopeChange');
const ScopeChangeResult = resultOf('ScopeChangeResult', ScopeChange);

@Resolver(() => ScopeChange)
export class ScopeChangeResolver {
  @Allow('read', 'ScopeChange')
  @Query(() => ScopeChange, { description: 'One scope change; NOT_FOUND when there is none here.' })
  scopeChange(
    @Arg('id', () => ID, { description: 'The scope change.' }) id: string,
    @Ctx() { reader }: RequestContext,
  ): Promise<ScopeChange> {
    return reader.required(ScopeChange, id);
  }

  @Allow('read', 'ScopeChange')
  @Query(() => ScopeChangeConnection, { description: 'The scope changes of the tenant, newest first.' })
  async scopeChanges(@Args() args: ScopeChangesArgs, @Ctx() { reader }: RequestContext): Promise<Page<ScopeChange>> {
    return reader.ask(scopeChangePage(args.filter ?? {}, args.checked(), await reader.now()));
  }

  @FieldResolver(() => ScopeChangeState, { description: 'Where it stands now.' })
  async state(@Root() change: ScopeChange, @Ctx() { reader }: RequestContext): Promise<ScopeChangeState> {
    return stateOf(await reader.required(ApprovalRequest, change.requestId), await reader.now());
  }

  @FieldResolver(() => Boolean, {
    description: 'Whether it is traced to information that was missing, wrong or ambiguous in the handoff.',
  })
  isIncident(@Root() change: ScopeChange): boolean {
    return isIncident(change);
  }

  @FieldResolver(() => Boolean, {
    description: 'Whether it is still open and the baseline has moved since: it has to be asked for anew.',
  })
  async isStale(@Root() change: ScopeChange, @Ctx() { reader }: RequestContext): Promise<boolean> {
    const [request, now, baseline] = await Promise.all([
      reader.required(ApprovalRequest, change.requestId),
      reader.now(),
      reader.first(BudgetBaseline, 'handoffId', change.handoffId, ['-version']),
    ]);
    return isOpenState(stateOf(request, now)) && baseline?.id !== change.baselineId;
  }

  @FieldResolver(() => DateTimeScalar, {
    description: 'Until when it has to be decided; once approved, until when the baseline may move by it.',
  })
  async dueBy(@Root() change: ScopeChange, @Ctx() { reader }: RequestContext): Promise<Date> {
    return (await reader.required(ApprovalRequest, change.requestId)).expiresAt;
  }

  @Sensitive('COMMERCIAL')
  @FieldResolver(() => String, { description: 'Why it should be done.' })
  async reason(@Root() change: ScopeChange, @Ctx() { reader }: RequestContext): Promise<string> {
    return (await reader.required(ApprovalRequest, change.requestId)).reason;
  }

  @Many(ScopeChangeLine, 'scopeChangeId', 'The budget types that change or are added.', { orderBy: ['position'] })
  lines: ScopeChangeLine[];

  @FieldResolver(() => DecimalScalar, { description: 'What the hours change by.' })
  hoursEffect(@Root() change: ScopeChange): string {
    return change.hoursEffect;
  }

  @Sensitive('COMMERCIAL')
  @FieldResolver(() => MoneyType, { description: 'What the price changes by.' })
  priceEffect(@Root() { currency, proposedPriceMinor, baselinePriceMinor }: ScopeChange): MoneyType {
    return moneyOf(proposedPriceMinor - baselinePriceMinor, currency);
  }

  @Sensitive('COST')
  @FieldResolver(() => MoneyType, { description: 'What the cost changes by.' })
  costEffect(@Root() { currency, proposedCostMinor, baselineCostMinor }: ScopeChange): MoneyType {
    return moneyOf(proposedCostMinor - baselineCostMinor, currency);
  }

  @Sensitive('MARGIN')
  @FieldResolver(() => MoneyType, { description: 'The margin of the baseline: price less cost over the contract.' })
  baselineMargin(@Root() { currency, baselinePriceMinor, baselineCostMinor }: ScopeChange): MoneyType {
    return moneyOf(baselinePriceMinor - baselineCostMinor, currency);
  }

  @Sensitive('MARGIN')
  @FieldResolver(() => MoneyType, { description: 'The margin that it would leave.' })
  proposedMargin(@Root() { currency, proposedPriceMinor, proposedCostMinor }: ScopeChange): MoneyType {
    return moneyOf(proposedPriceMinor - proposedCostMinor, currency);
  }

  @Sensitive('MARGIN')
  @FieldResolver(() => MoneyType, {
    description: 'Proposed margin less the margin of the baseline; negative is a loss.',
  })
  marginEffect(@Root() { currency, marginEffectMinor }: ScopeChange): MoneyType {
    return moneyOf(marginEffectMinor, currency);
  }

  @First(ChangeOrder, 'scopeChangeId', 'The change order that the client signed; null until it is recorded.')
  changeOrder: ChangeOrder | null;

  @FieldResolver(() => ApprovalRequest, { description: 'Its approval request: votes, steps, who may still answer.' })
  request(@Root() change: ScopeChange, @Ctx() { reader }: RequestContext): Promise<ApprovalRequest> {
    return reader.required(ApprovalRequest, change.requestId);
  }

  @FieldResolver(() => BudgetBaseline, { description: 'The version of the baseline that it was computed against.' })
  baseline(@Root() change: ScopeChange, @Ctx() { reader }: RequestContext): Promise<BudgetBaseline> {
    return reader.required(BudgetBaseline, change.baselineId);
  }

  @One(
    ScopeChange,
    'newBaselineId',
    BudgetBaseline,
    'The version that it made; null until the baseline has moved by it.',
  )
  newBaseline: BudgetBaseline | null;

  @FieldResolver(() => Handoff, { description: 'The handoff whose scope changes.' })
  handoff(@Root() change: ScopeChange, @Ctx() { reader }: RequestContext): Promise<Handoff> {
    return reader.required(Handoff, change.handoffId);
  }

  @One(ScopeChange, 'requestedBy', Person, 'Who asked for it.')
  requester: Person | null;

  @One(ScopeChange, 'rebaselinedBy', Person, 'Who moved the baseline by it; null until then.')
  rebaseliner: Person | null;

  @Runs(requestScopeChange)
  @Mutation(() => ScopeChangeResult, {
    description:
      'Asks for a change of scope after the sign-off; the effect on the margin is computed and decides who approves. Refused with all reasons: SCOPE_STILL_OPEN, HANDOFF_ENDED, PROJECT_CANCELLED, BUDGET_TYPE_UNKNOWN, BUDGET_TYPE_TWICE, LINE_UNCHANGED, AMOUNT_INVALID, AMOUNT_NEGATIVE, AMOUNT_TOO_LARGE, BASELINE_COST_UNKNOWN, CAUSE_ITEM_MISSING, CAUSE_OUTSIDE_HANDOFF, QUORUM_UNREACHABLE.',
  })
  requestScopeChange(
    @Arg('input') input: RequestScopeChangeInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ScopeChange | RefusedType> {
    return ctx.run(requestScopeChange, input, info, ScopeChange);
  }

  @Runs(withdrawScopeChange)
  @Mutation(() => ScopeChangeResult, {
    description:
      'Takes your own scope change back before the baseline has moved by it. Refused: NOT_REQUESTER, NOT_OPEN.',
  })
  withdrawScopeChange(
    @Arg('input') input: ScopeChangeInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ScopeChange | RefusedType> {
    return ctx.run(withdrawScopeChange, input, info, ScopeChange);
  }

  @Runs(recordChangeOrder)
  @Mutation(() => ScopeChangeResult, {
    description:
      'Records the change order that the client signed; a rebaseline that changes the price needs it. Refused: HANDOFF_ENDED, SCOPE_CHANGE_ENDED, CHANGE_ORDER_RECORDED, SIGNED_IN_FUTURE.',
  })
  recordChangeOrder(
    @Arg('input') input: RecordChangeOrderInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ScopeChange | RefusedType> {
    return ctx.run(recordChangeOrder, input, info, ScopeChange);
  }

  @Runs(rebaseline)
  @Mutation(() => ScopeChangeResult, {
    description:
      'Moves the budget baseline by an approved scope change: a new version, a lapsed sign-off, a void kickoff date, and the PSA follows. Refused with all reasons: APPROVAL_MISSING, BASELINE_MOVED, CLIENT_AGREEMENT_MISSING, ALREADY_REBASELINED, SCOPE_STILL_OPEN, HANDOFF_ENDED, PROJECT_CANCELLED.',
  })
  rebaseline(
    @Arg('input') input: RebaselineInput,
    @Ctx() ctx: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ScopeChange | RefusedType> {
    return ctx.run(rebaseline, input, info, ScopeChange);
  }
}
