import { configurationOf, configurationOfHandoff } from '../catalogue/catalogue.queries.js';
import { configurationSource, type ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import { command, done, type DoneOutcome } from '../core/command.js';
import { notFound } from '../core/error.js';
import { localDay } from '../core/local-day.js';
import { insert, type Statement, update } from '../core/statement.js';
import { snapshotSource } from '../deal/deal.entity.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { handoffRefused } from '../handoff/handoff.outcomes.js';
import { adoptedSnapshot, assumptionsOf, lockHandoff } from '../handoff/handoff.queries.js';
import {
  changeHandoff,
  checkRevision,
  endedFindings,
  handoffSubject,
  hiddenFindings,
} from '../handoff/handoff.rules.js';
import { eligiblePeople } from '../identity/identity.queries.js';
import { nextNumber, openRow } from './decision.effects.js';
import { Decision, DecisionState } from './decision.entity.js';
import type { OpenDecisionInput, ReassignDecisionInput, ResolveDecisionInput } from './decision.input.js';
import { decisionsOf } from './decision.queries.js';
import {
  assumptionFindings,
  hiddenContactFindings,
  outcomeFindings,
  ownerFindings,
  responsibilityFindings,
} from './decision.rules.js';

const logFacts = (handoffId: string) => ({
  handoff: lockHandoff(handoffId),
  version: configurationOfHandoff(handoffId),
  decisions: decisionsOf(handoffId),
});

const dayIn = (version: ConfigurationVersion, now: Date): string =>
  localDay(configurationOf(version).tenant.timeZone, now);

function decisionIn(decisions: readonly Decision[], id: string): Decision {
  const found = decisions.find((decision) => decision.id === id);
  if (!found) throw notFound('Decision', id);
  return found;
}

/** A change of one entry: its row, the handoff's revision, and the entry as the answer. */
function decisionDone(
  handoff: Handoff,
  id: string,
  write: Statement,
  rest: Pick<DoneOutcome, 'body'> & Partial<Pick<DoneOutcome, 'sources'>>,
): DoneOutcome {
  const { body, sources = [] } = rest;
  return done({
    id,
    subject: handoffSubject(handoff.id),
    body: { decisionId: id, ...body },
    sources,
    writes: [write, changeHandoff(handoff)],
  });
}

/** Puts a question into the decision log, with owner, due date and escalation contact (requirement 002 step 5). */
export const openDecision = command({
  name: 'openDecision',
  action: 'open',
  subject: 'Decision',
  services: false,
  facts: (input: OpenDecisionInput) => ({
    ...logFacts(input.handoffId),
    snapshot: adoptedSnapshot(input.handoffId),
    assumptions: assumptionsOf(input.handoffId),
    people: eligiblePeople(),
  }),
  decide: (facts, input, moment) => {
    const { handoff, version, decisions, assumptions, people, snapshot } = facts;
    checkRevision(handoff, input.expectedRevision);
    const {
      kind,
      question,
      context = null,
      assumptionId = null,
      ownerId,
      dueOn,
      escalationContactId,
      blocksKickoff,
    } = input;
    if (assumptionId !== null && !assumptions.some(({ id }) => id === assumptionId))
      throw notFound('Assumption', assumptionId);
    const findings = [
      ...endedFindings(handoff),
      ...assumptionFindings({ assumptionId, blocksKickoff }, decisions),
      ...hiddenFindings(handoff, ownerId, people),
      ...hiddenContactFindings(handoff, escalationContactId, people),
      ...responsibilityFindings({ ownerId, escalationContactId, dueOn }, people, dayIn(version, moment.now)),
    ];
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const sources = [configurationSource(version), snapshotSource(snapshot)];
    const number = nextNumber(decisions);
    const stated = { kind, question, context, assumptionId, ownerId, dueOn, escalationContactId, blocksKickoff };
    const row = openRow({ handoffId: handoff.id, number, ...stated, causeKey: null, sources }, moment);
    const body = { number, kind, assumptionId, ownerId, dueOn, escalationContactId, blocksKickoff };
    return decisionDone(handoff, row.id, insert(Decision, row), { body, sources });
  },
});

/** Decides an entry, with outcome and reason; by its owner or by whoever leads delivery. */
export const resolveDecision = command({
  name: 'resolveDecision',
  action: 'decide',
  subject: 'Decision',
  services: false,
  facts: (input: ResolveDecisionInput) => logFacts(input.handoffId),
  decide: ({ handoff, decisions }, input, { now, actor }) => {
    checkRevision(handoff, input.expectedRevision);
    const decision = decisionIn(decisions, input.decisionId);
    const { outcome, reason } = input;
    const findings = [
      ...endedFindings(handoff),
      ...ownerFindings(decision, actor),
      ...outcomeFindings(outcome, reason),
    ];
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const state = input.obsolete ? DecisionState.OBSOLETE : DecisionState.RESOLVED;
    const write = update(
      Decision,
      { id: decision.id, handoffId: handoff.id },
      { state, outcome, reason, decidedBy: actor.id, decidedAt: now },
    );
    return decisionDone(handoff, decision.id, write, {
      body: { number: decision.number, state },
      sources: decision.sources,
    });
  },
});

/** Gives an entry to another owner, with another escalation contact or day if need be. */
export const reassignDecision = command({
  name: 'reassignDecision',
  action: 'decide',
  subject: 'Decision',
  services: false,
  facts: (input: ReassignDecisionInput) => ({ ...logFacts(input.handoffId), people: eligiblePeople() }),
  decide: ({ handoff, version, decisions, people }, input, { now, actor }) => {
    checkRevision(handoff, input.expectedRevision);
    const decision = decisionIn(decisions, input.decisionId);
    const { ownerId } = input;
    const escalationContactId = input.escalationContactId ?? decision.escalationContactId;
    const dueOn = input.dueOn ?? decision.dueOn;
    const findings = [
      ...endedFindings(handoff),
      ...ownerFindings(decision, actor),
      ...hiddenFindings(handoff, ownerId, people),
      ...hiddenContactFindings(handoff, escalationContactId, people),
      ...responsibilityFindings({ ownerId, escalationContactId, dueOn }, people, dayIn(version, now)),
    ];
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const earlierDues =
      dueOn === decision.dueOn
        ? decision.earlierDues
        : [...decision.earlierDues, { dueOn: decision.dueOn, until: now.toISOString() }];
    const isSame = ownerId === decision.ownerId && dueOn === decision.dueOn;
    const assignedAt = isSame ? decision.assignedAt : now;
    const write = update(
      Decision,
      { id: decision.id, handoffId: handoff.id },
      { ownerId, escalationContactId, dueOn, earlierDues, assignedAt },
    );
    const body = { number: decision.number, from: decision.ownerId, ownerId, escalationContactId, dueOn };
    return decisionDone(handoff, decision.id, write, { body });
  },
});
