import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import type { ApprovalRule } from '../catalogue/configuration.js';
import { CLIENT_WINDOW_DAYS } from '../catalogue/policy.rules.js';
import { Sensitive } from '../core/graphql/rights.js';
import { DecimalScalar, LocalDateScalar } from '../core/graphql/scalars.js';
import { MoneyType } from '../core/graphql/types.js';
import type { Reader } from '../core/reader.js';
import type { ApprovalRequest } from '../approval/request.entity.js';
import { termsOf } from '../deal/deal.queries.js';
import { type LineAgainstFloor, linesAgainstFloors, worstPart } from './exception-lines.rules.js';
import { governedTermsFor } from './governed-terms.view.js';
import { MarginPart } from './margin.entity.js';
import { judgedPartsOf, moneyOf, partOf } from './margin.view.js';
import type { Weighing } from './materiality.rules.js';

export enum ExceptionGravity {
  BELOW = 'BELOW',
  MATERIAL = 'MATERIAL',
  GRAVE = 'GRAVE',
}
registerEnumType(ExceptionGravity, {
  name: 'ExceptionGravity',
  description: 'Which level of the policy a shortfall calls for (approvals rule 4).',
  valuesConfig: {
    BELOW: { description: 'Not above any number of the threshold.' },
    MATERIAL: { description: 'Above one of its numbers: at least two different people.' },
    GRAVE: { description: 'Above one of the numbers of the second, higher threshold.' },
  },
});

@ObjectType({ description: 'One line of the quotation against the floor that applies to it, over its contract.' })
export class ExceptionLine {
  @Field(() => Int, { description: 'The place in the quotation, from 1.' })
  position: number;

  @Field(() => String, { description: 'LABOUR, HARDWARE, SOFTWARE, LICENCE, SERVICE or OTHER.' })
  kind: string;

  @Field(() => String, { description: 'ONE_OFF or RECURRING.' })
  billing: string;

  @Sensitive('COMMERCIAL')
  @Field(() => String, { description: 'What is sold.' })
  description: string;

  @Sensitive('MARGIN')
  @Field(() => MoneyType, { description: 'What the client pays for it over the contract.' })
  revenue: MoneyType;

  @Sensitive('MARGIN')
  @Field(() => MoneyType, { nullable: true, description: 'What it costs over the contract; null when unknown.' })
  cost: MoneyType | null;

  @Sensitive('MARGIN')
  @Field(() => MoneyType, { nullable: true, description: 'Revenue less cost.' })
  margin: MoneyType | null;

  @Sensitive('MARGIN')
  @Field(() => Int, {
    nullable: true,
    description: 'Margin in basis points of the revenue, rounded down; null without a positive revenue.',
  })
  marginBps: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'The part whose floor applies to the line: the narrowest that has one, such as LABOUR or TOTAL.',
  })
  floorScope: string | null;

  @Sensitive('MARGIN')
  @Field(() => Int, { nullable: true, description: 'That floor, in basis points of the revenue.' })
  floorBps: number | null;

  @Sensitive('MARGIN')
  @Field(() => MoneyType, {
    nullable: true,
    description:
      'What the line adds to the shortfall of `worst`: its cost less what that floor allows at its price. Below zero it makes up for others; null when it is no part of `worst`.',
  })
  contribution: MoneyType | null;
}

@ObjectType({ description: 'Numbers of a policy; a shortfall above any of them is over the threshold.' })
export class ExceptionThreshold {
  @Sensitive('MARGIN')
  @Field(() => MoneyType, { description: 'Missing margin in money.' })
  shortfall: MoneyType;

  @Sensitive('MARGIN')
  @Field(() => Int, { description: 'Missing margin in basis points of the revenue.' })
  shortfallBps: number;

  @Sensitive('MARGIN')
  @Field(() => Int, {
    nullable: true,
    description: 'Missing margin in basis points of the margin that the floor asks for; null when it is not asked.',
  })
  shortfallShareBps: number | null;
}

@ObjectType({ description: 'What another currency was worth when the exception was weighed.' })
export class RecordedRate {
  @Field(() => String, { description: 'ISO 4217 code of the other currency.' })
  currency: string;

  @Field(() => DecimalScalar, { description: "One unit of it in the tenant's currency." })
  rate: string;

  @Field(() => LocalDateScalar, { description: 'The first day on which it holds.' })
  from: string;

  @Field(() => String, { description: 'Where it was taken from.' })
  source: string;
}

@ObjectType({
  description:
    'How the shortfall was weighed when the exception was asked for, under the policy that the request pinned (approvals rule 4).',
})
export class ExceptionWeighing {
  @Field(() => ExceptionGravity, { description: 'The level of the policy that answers it.' })
  gravity: ExceptionGravity;

  @Sensitive('MARGIN')
  @Field(() => ExceptionThreshold, { description: 'The threshold by which that level was chosen.' })
  threshold: ExceptionThreshold;

  @Sensitive('MARGIN')
  @Field(() => MoneyType, {
    nullable: true,
    description: "Missing margin in the tenant's currency; null without an exchange rate, which counts as above.",
  })
  shortfall: MoneyType | null;

  @Sensitive('MARGIN')
  @Field(() => MoneyType, {
    nullable: true,
    description:
      "What the client's other exceptions of the window miss, which counts together with it; null without a rate.",
  })
  priorShortfall: MoneyType | null;

  @Field(() => Int, { description: "Days back within which the client's exceptions count together." })
  clientWindowDays: number;

  @Field(() => RecordedRate, {
    nullable: true,
    description: "The exchange rate that was used; null in the tenant's own currency, and where there was none.",
  })
  exchangeRate: RecordedRate | null;

  /** Requests that count together with this one. */
  priorRequestIds: readonly string[];
}

@ObjectType('MarginExceptionDetail', {
  description: 'A margin exception line by line: what an approver looks at before they vote.',
})
export class ExceptionDetail {
  @Sensitive('MARGIN')
  @Field(() => MarginPart, {
    nullable: true,
    description: 'The part that misses most in money: its floor, actual margin and shortfall; null when none does.',
  })
  worst: MarginPart | null;

  @Sensitive('MARGIN')
  @Field(() => [ExceptionLine], {
    description: 'The lines of the content that the current round asks about, in the order of the quotation.',
  })
  lines: ExceptionLine[];

  @Field(() => ExceptionWeighing, {
    nullable: true,
    description: 'Why the policy asks for so many approvers; null when that was not recorded.',
  })
  weighing: ExceptionWeighing | null;
}

/** An exception in detail; null for another kind of request, and when the content it asks about is gone. */
export async function exceptionOf(reader: Reader, request: ApprovalRequest): Promise<ExceptionDetail | null> {
  const [judged, termsBehind, version] = await Promise.all([
    judgedPartsOf(reader, request),
    governedTermsFor(reader, request),
    reader.one(ConfigurationVersion, request.configurationVersionId),
  ]);
  const governed = termsBehind?.(request.digest);
  if (!judged || !governed) return null;
  const worst = worstPart(judged.parts);
  return Object.assign(new ExceptionDetail(), {
    worst: worst && partOf(worst, judged.currency),
    lines: linesAgainstFloors(termsOf(governed.snapshot).lines, judged.parts).map((line) =>
      lineOf(line, judged.currency),
    ),
    weighing: version && weighingOf(request.policy, configurationOf(version).tenant.currency),
  });
}

function lineOf(line: LineAgainstFloor, currency: string): ExceptionLine {
  const { position, kind, billing, description, marginBps, floorScope, floorBps } = line;
  const amount = (minor: bigint | null): MoneyType | null => (minor === null ? null : moneyOf(minor, currency));
  return Object.assign(new ExceptionLine(), {
    position,
    kind,
    billing,
    description,
    revenue: moneyOf(line.revenueMinor, currency),
    cost: amount(line.costMinor),
    margin: amount(line.marginMinor),
    marginBps,
    floorScope,
    floorBps,
    contribution: amount(line.contributionMinor),
  });
}

/** What requestMarginException has pinned as JSON text: the rule for the deal type, and what was weighed by it. */
interface PinnedPolicy {
  readonly rule?: ApprovalRule;
  readonly weighing?: Weighing;
}

function weighingOf(policy: string, currency: string): ExceptionWeighing | null {
  const { rule, weighing } = JSON.parse(policy) as PinnedPolicy;
  if (!rule || !weighing) return null;
  const { gravity, rate, shortfallMinor, priorMinor, priorRequestIds } = weighing;
  const limit = gravity === 'GRAVE' && rule.grave ? rule.grave.beyond : rule.materiality;
  const amount = (minor: string | null): MoneyType | null => (minor === null ? null : moneyOf(BigInt(minor), currency));
  return Object.assign(new ExceptionWeighing(), {
    gravity: ExceptionGravity[gravity],
    threshold: Object.assign(new ExceptionThreshold(), {
      shortfall: moneyOf(BigInt(limit.shortfallMinor), currency),
      shortfallBps: limit.shortfallBps,
      shortfallShareBps: limit.shortfallShareBps ?? null,
    }),
    shortfall: amount(shortfallMinor),
    priorShortfall: amount(priorMinor),
    clientWindowDays: rule.clientWindowDays ?? CLIENT_WINDOW_DAYS,
    exchangeRate: rate && Object.assign(new RecordedRate(), rate),
    priorRequestIds,
  });
}
