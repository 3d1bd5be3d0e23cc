import { NoticeTemplate } from './notice.entity.js';
import type { SubjectFacts } from './notice.facts.js';
import type { NoticeWords, WordsContext } from './notice.words.js';
import { timeOf } from './time.words.js';

/** What there is to do, by the type of the task. */
const TASKS: Readonly<Record<string, string>> = {
  QualityReview: 'hold the quality review',
  ReviewAction: 'an action of a quality review',
  Remediation: 'put a substandard handoff right',
  SpotCheck: 'spot-check a handoff',
  RedFlag: 'say what is done about a red flag',
};

/** The words of a task of quality; null once it is settled. */
export function qualityWords(
  { task, dueAt, isOver, handoffId, handoff, period }: Extract<SubjectFacts, { readonly type: 'QualityStep' }>,
  { notice, timeZone }: WordsContext,
): NoticeWords | null {
  if (isOver) return null;
  const what = `${TASKS[task] ?? task}${handoff === null ? '' : ` (${handoff})`}${period === null ? '' : ` (${period})`}`;
  const due = `Due: ${timeOf(dueAt, timeZone)}`;
  return notice.template === NoticeTemplate.QUALITY_TASK_GIVEN
    ? { subject: `Yours: ${what}`, lines: [due], handoffId }
    : { subject: `Overdue: ${what}`, lines: [due, 'Nobody before you on the ladder has settled it.'], handoffId };
}
