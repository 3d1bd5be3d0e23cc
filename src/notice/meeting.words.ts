import { NoticeTemplate } from './notice.entity.js';
import type { SubjectFacts } from './notice.facts.js';
import type { NoticeWords, WordsContext } from './notice.words.js';
import { timeOf } from './time.words.js';

type FactsOf<T extends SubjectFacts['type']> = Extract<SubjectFacts, { readonly type: T }>;

/** The words about a handoff meeting; null once it is over, or what is told does not hold any more. */
export function meetingWords(
  facts: FactsOf<'HandoffMeeting'>,
  { notice, timeZone, now }: WordsContext,
): NoticeWords | null {
  const { handoff, client, handoffId, startsAt, durationMinutes, state, hasEnded, segments } = facts;
  const when = [`Client: ${client}`, `Meeting: ${timeOf(startsAt, timeZone)}, ${durationMinutes} minutes`];
  const isOpen = !hasEnded && (state === 'SCHEDULED' || state === 'TENTATIVE');
  if (startsAt <= now) return null;
  switch (notice.template) {
    case NoticeTemplate.MEETING_CANCELLED:
      return {
        subject: `The handoff meeting of ${handoff} does not take place then`,
        lines: [...when, 'It was cancelled, or takes place without you.'],
        handoffId,
      };
    case NoticeTemplate.MEETING_AGENDA:
      if (!isOpen || state !== 'SCHEDULED') return null;
      return {
        subject: `The agenda of the handoff meeting of ${handoff}`,
        lines: [...when, ...segments.flatMap(agendaLines)],
        handoffId,
      };
    default:
      if (!isOpen) return null;
      return state === 'TENTATIVE'
        ? {
            subject: `A date is held for the handoff meeting of ${handoff}`,
            lines: [...when, 'The deal is not won yet: the date is confirmed within a day of the close.'],
            handoffId,
          }
        : { subject: `The handoff meeting of ${handoff} has a date`, lines: when, handoffId };
  }
}

function agendaLines(segment: FactsOf<'HandoffMeeting'>['segments'][number], index: number): string[] {
  const { title, minutes, questions } = segment;
  return [`${index + 1}. ${title} (${minutes} minutes)`, ...questions.map((question) => `- ${question}`)];
}

/** The words about an action; null when it was done, moved to another day or given to somebody else. */
export function actionWords(facts: FactsOf<'ActionItem'>, { notice }: WordsContext): NoticeWords | null {
  const { handoff, client, handoffId, number, text, dueOn, state, ownerId } = facts;
  if (state !== 'OPEN' || ownerId !== notice.personId) return null;
  const lines = [`Client: ${client}`, `Action: ${text}`, `Due: ${dueOn}`];
  if (notice.template === NoticeTemplate.ACTION_ASSIGNED)
    return { subject: `Action ${number} of ${handoff} is yours`, lines, handoffId };
  // A due date that was moved has a notice of its own.
  if (!notice.eventKey.endsWith(`/${dueOn}`)) return null;
  return { subject: `Action ${number} of ${handoff} is overdue`, lines, handoffId };
}
