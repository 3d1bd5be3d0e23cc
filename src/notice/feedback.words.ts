import type { SubjectFacts } from './notice.facts.js';
import type { NoticeWords } from './notice.words.js';

type FactsOf<T extends SubjectFacts['type']> = Extract<SubjectFacts, { readonly type: T }>;

/** What follows from a return, by its kind: what is asked of whoever sees to it. */
const ASKED: Readonly<Record<string, string>> = {
  REJECTED: 'Delivery refused it outright. Decide with its owner: correct it, or withdraw it.',
  REPEATED_RETURN: 'It was returned again. See with its owner what keeps coming back.',
  COACHING: 'Handoffs of the same person were returned several times in a short time. Coach them.',
  PROCESS_REVIEW: 'Coaching was called for more than once. Look at the process: fields, template, training.',
};

/** The question of two weeks after (document 003); nothing once it was answered. */
export function feedbackWords({ handoff, client, handoffId, isOver }: FactsOf<'Escalation'>): NoticeWords | null {
  if (isOver) return null;
  return {
    subject: `Was the handoff ${handoff} accurate?`,
    lines: [
      `Client: ${client}`,
      'You have worked with it for a while: was the document accurate, did anything surprise you, were expectations met?',
      'Your answer goes into the scores of its owner and template (giveFeedback).',
    ],
    handoffId,
  };
}

/** What a return asks of somebody; nothing once they saw to it. */
export function followUpWords({
  handoff,
  client,
  handoffId,
  kind,
  state,
  returns,
}: FactsOf<'FollowUp'>): NoticeWords | null {
  if (state !== 'OPEN') return null;
  const counted = returns === 1 ? 'One return' : `${returns} returns`;
  return {
    subject: `Handoff ${handoff}: ${kind.toLowerCase().replaceAll('_', ' ')}`,
    lines: [`Client: ${client}`, `${counted}, the last of this handoff.`, ASKED[kind] ?? ''],
    handoffId,
  };
}
