import { command } from '../core/command.js';
import { configurationSource } from '../catalogue/configuration-version.entity.js';
import { handoffRefused } from '../handoff/handoff.outcomes.js';
import { checkRevision } from '../handoff/handoff.rules.js';
import { NO_CLAIM } from './checklist.effects.js';
import { ItemState } from './checklist.entity.js';
import type { ChecklistItemInput, ReasonedItemInput } from './checklist.input.js';
import { checklistFacts, contextOf, itemIn, judgingFacts } from './checklist.queries.js';
import { changeItem, itemDone } from './evidence.commands.js';
import {
  claimFindings,
  claimTermsFindings,
  providerFindings,
  reasonFindings,
  stateFindings,
  verifierFindings,
} from './hand.rules.js';

/** Says that an item does not apply to this deal, and why (document 004: "N/A" explicit); somebody else accepts it. */
export const claimNotApplicable = command({
  name: 'claimNotApplicable',
  action: 'provide',
  subject: 'ChecklistItem',
  services: false,
  facts: (input: ReasonedItemInput) => checklistFacts(input.handoffId),
  decide: (facts, input, { now, actor }) => {
    const { handoff, version } = facts;
    checkRevision(handoff, input.expectedRevision);
    const item = itemIn(facts, input.itemId);
    const findings = [...providerFindings(handoff, item, actor), ...claimFindings(item, input.reason)];
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const { termsRevision: naTermsRevision } = handoff;
    const claim = { naReason: input.reason, naClaimedBy: actor.id, naClaimedAt: now, naTermsRevision };
    return itemDone(facts, item, {
      body: { state: ItemState.NOT_APPLICABLE_CLAIMED, termsRevision: naTermsRevision },
      sources: [configurationSource(version)],
      writes: [changeItem(item, { ...NO_CLAIM, ...claim, state: ItemState.NOT_APPLICABLE_CLAIMED })],
    });
  },
});

/** Accepts that an item does not apply; by the item's verifier role, never by who claimed it. */
export const acceptNotApplicable = command({
  name: 'acceptNotApplicable',
  action: 'verify',
  subject: 'ChecklistItem',
  services: false,
  facts: (input: ChecklistItemInput, actor) => judgingFacts(input.handoffId, actor),
  decide: (facts, input, { now, actor }) => {
    const { handoff, version } = facts;
    checkRevision(handoff, input.expectedRevision);
    const item = itemIn(facts, input.itemId);
    const findings = [
      ...verifierFindings(handoff, item, { actor, aliases: facts.aliases }, item.naClaimedBy),
      ...stateFindings(item, [ItemState.NOT_APPLICABLE_CLAIMED], 'Only a claim that is open can be accepted.'),
      ...claimTermsFindings(item, contextOf(facts, now)),
    ];
    if (findings.length > 0) return handoffRefused(handoff, findings);
    return itemDone(facts, item, {
      body: { state: ItemState.NOT_APPLICABLE, claimedBy: item.naClaimedBy },
      sources: [configurationSource(version)],
      writes: [changeItem(item, { state: ItemState.NOT_APPLICABLE, naAcceptedBy: actor.id, naAcceptedAt: now })],
    });
  },
});

const SETTLED = [ItemState.VERIFIED, ItemState.NOT_APPLICABLE_CLAIMED, ItemState.NOT_APPLICABLE];

/** Takes back what was verified, accepted or claimed, and says why; the evidence stays in history. */
export const reopenItem = command({
  name: 'reopenItem',
  action: 'verify',
  subject: 'ChecklistItem',
  services: false,
  facts: (input: ReasonedItemInput, actor) => judgingFacts(input.handoffId, actor),
  decide: (facts, input, { now, actor }) => {
    const { handoff, version } = facts;
    checkRevision(handoff, input.expectedRevision);
    const item = itemIn(facts, input.itemId);
    const findings = [
      // Taking back is no approval: whoever gave the evidence may find it wrong, too.
      ...verifierFindings(handoff, item, { actor, aliases: facts.aliases }, null),
      ...stateFindings(
        item,
        SETTLED,
        'Submitted evidence is rejected with rejectEvidence; an open item needs evidence.',
      ),
      ...reasonFindings(input.reason),
    ];
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const reopened = { reopenReason: input.reason, reopenedBy: actor.id, reopenedAt: now };
    return itemDone(facts, item, {
      body: { from: item.state, state: ItemState.OPEN },
      sources: [configurationSource(version)],
      writes: [changeItem(item, { ...NO_CLAIM, ...reopened, state: ItemState.OPEN })],
    });
  },
});
