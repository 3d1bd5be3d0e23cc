import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { RequestContext } from '../core/graphql/context.js';
import { Many, One } from '../core/graphql/relations.js';
import { Sensitive } from '../core/graphql/rights.js';
import { MoneyType } from '../core/graphql/types.js';
import { formatMoney } from '../core/money.js';
import { DealSnapshot } from '../deal/deal.entity.js';
import { BudgetBaseline, BudgetBaselineLine } from './baseline.entity.js';

@Resolver(() => BudgetBaseline)
export class BudgetBaselineResolver {
  @Many(BudgetBaselineLine, 'baselineId', 'Its lines, one a budget type.', { orderBy: ['position'] })
  lines: BudgetBaselineLine[];

  @One(BudgetBaseline, 'supersedesId', BudgetBaseline, 'The version that it supersedes; null for the first.')
  supersedes: BudgetBaseline | null;

  @One(BudgetBaseline, 'dealSnapshotId', DealSnapshot, 'The deal snapshot whose terms it budgets.')
  dealSnapshot: DealSnapshot | null;
}

@Resolver(() => BudgetBaselineLine)
export class BudgetBaselineLineResolver {
  @Sensitive('COST')
  @FieldResolver(() => MoneyType, {
    nullable: true,
    description: 'The cost over the contract; null while the cost of a quote line is unknown.',
  })
  cost(@Root() line: BudgetBaselineLine, @Ctx() { reader }: RequestContext): Promise<MoneyType | null> {
    return moneyOf(line, line.costMinor, reader);
  }

  @Sensitive('COMMERCIAL')
  @FieldResolver(() => MoneyType, {
    nullable: true,
    description: 'The price over the contract: recurring lines with all their billing periods.',
  })
  price(@Root() line: BudgetBaselineLine, @Ctx() { reader }: RequestContext): Promise<MoneyType | null> {
    return moneyOf(line, line.priceMinor, reader);
  }
}

/** The amount in the baseline's currency, which every line shares. */
async function moneyOf(
  { baselineId }: BudgetBaselineLine,
  minor: bigint | null,
  reader: RequestContext['reader'],
): Promise<MoneyType | null> {
  if (minor === null) return null;
  const { currency } = await reader.required(BudgetBaseline, baselineId);
  return Object.assign(new MoneyType(), { amount: formatMoney({ minor, currency }), currency });
}
