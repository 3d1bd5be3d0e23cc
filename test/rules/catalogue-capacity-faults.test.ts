import { type FaultCase, faultsOf, sampleText, testFaults } from './catalogue.kit.js';

const dana = "    - { person: dana.delivery, role: 'Project manager', hoursPerWeek: '30' }";

const CAPACITY: readonly FaultCase[] = [
  [
    'a role twice, with other letters',
    'DUPLICATE',
    /role network engineer/,
    [
      "    - { role: 'Operations'",
      "    - { role: 'network  ENGINEER', hoursPerWeek: '1' } #<<\n    - { role: 'Operations'",
    ],
  ],
  [
    'a person who is nobody',
    'UNKNOWN_REFERENCE',
    /person nora.nobody/,
    [dana, "    - { person: nora.nobody, role: 'Project manager', hoursPerWeek: '30' } #<<"],
  ],
  [
    'a role that is not listed',
    'UNKNOWN_REFERENCE',
    /role Welder/,
    [dana, "    - { person: dana.delivery, role: 'Welder', hoursPerWeek: '30' } #<<"],
  ],
  ['a person twice in a role', 'DUPLICATE', /dana.delivery as project manager/, [dana, `${dana}\n${dana} #<<`]],
  [
    'more hours than a week has, over all roles',
    'HOURS',
    /dana.delivery would work 170 hours/,
    [dana, `${dana}\n    - { person: dana.delivery, role: 'Operations', hoursPerWeek: '140' } #<<`],
  ],
];

testFaults('capacity', CAPACITY);

test('capacity: negative hours are no hours', () => {
  const faults = faultsOf(sampleText().replace("hoursPerWeek: '300'", "hoursPerWeek: '-300'"));
  expect(faults.map(({ path }) => path)).toEqual(['capacity.roles[0].hoursPerWeek']);
});

test('capacity: a tenant may leave it out', () => {
  expect(faultsOf(sampleText().replace(/\n# Hours a week that delivery can give[\s\S]*?(?=\n\n#|$)/, ''))).toEqual([]);
});
