/**
 * The closed vocabularies of a tenant's configuration. Each list is the one source of its words: the TypeScript type,
 * the JSON Schema and the validator are all drawn from it.
 */

/** Roles of people (issue 2, "Identity and tenants"). INTEGRATOR is missing on purpose: it is a role of API keys only. */
export const MEMBER_ROLES = [
  'SALES_MANAGER',
  'DELIVERY_MANAGER',
  'FINANCE_APPROVER',
  'SERVICE_DELIVERY_LEAD',
  'REVOPS_ADMIN',
  'AUDITOR',
] as const;
/** A role that a natural person of a tenant can hold. */
export type MemberRole = (typeof MEMBER_ROLES)[number];

/** Kinds of deal (requirements section 4 "renewal/upsell", section 5 "POC-to-paid"). */
export const DEAL_TYPES = ['NEW_BUSINESS', 'EXPANSION', 'RENEWAL', 'UPSELL', 'POC_TO_PAID'] as const;
/** What kind of sale a deal is. */
export type DealType = (typeof DEAL_TYPES)[number];

/** Kinds of quote line. */
export const LINE_KINDS = ['LABOUR', 'HARDWARE', 'SOFTWARE', 'LICENCE', 'SERVICE', 'OTHER'] as const;
/** What a quote line sells. */
export type LineKind = (typeof LINE_KINDS)[number];

/** One-off and recurring revenue are always kept apart (design section 6). */
export const BILLINGS = ['ONE_OFF', 'RECURRING'] as const;
/** How a quote line is charged. */
export type Billing = (typeof BILLINGS)[number];

/** How heavy a handoff is (design section 1, "tier"), lightest first. */
export const TIERS = ['LIGHT', 'STANDARD', 'HIGH_TOUCH'] as const;
/** The weight of one handoff. */
export type Tier = (typeof TIERS)[number];

/** What a clock counts (issue 5, "Clocks"). BUSINESS_HOURS and BUSINESS_DAYS follow the tenant's calendar. */
export const CLOCK_UNITS = ['ELAPSED_HOURS', 'BUSINESS_HOURS', 'BUSINESS_DAYS'] as const;
/** The unit in which a clock's amount is counted. */
export type ClockUnit = (typeof CLOCK_UNITS)[number];

/** The SLA clocks (requirements section 6, issue 5 "Clocks"). */
export const CLOCK_KEYS = [
  'INTRODUCTION',
  'DOCUMENT_COMPLETE',
  'HANDOFF_MEETING',
  'RETURN_CORRECTION',
  'PREPARATION',
  'KICKOFF_SCHEDULED',
  'KICKOFF_HELD',
  'KICKOFF_HARD_BREACH',
] as const;
/** Which SLA clock. */
export type ClockKey = (typeof CLOCK_KEYS)[number];
/** Clocks that a tenant may leave out: they came after the first configurations, and those keep the clocks that they had. */
export const OPTIONAL_CLOCKS = ['HANDOFF_MEETING'] as const;
/** A clock that every tenant has. */
export type RequiredClockKey = Exclude<ClockKey, (typeof OPTIONAL_CLOCKS)[number]>;

/**
 * What an escalation ladder is for. The first four are obligatory. RETURNS is sales leadership, told of handoffs that come
 * back (COMMERCIAL when absent); DELIVERY is told of late deliverables and unanswered feedback (SLA when absent).
 */
export const ESCALATION_TOPICS = [
  'DECISION',
  'SLA',
  'FEASIBILITY',
  'COMMERCIAL',
  'INTEGRATION',
  'RETURNS',
  'DELIVERY',
] as const;
/** What an escalation ladder is for. */
export type EscalationTopic = (typeof ESCALATION_TOPICS)[number];
/** The ladders that every tenant must have, so that no escalation ends with nobody (002 "approval and escalation paths"). */
export const REQUIRED_TOPICS = ['DECISION', 'SLA', 'FEASIBILITY', 'COMMERCIAL'] as const;

/**
 * Forms of evidence. DOCUMENT: a linked file with its hash. CERTIFICATE: the e-signature platform's certificate.
 * RECORD: the id of a record in another system. STATEMENT: text typed in Countersign.
 */
export const EVIDENCE_KINDS = ['DOCUMENT', 'CERTIFICATE', 'RECORD', 'STATEMENT'] as const;
/** The form of one piece of evidence. */
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** Changes that reopen verified evidence, whatever its age (issue 2, "The handoff"). */
export const REOPEN_CAUSES = ['SCOPE_HASH', 'QUOTE'] as const;
/** A change that reopens verified evidence: the signed scope's hash, or the quote. */
export type ReopenCause = (typeof REOPEN_CAUSES)[number];

/** How a question about the deal is answered. */
export const QUESTION_TYPES = ['BOOLEAN', 'CHOICE'] as const;
/** How a question about the deal is answered. */
export type QuestionType = (typeof QUESTION_TYPES)[number];

/** Days of the week as the calendar names them, Monday first (luxon's weekday 1 is index 0). */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
/** A day of the week. */
export type Weekday = (typeof WEEKDAYS)[number];

/** The five items without which no deal counts as closed-won (requirement 002, step 1): in every checklist, never N/A. */
export const CLOSED_WON_ITEMS = [
  'SIGNED_SCOPE',
  'MARGIN_FLOOR',
  'DELIVERY_ASSUMPTIONS',
  'DEPENDENCIES',
  'ACCEPTANCE_CRITERIA',
] as const;

/** The items of document 004 ("Pre-handoff") that every checklist must list too; a tier may leave them optional. */
export const PRE_HANDOFF_ITEMS = [
  'EXECUTED_CONTRACT',
  'PAYMENT_OR_PO',
  'FINANCE_RECORD',
  'CS_PLATFORM',
  'SUPPORT_ENTITLEMENT',
] as const;

/** Keys of the six tasks of document 003 ("Auto tasks") that every task pack must hold. */
export const AUTO_TASKS = [
  'schedule-kickoff-call',
  'assign-project-lead',
  'review-handoff-document',
  'confirm-scope-with-client',
  'set-up-billing',
  'create-project-workspace',
] as const;

/** The word that matches everything in a floor or names the default task pack. */
export const ANY = '*';
/** The word that matches everything. */
export type Any = typeof ANY;
