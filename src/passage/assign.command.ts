import { command, type Moment } from '../core/command.js';
import { notFound } from '../core/error.js';
import { type Statement, update } from '../core/statement.js';
import { Decision, DecisionState } from '../decision/decision.entity.js';
import { decisionsOf } from '../decision/decision.queries.js';
import { type FeasibilitySignOff, SignOffState } from '../feasibility/feasibility.entity.js';
import { latestSignOff } from '../feasibility/feasibility.queries.js';
import { holderFindings } from '../handoff/handoff.commands.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import type { AssignHandoffInput } from '../handoff/handoff.input.js';
import { handoffDone, handoffRefused, handoffUnchanged } from '../handoff/handoff.outcomes.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { checkRevision, endedFindings, isHiddenFrom } from '../handoff/handoff.rules.js';
import { Stage } from '../handoff/stage.rules.js';
import { statusMessage } from '../handoff/status.message.js';
import { eligiblePeople, personById, recordsOf, type RoleHolder } from '../identity/identity.queries.js';
import { Role } from '../identity/roles.js';
import { ActionItem, ActionState } from '../meeting/action.entity.js';
import { actionItemsOf } from '../meeting/meeting.queries.js';
import { changeProjectState } from '../project/project.effects.js';
import { type Project, ProjectState } from '../project/project.entity.js';
import { lockProjectOfHandoff } from '../project/project.queries.js';
import { endSignOff } from './sign-off.effects.js';

/**
 * Names the delivery manager who answers for the handoff (requirements 001 and 004: assigned before the gate). Somebody
 * else has not accepted what the former one has: until the kickoff was held a change ends the sign-off, and the client's
 * date with it. What the former one owned or answered for of a draft, which they see no more, passes on.
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
    decisions: decisionsOf(handoffId),
    actionItems: actionItemsOf(handoffId),
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
    if (!isBefore || isSigner || signOff?.state !== SignOffState.LIVE) {
      const passed = passedOn(facts, person.id, moment);
      return handoffDone(handoff, {
        ...passed,
        body: { ...body, ...passed.body },
        changes: { deliveryManagerId: person.id },
      });
    }
    return handoffDone(handoff, {
      body: { ...body, lapsed: signOff.id, fromStage: handoff.stage, stage: Stage.IN_REVIEW },
      changes: { deliveryManagerId: person.id, stage: Stage.IN_REVIEW },
      messages: [statusMessage(handoff)],
      writes: lapse(signOff, project, person.id, moment),
    });
  },
});

/** What passes on with a draft: numbers for the ledger, and the statements. */
interface Passed {
  readonly body: { readonly decisions?: readonly string[]; readonly actionItems?: readonly string[] };
  readonly writes: readonly Statement[];
}

interface Owned {
  readonly handoff: Handoff;
  readonly decisions: readonly Decision[];
  readonly actionItems: readonly ActionItem[];
  readonly people: readonly RoleHolder[];
}

/**
 * The open entries and actions of those who will not see the draft any more, as owners or as escalation contacts: they are
 * its new delivery manager's, or the seller's where that one is the other of the two.
 */
function passedOn({ handoff, decisions, actionItems, people }: Owned, toId: string, { now }: Moment): Passed {
  const given = { ...handoff, deliveryManagerId: toId };
  const isKeptFrom = (memberId: string): boolean => isHiddenFrom(given, memberId, people);
  const heirOf = (memberId: string, other: string): string =>
    isKeptFrom(memberId) ? ([toId, handoff.ownerId].find((id) => id !== other) ?? memberId) : memberId;
  const entries = decisions.filter(
    ({ state, ownerId, escalationContactId }) =>
      state === DecisionState.OPEN && (isKeptFrom(ownerId) || isKeptFrom(escalationContactId)),
  );
  const actions = actionItems.filter(({ state, ownerId }) => state === ActionState.OPEN && isKeptFrom(ownerId));
  if (entries.length + actions.length === 0) return { body: {}, writes: [] };
  const handedOn = (entry: Decision): Statement => {
    const ownerId = heirOf(entry.ownerId, entry.escalationContactId);
    const escalationContactId = heirOf(entry.escalationContactId, ownerId);
    const assignedAt = ownerId === entry.ownerId ? entry.assignedAt : now;
    return update(Decision, { id: entry.id }, { ownerId, escalationContactId, assignedAt });
  };
  return {
    body: { decisions: entries.map(({ number }) => number), actionItems: actions.map(({ number }) => number) },
    writes: [
      ...entries.map(handedOn),
      ...actions.map(({ id }) => update(ActionItem, { id }, { ownerId: toId, assignedAt: now })),
    ],
  };
}

function lapse(signOff: FeasibilitySignOff, project: Project | null, toId: string, { now }: Moment): Statement[] {
  const why = { code: 'DELIVERY_MANAGER_CHANGED', facts: { signedBy: signOff.signedBy, deliveryManagerId: toId } };
  return [
    ...endSignOff(signOff, SignOffState.LAPSED, 'another delivery manager answers for the handoff', now, why),
    ...(project ? [changeProjectState(project, ProjectState.AWAITING_SIGN_OFF)] : []),
  ];
}
