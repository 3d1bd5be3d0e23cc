import { CLOCK_UNITS } from './configuration.words.js';
import { integer, type JsonSchema, object, word } from './schema.parts.js';

const pattern = (description: string): JsonSchema =>
  object(description, {
    count: integer('How many.', 1, 100),
    withinDays: integer('Within how many days.', 1, 366),
  });

const fields = {
  climbFromReturn: integer('From which return of one handoff on sales leadership is told; 2 when absent.', 1, 20),
  coaching: pattern('So many returned handoffs of one rep call for coaching; 3 within 30 days when absent.'),
  processReview: pattern('So many coachings call for a review of the process; 2 within 90 days when absent.'),
  feedbackAfterDays: integer(
    'Days after the acceptance on which delivery is asked for feedback; 14 when absent.',
    1,
    180,
  ),
  feedbackWithin: object('How long delivery has to answer before it is reminded; 3 business days when absent.', {
    amount: integer('How much of the unit.', 1, 2000),
    unit: word('What is counted.', CLOCK_UNITS),
  }),
};

/** Acceptance and feedback. */
export const acceptance: JsonSchema = object(
  'What follows from returns of handoffs, and when delivery is asked for feedback; absent means the numbers of documents 003 and 004.',
  fields,
  Object.keys(fields),
);
