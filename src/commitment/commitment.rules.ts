import { type Finding, finding } from '../core/finding.js';
import {
  type Commitment,
  CommitmentChannel,
  type CommitmentDeclaration,
  CommitmentState,
} from './commitment.entity.js';

const SHORTEST_REASON = 10;

/**
 * The promises that stand in the way of submit: each one without a home, and silence about promises altogether
 * (document 003, "verbal commitments not in the contract"; document 004, "commitments documented and validated").
 */
export function commitmentFindings(
  commitments: readonly Commitment[],
  declaration: CommitmentDeclaration | null,
): Finding[] {
  if (commitments.length === 0) return declaration ? [] : [undeclared()];
  return commitments.filter(({ state }) => state === CommitmentState.OPEN).map(open);
}

function undeclared(): Finding {
  return finding({
    code: 'COMMITMENTS_UNDECLARED',
    path: 'commitments',
    message: 'Nobody has said what was promised beside the contract, or that nothing was.',
    facts: {},
    remedy: 'Write down every promise with addCommitment, verbal ones too, or say declareNoCommitments.',
  });
}

function open({ id, channel, dueOn }: Commitment): Finding {
  const spoken = channel === CommitmentChannel.VERBAL ? 'verbal' : 'written';
  return finding({
    code: 'COMMITMENT_OPEN',
    path: `commitments.${id}`,
    message: `A ${spoken} commitment has no home.`,
    facts: { commitmentId: id, channel, dueOn },
    remedy: 'End it with resolveCommitment: as a scope line, as a task, or declined with a reason.',
  });
}

/** What is wrong with a promise as it is written down. `today` is the day in the tenant's time zone. */
export function entryFindings({ madeOn, dueOn }: Pick<Commitment, 'madeOn' | 'dueOn'>, today: string): Finding[] {
  const findings: Finding[] = [];
  if (madeOn > today) {
    findings.push(
      finding({
        code: 'FUTURE_DATE',
        path: 'madeOn',
        message: `madeOn is ${madeOn}, after today.`,
        facts: { day: madeOn, today },
        remedy: 'Give the day on which it was promised.',
      }),
    );
  }
  if (dueOn !== null && dueOn < madeOn) {
    findings.push(
      finding({
        code: 'DUE_BEFORE_MADE',
        path: 'dueOn',
        message: 'It is due before it was promised.',
        facts: { madeOn, dueOn },
        remedy: 'Give the day by which it was promised, on or after madeOn.',
      }),
    );
  }
  return findings;
}

/** How a promise ends: where it went, or why it will not be kept. */
export interface Resolution {
  readonly state: CommitmentState;
  readonly reference: string | null;
  readonly reason: string | null;
}

/** What a resolution lacks: a scope line and a task name what they are; declining gives a reason. */
export function resolutionFindings({ state, reference, reason }: Resolution): Finding[] {
  if (state === CommitmentState.OPEN) {
    return [
      finding({
        code: 'NO_RESOLUTION',
        path: 'state',
        message: 'OPEN is no end.',
        facts: {},
        remedy: 'Give SCOPE_LINE, TASK or DECLINED; reviseCommitment opens it again.',
      }),
    ];
  }
  if (state === CommitmentState.DECLINED && (reason?.trim().length ?? 0) < SHORTEST_REASON) {
    return [
      finding({
        code: 'REASON_TOO_SHORT',
        path: 'reason',
        message: `Declining gives a reason of at least ${SHORTEST_REASON} characters.`,
        facts: { characters: reason?.trim().length ?? 0 },
        remedy: 'Say why it will not be kept, and what the client was told.',
      }),
    ];
  }
  if (state !== CommitmentState.DECLINED && !reference?.trim()) {
    return [
      finding({
        code: 'REFERENCE_MISSING',
        path: 'reference',
        message: `A commitment that ends as ${state} names what it became.`,
        facts: { state },
        remedy: state === CommitmentState.TASK ? 'Name the task.' : 'Name the line of the quotation or the clause.',
      }),
    ];
  }
  return [];
}

/** A finding when the promise has its home already. */
export function resolvedFindings({ id, state }: Commitment): Finding[] {
  if (state === CommitmentState.OPEN) return [];
  return [
    finding({
      code: 'COMMITMENT_RESOLVED',
      path: `commitments.${id}`,
      message: `The commitment has ended as ${state}.`,
      facts: { commitmentId: id, state },
      remedy: 'Open it again with reviseCommitment if it has to end otherwise.',
    }),
  ];
}

/** What stands against the statement that nothing was promised. */
export function declarationFindings(
  commitments: readonly Commitment[],
  declaration: CommitmentDeclaration | null,
): Finding[] {
  if (commitments.length > 0) {
    return [
      finding({
        code: 'COMMITMENTS_EXIST',
        path: 'commitments',
        message: `${commitments.length} commitments are written down.`,
        facts: { commitments: commitments.length },
        remedy: 'End each of them with resolveCommitment.',
      }),
    ];
  }
  if (!declaration) return [];
  return [
    finding({
      code: 'ALREADY_DECLARED',
      path: 'commitments',
      message: 'It was declared already that nothing was promised.',
      facts: {},
      remedy: 'Nothing is to be done.',
    }),
  ];
}
