import { edited, type FaultCase, faultsOf, testFaults, withRole } from './catalogue.kit.js';

const SERVICES: readonly FaultCase[] = [
  [
    'a milestone key twice',
    'DUPLICATE',
    /milestone mobilise/,
    ['- { key: design, name:', '- { key: mobilise, #<<\n        name:'],
  ],
  [
    'a budget type twice',
    'DUPLICATE',
    /budget type engineering/,
    ['- { key: equipment, label:', '- { key: engineering, #<<\n        label:'],
  ],
  [
    'a line kind in two budget types',
    'DUPLICATE',
    /line kind LABOUR/,
    ['lineKinds: [SERVICE, OTHER] }', 'lineKinds: [SERVICE, OTHER, LABOUR] } #<<'],
  ],
  [
    'a line kind in no budget type',
    'LINE_KIND_MISSING',
    /OTHER/,
    ['lineKinds: [SERVICE, OTHER] }', 'lineKinds: [SERVICE] }'],
    ['    budgetTypes:', '    budgetTypes: #<<'],
  ],
  [
    'a pack for a deal type that is not sold',
    'NEVER_USED',
    /RENEWAL/,
    [
      'dealTypes: [NEW_BUSINESS, EXPANSION, RENEWAL, UPSELL, POC_TO_PAID]',
      'dealTypes: [NEW_BUSINESS, EXPANSION, UPSELL, POC_TO_PAID]',
    ],
    ['      RENEWAL:\n        key: network-renewal', '      RENEWAL: #<<\n        key: network-renewal'],
  ],
  [
    'a deal type without a pack',
    'TASK_PACK_MISSING',
    /NEW_BUSINESS/,
    [
      "    taskPacks:\n      '*':\n        key: cloud-waves",
      '    taskPacks: #<<\n      EXPANSION:\n        key: cloud-waves',
    ],
  ],
  [
    'a pack key twice in the file',
    'DUPLICATE',
    /task pack network-rollout/,
    ['key: cloud-waves', 'key: network-rollout #<<'],
  ],
  ['a task key twice', 'DUPLICATE', /task design-network/, ['- key: approve-design', '- key: design-network #<<']],
  [
    'a task of document 003 that is missing',
    'AUTO_TASK_MISSING',
    /set-up-billing/,
    ['          - key: set-up-billing\n', '          - key: set-billing\n'],
    ['        tasks:', '        tasks: #<<'],
  ],
  [
    'a task of document 003 under a condition',
    'AUTO_TASK_CONDITIONAL',
    /set-up-billing/,
    [
      '            dependsOn: [create-project-workspace]',
      '            when: { question: has-site-survey, equals: true } #<<\n            dependsOn: [create-project-workspace]',
    ],
  ],
  [
    'an unknown milestone',
    'UNKNOWN_REFERENCE',
    /milestone go-alive/,
    ['            milestone: go-live', '            milestone: go-alive #<<'],
  ],
  [
    'an unknown budget type',
    'UNKNOWN_REFERENCE',
    /budget type gear/,
    ['budgetType: equipment', 'budgetType: gear #<<'],
  ],
  [
    'an unknown dependency',
    'UNKNOWN_REFERENCE',
    /task accept-netwrk/,
    ['dependsOn: [accept-network]', 'dependsOn: [accept-netwrk] #<<'],
  ],
  [
    'a dependency twice',
    'DUPLICATE',
    /dependency accept-network/,
    ['dependsOn: [accept-network]', 'dependsOn: [accept-network, accept-network] #<<'],
  ],
  [
    'a task that waits for itself',
    'CYCLE',
    /accept-network → accept-network/,
    ['dependsOn: [cut-over-sites]', 'dependsOn: [accept-network] #<<'],
  ],
  [
    'a circle, named once',
    'CYCLE',
    /order-hardware → approve-design → design-network → order-hardware|design-network → order-hardware → approve-design → design-network/,
    ['            dependsOn: [confirm-scope-with-client, survey-sites]', '            dependsOn: [order-hardware] #<<'],
    ['offsetBusinessDays: 16', 'offsetBusinessDays: 12'],
    ['offsetBusinessDays: 14', 'offsetBusinessDays: 12'],
  ],
  [
    'a deadline before that of a dependency',
    'DEADLINE',
    /before cut-over-sites \(day 33\)/,
    ['offsetBusinessDays: 34', 'offsetBusinessDays: 32'],
    ['dependsOn: [cut-over-sites]', 'dependsOn: [cut-over-sites] #<<'],
  ],
  [
    'a deadline after the end of its milestone',
    'DEADLINE',
    /after the end of its milestone go-live \(day 34\)/,
    ['offsetBusinessDays: 34', 'offsetBusinessDays: 35 #<<'],
  ],
  [
    'a condition on an unknown question',
    'UNKNOWN_REFERENCE',
    /question has-survey/,
    ['question: has-site-survey, equals: false', 'question: has-survey, equals: false'],
  ],
  ['a condition that no answer meets', 'CONDITION', /"maybe"/, ['equals: out-of-hours }', 'equals: maybe } #<<']],
  [
    'a text where a yes or no is asked',
    'CONDITION',
    /"true"/,
    ['question: replaces-firewall, equals: true }', "question: replaces-firewall, equals: 'true' } #<<"],
  ],
  [
    'an owner role that nobody holds',
    'NOBODY',
    /REVOPS_ADMIN/,
    withRole('ravi.revops', 'REVOPS_ADMIN', 'AUDITOR'),
    withRole('rita.revops', 'REVOPS_ADMIN', 'AUDITOR'),
    ['            ownerRole: REVOPS_ADMIN', '            ownerRole: REVOPS_ADMIN #<<'],
  ],
];

testFaults('services', SERVICES);

test('a circle is told once, whoever else waits for it', () => {
  const text = edited([
    '            dependsOn: [confirm-scope-with-client, survey-sites]',
    '            dependsOn: [approve-design]',
  ]);
  const circles = faultsOf(text).filter(({ code }) => code === 'CYCLE');
  expect(circles.map(({ message }) => message)).toEqual([
    'The tasks wait for each other in a circle: design-network → approve-design → design-network.',
  ]);
});
