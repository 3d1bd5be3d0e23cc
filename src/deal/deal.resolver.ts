import { IsUUID } from 'class-validator';
import { Args, ArgsType, Ctx, Field, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../core/graphql/context.js';
import { PageArgs } from '../core/graphql/page-args.js';
import { Many, One } from '../core/graphql/relations.js';
import { Allow, Sensitive } from '../core/graphql/rights.js';
import { connectionOf } from '../core/graphql/shapes.js';
import { FindingType, findingType, MoneyType } from '../core/graphql/types.js';
import { formatMoney } from '../core/money.js';
import type { Page } from '../core/page.js';
import { Client, Deal, DealSnapshot, QuoteLine } from './deal.entity.js';
import { termsOf } from './deal.queries.js';
import { contractValue, type TermsLine } from './terms.rules.js';

const ClientConnection = connectionOf(Client, 'Client');
const DealConnection = connectionOf(Deal, 'Deal');

@ArgsType()
class DealArgs {
  @IsUUID()
  @Field(() => ID, { description: 'The id of the deal.' })
  id: string;
}

/** An amount of minor units as the API shows it. */
function moneyType(minor: bigint, currency: string): MoneyType {
  return { amount: formatMoney({ minor, currency }), currency };
}

function revenue({ currency, ...snapshot }: DealSnapshot, which: (line: TermsLine) => boolean): MoneyType {
  return moneyType(contractValue(termsOf(snapshot).lines.filter(which)).revenueMinor, currency);
}

@Resolver(() => Client)
export class ClientResolver {
  @Allow('read', 'Client')
  @Query(() => ClientConnection, { description: 'The customers of your MSP, newest first.' })
  clients(@Args() args: PageArgs, @Ctx() { reader }: RequestContext): Promise<Page<Client>> {
    return reader.page(Client, {}, args.checked());
  }
}

@Resolver(() => Deal)
export class DealResolver {
  @Allow('read', 'Deal')
  @Query(() => Deal, { description: 'One deal; NOT_FOUND when there is none here.' })
  deal(@Args() { id }: DealArgs, @Ctx() { reader }: RequestContext): Promise<Deal> {
    return reader.required(Deal, id);
  }

  @Allow('read', 'Deal')
  @Query(() => DealConnection, { description: 'The deals, newest first.' })
  deals(@Args() args: PageArgs, @Ctx() { reader }: RequestContext): Promise<Page<Deal>> {
    return reader.page(Deal, {}, args.checked());
  }

  @One(Deal, 'clientId', Client, 'The customer.')
  client: Client | null;

  @One(Deal, 'currentSnapshotId', DealSnapshot, 'What the PSA said last.')
  currentSnapshot: DealSnapshot | null;

  @Many(DealSnapshot, 'dealId', 'Everything the PSA has said, newest first.', { orderBy: ['-revision'] })
  snapshots: DealSnapshot[];
}

@Resolver(() => DealSnapshot)
export class DealSnapshotResolver {
  @Many(QuoteLine, 'dealSnapshotId', 'The lines of the quotation, in its order.', { orderBy: ['position'] })
  lines: QuoteLine[];

  @Sensitive('COMMERCIAL')
  @FieldResolver(() => MoneyType, {
    description: 'What the client pays over the contract; a recurring line without a term counts for its first year.',
  })
  total(@Root() snapshot: DealSnapshot): MoneyType {
    return revenue(snapshot, () => true);
  }

  @Sensitive('COMMERCIAL')
  @FieldResolver(() => MoneyType, { description: 'The part of the total that is paid once.' })
  oneOffTotal(@Root() snapshot: DealSnapshot): MoneyType {
    return revenue(snapshot, (line) => line.billing === 'ONE_OFF');
  }

  @Sensitive('COMMERCIAL')
  @FieldResolver(() => MoneyType, { description: 'The part of the total that recurs, over the contract.' })
  recurringTotal(@Root() snapshot: DealSnapshot): MoneyType {
    return revenue(snapshot, (line) => line.billing === 'RECURRING');
  }

  @Sensitive('COST')
  @FieldResolver(() => MoneyType, {
    nullable: true,
    description: 'What it costs over the contract; null as soon as one line has no cost (COST_MISSING).',
  })
  totalCost(@Root() snapshot: DealSnapshot): MoneyType | null {
    const { costMinor } = contractValue(termsOf(snapshot).lines);
    return costMinor === null ? null : moneyType(costMinor, snapshot.currency);
  }

  // Findings quote figures of the quotation, so they are as commercial as its prices.
  @Sensitive('COMMERCIAL')
  @FieldResolver(() => [FindingType], { description: 'What the import noted; a blocking one holds the submit gate.' })
  findings(@Root() snapshot: DealSnapshot, @Ctx() { ability }: RequestContext): FindingType[] {
    return snapshot.findings.map((found) => findingType(found, ability));
  }
}

@Resolver(() => QuoteLine)
export class QuoteLineResolver {
  @Sensitive('COMMERCIAL')
  @FieldResolver(() => MoneyType, {
    nullable: true,
    description: 'What the client pays for the line, net of tax: once, or a billing period when it recurs.',
  })
  async total(@Root() line: QuoteLine, @Ctx() { reader }: RequestContext): Promise<MoneyType | null> {
    const snapshot = await reader.one(DealSnapshot, line.dealSnapshotId);
    return snapshot && moneyType(line.totalMinor, snapshot.currency);
  }

  @Sensitive('COST')
  @FieldResolver(() => MoneyType, {
    nullable: true,
    description: 'What the line costs: once, or a billing period when it recurs; null when the PSA gave no cost.',
  })
  async cost(@Root() line: QuoteLine, @Ctx() { reader }: RequestContext): Promise<MoneyType | null> {
    const snapshot = await reader.one(DealSnapshot, line.dealSnapshotId);
    return snapshot && line.costMinor !== null ? moneyType(line.costMinor, snapshot.currency) : null;
  }
}
