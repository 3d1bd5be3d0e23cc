import type { BriefFacts } from '../brief/brief.facts.js';
import type { SourceReference } from '../core/source.js';

/** A meeting that was held, as a document tells of it. Handles only, save what is said to be personal. */
export interface MeetingFact {
  readonly id: string;
  /** A calendar day in the business calendar, of when it really began. */
  readonly heldOn: string;
  /** Who was there, by handle. */
  readonly present: readonly string[];
  readonly absent: readonly string[];
  /** Who recorded it, by handle. */
  readonly recordedBy: string;
  /** Personal. */
  readonly notes: string | null;
  /** Personal. */
  readonly recordingUrl: string | null;
  readonly segments: readonly MeetingPartFact[];
  readonly checks: readonly MeetingPartFact[];
  /** SHA-256 of what was recorded beside free texts. */
  readonly digest: string;
}

/** A segment of the agenda or an item of the checklist, with what was found. */
export interface MeetingPartFact {
  readonly label: string;
  /** In words. */
  readonly found: string;
  /** Personal. */
  readonly remark: string | null;
}

/** An action with its owner's handle. */
export interface ActionFact {
  readonly number: string;
  readonly text: string;
  readonly owner: string;
  readonly dueOn: string;
  readonly state: string;
}

/** Where the introduction of the client stands. Its text is kept nowhere: only the digest. */
export interface IntroductionFact {
  readonly handoffId: string;
  readonly state: 'DRAFT' | 'APPROVED' | 'SENT';
  readonly templateVersion: number;
  readonly textSha256: string;
  /** Personal: subject and message as they read now, for a preview. */
  readonly text: string;
  /** By handle; null while nobody has approved this text. */
  readonly approvedBy: string | null;
  readonly threadUrl: string | null;
  /** What it lacks, in words. */
  readonly gaps: readonly string[];
}

/** Everything that the seven documents say. */
export interface DocumentFacts {
  readonly brief: BriefFacts;
  /** The newest meeting that was held; null before. */
  readonly meeting: MeetingFact | null;
  readonly actions: readonly ActionFact[];
  readonly introduction: IntroductionFact;
  /** What the brief's sections rest on. */
  readonly briefSources: readonly SourceReference[];
}
