import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { alignChecklist } from '../checklist/checklist.effects.js';
import { checklistOf } from '../checklist/checklist.queries.js';
import { contributorsOf, lockRequestsOf } from '../approval/approval.queries.js';
import { command, done, refused } from '../core/command.js';
import { termsOf } from '../deal/deal.queries.js';
import { handoffDone, handoffRefused, handoffUnchanged } from '../handoff/handoff.outcomes.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import type { Classification } from '../handoff/classification.rules.js';
import { reclassify } from '../handoff/handoff.effects.js';
import type { ClassifyHandoffInput } from '../handoff/handoff.input.js';
import { checkRevision, handoffSubject } from '../handoff/handoff.rules.js';
import { holdClient, marginFacts } from '../margin/margin.queries.js';
import { figuresOnTerms } from '../margin/exception.effects.js';
import { needOnTerms } from '../margin/margin.gate.js';
import { arrival, importFacts } from './arrival.js';
import type { ImportDealInput } from './passage.input.js';

/** The connection that a deal came by, when the worker brings it in. */
export interface FromConnection {
  readonly integrationId?: string;
}

/**
 * Takes a deal as the PSA exports it. The first time it opens the handoff with its checklist; later it makes a snapshot
 * where the content has changed, which sales adopts at once while it may edit, and which ends a sign-off otherwise.
 */
export const importDeal = command({
  name: 'importDeal',
  action: 'import',
  subject: 'Deal',
  facts: (input: ImportDealInput & FromConnection) => ({ ruling: rulingConfiguration(), ...importFacts(input) }),
  decide: (facts, input, moment) => {
    const arrived = arrival(facts, input, moment);
    if (arrived.findings.length > 0)
      return refused(arrived.findings, arrived.subject ? { subject: arrived.subject } : {});
    const { handoffId, body, sources, writes, messages } = arrived;
    const from = input.integrationId === undefined ? {} : { integrationId: input.integrationId };
    const subject = handoffSubject(handoffId);
    return done({ id: handoffId, subject, body: { ...body, ...from }, sources, writes, messages });
  },
});

/** Corrects service template, deal type or segment: tier and checklist follow, approvals of the terms fall. */
export const classifyHandoff = command({
  name: 'classifyHandoff',
  action: 'edit',
  subject: 'Handoff',
  services: false,
  facts: (input: ClassifyHandoffInput) => ({
    handoff: lockHandoff(input.handoffId),
    requests: lockRequestsOf(handoffSubject(input.handoffId)),
    held: holdClient(input.handoffId),
    contributors: contributorsOf(handoffSubject(input.handoffId)),
    ...marginFacts(input.handoffId),
    items: checklistOf(input.handoffId),
  }),
  target: ({ handoff }) => handoff,
  decide: (facts, input, moment) => {
    const { handoff, requests, contributors, version, snapshot, items } = facts;
    checkRevision(handoff, input.expectedRevision);
    const configuration = configurationOf(version);
    const ground = {
      handoff,
      requests,
      contributors,
      configuration,
      configurationVersion: version,
      snapshot,
      terms: termsOf(snapshot),
      needFor: needOnTerms(facts, termsOf(snapshot), handoff, moment.now),
    };
    const change = reclassify(ground, given(input), moment);
    if (change.findings.length > 0) return handoffRefused(handoff, change.findings);
    if (Object.keys(change.changes).length === 0) return handoffUnchanged(handoff);
    const changed = { ...handoff, ...change.changes };
    const { serviceTemplate, dealType, tier, checklistTemplate: template, termsRevision, termsDigest } = changed;
    const figures =
      termsRevision === handoff.termsRevision ? [] : figuresOnTerms(facts, termsOf(snapshot), changed, moment);
    return handoffDone(handoff, {
      body: { serviceTemplate, dealType, tier, termsRevision, termsDigest },
      changes: change.changes,
      sources: handoff.tierSources,
      writes: [
        ...change.statements,
        ...figures,
        ...alignChecklist({ handoffId: handoff.id, template, tier, configuration, version, existing: items }, moment),
      ],
    });
  },
});

/** What was given: a field left out stays as it is. */
function given({ serviceTemplate, dealType, segment }: ClassifyHandoffInput): Partial<Classification> {
  return {
    ...(serviceTemplate === undefined ? {} : { serviceTemplate }),
    ...(dealType === undefined ? {} : { dealType }),
    ...(segment === undefined ? {} : { segment }),
  };
}
