import type { AgendaSegment, MeetingCheckItem, MeetingTierPolicy } from './configuration.meeting.js';
import type { Tier } from './configuration.words.js';

/** Least probability of a deal from which a date is held before the close (document 004: 90 %). */
export const HOLD_FROM_PERCENT = 90;
/** Elapsed hours after the close within which a date that was held is confirmed (document 004: 24). */
export const CONFIRM_HOURS = 24;
/** Elapsed hours before the meeting at which the participants have its agenda (document 004: 24). */
export const AGENDA_LEAD_HOURS = 24;

/**
 * Who takes part by tier (document 004 "Participants", in the words of this product: AE is the rep, CSM the delivery
 * manager, implementation specialist the project lead, CS manager the service delivery lead).
 */
export const TIER_DEFAULTS: Readonly<Record<Tier, Required<MeetingTierPolicy>>> = {
  LIGHT: {
    needed: false,
    required: ['REP', 'DELIVERY_MANAGER'],
    recommended: [],
    optional: ['PROJECT_LEAD', 'SOLUTION_ENGINEER'],
    minutes: 30,
    leastMinutes: 30,
    signOff: 'IGNORE',
  },
  STANDARD: {
    needed: true,
    required: ['REP', 'DELIVERY_MANAGER'],
    recommended: ['SOLUTION_ENGINEER', 'PROJECT_LEAD'],
    optional: [
      'SALES_MANAGER',
      'SERVICE_DELIVERY_LEAD',
      'FINANCE_APPROVER',
      'REVOPS_ADMIN',
      'PROFESSIONAL_SERVICES',
      'PRODUCT',
    ],
    minutes: 45,
    leastMinutes: 30,
    signOff: 'IGNORE',
  },
  HIGH_TOUCH: {
    needed: true,
    required: ['REP', 'DELIVERY_MANAGER', 'SERVICE_DELIVERY_LEAD'],
    recommended: ['SOLUTION_ENGINEER', 'PROJECT_LEAD'],
    optional: ['SALES_MANAGER', 'FINANCE_APPROVER', 'REVOPS_ADMIN', 'PROFESSIONAL_SERVICES', 'PRODUCT'],
    minutes: 60,
    leastMinutes: 30,
    signOff: 'WARN',
  },
};

/**
 * The agenda of document 004: seven segments of 5 + 10 + 10 + 10 + 5 + 5 + 5 minutes, which is 50 and not the 45 that it
 * states (requirements section 6: the validator warns), and a bank of 3 + 4 + 4 + 4 + 4 + 4 questions drawn from its
 * seven information categories.
 */
export const DEFAULT_SEGMENTS: readonly AgendaSegment[] = [
  {
    key: 'customer-context',
    title: 'Customer context',
    minutes: 5,
    questions: [
      { key: 'client-business', text: 'What does the client do, and what matters to them this year?' },
      { key: 'why-now', text: 'What made them look for this now, and what happens to them if nothing changes?' },
      { key: 'why-us', text: 'Whom else did they consider, and why did they choose us?' },
    ],
  },
  {
    key: 'stakeholders-and-objectives',
    title: 'Stakeholders and objectives',
    minutes: 10,
    questions: [
      {
        key: 'sponsor-and-buyer',
        text: 'Who sponsors this, who holds the budget, and who speaks for us when we are not in the room?',
      },
      { key: 'sceptics', text: 'Who doubts it or is against it, and what would win them over?' },
      { key: 'success', text: 'Which problems are to be gone, and by which figures will the client judge that?' },
      { key: 'return', text: 'What return were they told to expect, by when, and what does each sponsor win by it?' },
    ],
    shows: ['OBJECTIVES'],
  },
  {
    key: 'scope-and-commitments',
    title: 'Scope and commitments',
    minutes: 10,
    questions: [
      { key: 'sold', text: 'What exactly was sold, and where does it depart from our standard offering?' },
      { key: 'promised', text: 'What was promised by word of mouth or left to be figured out, to whom, and when?' },
      { key: 'not-included', text: 'What does the client believe to be included that is not?' },
      { key: 'support-and-training', text: 'Which level of training and support was agreed, and from when?' },
    ],
    shows: ['SCOPE', 'COMMITMENTS'],
  },
  {
    key: 'technical-and-plan',
    title: 'Technical requirements and plan',
    minutes: 10,
    questions: [
      { key: 'environment', text: 'What do we know of the environment, and what of it has somebody checked?' },
      {
        key: 'integrations-and-data',
        text: 'Which integrations and data are involved, under which rules of security and compliance?',
      },
      { key: 'dates', text: 'Which dates for start and go-live were told to the client, and what do they depend on?' },
      { key: 'client-resources', text: "Who works on it on the client's side, and with how much time?" },
    ],
    shows: ['TECHNICAL', 'ASSUMPTIONS', 'DECISIONS'],
  },
  {
    key: 'risks',
    title: 'Risks',
    minutes: 5,
    questions: [
      { key: 'objections', text: 'Which objections came up in the sale, and how were they answered?' },
      { key: 'commercial-risk', text: 'What endangers the budget, the margin or the payment?' },
      { key: 'politics', text: "What has changed, or is about to, in the client's organisation?" },
      { key: 'early-regret', text: 'What would make the client regret the purchase within the first 30 days?' },
    ],
    shows: ['RISKS'],
  },
  {
    key: 'transition',
    title: 'Introduction and transition',
    minutes: 5,
    questions: [
      { key: 'introduction', text: 'Who introduces delivery to the client, in which thread, and by when?' },
      { key: 'preferences', text: 'How and when does the client want to be spoken to?' },
      { key: 'next-step', text: 'What does the client expect to happen next, and by which day?' },
      { key: 'rep-role', text: 'What does the rep still do after today, and until when?' },
    ],
  },
  { key: 'actions', title: 'Actions and close', minutes: 5, questions: [] },
];

/** The ten items of document 004 that are done in the meeting. */
export const DEFAULT_CHECKLIST: readonly MeetingCheckItem[] = [
  { key: 'all-participants', label: 'Everybody who is required is there.' },
  { key: 'context', label: "The client's context was told and understood." },
  { key: 'stakeholders', label: 'The stakeholders were gone through, the sceptics too.' },
  { key: 'objectives', label: 'The business objectives and how success is measured are clear.' },
  { key: 'scope-validated', label: 'Scope and commitments were checked against the contract.' },
  { key: 'plan', label: 'The plan with its dates and dependencies was gone through.' },
  { key: 'risks', label: 'The risks were named, each with what is done about it.' },
  { key: 'questions-answered', label: "Delivery's questions were answered, or became actions." },
  { key: 'introduction-agreed', label: 'It was agreed who introduces delivery to the client, and when.' },
  { key: 'actions-assigned', label: 'Every action has an owner and a due date.' },
];
