import { AGENDA_TOPICS, MEETING_PARTS, SIGN_OFF_NEEDS } from './configuration.meeting.js';
import { TIERS } from './configuration.words.js';
import { flag, integer, type JsonSchema, list, object, record, slug, text, word, words } from './schema.parts.js';

const parts = (description: string): JsonSchema => words(description, MEETING_PARTS, 0);

const tier = object(
  'What the tier changes; what is absent keeps its default.',
  {
    needed: flag('Whether the handoff needs the meeting; all tiers but LIGHT do when absent.'),
    required: parts(
      'Without these it is not scheduled; REP and DELIVERY_MANAGER when absent, in HIGH_TOUCH SERVICE_DELIVERY_LEAD too.',
    ),
    recommended: parts('Missed, but not waited for; SOLUTION_ENGINEER and PROJECT_LEAD when absent, none in LIGHT.'),
    optional: parts('May come; the others when absent.'),
    minutes: integer('How long it is planned for, in minutes; 45 when absent, 60 in HIGH_TOUCH, 30 in LIGHT.', 15, 480),
    leastMinutes: integer('How short it may be planned, in minutes; 30 when absent.', 15, 480),
    signOff: word(
      'What the sign-off does while the meeting was not held: BLOCK, WARN or IGNORE; IGNORE when absent, in HIGH_TOUCH WARN.',
      SIGN_OFF_NEEDS,
    ),
  },
  ['needed', 'required', 'recommended', 'optional', 'minutes', 'leastMinutes', 'signOff'],
);

const segment = object(
  'One segment of the agenda.',
  {
    key: slug('Key of the segment.'),
    title: text('Display name.', 100),
    minutes: integer('How long it is planned for, in minutes.', 1, 240),
    questions: list(
      'What delivery asks.',
      object('One question.', {
        key: slug('Key of the question, unique in the agenda.'),
        text: text('The question as it is asked.', 300),
      }),
      0,
      30,
    ),
    shows: words('What the handoff knows already and shows here; nothing when absent.', AGENDA_TOPICS),
  },
  ['shows'],
);

/** The internal handoff meeting. */
export const meetingPolicy: JsonSchema = object(
  'The internal handoff meeting between sales and delivery (document 004); all of it is optional.',
  {
    byTier: record(
      'Who takes part, how long and whether it is needed, by tier.',
      { type: 'string', enum: TIERS },
      tier,
    ),
    holdFromPercent: integer(
      'Least probability of the deal, in per cent, from which a date is held before the close; 90 when absent.',
      1,
      100,
    ),
    confirmHours: integer('Hours after the close within which a held date is confirmed; 24 when absent.', 1, 240),
    agendaLeadHours: integer('Hours before the meeting at which participants have the agenda; 24 when absent.', 1, 240),
    segments: list('The agenda in order; the seven segments of document 004 when absent.', segment, 1, 20),
    checklist: list(
      'What is done in the meeting; the ten items of document 004 when absent.',
      object('One item.', {
        key: slug('Key of the item.'),
        label: text('What is to be true at the end of the meeting.', 200),
      }),
      1,
      30,
    ),
  },
  ['byTier', 'holdFromPercent', 'confirmHours', 'agendaLeadHours', 'segments', 'checklist'],
);
