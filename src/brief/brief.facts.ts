import type { AssumptionState, RiskLevel, Side, StakeholderRole, StatementKind } from '../handoff/content.entity.js';
import type { TermsLine } from '../deal/terms.rules.js';

/** A document that a statement rests on. */
export interface DocumentFact {
  readonly title: string;
  readonly url: string | null;
  /** SHA-256 of its content, lower-case hex. */
  readonly hash: string | null;
}

/** Something that a person wrote into the handoff. */
export interface WrittenFact {
  readonly text: string;
  /** Where it comes from, in the writer's words. */
  readonly source: string;
}

export interface EvidenceFact {
  readonly item: string;
  /** What the item is worth now, such as VERIFIED. */
  readonly status: string;
  /** Why it does not apply; null when it does. */
  readonly notApplicable: string | null;
  /** The latest piece of evidence; null before there is one. */
  readonly document: DocumentFact | null;
  readonly signers: readonly { readonly name: string; readonly signedOn: string | null }[];
}

export interface CommitmentFact extends WrittenFact {
  readonly verbal: boolean;
  readonly madeOn: string;
  /** The handle of the person who made it; no personal data. */
  readonly madeBy: string;
  readonly promisedTo: string;
  readonly dueOn: string | null;
  /** What became of it: OPEN, SCOPE_LINE, TASK, DECLINED. */
  readonly outcome: string;
  readonly reference: string | null;
  readonly reason: string | null;
}

/** An open entry of the decision log. */
export interface DecisionFact {
  readonly number: string;
  readonly question: string;
  /** Whether no kickoff may be scheduled while it is open. */
  readonly blocking: boolean;
  /** Handles: no personal data. */
  readonly owner: string | null;
  readonly escalation: string | null;
  readonly dueOn: string;
  readonly source: DocumentFact;
}

export interface StakeholderFact {
  readonly id: string;
  readonly side: `${Side}`;
  readonly role: `${StakeholderRole}`;
  readonly name: string;
  readonly title: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly notes: string | null;
}

export interface MilestoneFact {
  readonly name: string;
  readonly startOn: string;
  readonly targetOn: string;
}

export interface TaskFact {
  readonly title: string;
  readonly ownerRole: string;
  /** The owner's handle; null while it waits for its role. */
  readonly owner: string | null;
  readonly dueOn: string;
  readonly conditionNote: string | null;
}

export interface ProjectFact {
  readonly number: string;
  readonly startOn: string;
  readonly targetOn: string;
  readonly lead: string | null;
  readonly milestones: readonly MilestoneFact[];
  readonly tasks: readonly TaskFact[];
  /** The task pack and the configuration that it was chosen from. */
  readonly source: DocumentFact;
}

export interface BaselineFact {
  readonly version: number;
  readonly currency: string;
  readonly contentDigest: string;
  readonly lines: readonly { readonly label: string; readonly hours: string; readonly priceMinor: bigint }[];
}

/** The least margin that the terms were judged by. */
export interface GuardrailFact {
  readonly text: string;
  readonly source: DocumentFact;
}

/** Everything that a brief says, as plain facts; costs are no part of it (delivery managers may not see them). */
export interface BriefFacts {
  readonly handoff: {
    readonly number: string;
    /** Handles: no personal data. */
    readonly owner: string;
    readonly deliveryManager: string | null;
    readonly serviceTemplate: string;
    readonly dealType: string;
    readonly tier: string;
    readonly startOn: string | null;
    /** Whether delivery reviews it before the contract is signed. */
    readonly pendingContract: boolean;
    readonly context: string | null;
    readonly communicationPreferences: string | null;
    readonly billingTerms: string | null;
    readonly paymentSchedule: string | null;
    readonly specialTerms: string | null;
    /** Questions of the configuration with their answers, in words. */
    readonly answers: readonly { readonly question: string; readonly answer: string }[];
  };
  readonly deal: {
    readonly client: string;
    readonly title: string;
    /** Such as `HALOPSA 2205`. */
    readonly reference: string;
    readonly revision: number;
    readonly termsDigest: string;
    readonly currency: string;
    readonly lines: readonly TermsLine[];
    readonly purchaseOrder: string | null;
    readonly wonOn: string | null;
  };
  readonly configuration: DocumentFact;
  readonly statements: readonly (WrittenFact & { readonly kind: `${StatementKind}`; readonly dueOn: string | null })[];
  readonly assumptions: readonly (WrittenFact & {
    readonly state: `${AssumptionState}`;
    readonly impact: string | null;
    readonly resolution: string | null;
  })[];
  readonly risks: readonly (WrittenFact & { readonly level: `${RiskLevel}`; readonly mitigation: string | null })[];
  readonly stakeholders: readonly StakeholderFact[];
  readonly commitments: readonly CommitmentFact[];
  /** The handle of the person who declared that nothing was promised; null when nobody did. */
  readonly nothingPromisedBy: string | null;
  readonly decisions: readonly DecisionFact[];
  readonly evidence: readonly EvidenceFact[];
  readonly guardrails: readonly GuardrailFact[];
  readonly project: ProjectFact | null;
  readonly baseline: BaselineFact | null;
}
