/**
 * Where an automated decision comes from: which document, which version of it, and its SHA-256 (requirement 002,
 * finance sector: "preserve source-document links for every automated decision").
 */
export interface SourceReference {
  /** The kind of document: CONFIGURATION, DEAL_SNAPSHOT, BASELINE, EVIDENCE, BRIEF ... */
  readonly type: string;
  readonly id: string;
  readonly version: string;
  /** SHA-256, lower-case hex. */
  readonly hash: string;
}
