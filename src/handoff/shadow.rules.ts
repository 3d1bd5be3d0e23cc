import type { TrainingPolicy } from '../catalogue/configuration.rollout.js';
import { buddyHandoffs, needsCertification } from '../catalogue/rollout.rules.js';
import { type Finding, finding } from '../core/finding.js';
import type { GateStanding } from './shadow.queries.js';

/** The fact by which a finding says that it would have refused, had the handoff been enforced. */
export const WOULD_HAVE_REFUSED = 'wouldHaveRefused';

/** Findings about completeness, beside everything of the checklist. Money, approvals, plan and promises are not among them. */
const COMPLETENESS = [
  'CONTENT_MISSING',
  'CONTENT_EMPTY',
  'NONE_NOT_ALLOWED',
  'NONE_CONTRADICTED',
  'PRIMARY_CONTACT_UNREACHABLE',
  'BUDDY_MISSING',
];

/**
 * The findings of the submit gate as a handoff in shadow has them: what is incomplete is recorded as what would have
 * refused, and lets pass; everything else holds (features row 40, "shadow"). Unchanged for a handoff that is enforced.
 */
export function inShadow(findings: readonly Finding[], isInShadow: boolean): Finding[] {
  if (!isInShadow) return [...findings];
  return findings.map((found) =>
    found.severity === 'BLOCKING' && isCompleteness(found)
      ? { ...found, severity: 'WARNING', facts: { ...found.facts, [WOULD_HAVE_REFUSED]: true } }
      : found,
  );
}

const isCompleteness = ({ code, path }: Finding): boolean =>
  path.startsWith('checklist.') || COMPLETENESS.includes(code);

/**
 * A finding when an uncertified rep would hand over alone (document 004, "certification before solo handoffs"; 001, buddy
 * for the first five). None where the tenant has no training policy.
 */
export function buddyFindings(
  training: TrainingPolicy | undefined,
  repRoles: readonly string[],
  { isCertified, earlier, hasBuddy }: GateStanding,
): Finding[] {
  if (!training || isCertified || hasBuddy || !needsCertification(training, repRoles)) return [];
  const first = buddyHandoffs(training);
  if (earlier >= first) return [];
  return [
    finding({
      code: 'BUDDY_MISSING',
      path: 'handoff.buddy',
      message: `The rep is not certified; this is number ${earlier + 1} of the first ${first} handoffs, which need a buddy.`,
      facts: { earlier, first },
      remedy: 'Name a certified member as buddy (nameBuddy), or have the rep certified (certifyMember).',
    }),
  ];
}
