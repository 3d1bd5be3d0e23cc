import { canonicalJson } from '../core/canonical.js';
import { command, done, refused } from '../core/command.js';
import { insert, type Statement } from '../core/statement.js';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import { configurationSource } from '../catalogue/configuration-version.entity.js';
import { endExpired, openRequest } from '../approval/approval.effects.js';
import { contributorsOf, mergedPeople } from '../approval/approval.queries.js';
import { quorumFindings, standingOf } from '../approval/approval.rules.js';
import { termsOf } from '../deal/deal.queries.js';
import { lockHandoff } from '../handoff/handoff.queries.js';
import { changeHandoff, checkRevision, editFindings, handoffSubject } from '../handoff/handoff.rules.js';
import { eligiblePeople } from '../identity/identity.queries.js';
import { exceptionFindings, exceptionTerms } from './exception.rules.js';
import { MarginException } from './margin.entity.js';
import { type ExceptionNeed, judgeMargin, MARGIN_EXCEPTION, needOf } from './margin.gate.js';
import type { RequestMarginExceptionInput } from './margin.input.js';
import { lockMarginFacts } from './margin.queries.js';
import type { MarginVerdict } from './margin.rules.js';

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
    ...lockMarginFacts(handoffId),
    contributors: contributorsOf(handoffSubject(handoffId)),
    people: eligiblePeople(),
    merged: mergedPeople(),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, requests, snapshot, version, contributors, people, merged }, input, moment) => {
    checkRevision(handoff, input.expectedRevision);
    const { now, actor } = moment;
    const subject = handoffSubject(handoff.id);
    const configuration = configurationOf(version);
    const { marginException: rule } = configuration.approvalPolicy;
    const sources = [
      configurationSource(version),
      { type: 'DEAL_SNAPSHOT', id: snapshot.id, version: String(snapshot.revision), hash: snapshot.termsDigest },
    ];
    const verdict = judgeMargin({ terms: termsOf(snapshot), configuration, handoff, now });
    const asked = needOf(verdict, configuration);
    const barred = [...contributors, handoff.ownerId];
    const findings = [
      ...editFindings(handoff),
      ...exceptionFindings(verdict, requests, now),
      ...(asked ? quorumFindings({ ...asked.need, barred: [...barred, actor.id] }, standingOf(people, merged)) : []),
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
        configurationVersionId: version.id,
        policy: canonicalJson(rule),
        sources,
        ...exceptionTerms(rule, configuration.calendar, now),
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

function bodyOf({ material, need, below }: ExceptionNeed): Record<string, unknown> {
  return {
    material,
    approversNeeded: need.approvers,
    below: below.map(({ scope, floorBps, marginBps, shortfallMinor, shortfallBps }) => ({
      scope,
      floorBps,
      marginBps,
      shortfallMinor,
      shortfallBps,
    })),
  };
}

/** The judged parts as they stand: what the approvers are shown, and evidence afterwards. */
function exceptionRows(
  { groups, currency }: MarginVerdict,
  request: { readonly id: string; readonly handoffId: string; readonly contentRevision: number },
  newId: () => string,
): Statement {
  return insert(
    MarginException,
    groups.map(
      (
        { scope, revenueMinor, costMinor, marginMinor, marginBps, floorBps, shortfallMinor, shortfallBps, ok },
        index,
      ) => ({
        id: newId(),
        handoffId: request.handoffId,
        requestId: request.id,
        contentRevision: request.contentRevision,
        position: index + 1,
        scope,
        currency,
        revenueMinor,
        // A missing cost is COST_MISSING, which no exception covers: it never comes here.
        costMinor: costMinor!,
        marginMinor: marginMinor!,
        marginBps,
        floorBps,
        shortfallMinor,
        shortfallBps,
        meetsFloor: ok,
      }),
    ),
  );
}
