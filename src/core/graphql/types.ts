import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { type Ability, allows } from '../ability.js';
import type { JsonValue } from '../canonical.js';
import type { Finding } from '../finding.js';
import { DecimalScalar } from './scalars.js';

/** An amount in one currency. */
@ObjectType('Money', { description: 'An amount in one currency, exact.' })
export class MoneyType {
  @Field(() => DecimalScalar, {
    description: 'The amount in major units with the currency\'s own decimals, such as "48000.00".',
  })
  amount: string;

  @Field(() => String, { description: 'ISO 4217 code, such as GBP.' })
  currency: string;
}

@ObjectType('SourceReference', {
  description:
    'The document behind an automated decision: which one, which version, and its SHA-256 (requirement 002, finance sector).',
})
export class SourceReferenceType {
  @Field(() => String, {
    description: 'The kind of document: CONFIGURATION, DEAL_SNAPSHOT, BASELINE, EVIDENCE, BRIEF.',
  })
  type: string;

  @Field(() => ID, { description: 'The id of the document.' })
  id: string;

  @Field(() => String, { description: 'The version of the document.' })
  version: string;

  @Field(() => String, { description: 'SHA-256 of that version, lower-case hex.' })
  hash: string;
}

export enum FindingSeverity {
  BLOCKING = 'BLOCKING',
  WARNING = 'WARNING',
}
registerEnumType(FindingSeverity, {
  name: 'FindingSeverity',
  description: 'Whether a finding stops the transition.',
  valuesConfig: {
    BLOCKING: { description: 'The transition is refused while it stands.' },
    WARNING: { description: 'Worth a look; it stops nothing.' },
  },
});

@ObjectType('FindingFact', { description: 'One fact behind a finding, for programs.' })
export class FindingFactType {
  @Field(() => String, { description: 'The name of the fact, such as `floorBps`.' })
  name: string;

  @Field(() => String, { description: 'Its value as JSON text.' })
  value: string;
}

@ObjectType('Finding', { description: 'One reason, with its remedy.' })
export class FindingType {
  @Field(() => String, { description: 'The machine code, such as MARGIN_BELOW_FLOOR.' })
  code: string;

  @Field(() => FindingSeverity, { description: 'Whether it stops the transition.' })
  severity: FindingSeverity;

  @Field(() => String, { description: 'What it is about, such as `checklist.SIGNED_SCOPE`.' })
  path: string;

  @Field(() => String, { description: 'What is wrong, for a person.' })
  message: string;

  @Field(() => [FindingFactType], { description: 'The facts behind it, for programs.' })
  facts: FindingFactType[];

  @Field(() => String, { description: 'What to do about it.' })
  remedy: string;

  @Field(() => Boolean, { description: 'Whether an approved exception may cover it.' })
  exceptionable: boolean;
}

@ObjectType('Refused', {
  description: 'The business said no. Nothing was changed; the refusal itself is in the ledger.',
})
export class RefusedType {
  @Field(() => [FindingType], { description: 'Every reason, not only the first.' })
  findings: FindingType[];
}

/** What a finding tells beside its code and path. */
export interface Telling {
  readonly message: string;
  readonly facts: Readonly<Record<string, JsonValue>>;
  readonly remedy: string;
  readonly discloses?: string | null;
}

/** What stands in place of a text that is withheld; `%` is the class that it tells of. */
export const WITHHELD = {
  message: 'What stands behind this needs the right to see %.',
  remedy: 'Ask the sales owner or a finance approver, who see the figures.',
} as const;

/** The same for whoever asks: figures of a class that they may not see are withheld, and that is said. */
export function tellable<T extends Telling>(finding: T, ability: Ability): T {
  const { discloses } = finding;
  if (!discloses || allows(ability, 'see', discloses)) return finding;
  return { ...finding, message: WITHHELD.message.replace('%', discloses), facts: {}, remedy: WITHHELD.remedy };
}

/** Facts as names and JSON texts. */
export function factTypes(facts: Readonly<Record<string, JsonValue>>): FindingFactType[] {
  return Object.entries(facts).map(([name, value]) => ({ name, value: JSON.stringify(value) }));
}

/** A finding as the API shows it to this actor. */
export function findingType(finding: Finding, ability: Ability): FindingType {
  const { facts, ...told } = tellable(finding, ability);
  return Object.assign(new FindingType(), told, { facts: factTypes(facts) });
}

/** A refusal as the API shows it to this actor. */
export function refusal(findings: readonly Finding[], ability: Ability): RefusedType {
  return Object.assign(new RefusedType(), { findings: findings.map((found) => findingType(found, ability)) });
}

@ObjectType('PageInfo', { description: 'Where a page stands in its list (Relay).' })
export class PageInfoType {
  @Field(() => Boolean, { description: 'Whether more rows follow.' })
  hasNextPage: boolean;

  @Field(() => Boolean, { description: 'Whether rows come before.' })
  hasPreviousPage: boolean;

  @Field(() => String, { nullable: true, description: 'The cursor of the first row.' })
  startCursor: string | null;

  @Field(() => String, { nullable: true, description: 'The cursor of the last row: pass it as `after`.' })
  endCursor: string | null;
}
