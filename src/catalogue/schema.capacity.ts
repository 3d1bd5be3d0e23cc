import { MEMBER_ROLES } from './configuration.words.js';
import { type JsonSchema, list, object, pattern, text, words } from './schema.parts.js';

const hours = (description: string): JsonSchema => pattern(description, '^(0|[1-9]\\d{0,4})(\\.\\d{1,2})?$', 10);
const role = (description: string): JsonSchema => pattern(description, '^\\S(.*\\S)?$', 80);

/** The team's capacity. */
export const capacity: JsonSchema = object(
  'What the team can do in a week without public holidays. Absent: capacity is not checked.',
  {
    roles: list(
      'The roles that delivery plans with; not those by which people sign in.',
      object(
        'The hours of a role.',
        {
          role: role('Its name, such as Network engineer; case and spaces do not tell two roles apart.'),
          hoursPerWeek: hours("Hours a week of everybody in it who is not under people, in quotes, like '112.5'."),
          tasksOf: words('Tasks of these owners are proposed for this role; of none when absent.', MEMBER_ROLES),
        },
        ['tasksOf'],
      ),
      1,
      100,
    ),
    people: list(
      'People whose hours are counted by name, beside those of their role.',
      object('The hours of one person in one role.', {
        person: text('Key of a person.', 60),
        role: role('One of the roles.'),
        hoursPerWeek: hours("Hours a week, in quotes, like '37.5'."),
      }),
      0,
      1000,
    ),
  },
  ['people'],
);
