import { configurationOf, configurationOfHandoff } from '../catalogue/catalogue.queries.js';
import { command, done, refused } from '../core/command.js';
import { insert } from '../core/statement.js';
import { lockHandoff, visibleHandoff } from '../handoff/handoff.queries.js';
import { changeHandoff, checkRevision, handoffSubject } from '../handoff/handoff.rules.js';
import { answered, answerFindings } from '../kickoff/answer.rules.js';
import { HandoffFeedback } from '../kickoff/kickoff.entity.js';
import type { GiveFeedbackInput, RecordClientSurveyInput, RecordRepeatAskInput } from './feedback.input.js';
import { feedbackFindings, observationFindings } from './feedback.rules.js';
import { ClientSurvey, RepeatAsk } from './observation.entity.js';

/** Delivery answers what it is asked two weeks after the acceptance, or before (document 003); the stage stays. */
export const giveFeedback = command({
  name: 'giveFeedback',
  action: 'observe',
  subject: 'Handoff',
  services: false,
  facts: ({ handoffId }: GiveFeedbackInput) => ({ handoff: lockHandoff(handoffId) }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff }, input, { now, actor, newId }) => {
    checkRevision(handoff, input.expectedRevision);
    const subject = handoffSubject(handoff.id);
    const findings = [...feedbackFindings(handoff), ...answerFindings(input)];
    if (findings.length > 0) return refused(findings, { subject });
    const row = { id: newId(), ...answered(input), closes: false, givenBy: actor.id, givenAt: now };
    const { accurate, expectationsMet, categories } = row;
    return done({
      id: handoff.id,
      subject,
      body: { feedbackId: row.id, accurate, expectationsMet, categories },
      writes: [insert(HandoffFeedback, row), changeHandoff(handoff)],
    });
  },
});

const observed = (handoffId: string) => ({
  handoff: visibleHandoff(handoffId),
  version: configurationOfHandoff(handoffId),
});

/** Records what delivery had to ask again. It is an observation: the handoff's revision stays. */
export const recordRepeatAsk = command({
  name: 'recordRepeatAsk',
  action: 'observe',
  subject: 'Handoff',
  services: false,
  facts: ({ handoffId }: RecordRepeatAskInput) => observed(handoffId),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, version }, { category, itemPath, askedOf, askedOn }, { now, actor, newId }) => {
    const subject = handoffSubject(handoff.id);
    const { timeZone } = configurationOf(version).tenant;
    const findings = observationFindings(handoff, { path: 'askedOn', day: askedOn }, timeZone, now);
    if (findings.length > 0) return refused(findings, { subject });
    const asked = { category, itemPath, askedOf, askedOn };
    const row = { id: newId(), handoffId: handoff.id, ...asked, recordedBy: actor.id, recordedAt: now };
    return done({
      id: handoff.id,
      subject,
      body: { repeatAskId: row.id, ...asked },
      writes: [insert(RepeatAsk, row)],
    });
  },
});

/** Records what the client said in a survey, with the link of the answer. */
export const recordClientSurvey = command({
  name: 'recordClientSurvey',
  action: 'survey',
  subject: 'Handoff',
  services: false,
  facts: ({ handoffId }: RecordClientSurveyInput) => observed(handoffId),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, version }, { score, answeredOn, evidenceUrl }, { now, actor, newId }) => {
    const subject = handoffSubject(handoff.id);
    const { timeZone } = configurationOf(version).tenant;
    const findings = observationFindings(handoff, { path: 'answeredOn', day: answeredOn }, timeZone, now);
    if (findings.length > 0) return refused(findings, { subject });
    const said = { score, answeredOn };
    const row = { id: newId(), handoffId: handoff.id, ...said, evidenceUrl, recordedBy: actor.id, recordedAt: now };
    return done({
      id: handoff.id,
      subject,
      body: { surveyId: row.id, ...said },
      writes: [insert(ClientSurvey, row)],
    });
  },
});
