import type { AcceptancePolicy } from './configuration.acceptance.js';
import type { QualitySettings } from './configuration.quality.js';
import type { TeamCapacity } from './configuration.capacity.js';
import type { RolloutPolicy, TrainingPolicy } from './configuration.rollout.js';
import type { DocumentSettings } from './configuration.documents.js';
import type { MeetingPolicy } from './configuration.meeting.js';
import type { ChecklistTemplate, DealQuestion, ServiceTemplate } from './configuration.templates.js';
import type { HandoffVariants } from './configuration.variants.js';
import type {
  Any,
  Billing,
  ClockKey,
  ClockUnit,
  DealType,
  EscalationTopic,
  LineKind,
  MemberRole,
  RequiredClockKey,
  Tier,
  Weekday,
} from './configuration.words.js';

export type * from './configuration.templates.js';
export type * from './configuration.variants.js';

/**
 * A tenant's configuration as code: what `tenants/<slug>.yaml` says after it was parsed and found valid. It is plain
 * JSON data. A version is stored without the people's names (stored-configuration.ts, docs/decisions/0018).
 * Money here is an integer in minor units of `tenant.currency`; rates are integer basis points (100 bps = 1 %).
 */
export interface TenantConfiguration {
  /** Who the tenant is. */
  tenant: TenantIdentity;
  /** The bootstrap members: natural persons, their roles and accounts. */
  people: ConfiguredPerson[];
  /** The least margins that policy allows (requirement 002 step 1; the documents give no number). */
  marginFloors: MarginFloor[];
  /** Who must approve what (requirements section 6 "Manager override"; approvals-and-audit rules 1-13). */
  approvalPolicy: ApprovalPolicy;
  /** Checklists by key (slug). Which one a handoff gets, its tier rule says. */
  checklistTemplates: Record<string, ChecklistTemplate>;
  /** Services that the tenant delivers, by key (slug) (requirement 002 step 2). */
  serviceTemplates: Record<string, ServiceTemplate>;
  /** Questions about a deal whose answers switch conditional tasks. */
  questions: DealQuestion[];
  /** Tier rules in order; the first that matches wins, and the last one, without `when`, is the default. */
  tiers: TierRule[];
  /** SLA clocks (requirements section 6 "Kickoff time"; issue 5 "Clocks"). */
  slaProfile: SlaProfile;
  /** The business calendar on which business hours and days are counted. */
  calendar: BusinessCalendar;
  /** Who is told next, by topic (002 "escalation path", 003 "a specific person"). */
  escalationContacts: EscalationContact[];
  /** How the tenant's CRM or PSA words things; absent means the built-in reading. */
  dealImport?: DealImport;
  /** What follows from returns, and when delivery is asked for feedback; absent means documents 003 and 004. */
  acceptance?: AcceptancePolicy;
  /** What the team can do in a week; absent: capacity is not checked (document 004 "Capacity validation"). */
  capacity?: TeamCapacity;
  /** The documents of a handoff and their templates; absent means document 004's. */
  documents?: DocumentSettings;
  /** The internal handoff meeting; absent means document 004's. */
  meetingPolicy?: MeetingPolicy;
  /** How the quality of handoffs is looked at; absent means the documents' numbers. */
  quality?: QualitySettings;
  /** How the tenant is brought to the enforced way of handing over; absent means the documents' numbers. */
  rollout?: RolloutPolicy;
  /** Courses and certification; absent: nobody needs a certificate or a buddy. */
  training?: TrainingPolicy;
  /** Pre-close handoffs, phases and what becomes of conflicts; absent means the defaults. */
  variants?: HandoffVariants;
}

/** As much of a configuration as rules read: of people only who they are and which roles they hold, never a name. */
export type RuledConfiguration = Omit<TenantConfiguration, 'people'> & {
  people: Pick<ConfiguredPerson, 'id' | 'key' | 'roles'>[];
};

/** Who the tenant (one MSP) is. */
export interface TenantIdentity {
  /** The tenant's uuid; never changes. */
  id: string;
  /** Short name for URLs and the command line (slug). */
  slug: string;
  /** Display name. */
  name: string;
  /** The Entra ID directory (`tid`) whose tokens belong to this tenant (uuid). */
  entraTid: string;
  /** IANA time zone in which the tenant's dates are shown. */
  timeZone: string;
  /** ISO 4217 code of the currency of every amount in this file. */
  currency: string;
  /** BCP 47 language tag for generated documents; absent means `en`. */
  locale?: string;
}

/** A natural person. Votes name the person, never an account (design section 1, "person"). */
export interface ConfiguredPerson {
  /** The person's uuid. */
  id: string;
  /** Memorable key by which this file refers to the person, like `sofia.sales`. */
  key: string;
  /** Display name. */
  name: string;
  /** Work email address. */
  email: string;
  /** Roles that the person holds; at least one. */
  roles: MemberRole[];
  /** Sign-in accounts of this one person; each belongs to one person only. */
  accounts: ConfiguredAccount[];
}

/** One sign-in account. */
export interface ConfiguredAccount {
  /** OpenID issuer URL; absent means the identity provider of `tenant.entraTid` (or the sandbox's own). */
  issuer?: string;
  /** Object id of the account in its directory (uuid). */
  oid: string;
}

/** The least margin for lines that match all four keys, from a date on. Which one binds, margin/floor.rules.ts says. */
export interface MarginFloor {
  /** Key of a service template, or `*`. */
  serviceTemplate: string;
  /** A deal type, or `*`. */
  dealType: DealType | Any;
  /** A line kind, or `*`. */
  lineKind: LineKind | Any;
  /** One-off or recurring, or `*`. */
  billing: Billing | Any;
  /** The floor in basis points of revenue: 3000 is 30 %. */
  floorBps: number;
  /** First calendar date (YYYY-MM-DD, in `tenant.timeZone`) on which it holds; it holds until a later one of the same keys. */
  from: string;
}

/** Who must approve what. */
export interface ApprovalPolicy {
  /** A deal below its margin floor (issue 2, "Margin floor and two-person exception"). */
  marginException: ApprovalRule;
  /** A change of the budget baseline after sign-off; the shortfall is the margin lost against the baseline. */
  rebaseline: ApprovalRule;
  /** A change of this very configuration: a policy edit is itself four-eyes (approvals rule 13). */
  configurationChange: ApprovalLevel;
  /** Hours for which a role must have been held before it approves, unless a second administrator confirmed it (A15). Absent: 24. */
  roleCoolDownHours?: number;
  /** Who may pass a request in an emergency (approvals rule 12). Absent: nobody. */
  breakGlass?: BreakGlassPolicy;
  /** What other currencies are worth, for thresholds (approvals rule 4). A currency without a rate is always material. */
  exchangeRates?: ExchangeRate[];
}

/** One approval rule with its materiality threshold (requirements section 1 "Sector": two persons above materiality). */
export interface ApprovalRule {
  /** The threshold; a shortfall strictly above ANY of its numbers is material. */
  materiality: Materiality;
  /** Who approves a shortfall that is not material (default: one). */
  below: ApprovalLevel;
  /** Who approves a material shortfall (at least two different natural persons). */
  above: ApprovalLevel;
  /** Who approves a shortfall beyond a second, higher threshold; absent: the same as `above`. */
  grave?: GraveLevel;
  /** Other thresholds and levels for single deal types; what is absent stays. */
  byDealType?: Partial<Record<DealType, ApprovalRuleChange>>;
  /** Days back within which the exceptions of one client count together, so that splitting a deal does not help. Absent: 90. */
  clientWindowDays?: number;
  /** Business hours after which an undecided request is denied (approvals rule 6). */
  pendingExpiryBusinessHours: number;
  /** Business hours after which an approval that was not used lapses (approvals rule 6). */
  grantExpiryBusinessHours: number;
}

/** What differs for a deal type. */
export type ApprovalRuleChange = Partial<Pick<ApprovalRule, 'materiality' | 'below' | 'above' | 'grave'>>;

/** A level beyond a threshold of its own. */
export interface GraveLevel {
  /** The threshold; a shortfall strictly above ANY of its numbers is grave. */
  beyond: Materiality;
  /** Who approves it; at least as many as `above`. */
  level: ApprovalLevel;
}

/** A threshold in money, margin points and share of the margin that the floor asks for. */
export interface Materiality {
  /** Missing margin in minor units of `tenant.currency`. */
  shortfallMinor: number;
  /** Missing margin in basis points of revenue. */
  shortfallBps: number;
  /** Missing margin in basis points of the margin that the floor asks for: 1000 is a tenth of it. Absent: not asked. */
  shortfallShareBps?: number;
}

/** How many different natural persons, out of whom: either `approvers` and `roles`, or `steps`. */
export interface ApprovalLevel {
  /** Number of different natural persons who must approve; requester and contributors never count. */
  approvers?: number;
  /** An approver holds at least one of these roles. */
  roles?: MemberRole[];
  /** Groups that must each answer; a person counts in one of them only (approvals rule 3). */
  steps?: ApprovalStep[];
  /** How many different people must reject before the request ends (approvals rule 8). Absent: one. */
  rejections?: number;
  /** A voter has signed in within so many minutes (approvals rule 14). Absent: not asked. */
  freshSignInMinutes?: number;
}

/** One group that must answer. */
export interface ApprovalStep {
  /** Its name (slug), such as `finance`. */
  name: string;
  /** Number of different natural persons of this group. */
  approvers: number;
  /** Holders of these roles belong to it. */
  roles?: MemberRole[];
  /** Keys of people who belong to it by name. */
  people?: string[];
}

/** Emergencies (approvals rule 12). */
export interface BreakGlassPolicy {
  /** Keys of the people who may; empty is nobody. */
  people: string[];
  /** How many of them it takes, where so many can be had. */
  approvers: number;
  /** Minutes that the approval lives. */
  minutes: number;
  /** Holders of these roles review it afterwards, if they had no part in it. */
  reviewRoles: MemberRole[];
  /** Hours within which it is reviewed. */
  reviewHours: number;
}

/** What one unit of another currency is worth in `tenant.currency`, from a date on. */
export interface ExchangeRate {
  /** ISO 4217 code of the other currency. */
  currency: string;
  /** Decimal number as text, such as `0.8421`. */
  rate: string;
  /** First calendar date (YYYY-MM-DD) on which it holds. */
  from: string;
  /** Where it was taken from, such as `ECB reference rates 2026-11-20`. */
  source: string;
}

/** One tier rule (design section 1 "tier": by deal type, value, segment). */
export interface TierRule {
  /** The tier that a matching deal gets. */
  tier: Tier;
  /** Why, for people who read the verdict. */
  description: string;
  /** All given conditions must hold; absent only in the last rule, the default. */
  when?: TierCondition;
  /** Key of the checklist that a matching deal gets. */
  checklistTemplate: string;
}

/** Conditions of a tier rule; an absent one is not asked. */
export interface TierCondition {
  /** The deal is of one of these types. */
  dealTypes?: DealType[];
  /** The deal's value is at least this (minor units of `tenant.currency`, inclusive). */
  minValueMinor?: number;
  /** The deal's value is less than this (minor units of `tenant.currency`, exclusive). */
  maxValueMinor?: number;
  /** The client's segment is one of these; compared without regard to case and outer spaces. */
  segments?: string[];
}

/** The SLA clocks and their exceptions by deal type. */
export interface SlaProfile {
  /** Every clock's default. A tenant that leaves out HANDOFF_MEETING has no such clock. */
  clocks: Record<RequiredClockKey, ClockSetting> & Partial<Record<ClockKey, ClockSetting>>;
  /** Other settings for single clocks, by deal type. */
  byDealType?: Partial<Record<DealType, Partial<Record<ClockKey, ClockSetting>>>>;
  /** How long each person of an escalation ladder has before the next is told. Absent: 8 business hours. */
  escalateEvery?: ClockSetting;
}

/** How long a clock runs. */
export interface ClockSetting {
  /** Positive integer, counted in `unit`. */
  amount: number;
  /** What is counted. */
  unit: ClockUnit;
}

/** The business calendar. */
export interface BusinessCalendar {
  /** IANA time zone in which hours and holidays are meant. */
  timeZone: string;
  /** Working spans by weekday, in order, without overlap; an absent or empty weekday is not worked. */
  hours: Partial<Record<Weekday, WorkingSpan[]>>;
  /** Days that are not worked, whatever their weekday. */
  holidays: Holiday[];
}

/** A span of working time on one day, wall-clock time. */
export interface WorkingSpan {
  /** First minute worked, `HH:MM`. */
  from: string;
  /** First minute not worked any more, `HH:MM`; `24:00` is midnight at the day's end. */
  to: string;
}

/** A day that is not worked. */
export interface Holiday {
  /** Calendar date, YYYY-MM-DD. */
  date: string;
  /** What is celebrated. */
  name: string;
}

/** Who is told, in order, about one topic. */
export interface EscalationContact {
  /** What the ladder is for. */
  topic: EscalationTopic;
  /** Person keys; the first is told first, the next when nothing happens. */
  ladder: string[];
}

/** How deals are read from the tenant's own system, since ids and codes there are its own (issue 2, "Deal intake"). */
export interface DealImport {
  /** HaloPSA's wording; has the shape of `HaloOptions` in deal/halopsa-billing.rules.ts. */
  halopsa?: HalopsaImport;
}

/** The tenant's own words in HaloPSA. All of it is optional. */
export interface HalopsaImport {
  /** ISO 4217 code to assume when an export names no currency. */
  defaultCurrency?: string;
  /** ISO 4217 codes by the tenant's names for currencies, such as `Sterling: GBP`. */
  currencyNames?: Record<string, string>;
  /** Line kinds by what a quote line carries; asked in this order, OTHER when none says. */
  lineKinds?: {
    /** By product code. */
    productCodes?: Record<string, LineKind>;
    /** By item group: its id or its name. */
    itemGroups?: Record<string, LineKind>;
    /** By nominal code of the ledger. */
    nominalCodes?: Record<string, LineKind>;
  };
}

/**
 * The document and place that an automated decision came from (issue 2 "Core": source references NOT NULL).
 * The caller adds the configuration's version and digest, which this pure code does not know.
 */
export interface ConfigurationSource {
  /** Where in the configuration, with keys instead of array positions: `tiers[2]`, `serviceTemplates.x.taskPacks.*`. */
  path: string;
}
