import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { ApprovalRequest } from '../approval/request.entity.js';
import { RequestContext } from '../core/graphql/context.js';
import { First, Many, One } from '../core/graphql/relations.js';
import { Sensitive } from '../core/graphql/rights.js';
import { MoneyType } from '../core/graphql/types.js';
import { Handoff } from '../handoff/handoff.entity.js';
import { Person } from '../identity/person.entity.js';
import { moneyOf } from '../margin/margin.view.js';
import { BudgetBaseline } from '../project/baseline.entity.js';
import { scopeChangeSubject } from './content.rules.js';
import { ChangeOrder, ScopeChange, ScopeChangeLine } from './scope-change.entity.js';

@Resolver(() => Handoff)
export class HandoffScopeChangeResolver {
  @Many(
    ScopeChange,
    'handoffId',
    'The changes of its scope after the sign-off, newest first; undecided and overdue ones by `state`.',
    { orderBy: ['-id'] },
  )
  scopeChanges: ScopeChange[];
}

@Resolver(() => BudgetBaseline)
export class BaselineScopeChangeResolver {
  @First(
    ScopeChange,
    'newBaselineId',
    'The approved scope change that made this version; null for one made by a submit.',
  )
  scopeChange: ScopeChange | null;
}

@Resolver(() => ApprovalRequest)
export class ApprovalRequestScopeChangeResolver {
  @FieldResolver(() => ScopeChange, {
    nullable: true,
    description: 'The scope change that it asks about, with its effect and cause; null for another kind of request.',
  })
  scopeChange(@Root() request: ApprovalRequest, @Ctx() { reader }: RequestContext): Promise<ScopeChange | null> {
    const { type } = scopeChangeSubject(request.subjectId);
    return request.subjectType === type ? reader.one(ScopeChange, request.subjectId) : Promise.resolve(null);
  }
}

@Resolver(() => ScopeChangeLine)
export class ScopeChangeLineResolver {
  @Sensitive('COST')
  @FieldResolver(() => MoneyType, {
    nullable: true,
    description: 'Cost that the baseline has; null for an added line.',
  })
  formerCost(@Root() line: ScopeChangeLine, @Ctx() { reader }: RequestContext): Promise<MoneyType | null> {
    return lineMoney(line, line.formerCostMinor, reader);
  }

  @Sensitive('COMMERCIAL')
  @FieldResolver(() => MoneyType, {
    nullable: true,
    description: 'Price that the baseline has; null for an added line.',
  })
  formerPrice(@Root() line: ScopeChangeLine, @Ctx() { reader }: RequestContext): Promise<MoneyType | null> {
    return lineMoney(line, line.formerPriceMinor, reader);
  }

  @Sensitive('COST')
  @FieldResolver(() => MoneyType, { nullable: true, description: 'Cost over the contract that it is to have.' })
  cost(@Root() line: ScopeChangeLine, @Ctx() { reader }: RequestContext): Promise<MoneyType | null> {
    return lineMoney(line, line.costMinor, reader);
  }

  @Sensitive('COMMERCIAL')
  @FieldResolver(() => MoneyType, { nullable: true, description: 'Price over the contract that it is to have.' })
  price(@Root() line: ScopeChangeLine, @Ctx() { reader }: RequestContext): Promise<MoneyType | null> {
    return lineMoney(line, line.priceMinor, reader);
  }
}

@Resolver(() => ChangeOrder)
export class ChangeOrderResolver {
  @One(ChangeOrder, 'recordedBy', Person, 'Who recorded it.')
  recorder: Person | null;
}

/** The amount in the currency of the scope change, which every line shares. */
async function lineMoney(
  { scopeChangeId }: ScopeChangeLine,
  minor: bigint | null,
  reader: RequestContext['reader'],
): Promise<MoneyType | null> {
  if (minor === null) return null;
  const { currency } = await reader.required(ScopeChange, scopeChangeId);
  return moneyOf(minor, currency);
}
