import { type Finding, finding } from '../core/finding.js';
import type { HandoffStatement, Risk, Stakeholder } from './content.entity.js';
import { DealType, type Handoff } from './handoff.entity.js';
import { Stage } from './stage.rules.js';

/** What a row is once a person has written it: neither the PSA's nor an earlier handoff's. */
export const OWN = { dealSnapshotId: null, toConfirm: false } as const;

/** Deals that go on from the client's last handoff of the same service (document 001: lighter renewals and upsells). */
export const CONTINUING: readonly DealType[] = [DealType.RENEWAL, DealType.UPSELL];

/** The handoffs of a client that another may go on from: handed over once, and not taken back. */
export const PRECEDING: readonly Stage[] = Object.values(Stage).filter(
  (stage) => stage !== Stage.DRAFT && stage !== Stage.WITHDRAWN,
);

/** What stands against going on from an earlier handoff; everything at once. */
export function predecessorFindings(handoff: Handoff, predecessor: Handoff): Finding[] {
  const facts = { predecessorId: predecessor.id };
  const path = 'predecessorId';
  const findings: Finding[] = [];
  if (handoff.predecessorId !== null) {
    findings.push(
      finding({
        code: 'PREDECESSOR_LINKED',
        path: 'handoff.predecessor',
        message: 'It goes on from an earlier handoff already.',
        facts: { predecessorId: handoff.predecessorId },
        remedy: 'Keep that one; revise or remove what was carried over and does not hold.',
      }),
    );
  }
  if (predecessor.clientId !== handoff.clientId) {
    findings.push(
      finding({
        code: 'PREDECESSOR_OF_ANOTHER_CLIENT',
        path,
        message: 'The earlier handoff is of another client.',
        facts,
        remedy: 'Name a handoff of the same client, or correct the client in the PSA and import the deal again.',
      }),
    );
  }
  // Only the later one goes on from the earlier: so no chain comes back to itself.
  if (predecessor.id === handoff.id || predecessor.openedAt > handoff.openedAt) {
    findings.push(
      finding({
        code: 'PREDECESSOR_NOT_EARLIER',
        path,
        message: 'A handoff goes on from one that was opened before it.',
        facts,
        remedy: 'Name an earlier handoff of the same client.',
      }),
    );
  }
  if (!PRECEDING.includes(predecessor.stage)) {
    findings.push(
      finding({
        code: 'PREDECESSOR_NOT_HANDED_OVER',
        path,
        message: `The earlier handoff is ${predecessor.stage}: nothing was handed over with it.`,
        facts: { ...facts, stage: predecessor.stage },
        remedy: 'Name one that delivery has received.',
      }),
    );
  }
  return findings;
}

/** What submit asks of a handoff that follows another. */
export interface Following {
  readonly handoff: Handoff;
  /** Whether the client has earlier handoffs that it could go on from. */
  readonly hasCandidate: boolean;
  readonly stakeholders: readonly Pick<Stakeholder, 'id' | 'toConfirm'>[];
  readonly risks: readonly Pick<Risk, 'id' | 'toConfirm'>[];
  readonly statements: readonly Pick<HandoffStatement, 'id' | 'toConfirm'>[];
}

/**
 * An order that grew out of a proof of concept says which (document 004: "POC team hands over"), and what was carried
 * over is confirmed before it counts (document 001: ASSUMED to CONFIRMED). A client's first handoff cannot name one:
 * then it is a warning.
 */
export function followingFindings({ handoff, hasCandidate, stakeholders, risks, statements }: Following): Finding[] {
  const findings: Finding[] = [];
  if (handoff.dealType === DealType.POC_TO_PAID && handoff.predecessorId === null) {
    findings.push(
      finding({
        code: 'PREDECESSOR_MISSING',
        severity: hasCandidate ? 'BLOCKING' : 'WARNING',
        path: 'handoff.predecessor',
        message: 'It is not said which proof of concept became this order.',
        facts: { hasCandidate },
        remedy: 'Name the handoff of the proof of concept with linkPredecessor.',
      }),
    );
  }
  const rows = [...stakeholders, ...risks, ...statements].filter(({ toConfirm }) => toConfirm).map(({ id }) => id);
  const fields = handoff.fieldsToConfirm;
  if (rows.length + fields.length > 0) {
    findings.push(
      finding({
        code: 'CARRIED_OVER_UNCONFIRMED',
        path: 'handoff.predecessor',
        message: `${rows.length + fields.length} entries were carried over and nobody has confirmed them.`,
        facts: { rowIds: rows, fields: [...fields] },
        remedy: 'Revise or remove what has changed, and confirm the rest with confirmCarriedOver.',
      }),
    );
  }
  return findings;
}
