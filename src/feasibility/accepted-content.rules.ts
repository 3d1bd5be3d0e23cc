import { type Commitment, CommitmentState } from '../commitment/commitment.entity.js';
import { Side, StakeholderRole } from '../handoff/content.entity.js';
import { requiredFor } from '../handoff/content.requirements.js';
import { type HandoffContent, isNoneWithReason, requirementFindings, saysSomething } from '../handoff/content.rules.js';
import { Tier } from '../handoff/handoff.entity.js';

/** What people wrote into a handoff, as far as it is scored. */
export interface WrittenContent extends Pick<
  HandoffContent,
  'handoff' | 'stakeholders' | 'statements' | 'assumptions' | 'risks'
> {
  readonly commitments: readonly Pick<Commitment, 'id' | 'state' | 'recordedAt'>[];
  readonly nothingPromised: boolean;
}

/** A part of the content that the tier asks for. */
export interface ContentPart {
  /** Where it is missing, such as `statements.IN_SCOPE`. */
  readonly path: string;
  readonly isThere: boolean;
}

/**
 * What a handoff held when it was accepted, without its words: whose it was and what was there. Kept with the sign-off, so
 * that its score is the same whenever it is computed.
 */
export interface AcceptedContent {
  readonly ownerId: string;
  readonly deliveryManagerId: string | null;
  readonly serviceTemplate: string;
  readonly tier: Tier;
  readonly summary: readonly ContentPart[];
  readonly stakeholders: readonly ContentPart[];
  /** Promises; homed are those that became a scope line, a task, or were declined. `recordedAt` is ISO 8601. */
  readonly commitments: readonly { readonly id: string; readonly isHomed: boolean; readonly recordedAt: string }[];
  /** Somebody said that nothing was promised beside the contract. */
  readonly nothingPromised: boolean;
  /** Risks; `isMet` when something is done about it, or it says "None: <reason>". */
  readonly risks: readonly { readonly id: string; readonly isMet: boolean }[];
}

/**
 * Stakeholders of document 004 that a map names, by the lightest tier. More than the submit gate asks for: a handoff that
 * passes is not yet a good one. Blockers are left out, since nothing could say that there are none.
 */
const MAPPED: readonly { readonly role: StakeholderRole; readonly side: Side; readonly from: readonly Tier[] }[] = [
  { role: StakeholderRole.PRIMARY_CONTACT, side: Side.CLIENT, from: [Tier.LIGHT, Tier.STANDARD, Tier.HIGH_TOUCH] },
  { role: StakeholderRole.ACCOUNT_OWNER, side: Side.PROVIDER, from: [Tier.LIGHT, Tier.STANDARD, Tier.HIGH_TOUCH] },
  { role: StakeholderRole.EXECUTIVE_SPONSOR, side: Side.CLIENT, from: [Tier.STANDARD, Tier.HIGH_TOUCH] },
  { role: StakeholderRole.ECONOMIC_BUYER, side: Side.CLIENT, from: [Tier.STANDARD, Tier.HIGH_TOUCH] },
  { role: StakeholderRole.TECHNICAL_EVALUATOR, side: Side.CLIENT, from: [Tier.STANDARD, Tier.HIGH_TOUCH] },
  { role: StakeholderRole.CHAMPION, side: Side.CLIENT, from: [Tier.HIGH_TOUCH] },
  { role: StakeholderRole.END_USER, side: Side.CLIENT, from: [Tier.HIGH_TOUCH] },
];

/** What is there of a handoff's content, by what its tier is asked for (document 004, documentation: 50 of 100 points). */
export function acceptedContent(written: WrittenContent): AcceptedContent {
  const { handoff, commitments, nothingPromised, risks } = written;
  const { ownerId, deliveryManagerId, serviceTemplate, tier } = handoff;
  return {
    ownerId,
    deliveryManagerId,
    serviceTemplate,
    tier,
    summary: summaryParts(written),
    stakeholders: mapParts(written),
    commitments: commitments.map(({ id, state, recordedAt }) => ({
      id,
      isHomed: state !== CommitmentState.OPEN,
      recordedAt: recordedAt.toISOString(),
    })),
    nothingPromised,
    risks: risks.map(({ id, text, mitigation }) => ({
      id,
      isMet: isNoneWithReason(text) || saysSomething(mitigation),
    })),
  };
}

/** The deal summary: what the heaviest tier is asked for, save of a LIGHT one what its own gate asks for. */
function summaryParts(written: WrittenContent): ContentPart[] {
  const { tier } = written.handoff;
  const asked = requiredFor(tier === Tier.LIGHT ? Tier.LIGHT : Tier.HIGH_TOUCH);
  return asked
    .filter((requirement) => requirement.in !== 'STAKEHOLDER' && requirement.in !== 'RISK')
    .map((requirement) => ({
      path: requirement.path,
      isThere: requirementFindings(written, requirement, tier).length === 0,
    }));
}

function mapParts({ handoff, stakeholders }: WrittenContent): ContentPart[] {
  return MAPPED.filter(({ from }) => from.includes(handoff.tier)).map(({ role, side }) => ({
    path: `stakeholders.${role}`,
    isThere: stakeholders.some((one) => one.role === role && one.side === side && saysSomething(one.name)),
  }));
}
