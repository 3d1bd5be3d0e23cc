import {
  ANY,
  BILLINGS,
  CLOCK_KEYS,
  CLOCK_UNITS,
  DEAL_TYPES,
  ESCALATION_TOPICS,
  LINE_KINDS,
  MEMBER_ROLES,
  OPTIONAL_CLOCKS,
  QUESTION_TYPES,
  TIERS,
  WEEKDAYS,
} from './configuration.words.js';
import {
  DATE,
  integer,
  type JsonSchema,
  list,
  MAX_MINOR,
  object,
  pattern,
  record,
  slug,
  text,
  word,
  words,
} from './schema.parts.js';

const bps = (description: string): JsonSchema => integer(description, 0, 10_000);
const minor = (description: string): JsonSchema => integer(description, 0, MAX_MINOR);

/** Margin floors. */
export const marginFloors: JsonSchema = list(
  'The least margins that policy allows.',
  object('The least margin for what matches all four keys, from a date on.', {
    serviceTemplate: pattern("Key of a service template, or '*'.", '^(\\*|[a-z][a-z0-9]*(-[a-z0-9]+)*)$', 60),
    dealType: word("A deal type, or '*'.", [ANY, ...DEAL_TYPES]),
    lineKind: word("A line kind, or '*'.", [ANY, ...LINE_KINDS]),
    billing: word("ONE_OFF, RECURRING, or '*'.", [ANY, ...BILLINGS]),
    floorBps: bps('The floor in basis points of revenue: 3000 is 30 %.'),
    from: pattern('First calendar date (YYYY-MM-DD) on which it holds.', DATE),
  }),
  1,
  2000,
);

const optionalRoles = words('Holders of these roles.', MEMBER_ROLES);
const personKeys = (description: string): JsonSchema => list(description, text('Key of a person.', 60), 0, 50);

const level = (description: string): JsonSchema =>
  object(
    `${description} Either approvers and roles, or steps.`,
    {
      approvers: integer('Number of different natural persons; requester and contributors never count.', 1, 10),
      roles: words('An approver holds at least one of these roles.', MEMBER_ROLES),
      steps: list(
        'Groups that must each answer; a person counts in one of them only.',
        object(
          'One group.',
          {
            name: slug('Its name, such as finance.'),
            approvers: integer('Number of different natural persons of this group.', 1, 10),
            roles: optionalRoles,
            people: personKeys('People who belong to it by name.'),
          },
          ['roles', 'people'],
        ),
        1,
        10,
      ),
      rejections: integer('How many different people must reject before it ends; one when absent.', 1, 10),
      freshSignInMinutes: integer('A voter has signed in within so many minutes; not asked when absent.', 1, 1440),
    },
    ['approvers', 'roles', 'steps', 'rejections', 'freshSignInMinutes'],
  );

const expiryHours = (description: string): JsonSchema => integer(description, 1, 2000);

const materiality = (description: string): JsonSchema =>
  object(
    description,
    {
      shortfallMinor: minor('Missing margin in minor units of the tenant currency.'),
      shortfallBps: bps('Missing margin in basis points of revenue.'),
      shortfallShareBps: bps('Missing margin in basis points of the margin that the floor asks for.'),
    },
    ['shortfallShareBps'],
  );

const levels = {
  materiality: materiality('The threshold; a shortfall strictly above any of its numbers is material.'),
  below: level('Who approves a shortfall that is not material.'),
  above: level('Who approves a material shortfall; at least two persons.'),
  grave: object('A level beyond a threshold of its own.', {
    beyond: materiality('The threshold; a shortfall strictly above any of its numbers is grave.'),
    level: level('Who approves it.'),
  }),
};

const approvalRule = (description: string): JsonSchema =>
  object(
    description,
    {
      ...levels,
      byDealType: record(
        'Other thresholds and levels, by deal type.',
        { type: 'string', enum: DEAL_TYPES },
        object('What differs for this deal type.', levels, Object.keys(levels)),
      ),
      clientWindowDays: integer('Days back within which the exceptions of one client count together.', 1, 366),
      pendingExpiryBusinessHours: expiryHours('Business hours after which an undecided request is denied.'),
      grantExpiryBusinessHours: expiryHours('Business hours after which an unused approval lapses.'),
    },
    ['grave', 'byDealType', 'clientWindowDays'],
  );

/** Approval policy. */
export const approvalPolicy: JsonSchema = object(
  'Who must approve what.',
  {
    marginException: approvalRule('A deal below its margin floor.'),
    rebaseline: approvalRule('A change of the budget baseline after sign-off; the shortfall is the margin lost.'),
    configurationChange: level('A change of this very configuration.'),
    roleCoolDownHours: integer(
      'Hours for which a role must have been held before it approves, unless a second administrator confirmed it; 24 when absent.',
      0,
      720,
    ),
    breakGlass: object('Who may pass a request in an emergency; nobody when absent.', {
      people: personKeys('Who may; empty is nobody.'),
      approvers: integer('How many of them it takes, where so many can be had.', 1, 5),
      minutes: integer('Minutes that the approval lives.', 5, 1440),
      reviewRoles: words('Holders of these roles review it afterwards.', MEMBER_ROLES),
      reviewHours: integer('Hours within which it is reviewed.', 1, 336),
    }),
    exchangeRates: list(
      'What one unit of another currency is worth in the tenant currency, from a date on.',
      object('One rate.', {
        currency: pattern('ISO 4217 code of the other currency.', '^[A-Z]{3}$', 3),
        rate: pattern("Decimal number in quotes, such as '0.8421'.", '^(?!0+(\\.0+)?$)\\d{1,9}(\\.\\d{1,9})?$', 19),
        from: pattern('First calendar date (YYYY-MM-DD) on which it holds.', DATE),
        source: text('Where it was taken from.'),
      }),
      0,
      500,
    ),
  },
  ['roleCoolDownHours', 'breakGlass', 'exchangeRates'],
);

/** Questions about a deal. */
export const questions: JsonSchema = list(
  'Questions about a deal whose answers switch conditional tasks.',
  object(
    'A question about the deal.',
    {
      key: slug('Key of the question.'),
      label: text('The question as shown.'),
      type: word('How it is answered.', QUESTION_TYPES),
      options: list(
        'The choices, of a CHOICE only.',
        object('One choice.', { value: slug('Stored value.'), label: text('Display name.') }),
        2,
        50,
      ),
    },
    ['options'],
  ),
  0,
  100,
);

/** Tier rules. */
export const tiers: JsonSchema = list(
  'Tier rules in order; the first that matches wins, and the last one, without `when`, is the default.',
  object(
    'One tier rule.',
    {
      tier: word('The tier that a matching deal gets.', TIERS),
      description: text('Why, for people who read the verdict.', 500),
      when: object(
        'All given conditions must hold; absent only in the last rule.',
        {
          dealTypes: words('The deal is of one of these types.', DEAL_TYPES),
          minValueMinor: minor('The deal value is at least this (minor units, inclusive).'),
          maxValueMinor: minor('The deal value is less than this (minor units, exclusive).'),
          segments: list("The client's segment is one of these, whatever its case.", text('A segment.', 60), 1, 20),
        },
        ['dealTypes', 'minValueMinor', 'maxValueMinor', 'segments'],
      ),
      checklistTemplate: slug('Key of the checklist that a matching deal gets.'),
    },
    ['when'],
  ),
  1,
  20,
);

const clock = object('How long a clock runs.', {
  amount: integer('How much of the unit.', 1, 2000),
  unit: word('What is counted.', CLOCK_UNITS),
});
const clocks = Object.fromEntries(CLOCK_KEYS.map((key) => [key, clock]));

/** SLA profile. */
export const slaProfile: JsonSchema = object(
  'The SLA clocks and their exceptions by deal type.',
  {
    clocks: object(
      "Every clock's default. HANDOFF_MEETING (document 004: 48 ELAPSED_HOURS) may be left out: then there is no such clock.",
      clocks,
      OPTIONAL_CLOCKS,
    ),
    byDealType: record(
      'Other settings for single clocks, by deal type.',
      { type: 'string', enum: DEAL_TYPES },
      object('The clocks that differ for this deal type.', clocks, CLOCK_KEYS),
    ),
    escalateEvery: {
      ...clock,
      description:
        'How long each person of an escalation ladder has before the next is told. Absent: 8 business hours.',
    },
  },
  ['byDealType', 'escalateEvery'],
);

const span = object('A span of working time on one day, wall-clock time.', {
  from: pattern("First minute worked, 'HH:MM' in quotes.", '^([01]\\d|2[0-3]):[0-5]\\d$'),
  to: pattern(
    "First minute not worked any more, 'HH:MM' in quotes; '24:00' ends the day.",
    '^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$',
  ),
});
const weekday = list('Working spans in order, without overlap.', span, 0, 10);

/** Business calendar. */
export const calendar: JsonSchema = object('The business calendar.', {
  timeZone: text('IANA time zone in which hours and holidays are meant.', 60),
  hours: object(
    'Working spans by weekday; an absent or empty weekday is not worked.',
    Object.fromEntries(WEEKDAYS.map((day) => [day, weekday])),
    WEEKDAYS,
  ),
  holidays: list(
    'Days that are not worked, whatever their weekday.',
    object('A holiday.', { date: pattern('Calendar date, YYYY-MM-DD.', DATE), name: text('What is celebrated.') }),
    0,
    1000,
  ),
});

/** Escalation ladders. */
export const escalationContacts: JsonSchema = list(
  'Who is told, by topic. DECISION, SLA, FEASIBILITY and COMMERCIAL are obligatory.',
  object('Who is told, in order, about one topic.', {
    topic: word('What the ladder is for.', ESCALATION_TOPICS),
    ladder: list('Person keys; the first is told first.', text('Key of a person.', 60), 1, 20),
  }),
  1,
  20,
);
