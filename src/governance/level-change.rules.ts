import type { ApprovalLevel } from '../catalogue/configuration.js';
import { stepsOf } from '../catalogue/policy.rules.js';
import type { PolicyEffect } from './policy-change.rules.js';
import { implies } from './quorum.rules.js';

/** Whether a level asks for more than another, less, or neither of them for all that the other does. */
export function levelEffect(before: ApprovalLevel, after: ApprovalLevel): PolicyEffect {
  const [isAsStrict, wasAsStrict] = [asksForAll(after, before), asksForAll(before, after)];
  if (isAsStrict === wasAsStrict) return 'OTHER';
  return isAsStrict ? 'STRICTER' : 'LOOSER';
}

/** Whether whoever satisfies a level satisfies the other one too; nor does it take more to reject, or an older sign-in. */
function asksForAll(level: ApprovalLevel, other: ApprovalLevel): boolean {
  return (
    implies(stepsOf(level), stepsOf(other)) &&
    (level.rejections ?? 1) <= (other.rejections ?? 1) &&
    (level.freshSignInMinutes ?? Infinity) <= (other.freshSignInMinutes ?? Infinity)
  );
}
