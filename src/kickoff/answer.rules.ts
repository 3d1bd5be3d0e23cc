import { type Finding, finding } from '../core/finding.js';
import type { HandoffFeedback } from './kickoff.entity.js';
import type { CloseHandoffInput } from './kickoff.input.js';

/** The columns of an answer. */
export function answered({
  handoffId,
  accurate,
  surprises,
  expectationsMet,
  categories,
}: CloseHandoffInput): Pick<
  HandoffFeedback,
  'handoffId' | 'accurate' | 'surprises' | 'expectationsMet' | 'categories'
> {
  const single = (categories ?? []).map(({ category, accurate: wasAccurate }) => ({ category, accurate: wasAccurate }));
  return { handoffId, accurate, surprises, expectationsMet, categories: single };
}

/** A document that was accurate has no category that was not. */
export function answerFindings({ accurate, categories }: CloseHandoffInput): Finding[] {
  const wrong = (categories ?? []).filter((one) => !one.accurate).map(({ category }) => category);
  if (!accurate || wrong.length === 0) return [];
  return [
    finding({
      code: 'CONTRADICTING_ANSWERS',
      path: 'accurate',
      message: 'The document cannot have been accurate while parts of it were not.',
      facts: { categories: wrong },
      remedy: 'Say accurate: false, or correct the categories.',
    }),
  ];
}
