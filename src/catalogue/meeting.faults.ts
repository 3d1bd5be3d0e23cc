import { type ConfigurationFault, duplicates, type FaultPath } from './configuration.fault.js';
import type { MeetingTierPolicy } from './configuration.meeting.js';
import type { TenantConfiguration } from './configuration.js';
import { type Tier, TIERS } from './configuration.words.js';
import { tierPolicy } from './meeting.rules.js';

/** The handoff meeting: each part in one list, lengths in order, keys that tell segments, questions and items apart. */
export function meetingFaults({ meetingPolicy }: Pick<TenantConfiguration, 'meetingPolicy'>): ConfigurationFault[] {
  if (meetingPolicy === undefined) return [];
  const { byTier = {}, segments = [], checklist = [] } = meetingPolicy;
  const at = (...steps: FaultPath): FaultPath => ['meetingPolicy', ...steps];
  const keys = (what: string, of: readonly { readonly key: string }[], ...steps: FaultPath): ConfigurationFault[] =>
    duplicates(
      what,
      of.map(({ key }, index) => ({ path: at(...steps, index, 'key'), identity: key })),
    );
  const questions = segments.flatMap(({ questions: asked }, index) =>
    asked.map(({ key }, place) => ({ path: at('segments', index, 'questions', place, 'key'), identity: key })),
  );
  return [
    ...TIERS.flatMap((tier) => (byTier[tier] ? tierFaults(tier, byTier[tier], at('byTier', tier)) : [])),
    ...keys('segment', segments, 'segments'),
    ...duplicates('question', questions),
    ...keys('item', checklist, 'checklist'),
  ];
}

function tierFaults(tier: Tier, own: MeetingTierPolicy, path: FaultPath): ConfigurationFault[] {
  const stated = (['required', 'recommended', 'optional'] as const).flatMap((list) =>
    (own[list] ?? []).map((part, index) => ({ path: [...path, list, index], identity: part })),
  );
  const { needed, minutes, leastMinutes, signOff } = tierPolicy(tier, own);
  const faults = duplicates('part', stated);
  if (minutes < leastMinutes) {
    faults.push({
      code: 'MEETING_LENGTH',
      path: own.minutes === undefined ? path : [...path, 'minutes'],
      message: `The meeting is planned for ${minutes} minutes, less than the least of ${leastMinutes}.`,
      remedy: `Set minutes to ${leastMinutes} or more, or leastMinutes to ${minutes} or less.`,
    });
  }
  if (!needed && signOff === 'BLOCK') {
    faults.push({
      code: 'MEETING_NOT_NEEDED',
      path: own.signOff === undefined ? path : [...path, 'signOff'],
      message: 'The sign-off would wait for a meeting that the tier does not need.',
      remedy: 'Set needed to true, or signOff to WARN or IGNORE.',
    });
  }
  return faults;
}
