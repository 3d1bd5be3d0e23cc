import { command, type Moment } from '../core/command.js';
import { notFound } from '../core/error.js';
import type { Statement } from '../core/statement.js';
import { type FeasibilitySignOff, SignOffState } from '../feasibility/feasibility.entity.js';
import { latestSignOff } from '../feasibility/feasibility.queries.js';
import { holderFindings } from '../handoff/handoff.commands.js';
import type { AssignHandoffInput } from '../handoff/handoff.input.js';
import { handoffDone, handoffRefused, handoffUnchanged } from '../handoff/handoff.outcomes.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { checkRevision, endedFindings } from '../handoff/handoff.rules.js';
import { Stage } from '../handoff/stage.rules.js';
import { statusMessage } from '../handoff/status.message.js';
import { eligiblePeople, personById, recordsOf } from '../identity/identity.queries.js';
import { Role } from '../identity/roles.js';
import { changeProjectState } from '../project/project.effects.js';
import { type Project, ProjectState } from '../project/project.entity.js';
import { lockProjectOfHandoff } from '../project/project.queries.js';
import { endSignOff } from './sign-off.effects.js';

/**
 * Names the delivery manager who answers for the handoff (requirements 001 and 004: assigned before the gate). Somebody
 * else has not accepted what the former one has: until the kickoff was held a change ends the sign-off, and the client's
 * date with it.
 */
export const assignDeliveryManager = command({
  name: 'assignDeliveryManager',
  action: 'assign',
  subject: 'Handoff',
  facts: ({ handoffId, personId }: AssignHandoffInput) => ({
    handoff: lockHandoff(handoffId),
    project: lockProjectOfHandoff(handoffId),
    person: personById(personId),
    records: recordsOf(personId),
    people: eligiblePeople(),
    signOff: latestSignOff(handoffId),
  }),
  target: ({ handoff }) => handoff,
  decide: (facts, { personId, expectedRevision }, moment) => {
    const { handoff, person, people, records, signOff, project } = facts;
    checkRevision(handoff, expectedRevision);
    if (!person) throw notFound('Person', personId);
    const findings = [...endedFindings(handoff), ...holderFindings(people, person.id, Role.DELIVERY_MANAGER)];
    if (findings.length > 0) return handoffRefused(handoff, findings);
    if (handoff.deliveryManagerId === person.id) return handoffUnchanged(handoff);
    const body = { from: handoff.deliveryManagerId, deliveryManagerId: person.id };
    const isBefore = handoff.stage === Stage.SIGNED_OFF || handoff.stage === Stage.KICKOFF_SCHEDULED;
    const isSigner = records.some(({ id }) => id === signOff?.signedBy);
    if (!isBefore || isSigner || signOff?.state !== SignOffState.LIVE)
      return handoffDone(handoff, { body, changes: { deliveryManagerId: person.id } });
    return handoffDone(handoff, {
      body: { ...body, lapsed: signOff.id, fromStage: handoff.stage, stage: Stage.IN_REVIEW },
      changes: { deliveryManagerId: person.id, stage: Stage.IN_REVIEW },
      messages: [statusMessage(handoff)],
      writes: lapse(signOff, project, person.id, moment),
    });
  },
});

function lapse(signOff: FeasibilitySignOff, project: Project | null, toId: string, { now }: Moment): Statement[] {
  const why = { code: 'DELIVERY_MANAGER_CHANGED', facts: { signedBy: signOff.signedBy, deliveryManagerId: toId } };
  return [
    ...endSignOff(signOff, SignOffState.LAPSED, 'another delivery manager answers for the handoff', now, why),
    ...(project ? [changeProjectState(project, ProjectState.AWAITING_SIGN_OFF)] : []),
  ];
}
