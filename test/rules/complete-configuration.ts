import type { DocumentTemplate } from '../../src/catalogue/configuration.documents.js';
import type { MeetingTierPolicy } from '../../src/catalogue/configuration.meeting.js';
import type { TenantConfiguration } from '../../src/catalogue/configuration.js';
import { sample } from './catalogue.kit.js';

/** A type with every optional field made obligatory, all the way down. */
type Complete<T> = T extends readonly (infer E)[]
  ? Complete<E>[]
  : T extends object
    ? { [K in keyof T]-?: Complete<T[K]> }
    : T;

/** A policy with every field. */
function completePolicy(): Complete<TenantConfiguration['approvalPolicy']> {
  const level = {
    approvers: 1,
    roles: ['FINANCE_APPROVER' as const],
    steps: [{ name: 'finance', approvers: 1, roles: ['FINANCE_APPROVER' as const], people: ['freda.finance'] }],
    rejections: 2,
    freshSignInMinutes: 30,
  };
  const materiality = { shortfallMinor: 1, shortfallBps: 1, shortfallShareBps: 1 };
  const change = { materiality, below: level, above: level, grave: { beyond: materiality, level } };
  const byDealType = {
    NEW_BUSINESS: change,
    EXPANSION: change,
    RENEWAL: change,
    UPSELL: change,
    POC_TO_PAID: change,
  };
  const rule = {
    ...change,
    byDealType,
    clientWindowDays: 30,
    pendingExpiryBusinessHours: 8,
    grantExpiryBusinessHours: 8,
  };
  return {
    marginException: rule,
    rebaseline: rule,
    configurationChange: level,
    roleCoolDownHours: 24,
    breakGlass: {
      people: ['leah.lead'],
      approvers: 1,
      minutes: 60,
      reviewRoles: ['REVOPS_ADMIN'],
      reviewHours: 24,
    },
    exchangeRates: [{ currency: 'EUR', rate: '0.87', from: '2026-01-01', source: 'Sheet' }],
  };
}

const template: Complete<DocumentTemplate> = {
  version: 'v2.3',
  date: '2026-01-15',
  title: 'Deal on a page',
  sections: [{ part: 'sold', heading: 'Sold', intro: 'What the client bought.' }],
  changes: [{ version: 'v2.3', date: '2026-01-15', author: 'rory.revops', text: 'One page.' }],
};

const meetingTier: Complete<MeetingTierPolicy> = {
  needed: true,
  required: ['REP'],
  recommended: ['PROJECT_LEAD'],
  optional: ['PRODUCT'],
  minutes: 45,
  leastMinutes: 30,
  signOff: 'BLOCK',
};

/** Has every field that the type has: the compiler sees to it, so that a new field must come here, and so to the schema. */
export const complete: Complete<
  Pick<TenantConfiguration, Exclude<keyof TenantConfiguration, 'serviceTemplates' | 'slaProfile' | 'calendar'>>
> &
  Pick<TenantConfiguration, 'serviceTemplates' | 'slaProfile' | 'calendar'> = {
  ...sample(),
  tenant: { ...sample().tenant, locale: 'en-GB' },
  people: sample().people.map((person) => ({
    ...person,
    accounts: person.accounts.map(({ oid }) => ({ oid, issuer: 'https://login.example/northwind' })),
  })),
  questions: [
    {
      key: 'colour',
      label: 'Which?',
      type: 'CHOICE',
      options: [
        { value: 'red', label: 'Red' },
        { value: 'blue', label: 'Blue' },
      ],
    },
  ],
  tiers: [
    {
      tier: 'LIGHT',
      description: 'All conditions.',
      when: { dealTypes: ['RENEWAL'], minValueMinor: 1, maxValueMinor: 2, segments: ['smb'] },
      checklistTemplate: 'light',
    },
  ],
  approvalPolicy: completePolicy(),
  acceptance: {
    climbFromReturn: 3,
    coaching: { count: 2, withinDays: 14 },
    processReview: { count: 3, withinDays: 60 },
    feedbackAfterDays: 21,
    feedbackWithin: { amount: 16, unit: 'BUSINESS_HOURS' },
  },
  capacity: {
    roles: [{ role: 'Engineer', hoursPerWeek: '112.5', tasksOf: ['SERVICE_DELIVERY_LEAD'] }],
    people: [{ person: 'dana.delivery', role: 'Engineer', hoursPerWeek: '20' }],
  },
  documents: {
    templates: {
      DEAL_SUMMARY: template,
      STAKEHOLDER_MAP: template,
      COMMITMENT_LOG: template,
      IMPLEMENTATION_PLAN: template,
      RISK_REGISTER: template,
      MEETING_NOTES: template,
      INTRODUCTION_EMAIL: template,
    },
    currentDays: 14,
  },
  meetingPolicy: {
    byTier: { LIGHT: meetingTier, STANDARD: meetingTier, HIGH_TOUCH: meetingTier },
    holdFromPercent: 80,
    confirmHours: 12,
    agendaLeadHours: 48,
    segments: [
      {
        key: 'scope',
        title: 'Scope',
        minutes: 45,
        questions: [{ key: 'sold', text: 'What was sold?' }],
        shows: ['SCOPE'],
      },
    ],
    checklist: [{ key: 'scope', label: 'The scope is clear.' }],
  },
  variants: {
    preClose: {
      tiers: ['HIGH_TOUCH'],
      dealTypes: ['NEW_BUSINESS'],
      opensDaysBefore: 7,
      leastDaysBefore: 5,
      fromProbabilityPercent: 90,
    },
    phases: [
      {
        tiers: ['HIGH_TOUCH'],
        dealTypes: ['NEW_BUSINESS'],
        serviceTemplates: ['managed-network'],
        checkpoints: [
          {
            key: 'design',
            name: 'Design',
            dueBusinessDays: 10,
            checklistItems: ['SUPPORT_ENTITLEMENT'],
            milestones: ['design'],
          },
        ],
      },
    ],
    conflictDueBusinessDays: 2,
  },
  slaProfile: { ...sample().slaProfile, escalateEvery: { amount: 1, unit: 'BUSINESS_DAYS' } },
  dealImport: {
    halopsa: {
      defaultCurrency: 'GBP',
      currencyNames: { Sterling: 'GBP' },
      lineKinds: { productCodes: { a: 'LABOUR' }, itemGroups: { b: 'LABOUR' }, nominalCodes: { c: 'LABOUR' } },
    },
  },
  quality: {
    reviews: {
      weekly: { weekday: 'mon', hour: 8, owner: 'leah.lead', deputy: 'liam.lead', heldWithinBusinessDays: 3 },
      monthly: { hour: 8, owner: 'leah.lead', deputy: 'liam.lead', heldWithinBusinessDays: 10 },
      quarterly: { hour: 8, owner: 'leah.lead', deputy: 'liam.lead', heldWithinBusinessDays: 10 },
    },
    spotCheckShareBps: 1_000,
    spotCheckBusinessDays: 10,
    remediationBusinessDays: 5,
    redFlags: { firstTouchHours: 48, firstTouchInARow: 3, escalatedBps: 2_000, openExceptions: 3 },
  },
  rollout: {
    thresholds: { weekOneBps: 5_000, extendBps: 7_000, weekFourBps: 8_000, monthlyBps: 8_500, matureBps: 9_000 },
    pilot: { least: 5, most: 10, dealTypes: ['NEW_BUSINESS'], tiers: ['STANDARD'] },
    testedWithinDays: 7,
  },
  training: {
    courses: [{ key: 'handoff-basics', label: 'Basics', roles: ['SALES_MANAGER'], minutes: 45 }],
    certify: ['SALES_MANAGER'],
    validDays: 365,
    buddyHandoffs: 5,
  },
};
