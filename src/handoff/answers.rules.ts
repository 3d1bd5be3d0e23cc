import type { DealQuestion } from '../catalogue/configuration.js';
import { type Finding, finding } from '../core/finding.js';

/** An answer as people give it: text, or null to take it back. */
export interface GivenAnswer {
  readonly key: string;
  readonly value?: string | null;
}

/** The answers after a change, and what was wrong with those given. */
export interface AnswerChange {
  readonly answers: Record<string, string | boolean>;
  readonly findings: readonly Finding[];
}

/**
 * Lays given answers over the present ones; those not named stay. Only the configuration's questions are answered,
 * each in its own form: conditional tasks depend on them (requirement 002 step 2).
 */
export function answerChange(
  questions: readonly DealQuestion[],
  present: Readonly<Record<string, string | boolean>>,
  given: readonly GivenAnswer[],
): AnswerChange {
  const answers = new Map(Object.entries(present));
  const findings: Finding[] = [];
  for (const { key, value = null } of given) {
    const question = questions.find((candidate) => candidate.key === key);
    const read = question && value !== null ? readAnswer(question, value) : null;
    if (!question) findings.push(unknownQuestion(questions, key));
    else if (value === null) answers.delete(key);
    else if (read === null) findings.push(wrongAnswer(question));
    else answers.set(key, read);
  }
  return { answers: Object.fromEntries(answers), findings };
}

function readAnswer(question: DealQuestion, value: string): string | boolean | null {
  if (question.type === 'CHOICE') return accepted(question).includes(value) ? value : null;
  return value === 'true' || value === 'false' ? value === 'true' : null;
}

function accepted({ type, options = [] }: DealQuestion): string[] {
  return type === 'BOOLEAN' ? ['true', 'false'] : options.map((option) => option.value);
}

function unknownQuestion(questions: readonly DealQuestion[], key: string): Finding {
  const keys = questions.map((question) => question.key);
  return finding({
    code: 'UNKNOWN_QUESTION',
    path: `answers.${key}`,
    message: `The configuration asks no question ${key}.`,
    facts: { key, questions: keys },
    remedy: `Answer one of: ${keys.join(', ') || 'none'}.`,
  });
}

function wrongAnswer(question: DealQuestion): Finding {
  const values = accepted(question);
  return finding({
    code: 'WRONG_ANSWER',
    path: `answers.${question.key}`,
    message: `This is no answer to the question ${question.key}.`,
    facts: { key: question.key, accepted: values },
    remedy: `Answer with one of: ${values.join(', ')}.`,
  });
}
