import { type Edit, edited, type FaultCase, faultsOf, testFaults } from './catalogue.kit.js';

const holiday = "    - { date: '2026-12-25', name: 'Christmas Day' }";
const escalation = '  - { topic: SLA, ladder: [leah.lead, dana.delivery, ravi.revops] }';
const monday = "    mon: [{ from: '09:00', to: '17:30' }]";

const TIERS: readonly FaultCase[] = [
  [
    'no default',
    'NO_DEFAULT',
    /no tier/,
    ["    description: 'Everything else.'", "    description: 'Everything else.'\n    when: { minValueMinor: 5 } #<<"],
  ],
  [
    'an unknown checklist',
    'UNKNOWN_REFERENCE',
    /checklist lite/,
    ['    checklistTemplate: light', '    checklistTemplate: lite #<<'],
  ],
  [
    'a name that every object has',
    'UNKNOWN_REFERENCE',
    /checklist constructor/,
    ['    checklistTemplate: light', '    checklistTemplate: constructor #<<'],
  ],
  [
    'a default before the end',
    'NEVER_USED',
    /No deal/,
    ['    when: { segments: [smb], maxValueMinor: 1000000 }\n', ''],
    ['  - tier: STANDARD\n', '  - tier: STANDARD #<<\n'],
  ],
  [
    'bounds that exclude each other',
    'NEVER_USED',
    /No deal/,
    ['  - tier: LIGHT\n', '  - tier: LIGHT #<<\n'],
    ['dealTypes: [RENEWAL, UPSELL], maxValueMinor: 5000000', 'minValueMinor: 5000000, maxValueMinor: 5000000'],
  ],
  [
    'a rule that two earlier ones share out',
    'NEVER_USED',
    /No deal/,
    [
      '  - tier: STANDARD\n',
      "  - tier: LIGHT\n    description: 'Low.'\n    when: { maxValueMinor: 500 }\n    checklistTemplate: light\n  - tier: LIGHT\n    description: 'High.'\n    when: { minValueMinor: 500 }\n    checklistTemplate: light\n  - tier: LIGHT #<<\n    description: 'Between.'\n    when: { minValueMinor: 100, maxValueMinor: 900 }\n    checklistTemplate: light\n  - tier: STANDARD\n",
    ],
  ],
  [
    'a segment twice, whatever its case',
    'DUPLICATE',
    /segment enterprise/,
    ['segments: [enterprise]', "segments: [enterprise, ' Enterprise'] "],
    ["' Enterprise']  }", "' Enterprise'] } #<<"],
  ],
  [
    'a question key twice',
    'DUPLICATE',
    /question personal-data/,
    ['- { key: replaces-incumbent,', '- { key: personal-data, #<<\n     '],
    ['question: replaces-incumbent', 'question: personal-data'],
  ],
  [
    'a choice without options',
    'OPTIONS',
    /needs its options/,
    ["label: 'Is personal data moved?', type: BOOLEAN }", "label: 'Is personal data moved?', type: CHOICE } #<<"],
  ],
  [
    'options of a yes or no',
    'OPTIONS',
    /true or false/,
    ['    type: CHOICE', '    type: BOOLEAN'],
    ['    options:\n', '    options: #<<\n'],
  ],
  [
    'an option twice',
    'DUPLICATE',
    /option business-hours/,
    ["{ value: out-of-hours, label: 'Only", "{ value: business-hours, #<<\n          label: 'Only"],
  ],
];

const CLOCKS: readonly FaultCase[] = [
  [
    'a calendar without a working hour',
    'NO_WORKING_TIME',
    /No weekday/,
    ['  hours:\n', '  hours: #<<\n'],
    ...['mon', 'tue', 'wed', 'thu', 'fri'].map((day): Edit => [
      `    ${day}: [{ from: '09:00', to: '17:30' }]`,
      `    ${day}: []`,
    ]),
  ],
  [
    'an unknown time zone of the calendar',
    'TIME_ZONE',
    /Londn/,
    ['calendar:\n  timeZone: Europe/London', 'calendar:\n  timeZone: Europe/Londn #<<'],
  ],
  [
    'reversed hours',
    'REVERSED_HOURS',
    /before it has begun/,
    [monday, "    mon: [{ from: '17:30', to: '09:00' }] #<<"],
  ],
  [
    'hours of no length',
    'REVERSED_HOURS',
    /before it has begun/,
    [monday, "    mon: [{ from: '09:00', to: '09:00' }] #<<"],
  ],
  [
    'overlapping hours',
    'OVERLAPPING_HOURS',
    /12:30/,
    [monday, "    mon:\n      - { from: '09:00', to: '12:30' }\n      - { from: '12:00', to: '17:00' } #<<"],
  ],
  [
    'a holiday on a day that does not exist',
    'IMPOSSIBLE_DATE',
    /2026-02-30/,
    [holiday, "    - { date: '2026-02-30', name: 'No day' } #<<"],
  ],
  [
    'a 29 February of a common year',
    'IMPOSSIBLE_DATE',
    /2027-02-29/,
    [holiday, "    - { date: '2027-02-29', name: 'No day' } #<<"],
  ],
  [
    'a holiday in a year that nothing reckons with',
    'IMPOSSIBLE_DATE',
    /9999-12-31 lies outside of the years 1900 to 2999/,
    [holiday, "    - { date: '9999-12-31', name: 'Never' } #<<"],
  ],
  ['a holiday twice', 'DUPLICATE', /holiday 2026-08-31/, [holiday, "    - { date: '2026-08-31', name: 'Again' } #<<"]],
  [
    'a clock due before the one that it follows',
    'CLOCK_ORDER',
    /KICKOFF_HELD \(5\)/,
    ['    KICKOFF_SCHEDULED: { amount: 2,', '    KICKOFF_SCHEDULED: { amount: 6,'],
    [
      '    KICKOFF_HELD: { amount: 5, unit: BUSINESS_DAYS }',
      '    KICKOFF_HELD: { amount: 5, unit: BUSINESS_DAYS } #<<',
    ],
    ['KICKOFF_SCHEDULED: { amount: 3, unit', 'KICKOFF_SCHEDULED: { amount: 1, unit'],
  ],
  [
    'an exception due after the clock that follows it',
    'CLOCK_ORDER',
    /KICKOFF_HELD \(5\)/,
    [
      '      KICKOFF_SCHEDULED: { amount: 3, unit: BUSINESS_DAYS }',
      '      KICKOFF_SCHEDULED: { amount: 9, unit: BUSINESS_DAYS } #<<',
    ],
  ],
  [
    'a topic without a ladder',
    'TOPIC_MISSING',
    /SLA/,
    [`${escalation}\n`, ''],
    ['escalationContacts:', 'escalationContacts: #<<'],
  ],
  ['a topic twice', 'DUPLICATE', /topic SLA/, ['topic: INTEGRATION,', 'topic: SLA, #<<\n     ']],
  [
    'a stranger on a ladder',
    'UNKNOWN_REFERENCE',
    /person leah\.leed/,
    [escalation, '  - { topic: SLA, ladder: [leah.leed, dana.delivery] } #<<'],
  ],
  [
    'a person twice on a ladder',
    'DUPLICATE',
    /person leah\.lead/,
    [escalation, '  - { topic: SLA, ladder: [leah.lead, dana.delivery, leah.lead] } #<<'],
  ],
];

testFaults('tiers and questions', TIERS);
testFaults('clocks and escalation', CLOCKS);

/** A tier rule of its own. */
const rule = (when: string): string =>
  `  - { tier: LIGHT, description: x, when: { ${when} }, checklistTemplate: light }\n`;

test('a rule that only a credit, or only a deal of unknown value, reaches is no fault', () => {
  expect(
    faultsOf(edited(['tiers:\n', `tiers:\n${rule('minValueMinor: 0')}${rule('maxValueMinor: 9')}`])),
  ).not.toContainEqual(expect.objectContaining({ path: 'tiers[1]' }));
  const unknown = [rule('minValueMinor: 500'), rule('maxValueMinor: 500'), rule('dealTypes: [RENEWAL]')];
  expect(faultsOf(edited(['tiers:\n', `tiers:\n${unknown.join('')}`]))).not.toContainEqual(
    expect.objectContaining({ path: 'tiers[2]' }),
  );
});

test('every fault is told, in the order of the lines', () => {
  const text = edited(
    ['currency: GBP', 'currency: GBX'],
    ['key: sam.sales', 'key: sofia.sales'],
    ["floorBps: 2500, from: '2026-01-01'", "floorBps: 2500, from: '2026-13-01'"],
    ['    checklistTemplate: light', '    checklistTemplate: lite'],
    [monday, "    mon: [{ from: '17:30', to: '09:00' }]"],
  );
  const faults = faultsOf(text);
  expect(faults.map(({ code }) => code)).toEqual([
    'CURRENCY',
    'DUPLICATE',
    'IMPOSSIBLE_DATE',
    'UNKNOWN_REFERENCE',
    'REVERSED_HOURS',
  ]);
  expect(faults.map(({ line }) => line)).toEqual(faults.map(({ line }) => line).toSorted((a, b) => a - b));
});
