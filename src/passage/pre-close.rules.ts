import type { RuledConfiguration } from '../catalogue/configuration.js';
import type { PreClosePolicy } from '../catalogue/configuration.variants.js';
import { fits, preClosePolicy } from '../catalogue/variant.rules.js';
import type { ChecklistItem } from '../checklist/checklist.entity.js';
import { blocks, type Finding, finding } from '../core/finding.js';
import { daysBetween } from '../core/local-day.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { type PreClose, PreCloseState } from './pre-close.entity.js';

/** What a request is judged by. */
export interface PreCloseRequest {
  readonly handoff: Classified;
  readonly configuration: Pick<RuledConfiguration, 'variants'>;
  /** The one that is live already; null without one. */
  readonly live: PreClose | null;
  readonly expectedCloseOn: string;
  readonly probabilityPercent: number | null;
  /** The day in the tenant's time zone. */
  readonly today: string;
}

/** What stands against a review before the signature; the numbers are the tenant's (document 004: 5 to 7 days). */
export function requestFindings(request: PreCloseRequest): Finding[] {
  const { handoff, configuration, live } = request;
  const policy = preClosePolicy(configuration);
  const findings: Finding[] = [];
  if (!fits(policy, handoff)) findings.push(notAllowed(policy, handoff));
  if (live) {
    findings.push(
      finding({
        code: 'PRE_CLOSE_ASKED',
        path: 'handoff.preCloses',
        message: `It was asked for already: ${live.state}.`,
        facts: { preCloseId: live.id, state: live.state },
        remedy: live.state === PreCloseState.APPROVED ? 'Submit the handoff.' : 'Somebody in delivery answers it.',
      }),
    );
  }
  return [...findings, ...windowFindings(request)];
}

type Classified = Pick<Handoff, 'tier' | 'dealType'>;

function notAllowed({ tiers, dealTypes }: Required<PreClosePolicy>, { tier, dealType }: Classified): Finding {
  return finding({
    code: 'PRE_CLOSE_NOT_ALLOWED',
    path: 'handoff.tier',
    message: `A ${tier} handoff of ${dealType} waits for the signature.`,
    facts: { tier, dealType, tiers, dealTypes },
    remedy: 'Submit it once the contract is signed, or ask RevOps to change variants.preClose.',
  });
}

function windowFindings({ configuration, expectedCloseOn, probabilityPercent, today }: PreCloseRequest): Finding[] {
  const { opensDaysBefore, leastDaysBefore, fromProbabilityPercent } = preClosePolicy(configuration);
  const days = daysBetween(today, expectedCloseOn);
  const facts = { expectedCloseOn, today, opensDaysBefore, leastDaysBefore, fromProbabilityPercent };
  const path = 'expectedCloseOn';
  if (days < 0) {
    const message = `The close is expected on ${expectedCloseOn}, in the past.`;
    const remedy = 'Give the day on which the close is expected now.';
    return [finding({ code: 'EXPECTED_CLOSE_PAST', path, message, facts, remedy })];
  }
  if (probabilityPercent !== null && probabilityPercent >= fromProbabilityPercent) return [];
  if (days > opensDaysBefore) {
    const message = `The close is ${days} days away; delivery reviews from ${opensDaysBefore} days before it.`;
    const remedy = `Ask again then, or once the deal is ${fromProbabilityPercent} % probable.`;
    return [finding({ code: 'PRE_CLOSE_TOO_EARLY', path, message, facts, remedy })];
  }
  if (days < leastDaysBefore) {
    const message = `The close is ${days} days away; delivery needs ${leastDaysBefore} to review before it.`;
    const remedy = `Submit it once the contract is signed, or say that the deal is ${fromProbabilityPercent} % probable.`;
    return [finding({ code: 'PRE_CLOSE_TOO_LATE', path, message, facts, remedy })];
  }
  return [];
}

/**
 * What stands against answering a request: none is open, or the one who answers is the one who asked, or who owns the
 * handoff (approvals rule 1). `actorIds` are all records of the human who answers.
 */
export function answerFindings(
  live: PreClose | null,
  { ownerId }: Pick<Handoff, 'ownerId'>,
  actorIds: readonly string[],
): Finding[] {
  if (live?.state !== PreCloseState.REQUESTED) {
    return [
      finding({
        code: 'PRE_CLOSE_NOT_ASKED',
        path: 'handoff.preCloses',
        message: 'No review before the signature waits for an answer.',
        facts: { state: live?.state ?? null },
        remedy: 'Sales asks for it with requestPreClose.',
      }),
    ];
  }
  if (![live.requestedBy, ownerId].some((seller) => actorIds.includes(seller))) return [];
  return [
    finding({
      code: 'SELF_APPROVAL',
      path: 'actor',
      message: 'Who asked, or owns the deal, does not answer.',
      facts: { preCloseId: live.id, requestedBy: live.requestedBy, ownerId },
      remedy: 'Another delivery manager or service delivery lead answers it.',
    }),
  ];
}

/** The items that only a signed contract proves: the signed scope, the executed contract. */
export const awaitsSignature = ({ needsSigner }: Pick<ChecklistItem, 'needsSigner'>): boolean => needsSigner;

/** What the submit gate found, with what waits for the signature told apart. */
export interface ContractJudgement {
  readonly findings: readonly Finding[];
  /** Whether the gate passes only because delivery allowed a review before the signature. */
  readonly isPending: boolean;
}

/** What a review before the signature depends on. */
export interface ContractCase {
  /** As it is classified now: an approval that was given for another tier or deal type lets nothing pass. */
  readonly handoff: Classified;
  /** The configuration that the handoff pinned, and the one that rules: what it tightened holds (approvals rule 13). */
  readonly policies: readonly Pick<RuledConfiguration, 'variants'>[];
  readonly items: readonly ChecklistItem[];
  readonly preClose: PreClose | null;
}

/**
 * Of what the submit gate found, a granted pre-close review turns what the missing signature leaves open into warnings,
 * and nothing else (document 004: "pending contract", "full completion needs signature"). Where a policy does not let
 * such a handoff be reviewed before its signature, PRE_CLOSE_NOT_ALLOWED says so instead.
 */
export function judgeContract(
  findings: readonly Finding[],
  { handoff, policies, items, preClose }: ContractCase,
): ContractJudgement {
  if (preClose?.state !== PreCloseState.APPROVED) return { findings, isPending: false };
  const open = new Set(unsigned(findings, items));
  const forbidding = policies.map(preClosePolicy).find((policy) => !fits(policy, handoff));
  if (open.size > 0 && forbidding)
    return { findings: [...findings, notAllowed(forbidding, handoff)], isPending: false };
  return {
    findings: findings.map((found) => (open.has(found) ? { ...found, severity: 'WARNING' as const } : found)),
    isPending: open.size > 0,
  };
}

/** The blocking findings about items that only the signature proves. */
export function unsigned(findings: readonly Finding[], items: readonly ChecklistItem[]): Finding[] {
  const paths = new Set(items.filter(awaitsSignature).map(({ code }) => `checklist.${code}`));
  return findings.filter((found) => blocks([found]) && paths.has(found.path));
}

/** What a handoff before its signature lacks for a sign-off or a client date; `missing` are unsigned() findings. */
export function pendingFindings(
  { pendingContract }: Pick<Handoff, 'pendingContract'>,
  missing: readonly Finding[],
): Finding[] {
  if (!pendingContract) return [];
  return [
    finding({
      code: 'CONTRACT_PENDING',
      path: 'handoff.pendingContract',
      message: 'Delivery reviews before the contract is signed: no sign-off and no client date without it.',
      facts: { items: missing.map(({ path }) => path.replace('checklist.', '')) },
      remedy:
        missing.length > 0
          ? 'Give and verify the evidence of the signature; the handoff then goes on by itself.'
          : 'The contract is there: the handoff goes on by itself within a minute, or at once with completePreClose.',
    }),
  ];
}
