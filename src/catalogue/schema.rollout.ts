import { DEAL_TYPES, MEMBER_ROLES, TIERS } from './configuration.words.js';
import { integer, type JsonSchema, list, object, slug, text, words } from './schema.parts.js';

const rate = (description: string): JsonSchema => integer(description, 0, 10_000);

const thresholds = {
  weekOneBps: rate('Completion in week 1 below which something is wrong; 5000 when absent (document 001: 50 %).'),
  extendBps: rate('Completion in week 4 below which hypercare goes on for two weeks; 7000 when absent.'),
  weekFourBps: rate('Completion that the end of hypercare asks for; 8000 when absent.'),
  monthlyBps: rate('Completion month by month afterwards; 8500 when absent.'),
  matureBps: rate('Completion of a mature process after 60 to 90 days; 9000 when absent.'),
};

const pilot = {
  least: integer('Fewest deals before the pilot may end; 5 when absent.', 1, 100),
  most: integer('Most deals of the pilot; 10 when absent.', 1, 100),
  dealTypes: words('Only deals of these types are picked by rule; every type when absent.', DEAL_TYPES),
  tiers: words('Only handoffs of these tiers are picked by rule; every tier when absent.', TIERS),
};

/** Rollout. */
export const rollout: JsonSchema = object(
  'How the tenant is brought to the enforced way of handing over.',
  {
    thresholds: object('Completion rates by phase, in basis points.', thresholds, Object.keys(thresholds)),
    pilot: object('Which deals the pilot enforces.', pilot, Object.keys(pilot)),
    testedWithinDays: integer(
      'Days within which each connection was tested before enforcement is switched on; 7 when absent.',
      1,
      90,
    ),
  },
  ['thresholds', 'pilot', 'testedWithinDays'],
);

/** Training and certification. */
export const training: JsonSchema = object(
  'Courses and certification; absent: nobody needs a certificate or a buddy.',
  {
    courses: list(
      'What is taught.',
      object('One course.', {
        key: slug('Key of the course.'),
        label: text('Display name.'),
        roles: words('Holders of these roles take it.', MEMBER_ROLES),
        minutes: integer('How long it takes, in minutes.', 5, 2_400),
      }),
      1,
      50,
    ),
    certify: words('Holders of these roles are certified before they hand over alone.', MEMBER_ROLES),
    validDays: integer('Days for which a certification holds; without end when absent.', 1, 3_660),
    buddyHandoffs: integer('First handoffs of an uncertified rep that need a named buddy; 5 when absent.', 0, 100),
  },
  ['validDays', 'buddyHandoffs'],
);
