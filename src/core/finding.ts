import type { JsonValue } from './canonical.js';

/** Whether a finding stops a transition. */
export type Severity = 'BLOCKING' | 'WARNING';

/** One reason: what is wrong, where, with which facts, and what to do about it (design 1). */
export interface Finding {
  /** Machine code, such as MARGIN_BELOW_FLOOR. */
  readonly code: string;
  readonly severity: Severity;
  /** What it is about, such as `checklist.SIGNED_SCOPE`. */
  readonly path: string;
  readonly message: string;
  /** Facts for programs; no personal data, since the ledger keeps them. */
  readonly facts: Readonly<Record<string, JsonValue>>;
  readonly remedy: string;
  /** Whether an approved exception may cover it. */
  readonly exceptionable: boolean;
  /** The class of field that message, facts and remedy tell of, such as MARGIN; whoever may not see it gets code and path. */
  readonly discloses?: string;
}

/** A finding, blocking and without exception unless said otherwise. */
export function finding(parts: Omit<Finding, 'severity' | 'exceptionable'> & Partial<Finding>): Finding {
  return { severity: 'BLOCKING', exceptionable: false, ...parts };
}

/** Whether any finding stops the transition. */
export function blocks(findings: readonly Finding[]): boolean {
  return findings.some((found) => found.severity === 'BLOCKING');
}
