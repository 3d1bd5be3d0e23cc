import { configurationOf, configurationOfHandoff } from '../catalogue/catalogue.queries.js';
import type { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import { command, done, type DoneOutcome } from '../core/command.js';
import { badInput, notFound } from '../core/error.js';
import { localDay } from '../core/local-day.js';
import { insert, type Statement, update } from '../core/statement.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { handoffDone, handoffRefused } from '../handoff/handoff.outcomes.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { changeHandoff, checkRevision, editFindings, handoffSubject } from '../handoff/handoff.rules.js';
import { given } from '../handoff/text.input.js';
import { personById } from '../identity/identity.queries.js';
import { Commitment, CommitmentDeclaration, CommitmentState } from './commitment.entity.js';
import type { AddCommitmentInput, ResolveCommitmentInput, ReviseCommitmentInput } from './commitment.input.js';
import { commitmentsOf, declarationOf } from './commitment.queries.js';
import { declarationFindings, entryFindings, resolutionFindings, resolvedFindings } from './commitment.rules.js';
import type { HandoffChangeInput } from '../handoff/handoff.input.js';

const facts = (handoffId: string) => ({
  handoff: lockHandoff(handoffId),
  version: configurationOfHandoff(handoffId),
  commitments: commitmentsOf(handoffId),
});

const dayIn = (version: ConfigurationVersion, now: Date): string =>
  localDay(configurationOf(version).tenant.timeZone, now);

function commitmentIn(commitments: readonly Commitment[], id: string): Commitment {
  const found = commitments.find((commitment) => commitment.id === id);
  if (!found) throw notFound('Commitment', id);
  return found;
}

/** A change of one promise: its row, the handoff's revision, and the promise as the answer. */
function commitmentDone(handoff: Handoff, id: string, body: Record<string, unknown>, write: Statement): DoneOutcome {
  return done({
    id,
    subject: handoffSubject(handoff.id),
    body: { commitmentId: id, ...body },
    writes: [write, changeHandoff(handoff)],
  });
}

/** Writes down a promise, verbal ones too. */
export const addCommitment = command({
  name: 'addCommitment',
  action: 'record',
  subject: 'Commitment',
  services: false,
  facts: (input: AddCommitmentInput) => ({ ...facts(input.handoffId), maker: personById(input.madeById ?? null) }),
  decide: ({ handoff, version, maker }, input, { now, actor, newId }) => {
    checkRevision(handoff, input.expectedRevision);
    if (input.madeById && !maker) throw notFound('Person', input.madeById);
    const { text, channel, madeOn, promisedTo, source, dueOn = null } = input;
    const { topic = null, promisedHours = null, promisedAmount = null } = input;
    const findings = [...editFindings(handoff), ...entryFindings({ madeOn, dueOn }, dayIn(version, now))];
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const id = newId();
    const state = CommitmentState.OPEN;
    const row = insert(Commitment, {
      id,
      handoffId: handoff.id,
      text,
      channel,
      madeOn,
      madeBy: maker?.id ?? actor.id,
      promisedTo,
      source,
      dueOn,
      topic,
      promisedHours,
      promisedAmount,
      state,
      recordedBy: actor.id,
      recordedAt: now,
    });
    return commitmentDone(handoff, id, { channel, madeOn, dueOn, state }, row);
  },
});

const NEVER_EMPTY = ['text', 'channel', 'madeOn', 'promisedTo', 'source'] as const;
const REVISED = [...NEVER_EMPTY, 'dueOn', 'topic', 'promisedHours', 'promisedAmount'] as const;
const UNRESOLVED = {
  state: CommitmentState.OPEN,
  resolutionReference: null,
  resolutionReason: null,
  resolutionTermsRevision: null,
  resolvedBy: null,
  resolvedAt: null,
};

/** Corrects a promise; another promise needs another home, so that one which had ended is open again. */
export const reviseCommitment = command({
  name: 'reviseCommitment',
  action: 'record',
  subject: 'Commitment',
  services: false,
  facts: (input: ReviseCommitmentInput) => facts(input.handoffId),
  decide: ({ handoff, version, commitments }, input, { now }) => {
    checkRevision(handoff, input.expectedRevision);
    const commitment = commitmentIn(commitments, input.commitmentId);
    const changes = given(input, REVISED);
    for (const field of NEVER_EMPTY)
      if (changes[field] === null) throw badInput(field, 'is null', 'Leave it out to keep what it says.');
    const findings = [
      ...editFindings(handoff),
      ...entryFindings({ madeOn: commitment.madeOn, dueOn: commitment.dueOn, ...changes }, dayIn(version, now)),
    ];
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const write = update(Commitment, { id: commitment.id, handoffId: handoff.id }, { ...changes, ...UNRESOLVED });
    return commitmentDone(
      handoff,
      commitment.id,
      { fields: Object.keys(changes), from: commitment.state, state: CommitmentState.OPEN },
      write,
    );
  },
});

/** Gives a promise its end: a scope line, a task, or declined with a reason. */
export const resolveCommitment = command({
  name: 'resolveCommitment',
  action: 'resolve',
  subject: 'Commitment',
  services: false,
  facts: (input: ResolveCommitmentInput) => facts(input.handoffId),
  decide: ({ handoff, commitments }, input, { now, actor }) => {
    checkRevision(handoff, input.expectedRevision);
    const commitment = commitmentIn(commitments, input.commitmentId);
    const { state, reference = null, reason = null } = input;
    const findings = [
      ...editFindings(handoff),
      ...resolvedFindings(commitment),
      ...resolutionFindings({ state, reference, reason }),
    ];
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const end = {
      state,
      resolutionReference: reference,
      resolutionReason: reason,
      resolutionTermsRevision: handoff.termsRevision,
      resolvedBy: actor.id,
      resolvedAt: now,
    };
    return commitmentDone(
      handoff,
      commitment.id,
      { state },
      update(Commitment, { id: commitment.id, handoffId: handoff.id }, end),
    );
  },
});

/** Says that nothing was promised beside the contract: submit asks for these words or for the promises. */
export const declareNoCommitments = command({
  name: 'declareNoCommitments',
  action: 'record',
  subject: 'Commitment',
  services: false,
  facts: (input: HandoffChangeInput) => ({ ...facts(input.handoffId), declaration: declarationOf(input.handoffId) }),
  decide: ({ handoff, commitments, declaration }, input, { now, actor, newId }) => {
    checkRevision(handoff, input.expectedRevision);
    const findings = [...editFindings(handoff), ...declarationFindings(commitments, declaration)];
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const id = newId();
    const row = insert(CommitmentDeclaration, { id, handoffId: handoff.id, declaredBy: actor.id, declaredAt: now });
    return handoffDone(handoff, { body: { declarationId: id }, writes: [row] });
  },
});
