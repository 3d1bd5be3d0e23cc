import { Side, StakeholderRole, StatementKind } from './content.entity.js';
import { Tier } from './handoff.entity.js';

/** Where a requirement is met. */
type Place =
  | {
      readonly in: 'FIELD';
      readonly field: 'context' | 'communicationPreferences' | 'billingTerms' | 'paymentSchedule';
    }
  | { readonly in: 'STATEMENT'; readonly kind: StatementKind }
  | { readonly in: 'STAKEHOLDER'; readonly side: Side; readonly role: StakeholderRole }
  | { readonly in: 'RISK' }
  | { readonly in: 'ASSUMPTION' };

/** One thing that the content of a handoff must say before it is submitted. */
export type ContentRequirement = Place & {
  readonly id: string;
  /** The document that asks for it (mission/requirements.md). */
  readonly source: string;
  /** The lightest tier that must have it; every heavier one must too. */
  readonly from: Tier;
  /** The path that the finding names. */
  readonly path: string;
  readonly label: string;
  /** Whether "None: <reason>" satisfies it. */
  readonly allowsNone: boolean;
  readonly remedy: string;
};

const WEIGHT: Readonly<Record<Tier, number>> = { [Tier.LIGHT]: 0, [Tier.STANDARD]: 1, [Tier.HIGH_TOUCH]: 2 };

function statement(
  kind: StatementKind,
  label: string,
  rest: Pick<ContentRequirement, 'source' | 'from' | 'allowsNone'>,
): ContentRequirement {
  const remedy = `Write it with addStatement, kind ${kind}, and its source.`;
  return { id: kind, in: 'STATEMENT', kind, path: `statements.${kind}`, label, remedy, ...rest };
}

function field(
  name: 'context' | 'communicationPreferences' | 'billingTerms' | 'paymentSchedule',
  label: string,
  rest: Pick<ContentRequirement, 'id' | 'source' | 'from'>,
): ContentRequirement {
  const remedy = `Write ${name} with editHandoff.`;
  return { in: 'FIELD', field: name, path: `handoff.${name}`, label, allowsNone: false, remedy, ...rest };
}

function stakeholder(
  side: Side,
  role: StakeholderRole,
  label: string,
  rest: Pick<ContentRequirement, 'source' | 'from'>,
): ContentRequirement {
  const remedy = `Name the person with addStakeholder, side ${side}, role ${role}.`;
  return {
    id: role,
    in: 'STAKEHOLDER',
    side,
    role,
    path: `stakeholders.${role}`,
    label,
    allowsNone: false,
    remedy,
    ...rest,
  };
}

/**
 * What the content must say, and from which tier on (choice: the documents ask for everything of everyone, but 001
 * and 003 want a lighter set for small and repeated deals). LIGHT keeps the closed-won five of 002 step 1 and the four
 * questions of 003; STANDARD adds 000's mandatory fields and 003's document; HIGH_TOUCH adds 004's categories.
 */
export const CONTENT_REQUIREMENTS: readonly ContentRequirement[] = [
  stakeholder(Side.CLIENT, StakeholderRole.PRIMARY_CONTACT, "The client's primary contact", {
    source: '003 document fields',
    from: Tier.LIGHT,
  }),
  stakeholder(Side.PROVIDER, StakeholderRole.ACCOUNT_OWNER, 'The account owner on your side', {
    source: '003 FAQ: internal stakeholders on both sides',
    from: Tier.LIGHT,
  }),
  stakeholder(Side.CLIENT, StakeholderRole.EXECUTIVE_SPONSOR, "The client's executive sponsor", {
    source: '004 category 2, stakeholder mapping',
    from: Tier.HIGH_TOUCH,
  }),
  field('communicationPreferences', "The client's communication preferences", {
    id: 'COMMUNICATION_PREFERENCES',
    source: '003 document fields',
    from: Tier.LIGHT,
  }),
  field('billingTerms', 'The billing terms', { id: 'BILLING_TERMS', source: '003 document fields', from: Tier.LIGHT }),
  field('paymentSchedule', 'The payment schedule', {
    id: 'PAYMENT_SCHEDULE',
    source: '003 document fields',
    from: Tier.STANDARD,
  }),
  field('context', "The client's context", {
    id: 'CONTEXT',
    source: '004 category 1, customer context',
    from: Tier.HIGH_TOUCH,
  }),
  statement(StatementKind.IN_SCOPE, 'What was sold', {
    source: '002 step 1, signed scope',
    from: Tier.LIGHT,
    allowsNone: false,
  }),
  statement(StatementKind.OUT_OF_SCOPE, 'The out-of-scope boundary', {
    source: '002 step 3, out-of-scope boundaries',
    from: Tier.LIGHT,
    allowsNone: false,
  }),
  statement(StatementKind.ACCEPTANCE_CRITERION, 'The acceptance criteria', {
    source: '002 step 1, acceptance criteria',
    from: Tier.LIGHT,
    allowsNone: false,
  }),
  statement(StatementKind.DEPENDENCY, 'What delivery depends on', {
    source: '002 step 1, dependencies',
    from: Tier.LIGHT,
    allowsNone: true,
  }),
  statement(StatementKind.PROMISED_TIMELINE, 'The promised timeline', {
    source: '000 mandatory fields, promised timelines',
    from: Tier.STANDARD,
    allowsNone: true,
  }),
  statement(StatementKind.DEVIATION, 'Where the sale departs from the standard offering', {
    source: '003 document fields, deviations',
    from: Tier.STANDARD,
    allowsNone: true,
  }),
  statement(StatementKind.INTEGRATION_CONSTRAINT, 'What other systems constrain', {
    source: '000 brief, integration constraints',
    from: Tier.STANDARD,
    allowsNone: true,
  }),
  statement(StatementKind.BUSINESS_OBJECTIVE, 'What the client wants to achieve', {
    source: '004 category 3, business objectives',
    from: Tier.HIGH_TOUCH,
    allowsNone: false,
  }),
  statement(StatementKind.TECHNICAL_REQUIREMENT, 'The technical requirements', {
    source: '004 category 5, technical requirements',
    from: Tier.HIGH_TOUCH,
    allowsNone: true,
  }),
  {
    id: 'DELIVERY_ASSUMPTIONS',
    in: 'ASSUMPTION',
    source: '002 step 1, delivery assumptions',
    from: Tier.LIGHT,
    path: 'assumptions',
    label: 'What delivery may assume',
    allowsNone: true,
    remedy: 'Write it with addAssumption.',
  },
  {
    id: 'RISKS',
    in: 'RISK',
    source: '000 mandatory fields, critical risks',
    from: Tier.LIGHT,
    path: 'risks',
    label: 'What may go wrong',
    allowsNone: true,
    remedy: 'Name it with addRisk.',
  },
];

/** What a handoff of a tier must say. */
export function requiredFor(tier: Tier): readonly ContentRequirement[] {
  return CONTENT_REQUIREMENTS.filter((requirement) => WEIGHT[requirement.from] <= WEIGHT[tier]);
}
