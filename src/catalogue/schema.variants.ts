import { DEAL_TYPES, TIERS } from './configuration.words.js';
import { integer, type JsonSchema, list, object, pattern, slug, text, words } from './schema.parts.js';

const tiers = words('Handoffs of these tiers; all when absent.', TIERS);
const dealTypes = words('Deals of these types; all when absent.', DEAL_TYPES);

const checkpoint = object(
  'One checkpoint: what delivery must have accepted, and by when.',
  {
    key: slug('Key, unique in the phases.'),
    name: text('Display name.'),
    dueBusinessDays: integer('Business days after the sign-off within which it is accepted.', 1, 500),
    checklistItems: list(
      'Codes of checklist items that must hold; none when absent.',
      pattern('Code of a checklist item.', '^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$', 60),
      1,
      50,
    ),
    milestones: list(
      'Keys of milestones whose tasks must be done; none when absent.',
      slug('Key of a milestone.'),
      1,
      50,
    ),
  },
  ['checklistItems', 'milestones'],
);

/** The variants of a handoff. */
export const variants: JsonSchema = object(
  'How handoffs depart from the one way: before the close, in phases, and when their promises contradict each other.',
  {
    preClose: object(
      'When delivery may review before the contract is signed; absent: HIGH_TOUCH, 5 to 7 days before the expected close.',
      {
        tiers: words('Handoffs of these tiers may; empty is none, HIGH_TOUCH when absent.', TIERS, 0),
        dealTypes: words('Deals of these types may; all when absent.', DEAL_TYPES),
        opensDaysBefore: integer(
          'Days before the expected close at which it may be asked for at the earliest; 7 when absent.',
          1,
          90,
        ),
        leastDaysBefore: integer('Days that delivery must have at the least; 5 when absent.', 0, 90),
        fromProbabilityPercent: integer(
          'From this probability of the deal on, in percent, the days are not asked; 90 when absent.',
          1,
          100,
        ),
      },
      ['tiers', 'dealTypes', 'opensDaysBefore', 'leastDaysBefore', 'fromProbabilityPercent'],
    ),
    phases: list(
      'Handoffs in phases; the first that matches is the one, none when absent.',
      object(
        'A handoff in phases.',
        {
          tiers,
          dealTypes,
          serviceTemplates: list(
            'Service templates that it is for, by key; all when absent.',
            slug('Key of a service template.'),
            1,
            100,
          ),
          checkpoints: list('The checkpoints, in order.', checkpoint, 1, 20),
        },
        ['tiers', 'dealTypes', 'serviceTemplates'],
      ),
      1,
      20,
    ),
    conflictDueBusinessDays: integer('Business days within which a conflict is decided; 3 when absent.', 1, 60),
  },
  ['preClose', 'phases', 'conflictDueBusinessDays'],
);
