import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Actor } from '../core/actor.js';
import { Sensitive } from '../core/graphql/rights.js';
import { DateTimeScalar } from '../core/graphql/scalars.js';
import { MoneyType } from '../core/graphql/types.js';
import type { Reader } from '../core/reader.js';
import { votingFactsFor } from '../approval/approval.view.js';
import type { ApprovalRequest } from '../approval/request.entity.js';
import { termsOf } from '../deal/deal.queries.js';
import { governedTermsFor } from './governed-terms.view.js';
import type { GovernedTerms } from './governed-terms.rules.js';
import { moneyOf } from './margin.view.js';
import { contentChange, type ContentChange, type LineChange, type ValueChange } from './terms-change.rules.js';

export enum LineChangeKind {
  ADDED = 'ADDED',
  REMOVED = 'REMOVED',
  CHANGED = 'CHANGED',
}
registerEnumType(LineChangeKind, {
  name: 'LineChangeKind',
  description: 'What became of a line of the quotation.',
  valuesConfig: {
    ADDED: { description: 'It is new.' },
    REMOVED: { description: 'It is gone.' },
    CHANGED: { description: 'Something of it is another.' },
  },
});

@ObjectType('ValueChange', { description: 'One value that is another now.' })
export class ValueChangeType {
  @Field(() => String, { description: 'What it is, such as unitPrice or dealType.' })
  field: string;

  @Field(() => String, { nullable: true, description: 'What it was; null when there was none.' })
  before: string | null;

  @Field(() => String, { nullable: true, description: 'What it is; null when there is none.' })
  after: string | null;
}

@ObjectType('TermsLineChange', { description: 'What became of one line of the quotation.' })
export class LineChangeType {
  @Field(() => LineChangeKind, { description: 'Whether it is new, gone or changed.' })
  kind: LineChangeKind;

  @Field(() => Int, { description: 'The place in the quotation: now, or before when it is gone.' })
  position: number;

  @Sensitive('COMMERCIAL')
  @Field(() => String, { description: 'What is sold, or was.' })
  description: string;

  @Sensitive('COMMERCIAL')
  @Field(() => [ValueChangeType], {
    description: 'Everything that differs but costs; prices and totals are in major units, once or a billing period.',
  })
  fields: ValueChangeType[];

  @Sensitive('COST')
  @Field(() => [ValueChangeType], { description: 'Costs that differ, in major units, once or a billing period.' })
  costs: ValueChangeType[];
}

@ObjectType({
  description: 'What the governed terms of the current round differ in from those that somebody voted on before.',
})
export class TermsChange {
  @Field(() => Int, { description: 'The round of that vote.' })
  sinceRound: number;

  @Field(() => DateTimeScalar, { description: 'When that vote was cast.' })
  votedAt: Date;

  @Field(() => Boolean, { description: 'Whether nothing differs: the vote was cast on exactly this content.' })
  isSame: boolean;

  @Field(() => [ValueChangeType], {
    description: 'serviceTemplate, dealType, currency and signedScopeHash, where they differ.',
  })
  fields: ValueChangeType[];

  @Field(() => [LineChangeType], { description: 'The lines that differ; those that are gone come last.' })
  lines: LineChangeType[];

  @Field(() => Boolean, { description: 'Whether lines that are in both stand in another order.' })
  reordered: boolean;

  @Sensitive('COMMERCIAL')
  @Field(() => MoneyType, { description: 'What the client would have paid over the contract.' })
  totalBefore: MoneyType;

  @Sensitive('COMMERCIAL')
  @Field(() => MoneyType, { description: 'What the client pays over the contract now.' })
  totalAfter: MoneyType;

  @Sensitive('COST')
  @Field(() => MoneyType, {
    nullable: true,
    description: 'What it would have cost; null when a cost was unknown.',
  })
  costBefore: MoneyType | null;

  @Sensitive('COST')
  @Field(() => MoneyType, { nullable: true, description: 'What it costs now; null when a cost is unknown.' })
  costAfter: MoneyType | null;
}

/**
 * What changed since the last vote, or since the actor's own last one (`mine`); null when there was none, and when the
 * content of one of the two rounds is not for this reader.
 */
export async function termsChangeOf(
  reader: Reader,
  request: ApprovalRequest,
  mine: boolean,
  actor: Actor,
): Promise<TermsChange | null> {
  const [{ votes, standing }, termsBehind] = await Promise.all([
    votingFactsFor(reader, request),
    governedTermsFor(reader, request),
  ]);
  const own = standing.canonicalOf(actor.id);
  const last = votes.findLast(({ voterId }) => !mine || standing.canonicalOf(voterId) === own);
  if (!last || !termsBehind) return null;
  const before = termsBehind(last.digest);
  const after = termsBehind(request.digest);
  if (!before || !after) return null;
  return Object.assign(
    new TermsChange(),
    { sinceRound: last.round, votedAt: last.castAt, isSame: last.digest === request.digest },
    changeType(contentChange(contentOf(before), contentOf(after)), {
      before: before.snapshot.currency,
      after: after.snapshot.currency,
    }),
  );
}

function contentOf({ snapshot, serviceTemplate, dealType }: GovernedTerms) {
  return { terms: termsOf(snapshot), serviceTemplate, dealType };
}

function changeType(
  change: ContentChange,
  currency: { readonly before: string; readonly after: string },
): Omit<TermsChange, 'sinceRound' | 'votedAt' | 'isSame'> {
  const { costBeforeMinor, costAfterMinor } = change;
  return {
    fields: change.fields.map(valueType),
    lines: change.lines.map(lineType),
    reordered: change.reordered,
    totalBefore: moneyOf(change.revenueBeforeMinor, currency.before),
    totalAfter: moneyOf(change.revenueAfterMinor, currency.after),
    costBefore: costBeforeMinor === null ? null : moneyOf(costBeforeMinor, currency.before),
    costAfter: costAfterMinor === null ? null : moneyOf(costAfterMinor, currency.after),
  };
}

function lineType({ kind, fields, costs, ...rest }: LineChange): LineChangeType {
  const parts = { kind: LineChangeKind[kind], fields: fields.map(valueType), costs: costs.map(valueType) };
  return Object.assign(new LineChangeType(), rest, parts);
}

function valueType(change: ValueChange): ValueChangeType {
  return Object.assign(new ValueChangeType(), change);
}
