import { WEEKDAYS } from './configuration.words.js';
import { integer, type JsonSchema, object, text, word } from './schema.parts.js';

const held = {
  owner: text('Key of the person who holds it; the first of the SLA ladder when absent.', 60),
  deputy: text('Key of the person who may hold it instead; the next of the SLA ladder when absent.', 60),
  hour: integer("Hour of the day in the tenant's time zone at which it is made; 8 when absent.", 0, 23),
  heldWithinBusinessDays: integer(
    'Business days within which it is held; weekly 3, monthly and quarterly 10 when absent.',
    1,
    60,
  ),
};
const review = (description: string): JsonSchema => object(description, held, Object.keys(held));
const weekly = { weekday: word('The first such day after the end of the week; mon when absent.', WEEKDAYS), ...held };
const reviews = {
  weekly: object('The weekly review of the ISO week that has ended.', weekly, Object.keys(weekly)),
  monthly: review('The monthly review: trends, failure patterns, best practice, training.'),
  quarterly: review('The quarterly review of the protocol itself.'),
};
const redFlags = {
  firstTouchHours: integer('Hours to the first outreach that are too many; 48 when absent (document 001).', 1, 2_000),
  firstTouchInARow: integer('How many handoffs in a row above that are a flag; 3 when absent.', 1, 100),
  escalatedBps: integer('Share of escalated handoffs above which it is a flag; 2000 when absent.', 0, 10_000),
  openExceptions: integer('Undecided exception requests above which it is a flag; 3 when absent.', 0, 1_000),
};
const settings = {
  reviews: object('The reviews that the system makes.', reviews, Object.keys(reviews)),
  spotCheckShareBps: integer(
    "Share of a rep's handoffs of a month that is spot-checked; 1000 when absent (document 004: 10 %).",
    1,
    10_000,
  ),
  spotCheckBusinessDays: integer('Business days within which a spot check is done; 10 when absent.', 1, 60),
  remediationBusinessDays: integer(
    'Business days within which a substandard handoff is put right; 5 when absent.',
    1,
    60,
  ),
  redFlags: object('From when on something is a red flag.', redFlags, Object.keys(redFlags)),
};

/** Quality. */
export const quality: JsonSchema = object('How the quality of handoffs is looked at.', settings, Object.keys(settings));
