import { edited, type FaultCase, faultsOf, sample, testFaults, withRole } from './catalogue.kit.js';

const TENANT: readonly FaultCase[] = [
  ['an unknown time zone', 'TIME_ZONE', /Mars/, ['timeZone: Europe/London', 'timeZone: Mars/Olympus #<<']],
  ['an unknown currency', 'CURRENCY', /GBX/, ['currency: GBP', 'currency: GBX #<<']],
  ['a language tag that is none', 'LOCALE', /en-GB-GB/, ['locale: en-GB', 'locale: en-GB-GB #<<']],
  [
    'a currency of the PSA that is unknown',
    'CURRENCY',
    /ZZZ/,
    ['{ Sterling: GBP, Pound: GBP, Euro: EUR }', '{ Sterling: ZZZ } #<<'],
  ],
];

const PEOPLE: readonly FaultCase[] = [
  ['a person key twice', 'DUPLICATE', /key sofia\.sales/, ['key: sam.sales', 'key: sofia.sales #<<']],
  [
    'a person id twice',
    'DUPLICATE',
    /id b7b3ff7b/,
    ['43c243ee-0945-46ce-9f76-663f8330df68', 'b7b3ff7b-623d-48df-8cd5-8cc6f137bdc5 #<<'],
  ],
  [
    'an email twice, whatever its case',
    'DUPLICATE',
    /email/,
    ['email: sam.sales@', 'email: SOFIA.sales@northwind.example #<<\n    #'],
  ],
  [
    'one account under two people',
    'DUPLICATE',
    /account/,
    ['- oid: d01e13be-235f-461f-8392-3dd14744f3e0', '- oid: e52fec14-2d75-4a6a-8584-0f4ce50ee168 #<<'],
  ],
  [
    'nobody to administer',
    'NOBODY',
    /REVOPS_ADMIN/,
    ['people:\n', 'people: #<<\n'],
    withRole('ravi.revops', 'REVOPS_ADMIN', 'AUDITOR'),
    withRole('rita.revops', 'REVOPS_ADMIN', 'AUDITOR'),
  ],
  [
    'an auditor who acts',
    'READ_ONLY_ROLE',
    /AUDITOR/,
    ['        providerRole: SALES_MANAGER', '        providerRole: AUDITOR #<<'],
  ],
];

const POLICY: readonly FaultCase[] = [
  [
    'a quorum beyond reach, naming who is there',
    'QUORUM_UNREACHABLE',
    /2 independent.* 3 different persons.* freda\.finance, femi\.finance/,
    ['above: { approvers: 2, roles: [FINANCE_APPROVER] }', 'above: { approvers: 2, roles: [FINANCE_APPROVER] } #<<'],
    withRole('fiona.finance', 'FINANCE_APPROVER', 'SALES_MANAGER'),
  ],
  [
    'one approver above materiality',
    'TWO_PERSON_RULE',
    /two different/,
    ['above: { approvers: 2, roles: [FINANCE_APPROVER] }', 'above: { approvers: 1, roles: [FINANCE_APPROVER] } #<<'],
  ],
  [
    'approvers of an exception who may not see the margin',
    'APPROVER_BLIND',
    /DELIVERY_MANAGER/,
    [
      'below: { approvers: 1, roles: [FINANCE_APPROVER] }',
      'below: { approvers: 1, roles: [FINANCE_APPROVER, DELIVERY_MANAGER] } #<<',
    ],
  ],
  [
    'fewer approvers above than below',
    'TWO_PERSON_RULE',
    /fewer/,
    ['below: { approvers: 1, roles: [DELIVERY', 'below: { approvers: 3, roles: [DELIVERY'],
    ['[FINANCE_APPROVER, SERVICE_DELIVERY_LEAD] }', '[FINANCE_APPROVER, SERVICE_DELIVERY_LEAD] } #<<'],
  ],
  [
    'a floor for an unknown service',
    'UNKNOWN_REFERENCE',
    /managed-netwrk/,
    ['- { serviceTemplate: managed-network, dealType', '- { serviceTemplate: managed-netwrk, #<<\n      dealType'],
  ],
  [
    'a floor for a deal type in which the service is not sold',
    'NEVER_USED',
    /RENEWAL/,
    [
      "serviceTemplate: cloud-migration, dealType: '*', lineKind",
      'serviceTemplate: cloud-migration, dealType: RENEWAL, #<<\n      lineKind',
    ],
  ],
  [
    'the same floor twice',
    'DUPLICATE',
    /floor \* \* LABOUR/,
    [
      "  - { serviceTemplate: '*', dealType: '*', lineKind: HARDWARE",
      "  - { serviceTemplate: '*', dealType: '*', lineKind: LABOUR, billing: '*', floorBps: 10, from: '2026-01-01' } #<<\n" +
        "  - { serviceTemplate: '*', dealType: '*', lineKind: HARDWARE",
    ],
  ],
  [
    'a floor from a day that does not exist',
    'IMPOSSIBLE_DATE',
    /2026-02-30/,
    ["floorBps: 3000, from: '2026-01-01' }", "floorBps: 3000, from: '2026-02-30' } #<<"],
  ],
  [
    'a service with a floor for one billing only',
    'FLOOR_MISSING',
    /managed-services-onboarding.*NEW_BUSINESS/,
    ["lineKind: '*', billing: '*', floorBps: 3000", "lineKind: '*', billing: RECURRING, floorBps: 3000"],
    ['  managed-services-onboarding:\n', '  managed-services-onboarding: #<<\n'],
  ],
  [
    'a service without a floor as a whole',
    'FLOOR_MISSING',
    /managed-services-onboarding.*NEW_BUSINESS, EXPANSION, UPSELL/,
    [
      "  - { serviceTemplate: '*', dealType: '*', lineKind: '*'",
      "  - { serviceTemplate: cloud-migration, dealType: EXPANSION, lineKind: '*'",
    ],
    ['  managed-services-onboarding:\n', '  managed-services-onboarding: #<<\n'],
  ],
];

const CHECKLISTS: readonly FaultCase[] = [
  [
    'a closed-won item that is missing',
    'ITEM_MISSING',
    /DEPENDENCIES.*closed-won/,
    ['      - code: DEPENDENCIES', '      - code: DEPENDENCES'],
    ['    items:', '    items: #<<'],
  ],
  [
    'a pre-handoff item that is missing',
    'ITEM_MISSING',
    /PAYMENT_OR_PO.*004/,
    ['      - code: PAYMENT_OR_PO', '      - code: PAYMENT'],
    ['    items:', '    items: #<<'],
  ],
  [
    'a code twice',
    'DUPLICATE',
    /code SIGNED_SCOPE/,
    [
      '        reopensOn: [SCOPE_HASH, QUOTE]\n      - code: MARGIN_FLOOR',
      '        reopensOn: [SCOPE_HASH, QUOTE]\n      - code: SIGNED_SCOPE #<<',
    ],
  ],
  [
    'a closed-won item that a tier may skip',
    'CLOSED_WON_OPTIONAL',
    /SIGNED_SCOPE.*LIGHT/,
    ['        requiredFor: [LIGHT, STANDARD, HIGH_TOUCH]', '        requiredFor: [STANDARD, HIGH_TOUCH] #<<'],
  ],
  [
    'a closed-won item that may be N/A',
    'CLOSED_WON_OPTIONAL',
    /N\/A/,
    ['        allowNotApplicable: false', '        allowNotApplicable: true #<<'],
  ],
  [
    'a contract without all signers',
    'EVIDENCE',
    /all signers/,
    [
      'evidence: { kinds: [DOCUMENT, CERTIFICATE], needsDocument: true, needsSigner: true, needsAllSigners: true }',
      'evidence: { kinds: [DOCUMENT, CERTIFICATE], needsDocument: true, needsSigner: true, needsAllSigners: false } #<<',
    ],
  ],
  [
    'a document that no kind can be',
    'EVIDENCE',
    /document is needed/,
    [
      'evidence: { kinds: [RECORD], needsDocument: false,',
      'evidence: { kinds: [RECORD], needsDocument: true, #<<\n        ',
    ],
  ],
  [
    'all signers without a signer',
    'EVIDENCE',
    /no signer/,
    [
      'needsDocument: true, needsSigner: true, needsAllSigners: true }',
      'needsDocument: true, needsSigner: false, needsAllSigners: true } #<<',
    ],
  ],
  [
    'a verifier who could only verify themselves',
    'NO_OTHER_VERIFIER',
    /leah\.lead.*nobody else/,
    withRole('liam.lead', 'SERVICE_DELIVERY_LEAD', 'DELIVERY_MANAGER'),
    [
      '        providerRole: SALES_MANAGER\n        verifierRole: DELIVERY_MANAGER',
      '        providerRole: SERVICE_DELIVERY_LEAD\n        verifierRole: SERVICE_DELIVERY_LEAD #<<',
    ],
  ],
  [
    'a verifier role that nobody holds',
    'NOBODY',
    /SERVICE_DELIVERY_LEAD/,
    withRole('leah.lead', 'SERVICE_DELIVERY_LEAD', 'AUDITOR'),
    withRole('liam.lead', 'SERVICE_DELIVERY_LEAD', 'AUDITOR'),
    ['        verifierRole: SERVICE_DELIVERY_LEAD', '        verifierRole: SERVICE_DELIVERY_LEAD #<<'],
  ],
];

testFaults('tenant', TENANT);
testFaults('people', PEOPLE);
testFaults('policy', POLICY);
testFaults('checklists', CHECKLISTS);

test('one natural person with two accounts fills one place of a quorum', () => {
  const { people } = sample();
  expect(people.find(({ key }) => key === 'freda.finance')?.accounts).toHaveLength(2);
  const text = edited(withRole('fiona.finance', 'FINANCE_APPROVER', 'SALES_MANAGER'), [
    'above: { approvers: 2, roles: [FINANCE_APPROVER] }',
    'above: { approvers: 2, roles: [FINANCE_APPROVER] } #<<',
  ]);
  // Two of finance are asked above materiality, and beyond the grave threshold.
  expect(faultsOf(text).map(({ code }) => code)).toEqual(['QUORUM_UNREACHABLE', 'QUORUM_UNREACHABLE']);
});
