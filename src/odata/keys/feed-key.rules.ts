import { abilityOf, allows } from '../../core/ability.js';
import type { Actor } from '../../core/actor.js';
import { type Finding, finding } from '../../core/finding.js';
import { identityAbilities } from '../../identity/identity.abilities.js';
import { FeedClass } from './feed-key.entity.js';

/** The classes of the feed that a person sees by their roles. */
export function feedClassesOf(actor: Actor): ReadonlySet<FeedClass> {
  const ability = abilityOf(actor, [identityAbilities]);
  return new Set(Object.values(FeedClass).filter((one) => allows(ability, 'see', one)));
}

/** Nobody hands on what they do not see themselves. */
export function classFindings(sees: readonly FeedClass[], actor: Actor): Finding[] {
  const own = feedClassesOf(actor);
  return sees
    .filter((one) => !own.has(one))
    .map((one) =>
      finding({
        code: 'FEED_CLASS_NOT_YOURS',
        path: `feedKey.sees.${one}`,
        message: `You do not see ${one} yourself, so no key that you vouch for does.`,
        facts: { feedClass: one },
        remedy: `Leave ${one} out, or let somebody who sees it make the key.`,
      }),
    );
}

/** A key that was revoked stays so. */
export function revokedFindings(revokedAt: Date | null): Finding[] {
  if (revokedAt === null) return [];
  return [
    finding({
      code: 'FEED_KEY_REVOKED',
      path: 'feedKey.revokedAt',
      message: 'The key was revoked, for good.',
      facts: { revokedAt: revokedAt.toISOString() },
      remedy: 'Make a new key with createFeedKey.',
    }),
  ];
}
