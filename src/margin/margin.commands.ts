import { canonicalJson } from '../core/canonical.js';
import { command, done, refused } from '../core/command.js';
import { configurationOf, holdVersions } from '../catalogue/catalogue.queries.js';
import { configurationSource } from '../catalogue/configuration-version.entity.js';
import { endExpired, openRequest } from '../approval/approval.effects.js';
import { contributorsOf, lockRequestsOf, mergedPeople } from '../approval/approval.queries.js';
import { approversNeeded } from '../approval/need.rules.js';
import { quorumFindings } from '../approval/request.rules.js';
import { standingOf } from '../approval/standing.rules.js';
import { workingTimesFrom } from '../catalogue/calendar.rules.js';
import { ruleFor } from '../catalogue/policy.rules.js';
import { termsOf } from '../deal/deal.queries.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { changeHandoff, checkRevision, editFindings, handoffSubject } from '../handoff/handoff.rules.js';
import { eligiblePeople } from '../identity/identity.queries.js';
import { exceptionRows } from './exception.effects.js';
import { exceptionFindings } from './exception.rules.js';
import { type ExceptionNeed, judgeMargin, MARGIN_EXCEPTION, needOf } from './margin.gate.js';
import type { RequestMarginExceptionInput } from './margin.input.js';
import { holdClient, marginFacts } from './margin.queries.js';
import { hoursOf } from './materiality.rules.js';

/**
 * Asks the approvers to let a deal pass below its margin floor (issue 2, "Margin floor and two-person exception").
 * Refused with all reasons: NOT_EDITABLE, NOTHING_TO_EXCEPT, findings that no exception covers (COST_MISSING ...),
 * ALREADY_REQUESTED, QUORUM_UNREACHABLE. The requester, the handoff's owner and everyone who ever wrote its terms are
 * barred from voting (approvals rule 1).
 */
export const requestMarginException = command({
  name: 'requestMarginException',
  action: 'requestException',
  subject: 'Handoff',
  services: false,
  facts: ({ handoffId }: RequestMarginExceptionInput) => ({
    handoff: lockHandoff(handoffId),
    policy: holdVersions(),
    requests: lockRequestsOf(handoffSubject(handoffId)),
    client: holdClient(handoffId),
    ...marginFacts(handoffId),
    contributors: contributorsOf(handoffSubject(handoffId)),
    people: eligiblePeople(),
    merged: mergedPeople(),
  }),
  target: ({ handoff }) => handoff,
  decide: (facts, input, moment) => {
    const { handoff, requests, snapshot, version, ruling, contributors, people, merged, priors, handleIds } = facts;
    checkRevision(handoff, input.expectedRevision);
    const { now, actor } = moment;
    const subject = handoffSubject(handoff.id);
    const configuration = configurationOf(version);
    const rule = ruleFor(configuration.approvalPolicy.marginException, handoff.dealType);
    const sources = [
      configurationSource(version),
      ...(ruling.id === version.id ? [] : [configurationSource(ruling)]),
      { type: 'DEAL_SNAPSHOT', id: snapshot.id, version: String(snapshot.revision), hash: snapshot.termsDigest },
    ];
    const policies = { configuration, ruling: configurationOf(ruling), handoff, now };
    const verdict = judgeMargin({ terms: termsOf(snapshot), ...policies });
    const asked = needOf(verdict, { ...policies, priors, handleIds });
    const barred = [...contributors, handoff.ownerId];
    const findings = [
      ...editFindings(handoff),
      ...exceptionFindings(verdict, requests, now),
      ...(asked ? quorumFindings(asked.need, [...barred, actor.id], standingOf(people, merged)) : []),
    ];
    if (findings.length > 0 || !asked) return refused(findings, { subject, sources });
    const { id, statements } = openRequest(
      {
        subject,
        kind: MARGIN_EXCEPTION,
        reason: input.reason,
        digest: handoff.termsDigest,
        contentRevision: handoff.termsRevision,
        need: asked.need,
        strictest: asked.strictest,
        breakGlass: asked.breakGlass,
        configurationVersionId: version.id,
        policy: canonicalJson({ rule, weighing: asked.weighing }),
        sources,
        ...hoursOf(rule, ruleFor(policies.ruling.approvalPolicy.marginException, handoff.dealType)),
        workingTimes: (from, hours) => workingTimesFrom(configuration.calendar, from, hours),
        contributors: barred,
      },
      moment,
    );
    return done({
      id,
      subject,
      body: { requestId: id, ...bodyOf(asked), termsDigest: handoff.termsDigest, termsRevision: handoff.termsRevision },
      sources,
      writes: [
        ...endExpired(requests, MARGIN_EXCEPTION, moment),
        ...statements,
        exceptionRows(verdict, { id, handoffId: handoff.id, contentRevision: handoff.termsRevision }, moment.newId),
        changeHandoff(handoff),
      ],
    });
  },
});

function bodyOf({ weighing, need, below }: ExceptionNeed): Record<string, unknown> {
  return {
    ...weighing,
    material: weighing.gravity !== 'BELOW',
    approversNeeded: approversNeeded(need),
    below: below.map(({ scope, floorBps, marginBps, shortfallMinor, shortfallBps }) => ({
      scope,
      floorBps,
      marginBps,
      shortfallMinor,
      shortfallBps,
    })),
  };
}
