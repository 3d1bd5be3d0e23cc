import { withdrawAll } from '../approval/approval.effects.js';
import { mergedPeople } from '../approval/approval.queries.js';
import { withdrawFindings } from '../approval/request.rules.js';
import { standingOf } from '../approval/standing.rules.js';
import { configurationOf, configurationOfHandoff } from '../catalogue/catalogue.queries.js';
import { command, done, refused } from '../core/command.js';
import { localDay } from '../core/local-day.js';
import { insert } from '../core/statement.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { changeHandoff, checkRevision, endedFindings, handoffSubject } from '../handoff/handoff.rules.js';
import { eligiblePeople } from '../identity/identity.queries.js';
import { ChangeOrder } from './scope-change.entity.js';
import type { RecordChangeOrderInput, ScopeChangeInput } from './scope-change.input.js';
import { changeOrderOf, lockRequestOf, lockScopeChange } from './scope-change.queries.js';
import { orderFindings } from './state.rules.js';

/** Takes a scope change back, and its approval request with it; the requester alone, before the baseline has moved. */
export const withdrawScopeChange = command({
  name: 'withdrawScopeChange',
  action: 'withdraw',
  subject: 'ScopeChange',
  services: false,
  facts: ({ handoffId, scopeChangeId }: ScopeChangeInput) => ({
    handoff: lockHandoff(handoffId),
    change: lockScopeChange(handoffId, scopeChangeId),
    request: lockRequestOf(scopeChangeId),
    people: eligiblePeople(),
    merged: mergedPeople(),
  }),
  decide: ({ handoff, change, request, people, merged }, { expectedRevision }, moment) => {
    checkRevision(handoff, expectedRevision);
    const subject = handoffSubject(handoff.id);
    const findings = withdrawFindings({ request, standing: standingOf(people, merged) }, moment.actor, moment.now);
    if (findings.length > 0) return refused(findings, { subject });
    const { id, number } = change;
    return done({
      id,
      subject,
      body: { scopeChangeId: id, number, requestId: request.id, kind: request.kind },
      writes: [...withdrawAll([request], moment), changeHandoff(handoff)],
    });
  },
});

/** Records the change order that the client signed: without it no rebaseline changes a price. */
export const recordChangeOrder = command({
  name: 'recordChangeOrder',
  action: 'agree',
  subject: 'ScopeChange',
  services: false,
  facts: ({ handoffId, scopeChangeId }: RecordChangeOrderInput) => ({
    handoff: lockHandoff(handoffId),
    change: lockScopeChange(handoffId, scopeChangeId),
    request: lockRequestOf(scopeChangeId),
    order: changeOrderOf(scopeChangeId),
    version: configurationOfHandoff(handoffId),
  }),
  decide: ({ handoff, change, request, order, version }, input, { now, actor, newId }) => {
    checkRevision(handoff, input.expectedRevision);
    const subject = handoffSubject(handoff.id);
    const today = localDay(configurationOf(version).tenant.timeZone, now);
    const { documentUrl, contentHash, signer, signedOn } = input;
    const findings = [...endedFindings(handoff), ...orderFindings({ change, request, order, signedOn, today }, now)];
    if (findings.length > 0) return refused(findings, { subject });
    const { id: scopeChangeId, number } = change;
    const id = newId();
    const row = { id, handoffId: handoff.id, scopeChangeId, documentUrl, contentHash, signer, signedOn };
    return done({
      id: scopeChangeId,
      subject,
      body: { scopeChangeId, number, changeOrderId: id, contentHash, signedOn },
      writes: [insert(ChangeOrder, { ...row, recordedBy: actor.id, recordedAt: now }), changeHandoff(handoff)],
    });
  },
});
