import { command, done, type Moment, type Outcome, refused } from '../../core/command.js';
import { staleRevision } from '../../core/error.js';
import { type Finding, finding } from '../../core/finding.js';
import type { OutboxMessage } from '../../core/outbox/message.js';
import { type Queries, selectRequired, sql, type Statement, update } from '../../core/statement.js';
import { columnsOf, hydrate } from '../../core/table.js';
import { Project } from '../../project/project.entity.js';
import { projectFindings } from '../../project/task.rules.js';
import { actualsMessage } from './actuals.message.js';
import type { DriftInput } from './drift.input.js';
import { lockHandoffOfDrift } from './drift.queries.js';
import { HALOPSA_PROJECT, HALOPSA_TASK, haloMessage } from './provision.plan.js';
import { DriftState, PsaDrift, REMOVED } from './psa-drift.entity.js';
import { PsaObject, PsaObjectKind } from './psa-object.entity.js';

/** What both decisions about a drift must know; the handoff's lock comes first. */
const facts = ({ driftId }: DriftInput) =>
  ({
    handoff: lockHandoffOfDrift(driftId),
    drift: selectRequired(PsaDrift, driftId, { lock: 'UPDATE' }),
    object: objectOfDrift(driftId),
    project: projectOfDrift(driftId),
  }) satisfies Queries;

const objectOfDrift = (driftId: string) =>
  sql(
    `select ${columnsOf(PsaObject, 'o')} from psa_drift d join psa_object o on o.tenant_id = $1 and o.id = d.object_id
      where d.tenant_id = $1 and d.id = $2`,
    [driftId],
    // The lock on the handoff has found the drift, and it names its object by a foreign key.
    (rows) => hydrate(PsaObject, rows[0]!),
  );

const projectOfDrift = (driftId: string) =>
  sql(
    `select ${columnsOf(Project, 'p')} from psa_drift d join project p on p.tenant_id = $1 and p.handoff_id = d.handoff_id
      where d.tenant_id = $1 and d.id = $2`,
    [driftId],
    (rows) => hydrate(Project, rows[0]!),
  );

/**
 * Writes ours again in the PSA, by the outbox: the whole record that the drift is on, made anew where it was removed.
 * Nothing of the baseline moves. The project is read again right after, and the drift ends when it is gone.
 */
export const restoreBaseline = command({
  name: 'restoreBaseline',
  action: 'restore',
  subject: 'PsaDrift',
  services: false,
  facts,
  target: ({ drift }) => drift,
  decide: ({ handoff, drift, object, project }, input, moment) => {
    const findings = [...projectFindings(project), ...standingFindings(drift, DriftState.RESTORING), ...ours(drift)];
    return decided(drift, input, moment, {
      state: DriftState.RESTORING,
      findings,
      writes: drift.field === REMOVED ? forgotten(object) : [],
      messages: [...rewritten(object, handoff.id, moment.newId()), actualsMessage(handoff.id, moment.newId())],
    });
  },
});

/** Lets a difference stand: it is no news any more, until it changes further. The baseline stays as it is. */
export const acceptDrift = command({
  name: 'acceptDrift',
  action: 'accept',
  subject: 'PsaDrift',
  services: false,
  facts,
  target: ({ drift }) => drift,
  decide: ({ drift }, input, moment) =>
    decided(drift, input, moment, {
      state: DriftState.ACCEPTED,
      findings: standingFindings(drift, DriftState.ACCEPTED),
      writes: [],
      messages: [],
    }),
});

interface Decision {
  readonly state: DriftState;
  readonly findings: readonly Finding[];
  readonly writes: readonly Statement[];
  readonly messages: readonly OutboxMessage[];
}

function decided(
  drift: PsaDrift,
  { expectedRevision }: DriftInput,
  { now, actor }: Moment,
  { state, findings, writes, messages }: Decision,
): Outcome {
  const { id, revision, handoffId, objectId } = drift;
  if (revision !== expectedRevision) throw staleRevision('PsaDrift', id, expectedRevision, revision);
  const subject = { type: 'PsaDrift', id };
  if (findings.length > 0) return refused(findings, { subject });
  const changes = { state, decidedBy: actor.id, decidedAt: now, revision: revision + 1 };
  return done({
    id,
    subject,
    body: { handoffId, objectId, before: drift.state, state },
    writes: [update(PsaDrift, { id }, changes), ...writes],
    messages,
  });
}

function standingFindings({ id, state, endedAt }: PsaDrift, to: DriftState): Finding[] {
  const no = (code: string, message: string, remedy: string): Finding[] => [
    finding({ code, path: 'driftId', message, facts: { driftId: id, state }, remedy }),
  ];
  if (endedAt !== null) return no('DRIFT_ENDED', 'The difference is gone.', 'There is nothing to do.');
  if (state === to)
    return no('DRIFT_DECIDED', 'This has been decided already.', 'Look at its state again after the next read.');
  return [];
}

/** What somebody added there is in no plan of ours, so there is nothing to write again. */
function ours({ id, field, ours: value, theirs }: PsaDrift): Finding[] {
  const isAdded = value === null && theirs !== null && /^(budgets|milestones)\.[^.]*$/.test(field);
  if (!isAdded) return [];
  return [
    finding({
      code: 'DRIFT_NOT_OURS',
      path: 'driftId',
      message: 'It was added in the PSA, and is in no plan of ours: there is nothing to write again.',
      facts: { driftId: id },
      remedy: 'Delete it in the PSA, or let it stand with acceptDrift.',
    }),
  ];
}

/** A record that was removed is made anew: with a project its milestones and tasks as well. */
function forgotten({ id, kind, handoffId }: PsaObject): Statement[] {
  const nothing = { remoteId: null, digest: null, writtenAt: null, changedThere: null };
  return [update(PsaObject, kind === PsaObjectKind.PROJECT ? { handoffId } : { id }, nothing)];
}

function rewritten({ kind, ownId }: PsaObject, handoffId: string, request: string): OutboxMessage[] {
  if (kind === PsaObjectKind.TASK) return [haloMessage(HALOPSA_TASK, handoffId, request, { taskId: ownId, request })];
  return [haloMessage(HALOPSA_PROJECT, handoffId, request, { request })];
}
