import { type ApprovalNeed, approversNeeded } from '../approval/need.rules.js';
import { ApprovalState } from '../approval/request.entity.js';
import { type Query, type Row, sql } from '../core/statement.js';
import { DealSnapshot } from '../deal/deal.entity.js';
import { termsOf } from '../deal/deal.queries.js';
import type { NormalisedTerms } from '../deal/terms.rules.js';
import { governedDigest, handoffSubject } from '../handoff/handoff.rules.js';
import { MARGIN_EXCEPTION } from '../margin/margin.gate.js';
import type { PriorException } from '../margin/materiality.rules.js';
import { PastOutcome } from './simulation.types.js';

const DAY = 86_400_000;
/** As far back as any policy counts the exceptions of a client together. */
const LONGEST_WINDOW_DAYS = 366;
/** Approvals that lead times are measured from: the newest. */
const MOST_LEADS = 500;
const HANDOFF = handoffSubject('').type;

/** A deal that came before the margin gate, and what came of it. */
export interface PastDeal {
  readonly handoffId: string;
  readonly clientId: string;
  /** When its exception was asked for; else when it was judged. */
  readonly at: Date;
  readonly terms: NormalisedTerms;
  readonly serviceTemplate: string;
  readonly dealType: string;
  /** Whether service template and deal type are certainly those of then: nothing was reclassified since. */
  readonly isExact: boolean;
  readonly outcome: PastOutcome;
  /** What was asked of approvers then; null when nothing was. */
  readonly need: ApprovalNeed | null;
  /** How many people were asked for; 0 when nobody was. */
  readonly approversNeeded: number;
  /** Whose approvals stood, by person record. */
  readonly approverIds: readonly string[];
  readonly grantedAt: Date | null;
  /** Requester, owner and who had written on the terms by then: who could not approve. */
  readonly barred: readonly string[];
}

/** Deals of a period, newest first. */
export interface PastDeals {
  readonly deals: readonly PastDeal[];
  /** How many there are in the period, also beyond those given. */
  readonly total: number;
}

/**
 * Every handoff that was submitted in a period (the attempt that passed, else the last one) or for which an exception
 * was asked for in it, newest first, with its exception, votes and contributors as of then.
 */
export function pastDeals(from: Date, to: Date, first: number): Query<PastDeals> {
  return sql(PAST_DEALS, [from, to, first, HANDOFF, MARGIN_EXCEPTION], (rows) => ({
    deals: rows.map((row) => pastDeal(row, to)),
    total: Number(rows[0]?.total ?? 0),
  }));
}

const PAST_DEALS = `with submitted as (
    select distinct on (e.handoff_id) e.handoff_id, e.id, e.verdict, e.evaluated_at, e.terms_revision, e.sources
      from gate_evaluation e
      where e.tenant_id = $1 and e.gate = 'SUBMIT' and e.evaluated_at >= $2 and e.evaluated_at < $3
      order by e.handoff_id, (e.verdict = 'PASSED') desc, e.evaluated_at desc, e.id desc
  ), asked as (
    select distinct on (r.subject_id) r.subject_id, r.id, r.state, r.requester_id, r.opened_at, r.expires_at, r.need,
        r.round, r.digest, r.content_revision, r.sources
      from approval_request r
      where r.tenant_id = $1 and r.subject_type = $5 and r.kind = $6 and r.opened_at < $3
      order by r.subject_id, r.id desc
  ), chosen as (
    select coalesce(s.handoff_id, a.subject_id) as handoff_id, greatest(s.evaluated_at, a.opened_at) as latest,
        s.id as evaluation_id, s.verdict, s.evaluated_at, coalesce(s.terms_revision, a.content_revision) as judged_revision,
        coalesce(s.sources, a.sources) as sources, a.id as request_id, a.state, a.requester_id, a.opened_at, a.expires_at,
        a.need, a.round
      from submitted s full join asked a on a.subject_id = s.handoff_id
      where s.handoff_id is not null or a.opened_at >= $2
  )
  select c.*, count(*) over () as total, h.client_id, h.owner_id, h.service_template, h.deal_type, h.terms_revision,
      h.terms_digest, s.terms, s.terms_digest as deal_digest,
      array(select f.code from gate_finding f where f.tenant_id = $1 and f.evaluation_id = c.evaluation_id) as codes,
      (select max((f.facts::json->>'approversNeeded')::int) from gate_finding f
        where f.tenant_id = $1 and f.evaluation_id = c.evaluation_id) as found_needed,
      array(select distinct v.voter_id::text from approval_vote v
        where v.tenant_id = $1 and v.request_id = c.request_id and v.round = c.round and v.decision <> 'REJECT'
          and not exists (select 1 from approval_revocation x where x.tenant_id = $1 and x.vote_id = v.id)) as approvers,
      (select max(g.granted_at) from approval_grant g
        where g.tenant_id = $1 and g.request_id = c.request_id and g.round = c.round) as granted_at,
      array(select distinct k.person_id::text from contribution k
        where k.tenant_id = $1 and k.subject_type = $5 and k.subject_id = h.id
          and k.contributed_at <= coalesce(c.opened_at, c.evaluated_at)) as contributors
    from chosen c
    join handoff h on h.tenant_id = $1 and h.id = c.handoff_id
    join deal_snapshot s on s.tenant_id = $1
      and s.id = (select (x->>'id')::uuid from json_array_elements(c.sources::json) x where x->>'type' = 'DEAL_SNAPSHOT' limit 1)
    order by c.latest desc, c.handoff_id desc limit $4`;

function pastDeal(row: Row, until: Date): PastDeal {
  const need = row.need === null ? null : (JSON.parse(row.need as string) as ApprovalNeed);
  const outcome = outcomeOf(row, until);
  const isAsked = outcome !== PastOutcome.MET && need !== null;
  const [serviceTemplate, dealType] = [row.service_template as string, row.deal_type as string];
  const dealTermsDigest = row.deal_digest as string;
  return {
    handoffId: row.handoff_id as string,
    clientId: row.client_id as string,
    at: (row.opened_at ?? row.evaluated_at) as Date,
    terms: termsOf({ terms: row.terms as string, termsDigest: dealTermsDigest } satisfies Pick<
      DealSnapshot,
      'terms' | 'termsDigest'
    >),
    serviceTemplate,
    dealType,
    isExact:
      row.judged_revision === row.terms_revision ||
      governedDigest({ dealTermsDigest, serviceTemplate, dealType }) === row.terms_digest,
    outcome,
    need: isAsked ? need : null,
    approversNeeded: isAsked ? approversNeeded(need) : outcome === PastOutcome.MET ? 0 : Number(row.found_needed ?? 0),
    approverIds: isAsked ? (row.approvers as string[]) : [],
    grantedAt: isAsked ? (row.granted_at as Date | null) : null,
    barred: [row.owner_id, row.requester_id, ...(row.contributors as string[])].filter(
      (id): id is string => id !== null,
    ),
  };
}

/** Findings of the margin gate that stop a deal. */
const MARGIN_CODES = ['MARGIN_BELOW_FLOOR', 'MARGIN_FLOOR_MISSING', 'COST_MISSING', 'REVENUE_NOT_POSITIVE'];

function outcomeOf(row: Row, until: Date): PastOutcome {
  const codes = row.codes as string[];
  if (row.verdict === 'PASSED')
    return codes.includes('MARGIN_EXCEPTION_GRANTED') ? PastOutcome.EXCEPTED : PastOutcome.MET;
  if (row.verdict === 'REFUSED' && !codes.some((code) => MARGIN_CODES.includes(code)) && row.granted_at === null)
    return PastOutcome.MET;
  if (row.request_id === null) return PastOutcome.REFUSED;
  const isOver = (row.expires_at as Date) <= until;
  switch (row.state as ApprovalState) {
    case ApprovalState.USED:
      return PastOutcome.EXCEPTED;
    case ApprovalState.REJECTED:
      return PastOutcome.REJECTED;
    case ApprovalState.APPROVED:
      return isOver ? PastOutcome.LAPSED : PastOutcome.EXCEPTED;
    case ApprovalState.PENDING:
      return isOver ? PastOutcome.LAPSED : PastOutcome.PENDING;
    default:
      return PastOutcome.LAPSED;
  }
}

/** An exception as it was kept, with when it stopped to count. */
export interface KeptException extends PriorException {
  readonly clientId: string;
  /** From when on it counts no more: it was rejected, withdrawn or ran out; null when it was used. */
  readonly endedAt: Date | null;
}

/** Exceptions of each handoff, the latest, for what a client's deals add up to. */
export function keptExceptions(from: Date, to: Date): Query<KeptException[]> {
  const text = `select distinct on (o.id) o.id as handoff_id, o.client_id, r.id as request_id, r.opened_at, r.state,
      r.decided_at, r.expires_at, x.currency,
      (select coalesce(max(y.shortfall_minor), 0) from margin_exception y
        where y.tenant_id = $1 and y.request_id = r.id and y.content_revision = x.content_revision) as shortfall_minor
    from approval_request r
    join margin_exception x on x.tenant_id = $1 and x.request_id = r.id
    join handoff o on o.tenant_id = $1 and o.id = x.handoff_id
    where r.tenant_id = $1 and r.kind = $4 and r.opened_at >= $2 and r.opened_at < $3
    order by o.id, r.id desc, x.content_revision desc`;
  const since = new Date(from.getTime() - LONGEST_WINDOW_DAYS * DAY);
  return sql(text, [since, to, MARGIN_EXCEPTION], (rows) =>
    rows.map((row) => ({
      requestId: row.request_id as string,
      handoffId: row.handoff_id as string,
      clientId: row.client_id as string,
      openedAt: row.opened_at as Date,
      currency: row.currency as string,
      shortfallMinor: row.shortfall_minor as bigint,
      endedAt: endOf(row),
    })),
  );
}

function endOf({ state, decided_at, expires_at }: Row): Date | null {
  if (state === ApprovalState.USED) return null;
  const isOpen = state === ApprovalState.PENDING || state === ApprovalState.APPROVED;
  return (isOpen ? expires_at : decided_at) as Date;
}

/** How long an approval took, from the opening of its round. */
export interface Lead {
  /** How many different people it took. */
  readonly approvers: number;
  readonly openedAt: Date;
  readonly grantedAt: Date;
}

/** The newest margin exceptions that were approved by votes before an instant; emergencies measure nobody. */
export function leadsUntil(to: Date): Query<Lead[]> {
  const text = `select d.need, d.opened_at, g.granted_at from approval_grant g
    join approval_round d on d.tenant_id = $1 and d.request_id = g.request_id and d.round = g.round
    where g.tenant_id = $1 and g.kind = $3 and g.way = 'QUORUM' and g.granted_at < $2
    order by g.id desc limit ${MOST_LEADS}`;
  return sql(text, [to, MARGIN_EXCEPTION], (rows) =>
    rows.map((row) => ({
      approvers: approversNeeded(JSON.parse(row.need as string) as ApprovalNeed),
      openedAt: row.opened_at as Date,
      grantedAt: row.granted_at as Date,
    })),
  );
}

/** Everybody whom the tenant ever knew: by the handle that a policy names, and by the human that a record stands for. */
export interface KnownPeople {
  readonly handleIds: ReadonlyMap<string, string>;
  readonly merged: ReadonlyMap<string, string>;
}

/** KnownPeople, those too who have left: the policy is run over their time. */
export function knownPeople(): Query<KnownPeople> {
  return sql('select id, handle, merged_into from person where tenant_id = $1', [], (rows) => ({
    handleIds: new Map(rows.map((row) => [row.handle as string, row.id as string])),
    merged: new Map(
      rows.flatMap((row) => (row.merged_into === null ? [] : [[row.id as string, row.merged_into as string] as const])),
    ),
  }));
}
