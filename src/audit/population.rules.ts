import { type Finding, finding } from '../core/finding.js';
import { approversNeeded, type ApprovalNeed } from '../approval/need.rules.js';
import type { Cell } from '../core/csv.js';
import { csvFile } from './csv.js';
import { type Period, Population, type PopulationRow } from './population.js';
import { LARGEST_POPULATION, type RequestLine } from './population.queries.js';

/** Until then a transaction that began in the period may still commit, in milliseconds (statements end within seconds). */
export const SETTLED_AFTER_MS = 60_000;

/** Everything that is wrong with a period that a population is taken of. */
export function periodFindings({ from, to }: Period, now: Date): Finding[] {
  const findings: Finding[] = [];
  if (from >= to) {
    findings.push(
      finding({
        code: 'PERIOD',
        path: 'to',
        message: 'The period ends before it begins.',
        facts: { from: from.toISOString(), to: to.toISOString() },
        remedy: 'Give an end after the beginning; the end itself does not belong to it.',
      }),
    );
  }
  if (to.getTime() + SETTLED_AFTER_MS > now.getTime()) {
    findings.push(
      finding({
        code: 'PERIOD_NOT_OVER',
        path: 'to',
        message: 'The period is not over, so that its population could still grow.',
        facts: { to: to.toISOString(), now: now.toISOString() },
        remedy: 'Give an end that is a minute past at least.',
      }),
    );
  }
  return findings;
}

/** A finding when a population has more rows than one file takes. */
export function sizeFindings(rows: readonly PopulationRow[]): Finding[] {
  if (rows.length <= LARGEST_POPULATION) return [];
  return [
    finding({
      code: 'POPULATION_TOO_LARGE',
      path: 'from',
      message: `The period has more than ${LARGEST_POPULATION} rows.`,
      facts: { most: LARGEST_POPULATION },
      remedy: 'Take a shorter period, and the rest in others: from is inclusive, to is not.',
    }),
  ];
}

/** What a file of a population is made of. */
export interface PopulationFacts {
  readonly rows: readonly PopulationRow[];
  readonly requests: ReadonlyMap<string, RequestLine>;
  readonly handles: ReadonlyMap<string, string>;
}

/** The file of a population. */
export function populationFile(population: Population, facts: PopulationFacts): string {
  return population === Population.APPROVAL_REQUESTS ? requestFile(facts) : overrideFile(facts);
}

const REQUEST_COLUMNS = [
  'id',
  'kind',
  'subject_type',
  'subject_id',
  'requester_id',
  'requester_handle',
  'opened_at',
  'decided_at',
  'state',
  'approvers_needed',
  'approver_ids',
  'approver_handles',
  'requester_among_approvers',
  'way',
  'last_vote_at',
  'granted_at',
  'effect',
  'effect_at',
  'approved_before_effect',
  'content_digest',
  'policy_version',
  'policy_digest',
];

function requestFile({ rows, requests }: PopulationFacts): string {
  return csvFile(
    REQUEST_COLUMNS,
    rows.map(({ id }) => requestCells(requests.get(id)!)),
  );
}

function requestCells(request: RequestLine): Cell[] {
  const { approverIds, requesterId } = request;
  return [
    request.id,
    request.kind,
    request.subjectType,
    request.subjectId,
    requesterId,
    request.requester,
    request.openedAt,
    request.decidedAt,
    request.state,
    approversNeeded(JSON.parse(request.need) as ApprovalNeed),
    approverIds.join(' '),
    request.approvers.join(' '),
    approverIds.includes(requesterId) ? 'YES' : 'NO',
    request.way,
    request.lastVoteAt,
    request.grantedAt,
    request.effect,
    request.usedAt,
    orderOf(request),
    request.digest,
    request.policyVersion,
    request.policyDigest,
  ];
}

/** Whether the approval, and every vote that it counts, came before the effect; empty while there is no effect. */
export function orderOf({ usedAt, grantedAt, lastVoteAt }: RequestLine): 'YES' | 'NO' | null {
  if (usedAt === null) return null;
  const before = (at: Date | null): boolean => at !== null && at <= usedAt;
  return before(grantedAt) && before(lastVoteAt) ? 'YES' : 'NO';
}

const OVERRIDE_COLUMNS = [
  'id',
  'kind',
  'at',
  'subject_type',
  'subject_id',
  'request_id',
  'request_kind',
  'request_state',
  'requester_id',
  'requester_handle',
  'by_ids',
  'by_handles',
  'everyone_ids',
  'everyone_handles',
  'effect',
  'effect_at',
  'approved_before_effect',
  'content_digest',
  'policy_version',
  'policy_digest',
];

function overrideFile({ rows, requests, handles }: PopulationFacts): string {
  return csvFile(
    OVERRIDE_COLUMNS,
    rows.map((row) => {
      const request = row.requestId === null ? null : requests.get(row.requestId)!;
      return [
        row.id,
        row.kind,
        row.at,
        row.subjectType,
        row.subjectId,
        row.requestId,
        request?.kind ?? null,
        request?.state ?? null,
        request?.requesterId ?? null,
        request?.requester ?? null,
        row.by.join(' '),
        handlesIn(row.by, handles),
        row.actors.join(' '),
        handlesIn(row.actors, handles),
        request?.effect ?? null,
        request?.usedAt ?? null,
        request && orderOf(request),
        row.digest,
        request?.policyVersion ?? null,
        request?.policyDigest ?? null,
      ];
    }),
  );
}

const handlesIn = (ids: readonly string[], handles: ReadonlyMap<string, string>): string =>
  ids.map((id) => handles.get(id) ?? id).join(' ');
