import type {
  Any,
  DealType,
  EvidenceKind,
  LineKind,
  MemberRole,
  QuestionType,
  ReopenCause,
  Tier,
} from './configuration.words.js';

/** A checklist. Must hold the five closed-won items (002 step 1) and those of document 004's pre-handoff list. */
export interface ChecklistTemplate {
  /** Display name. */
  label: string;
  /** The items in display order. */
  items: ChecklistItem[];
}

/** One thing that must be proven. */
export interface ChecklistItem {
  /** Code like `SIGNED_SCOPE`, unique in its checklist. */
  code: string;
  /** Short display name. */
  label: string;
  /** What exactly must be proven. */
  description: string;
  /** Tiers in which the item is required; in others it is optional. */
  requiredFor: Tier[];
  /** Weight in the completeness percentage, a positive integer (requirements section 8). */
  weight: number;
  /** The role that provides the evidence. */
  providerRole: MemberRole;
  /** The role that verifies it; always another person than the provider (issue 2, "The handoff"). */
  verifierRole: MemberRole;
  /** Days that verified evidence stays valid (004: information 7 days); null: without end (an executed contract). */
  validityDays: number | null;
  /** Whether N/A may be claimed, with a reason that the verifier accepts; never for the closed-won five. */
  allowNotApplicable: boolean;
  /** What the evidence must consist of. */
  evidence: EvidenceDemand;
  /** Changes that reopen the item at once, whatever its age. */
  reopensOn: ReopenCause[];
}

/** What a piece of evidence must consist of. */
export interface EvidenceDemand {
  /** Accepted forms. */
  kinds: EvidenceKind[];
  /** A document link with its content hash is obligatory. */
  needsDocument: boolean;
  /** The name of a signer and the date of signature are obligatory. */
  needsSigner: boolean;
  /** EVERY signer named in the contract must have signed (004: all client signers and counter-signatures). */
  needsAllSigners: boolean;
}

/** A service that the tenant delivers: how its budget is cut, its milestones and tasks. */
export interface ServiceTemplate {
  /** Display name. */
  label: string;
  /** Deal types in which it is sold. */
  dealTypes: DealType[];
  /** The cut of the budget baseline; every line kind belongs to exactly one. */
  budgetTypes: BudgetType[];
  /** Milestones in display order. */
  milestones: MilestoneTemplate[];
  /** Task packs by deal type; `*` serves the deal types without an own one. */
  taskPacks: Partial<Record<DealType | Any, TaskPack>>;
}

/** One bucket of the budget baseline (hours, cost and price by budget type). */
export interface BudgetType {
  /** Key, unique in the service template. */
  key: string;
  /** Display name. */
  label: string;
  /** Quote lines of these kinds fall into it. */
  lineKinds: LineKind[];
}

/** One milestone, in business days from the project's start. */
export interface MilestoneTemplate {
  /** Key, unique in the service template. */
  key: string;
  /** Display name. */
  name: string;
  /** Business days from the project's start to the milestone's first day; 0 is the start day itself. */
  startOffsetBusinessDays: number;
  /** Length in business days, first and last included; at least 1. */
  durationBusinessDays: number;
}

/** The tasks that a won deal brings (002 step 2 "mapped task packs"). */
export interface TaskPack {
  /** Key, unique in the file. */
  key: string;
  /** Version of the pack, like `1.2`; a project records which it got. */
  version: string;
  /** The tasks; the six of document 003 (`AUTO_TASKS`) are among them. */
  tasks: TaskTemplate[];
}

/** One task with owner, deadline and dependency chain (003 "Auto tasks"). */
export interface TaskTemplate {
  /** Key, unique in the pack. */
  key: string;
  /** Short display name. */
  title: string;
  /** What is to be done. */
  description: string;
  /** The role that owns it until a person is assigned. */
  ownerRole: MemberRole;
  /** Key of the service template's milestone that it belongs to. */
  milestone: string;
  /** Deadline in business days from the project's start; 0 is the start day itself. */
  offsetBusinessDays: number;
  /** Keys of tasks of this pack that must be done before. */
  dependsOn: string[];
  /** Estimated effort in hours, a decimal string with at most two decimals, like `1.5`. */
  estimateHours: string;
  /** Key of the budget type that its hours are charged to. */
  budgetType: string;
  /** Present: the task exists only when the deal's answer equals this. */
  when?: TaskCondition;
}

/** A condition on one of the deal's answers. */
export interface TaskCondition {
  /** Key of a question. */
  question: string;
  /** The answer: a boolean for a BOOLEAN question, one of the options' values for a CHOICE. */
  equals: boolean | string;
}

/** A question about the deal. */
export interface DealQuestion {
  /** Key (slug). */
  key: string;
  /** The question as shown. */
  label: string;
  /** How it is answered. */
  type: QuestionType;
  /** The choices, of a CHOICE only. */
  options?: QuestionOption[];
}

/** One choice of a question. */
export interface QuestionOption {
  /** Stored value (slug). */
  value: string;
  /** Display name. */
  label: string;
}
