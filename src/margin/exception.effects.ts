import { insert, type Statement } from '../core/statement.js';
import { MarginException } from './margin.entity.js';
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
