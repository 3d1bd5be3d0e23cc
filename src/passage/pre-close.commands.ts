import { draftBrief } from '../brief/brief.effects.js';
import { draftFactsOf } from '../brief/brief.view.js';
import { configurationOf, configurationOfHandoff } from '../catalogue/catalogue.queries.js';
import { configurationSource } from '../catalogue/configuration-version.entity.js';
import { command, done, refused } from '../core/command.js';
import { localDay } from '../core/local-day.js';
import { insert, update } from '../core/statement.js';
import type { HandoffChangeInput } from '../handoff/handoff.input.js';
import { handoffRefused, handoffUnchanged } from '../handoff/handoff.outcomes.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { changeHandoff, checkRevision, editFindings, handoffSubject } from '../handoff/handoff.rules.js';
import { Stage } from '../handoff/stage.rules.js';
import { statusMessage } from '../handoff/status.message.js';
import { recordsOf } from '../identity/identity.queries.js';
import { provisionMessage } from '../project/provision.message.js';
import { Gate } from './gate.entity.js';
import { recordEvaluation } from './gate.effects.js';
import { judgeSigned } from './gates.js';
import { lockedPassageFacts } from './passage.facts.js';
import { PreClose, PreCloseState } from './pre-close.entity.js';
import { endPreClose } from './pre-close.effects.js';
import type { DecidePreCloseInput, RequestPreCloseInput } from './pre-close.input.js';
import { livePreClose } from './pre-close.queries.js';
import { answerFindings, pendingFindings, requestFindings } from './pre-close.rules.js';

/** Sales asks that delivery reviews before the contract is signed (document 004, pre-close). */
export const requestPreClose = command({
  name: 'requestPreClose',
  action: 'requestPreClose',
  subject: 'Handoff',
  services: false,
  facts: ({ handoffId }: RequestPreCloseInput) => ({
    handoff: lockHandoff(handoffId),
    version: configurationOfHandoff(handoffId),
    live: livePreClose(handoffId),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, version, live }, input, { now, actor, newId }) => {
    checkRevision(handoff, input.expectedRevision);
    const { expectedCloseOn, probabilityPercent = null, reason } = input;
    const configuration = configurationOf(version);
    const today = localDay(configuration.tenant.timeZone, now);
    const findings = [
      ...editFindings(handoff),
      ...requestFindings({ handoff, configuration, live, expectedCloseOn, probabilityPercent, today }),
    ];
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const id = newId();
    const row = { id, handoffId: handoff.id, state: PreCloseState.REQUESTED, expectedCloseOn, probabilityPercent };
    return done({
      id,
      subject: handoffSubject(handoff.id),
      body: { preCloseId: id, expectedCloseOn, probabilityPercent, tier: handoff.tier },
      sources: [configurationSource(version)],
      writes: [insert(PreClose, { ...row, reason, requestedBy: actor.id, requestedAt: now }), changeHandoff(handoff)],
    });
  },
});

/** Somebody in delivery who neither asked nor owns the deal answers; the schema refuses who asked as well. */
export const decidePreClose = command({
  name: 'decidePreClose',
  action: 'decidePreClose',
  subject: 'Handoff',
  services: false,
  facts: ({ handoffId }: DecidePreCloseInput, actor) => ({
    handoff: lockHandoff(handoffId),
    live: livePreClose(handoffId),
    aliases: recordsOf(actor.id),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, live, aliases }, { expectedRevision, approve, reason }, { now, actor }) => {
    checkRevision(handoff, expectedRevision);
    const findings = answerFindings(live, handoff, [actor.id, ...aliases.map(({ id }) => id)]);
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const state = approve ? PreCloseState.APPROVED : PreCloseState.REJECTED;
    const answer = { state, decidedBy: actor.id, decidedAt: now, decisionReason: reason };
    return done({
      id: live!.id,
      subject: handoffSubject(handoff.id),
      body: { preCloseId: live!.id, requestedBy: live!.requestedBy, state },
      writes: [update(PreClose, { id: live!.id, handoffId: handoff.id }, answer), changeHandoff(handoff)],
    });
  },
});

/**
 * The contract was signed while delivery reviewed: the submit gate has passed in full, what waited for it is asked for
 * (the project in the PSA), and the brief says so. Refused with CONTRACT_PENDING, DEAL_CHANGED or NOT_PENDING. By the worker as soon as the signatures are verified, or by a person.
 */
export const completePreClose = command({
  name: 'completePreClose',
  action: 'completePreClose',
  subject: 'Handoff',
  services: false,
  facts: ({ handoffId }: CompletePreClose) => ({ handoff: lockHandoff(handoffId), ...lockedPassageFacts(handoffId) }),
  target: ({ handoff }) => handoff,
  decide: (facts, { expectedRevision }, moment) => {
    const { handoff, preClose } = facts;
    const isRule = moment.actor.kind === 'SYSTEM';
    if (expectedRevision !== undefined) checkRevision(handoff, expectedRevision);
    const isWaiting = handoff.pendingContract && handoff.stage === Stage.IN_REVIEW;
    if (!isWaiting && isRule) return handoffUnchanged(handoff);
    const subject = handoffSubject(handoff.id);
    const judged = judgeSigned(facts, moment.now);
    const blocking = [
      ...judged.blocking,
      ...(judged.missing.length > 0 ? pendingFindings(handoff, judged.missing) : []),
    ];
    if (blocking.length > 0) return refused(blocking, { subject, sources: judged.sources });
    const changes = { pendingContract: false, submittedAt: moment.now };
    const brief = draftBrief(draftFactsOf({ ...facts, handoff: { ...handoff, ...changes } }, moment.now), moment);
    return done({
      id: handoff.id,
      subject,
      body: { preCloseId: preClose?.id ?? null, briefVersion: brief.brief.version },
      sources: judged.sources,
      messages: [...brief.messages, provisionMessage(handoff.id, moment.newId()), statusMessage(handoff)],
      writes: [
        ...recordEvaluation({ ...judged, gate: Gate.SUBMIT, handoff }, moment),
        ...brief.statements,
        ...endPreClose(preClose, moment.now),
        changeHandoff(handoff, changes),
      ],
    });
  },
});

/** A person says which revision they saw; the worker's rule looks at it as it is. */
type CompletePreClose = Pick<HandoffChangeInput, 'handoffId'> & Partial<Pick<HandoffChangeInput, 'expectedRevision'>>;
