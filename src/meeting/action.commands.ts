import { dateOf } from '../catalogue/calendar.rules.js';
import { configurationOf, configurationOfHandoff } from '../catalogue/catalogue.queries.js';
import type { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import { command, done, type DoneOutcome } from '../core/command.js';
import { notFound } from '../core/error.js';
import { insert, type Statement, update } from '../core/statement.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { handoffRefused } from '../handoff/handoff.outcomes.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import {
  changeHandoff,
  checkRevision,
  endedFindings,
  handoffSubject,
  hiddenFindings,
} from '../handoff/handoff.rules.js';
import { eligiblePeople } from '../identity/identity.queries.js';
import { ActionItem, ActionState } from './action.entity.js';
import { assignmentFindings, doerFindings, nextAction } from './action.rules.js';
import type { AddActionItemInput, CompleteActionItemInput, ReassignActionItemInput } from './meeting.input.js';
import { actionItemsOf, meetingsOf } from './meeting.queries.js';

const todayIn = (version: ConfigurationVersion, now: Date): string => dateOf(configurationOf(version).calendar, now);

function itemIn(items: readonly ActionItem[], id: string): ActionItem {
  const found = items.find((item) => item.id === id);
  if (!found) throw notFound('ActionItem', id);
  return found;
}

function itemDone(handoff: Handoff, id: string, write: Statement, body: DoneOutcome['body']): DoneOutcome {
  const subject = handoffSubject(handoff.id);
  return done({ id, subject, body: { actionItemId: id, ...body }, writes: [write, changeHandoff(handoff)] });
}

/** Writes down an action with its owner and due date (document 004: "actions with owners"). */
export const addActionItem = command({
  name: 'addActionItem',
  action: 'add',
  subject: 'ActionItem',
  services: false,
  facts: ({ handoffId }: AddActionItemInput) => ({
    handoff: lockHandoff(handoffId),
    version: configurationOfHandoff(handoffId),
    meetings: meetingsOf(handoffId),
    items: actionItemsOf(handoffId),
    people: eligiblePeople(),
  }),
  decide: ({ handoff, version, meetings, items, people }, input, { actor, now, newId }) => {
    checkRevision(handoff, input.expectedRevision);
    const { text, ownerId, dueOn, meetingId = null } = input;
    if (meetingId !== null && !meetings.some(({ id }) => id === meetingId)) throw notFound('HandoffMeeting', meetingId);
    const findings = [
      ...endedFindings(handoff),
      ...hiddenFindings(handoff, ownerId, people),
      ...assignmentFindings({ ownerId, dueOn }, people, todayIn(version, now)),
    ];
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const number = nextAction(items);
    const row = {
      id: newId(),
      handoffId: handoff.id,
      meetingId,
      number,
      text,
      ownerId,
      dueOn,
      state: ActionState.OPEN,
    };
    const made = { createdBy: actor.id, createdAt: now, assignedAt: now };
    return itemDone(handoff, row.id, insert(ActionItem, { ...row, ...made }), { number, meetingId, ownerId, dueOn });
  },
});

/** Says that an action was done; also after the handoff was closed, since what was agreed is still to be done then. */
export const completeActionItem = command({
  name: 'completeActionItem',
  action: 'do',
  subject: 'ActionItem',
  services: false,
  facts: ({ handoffId }: CompleteActionItemInput) => ({
    handoff: lockHandoff(handoffId),
    items: actionItemsOf(handoffId),
  }),
  decide: ({ handoff, items }, input, { actor, now }) => {
    checkRevision(handoff, input.expectedRevision);
    const item = itemIn(items, input.actionItemId);
    const findings = doerFindings(item, actor);
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const change = { state: ActionState.DONE, doneBy: actor.id, doneAt: now, remark: input.remark ?? null };
    return itemDone(handoff, item.id, update(ActionItem, { id: item.id }, change), { number: item.number });
  },
});

/** Gives an action to another owner, for another day if need be. */
export const reassignActionItem = command({
  name: 'reassignActionItem',
  action: 'do',
  subject: 'ActionItem',
  services: false,
  facts: ({ handoffId }: ReassignActionItemInput) => ({
    handoff: lockHandoff(handoffId),
    version: configurationOfHandoff(handoffId),
    items: actionItemsOf(handoffId),
    people: eligiblePeople(),
  }),
  decide: ({ handoff, version, items, people }, input, { actor, now }) => {
    checkRevision(handoff, input.expectedRevision);
    const item = itemIn(items, input.actionItemId);
    const { ownerId, dueOn = item.dueOn } = input;
    const findings = [
      ...doerFindings(item, actor),
      ...hiddenFindings(handoff, ownerId, people),
      ...assignmentFindings({ ownerId, dueOn }, people, todayIn(version, now)),
    ];
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const write = update(ActionItem, { id: item.id }, { ownerId, dueOn, assignedAt: now });
    const body = { number: item.number, from: item.ownerId, ownerId, dueOn };
    return itemDone(handoff, item.id, write, body);
  },
});
