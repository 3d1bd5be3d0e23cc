import { type NewRequest, openRequest } from '../approval/approval.effects.js';
import { contributorsOf, mergedPeople } from '../approval/approval.queries.js';
import { approversNeeded } from '../approval/need.rules.js';
import { quorumFindings } from '../approval/request.rules.js';
import { standingOf } from '../approval/standing.rules.js';
import { workingTimesFrom } from '../catalogue/calendar.rules.js';
import {
  configurationOf,
  configurationOfHandoff,
  holdVersions,
  rulingConfiguration,
} from '../catalogue/catalogue.queries.js';
import { configurationSource } from '../catalogue/configuration-version.entity.js';
import { ruleFor } from '../catalogue/policy.rules.js';
import { serviceTemplateOf } from '../catalogue/selection.rules.js';
import { canonicalJson } from '../core/canonical.js';
import { command, done, refused } from '../core/command.js';
import type { SourceReference } from '../core/source.js';
import { type Answers, insert, insertAll } from '../core/statement.js';
import { latestSignOff } from '../feasibility/feasibility.queries.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { changeHandoff, checkRevision, handoffSubject } from '../handoff/handoff.rules.js';
import { eligiblePeople, peopleByHandle } from '../identity/identity.queries.js';
import { holdClient } from '../margin/margin.queries.js';
import { breakGlassOf, hoursOf } from '../margin/materiality.rules.js';
import { currentBaseline, currentBaselineLines, projectOfHandoff } from '../project/project.queries.js';
import { projectFindings } from '../project/task.rules.js';
import { changedLines, costFindings } from './budget-lines.rules.js';
import { causeFindings, isIncident, type TracedCause } from './cause.rules.js';
import { contentDigest, REBASELINE, scopeChangeSubject } from './content.rules.js';
import { hoursEffect } from './effect.rules.js';
import { judgeChange, type JudgedChange } from './judgement.rules.js';
import { ScopeChange, ScopeChangeLine } from './scope-change.entity.js';
import type { RequestScopeChangeInput } from './scope-change.input.js';
import { holdCauseItem, priorLosses, scopeChangesOfHandoff } from './scope-change.queries.js';
import { phaseFindings } from './state.rules.js';

function requestFacts({ handoffId, causeItemType = null, causeItemId = null }: RequestScopeChangeInput) {
  return {
    handoff: lockHandoff(handoffId),
    policy: holdVersions(),
    client: holdClient(handoffId),
    version: configurationOfHandoff(handoffId),
    ruling: rulingConfiguration(),
    project: projectOfHandoff(handoffId),
    baseline: currentBaseline(handoffId),
    baselineLines: currentBaselineLines(handoffId),
    signOff: latestSignOff(handoffId),
    others: scopeChangesOfHandoff(handoffId),
    causeItem: holdCauseItem(handoffId, causeItemType, causeItemId),
    priors: priorLosses(handoffId),
    contributors: contributorsOf(handoffSubject(handoffId)),
    people: eligiblePeople(),
    merged: mergedPeople(),
    handleIds: peopleByHandle(),
  };
}

type RequestFacts = Answers<ReturnType<typeof requestFacts>>;

/**
 * Asks for a change of scope after the sign-off (issue 5; features 16 and 18): the lines that change, the days, and the
 * handoff item that was missing or wrong. The effect on the margin is computed from the baseline and decides who approves.
 * Barred from voting are the requester, the handoff's owner and everyone who wrote its terms (approvals rule 1). Before
 * the sign-off it is ordinary editing: SCOPE_STILL_OPEN.
 */
export const requestScopeChange = command({
  name: 'requestScopeChange',
  action: 'request',
  subject: 'ScopeChange',
  services: false,
  facts: requestFacts,
  decide: (facts, input, moment) => {
    const { handoff, version, ruling, project, baseline, baselineLines, signOff, people, merged } = facts;
    checkRevision(handoff, input.expectedRevision);
    const subject = handoffSubject(handoff.id);
    const phase = [...phaseFindings(handoff, signOff), ...(project ? projectFindings(project) : [])];
    // Without a baseline nothing was ever submitted, which the phase says.
    if (!baseline) return refused(phase, { subject });
    const configuration = configurationOf(version);
    const { cause, causeItemType = null, causeItemId = null } = input;
    const traced = { cause, causeItemType, causeItemId };
    const types = serviceTemplateOf(configuration, handoff.serviceTemplate)?.budgetTypes ?? [];
    const asked = changedLines(baselineLines, types, input.lines, baseline.currency);
    const judged = judgeChange({
      ...facts,
      configuration,
      ruling: configurationOf(ruling),
      currency: baseline.currency,
      changed: asked.lines,
      now: moment.now,
    });
    const barred = [...facts.contributors, handoff.ownerId];
    const findings = [
      ...phase,
      ...costFindings(baselineLines),
      ...asked.findings,
      ...causeFindings(traced),
      ...quorumFindings(judged.need, [...barred, moment.actor.id], standingOf(people, merged)),
    ];
    const sources = [
      configurationSource(version),
      ...(ruling.id === version.id ? [] : [configurationSource(ruling)]),
      { type: 'BASELINE', id: baseline.id, version: String(baseline.version), hash: baseline.contentDigest },
    ];
    if (findings.length > 0) return refused(findings, { subject, sources });
    const id = moment.newId();
    const { currency } = baseline;
    const { description, dateEffectDays, evidenceUrl = null, reason } = input;
    const content = { id, handoffId: handoff.id, currency, description, dateEffectDays, evidenceUrl, ...traced };
    const digest = contentDigest({ ...content, baseline, lines: asked.lines });
    const about = { id, digest, contentRevision: baseline.version, reason, sources, contributors: barred };
    const request = openRequest(newRequest(facts, judged, about), moment);
    const { effect } = judged;
    const row: Omit<ScopeChange, 'tenantId'> = {
      ...content,
      number: `SC-${facts.others.length + 1}`,
      baselineId: baseline.id,
      baselineVersion: baseline.version,
      hoursEffect: hoursEffect(
        asked.lines.flatMap(({ formerHours }) => formerHours ?? []),
        asked.lines.map(({ hours }) => hours),
      ),
      baselinePriceMinor: effect.baseline.priceMinor,
      baselineCostMinor: effect.baseline.costMinor,
      proposedPriceMinor: effect.proposed.priceMinor,
      proposedCostMinor: effect.proposed.costMinor,
      marginEffectMinor: effect.marginEffectMinor,
      marginEffectBps: effect.marginEffectBps,
      contentDigest: digest,
      requestId: request.id,
      requestedBy: moment.actor.id,
      requestedAt: moment.now,
      newBaselineId: null,
      rebaselinedBy: null,
      rebaselinedAt: null,
    };
    const lines = asked.lines.map((line) => ({ id: moment.newId(), scopeChangeId: id, ...line }));
    return done({
      id,
      subject,
      body: { ...bodyOf(row, judged, traced), lines: lines.map(({ budgetType }) => budgetType) },
      sources,
      writes: [
        ...request.statements,
        insert(ScopeChange, row),
        ...insertAll(ScopeChangeLine, lines),
        changeHandoff(handoff),
      ],
    });
  },
});

interface Asked {
  readonly id: string;
  readonly digest: string;
  readonly contentRevision: number;
  readonly reason: string;
  readonly sources: readonly SourceReference[];
  readonly contributors: readonly string[];
}

function newRequest(
  { handoff, version, ruling, handleIds }: RequestFacts,
  { need, weighing }: JudgedChange,
  { id, ...about }: Asked,
): NewRequest {
  const configuration = configurationOf(version);
  const present = configurationOf(ruling);
  const rule = ruleFor(configuration.approvalPolicy.rebaseline, handoff.dealType);
  return {
    ...about,
    subject: scopeChangeSubject(id),
    kind: REBASELINE,
    need,
    // What was asked is never changed, so that no further round opens.
    strictest: need,
    breakGlass: breakGlassOf(configuration, present, handleIds),
    configurationVersionId: version.id,
    policy: canonicalJson({ rule, weighing }),
    ...hoursOf(rule, ruleFor(present.approvalPolicy.rebaseline, handoff.dealType)),
    workingTimes: (from, hours) => workingTimesFrom(configuration.calendar, from, hours),
  };
}

/** Without figures of the margin: everybody reads their own entries of the ledger, also who may not see them. */
function bodyOf(
  row: Omit<ScopeChange, 'tenantId'>,
  { need, weighing }: JudgedChange,
  traced: TracedCause,
): Record<string, unknown> {
  const { id, number, requestId, baselineVersion, dateEffectDays, hoursEffect: hours } = row;
  return {
    scopeChangeId: id,
    number,
    requestId,
    baselineVersion,
    contentDigest: row.contentDigest,
    ...traced,
    isIncident: isIncident(traced),
    dateEffectDays,
    hoursEffect: hours,
    gravity: weighing.gravity,
    approversNeeded: approversNeeded(need),
  };
}
