import { testFaults } from './catalogue.kit.js';

const before = (policy: string): readonly [string, string] => [
  '\nslaProfile:\n',
  `\nmeetingPolicy:\n${policy}\nslaProfile:\n`,
];

testFaults('the handoff meeting', [
  [
    'a part in two lists',
    'DUPLICATE',
    /part PROJECT_LEAD/,
    before(
      '  byTier:\n    STANDARD:\n      required: [REP, PROJECT_LEAD]\n      optional:\n        - PROJECT_LEAD #<<\n',
    ),
  ],
  [
    'shorter than its least',
    'MEETING_LENGTH',
    /20 minutes, less than the least of 30/,
    before('  byTier:\n    STANDARD:\n      minutes: 20 #<<\n'),
  ],
  [
    'a sign-off that waits for what is not needed',
    'MEETING_NOT_NEEDED',
    /would wait/,
    before('  byTier:\n    LIGHT:\n      signOff: BLOCK #<<\n'),
  ],
  [
    'a question twice',
    'DUPLICATE',
    /question sold/,
    before(
      '  segments:\n    - key: one\n      title: One\n      minutes: 5\n      questions:\n        - { key: sold, text: What? }\n    - key: two\n      title: Two\n      minutes: 5\n      questions:\n        - { key: sold, text: What? } #<<\n',
    ),
  ],
  [
    'an item twice',
    'DUPLICATE',
    /item scope/,
    before('  checklist:\n    - { key: scope, label: Clear. }\n    - { key: scope, label: Clear. } #<<\n'),
  ],
]);
