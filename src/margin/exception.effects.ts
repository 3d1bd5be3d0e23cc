import { followsContent } from '../approval/deadline.rules.js';
import type { ApprovalRequest } from '../approval/request.entity.js';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import type { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import type { Moment } from '../core/command.js';
import { insert, type Statement } from '../core/statement.js';
import type { NormalisedTerms } from '../deal/terms.rules.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { MarginException } from './margin.entity.js';
import { judgeMargin, MARGIN_EXCEPTION } from './margin.gate.js';
import type { MarginVerdict } from './margin.rules.js';

/**
 * The judged parts as they stand: what the approvers are shown, evidence afterwards, and what the client's next exception
 * counts. Once a content version.
 */
export function exceptionRows(
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
    'on conflict (tenant_id, request_id, content_revision, scope) do nothing',
  );
}

/**
 * The figures of terms that have changed, for every exception that follows them into a new round: the client's next
 * exception counts what is asked for now, not what was asked for at first (approvals rule 4, attack A17). Terms with an
 * unknown cost leave none: no gate lets them pass. `handoff` is as it will be, with the new content revision.
 */
export function figuresOnTerms(
  { version, ruling, requests }: ChangedExceptions,
  terms: NormalisedTerms,
  handoff: Handoff,
  { now, newId }: Moment,
): Statement[] {
  const policies = { configuration: configurationOf(version), ruling: configurationOf(ruling) };
  const verdict = judgeMargin({ terms, ...policies, handoff, now });
  if (verdict.groups.some(({ costMinor }) => costMinor === null)) return [];
  const { id: handoffId, termsRevision: contentRevision } = handoff;
  return requests
    .filter((request) => request.kind === MARGIN_EXCEPTION && followsContent(request, requests, now))
    .map(({ id }) => exceptionRows(verdict, { id, handoffId, contentRevision }, newId));
}

/** The requests about a handoff whose terms change, and the policies by which the new terms are judged. */
interface ChangedExceptions {
  readonly version: ConfigurationVersion;
  readonly ruling: ConfigurationVersion;
  readonly requests: readonly ApprovalRequest[];
}
