import { DateTime } from 'luxon';
import type { LedgerRead } from '../core/ledger/export.js';
import { type Query, type Row, sql } from '../core/statement.js';
import { ENDED, Stage } from '../handoff/stage.rules.js';
import type { Edition } from './edition.js';

/** Rows of a list that are read at most: beyond what a tenant has in ninety days, so that counts are of all of them. */
export const MOST_ROWS = 5_000;

/** What the gates stopped in the period. */
export interface GateFacts {
  /** Attempts that a gate refused, by gate. */
  readonly refused: readonly { readonly gate: string; readonly attempts: number; readonly handoffs: number }[];
  /** The reasons, the most frequent first. */
  readonly reasons: readonly { readonly code: string; readonly handoffs: number }[];
  readonly handoffsStopped: number;
  /** Of those, how many have passed the submit gate since. */
  readonly passedSince: number;
}

/** A request for an exception, with who answered. */
export interface ExceptionLine {
  readonly id: string;
  readonly handoff: string;
  readonly client: string;
  readonly kind: string;
  readonly state: string;
  readonly requesterId: string;
  readonly approverIds: readonly string[];
  readonly emergency: boolean;
  readonly openedAt: Date;
  readonly decidedAt: Date | null;
  readonly leadMinutes: number | null;
  /** What is missing to the floor of the deal; null without the right to see it. */
  readonly shortfallMinor: bigint | null;
  readonly currency: string;
}

/** A project whose forecast has left its baseline. */
export interface ErosionLine {
  readonly handoff: string;
  readonly client: string;
  readonly currency: string;
  readonly plannedBps: number | null;
  readonly erosionMinor: bigint;
  readonly erosionBps: number | null;
  readonly actualsAt: Date | null;
}

/** A risk of a handoff that has not ended. */
export interface RiskLine {
  readonly handoff: string;
  readonly client: string;
  readonly stage: string;
  readonly level: string;
  readonly text: string;
  readonly mitigation: string | null;
}

/** An open entry of the decision log. */
export interface DecisionLine {
  readonly number: string;
  readonly handoff: string;
  readonly client: string;
  readonly question: string;
  readonly ownerId: string;
  readonly dueOn: string;
  readonly blocksKickoff: boolean;
}

/** Everything of the business that the artefacts tell beside the KPIs. */
export interface BusinessFacts {
  readonly gate: GateFacts;
  readonly stages: readonly { readonly stage: string; readonly handoffs: number }[];
  readonly exceptions: readonly ExceptionLine[];
  /** Null where the reader does not see margin. */
  readonly erosion: readonly ErosionLine[] | null;
  readonly risks: readonly RiskLine[];
  readonly decisions: readonly DecisionLine[];
}

/** Reads them, of the period of an edition. */
export async function businessFacts(read: LedgerRead, edition: Edition): Promise<BusinessFacts> {
  const since = DateTime.fromISO(edition.period.fromOn, { zone: edition.timeZone }).toJSDate();
  const seesMargin = edition.sees.has('MARGIN');
  const { refused, reasons, stopped, stages, exceptions, erosion, risks, decisions } = await read({
    refused: refusedAttempts(since, edition.generatedAt),
    reasons: refusalReasons(since, edition.generatedAt),
    stopped: stoppedHandoffs(since, edition.generatedAt),
    stages: stagesNow(),
    exceptions: exceptionsSince(since, edition.generatedAt, seesMargin),
    erosion: erosionNow(),
    risks: openRisks(),
    decisions: openDecisions(),
  });
  return {
    gate: { refused, reasons, ...stopped },
    stages,
    exceptions,
    erosion: seesMargin ? erosion : null,
    risks,
    decisions,
  };
}

const STOPPED = `fact_gate_finding f where f.tenant_id = $1 and f.verdict = 'REFUSED' and f.severity = 'BLOCKING'
  and f.evaluated_at >= $2::timestamptz and f.evaluated_at <= $3::timestamptz`;

const refusedAttempts = (from: Date, to: Date): Query<{ gate: string; attempts: number; handoffs: number }[]> =>
  sql(
    `select f.gate, count(distinct f.evaluation_id)::int as attempts, count(distinct f.handoff_id)::int as handoffs
      from ${STOPPED} group by f.gate order by attempts desc, f.gate`,
    [from, to],
    (rows) =>
      rows.map((row) => ({
        gate: row.gate as string,
        attempts: row.attempts as number,
        handoffs: row.handoffs as number,
      })),
  );

const refusalReasons = (from: Date, to: Date): Query<{ code: string; handoffs: number }[]> =>
  sql(
    `select f.code, count(distinct f.handoff_id)::int as handoffs from ${STOPPED} group by f.code order by handoffs desc, f.code`,
    [from, to],
    (rows) => rows.map((row) => ({ code: row.code as string, handoffs: row.handoffs as number })),
  );

const stoppedHandoffs = (from: Date, to: Date): Query<{ handoffsStopped: number; passedSince: number }> =>
  sql(
    `select count(*)::int as stopped, count(*) filter (where h.submitted_at >= s.first)::int as passed
      from (select f.handoff_id, min(f.evaluated_at) as first from ${STOPPED} group by f.handoff_id) s
      join fact_handoff h on h.tenant_id = $1 and h.id = s.handoff_id`,
    [from, to],
    (rows) => ({ handoffsStopped: rows[0]!.stopped as number, passedSince: rows[0]!.passed as number }),
  );

const stagesNow = (): Query<{ stage: string; handoffs: number }[]> =>
  sql(
    'select h.stage, count(*)::int as handoffs from fact_handoff h where h.tenant_id = $1 group by h.stage',
    [],
    (rows) => {
      const counts = new Map(rows.map(({ stage, handoffs }) => [stage as string, handoffs as number]));
      return Object.values(Stage).map((stage) => ({ stage, handoffs: counts.get(stage) ?? 0 }));
    },
  );

const OF_HANDOFF = `join fact_handoff h on h.tenant_id = $1 and h.id = x.handoff_id
    join client c on c.tenant_id = $1 and c.id = h.client_id`;

const exceptionsSince = (from: Date, to: Date, seesMargin: boolean): Query<ExceptionLine[]> =>
  sql(
    `select x.*, h.number, h.currency, c.name as client, array(select v.voter_id::text from fact_vote v
        where v.tenant_id = $1 and v.exception_id = x.id and v.round = x.round and v.decision <> 'REJECT' and not v.revoked
        order by v.cast_at, v.id) as approvers
      from fact_exception x ${OF_HANDOFF} where x.tenant_id = $1
        and x.opened_at >= $2::timestamptz and x.opened_at <= $3::timestamptz order by x.opened_at desc, x.id limit ${MOST_ROWS}`,
    [from, to],
    (rows) =>
      rows.map((row) => ({
        id: row.id as string,
        handoff: row.number as string,
        client: row.client as string,
        kind: row.kind as string,
        state: row.state as string,
        requesterId: row.requester_id as string,
        approverIds: row.approvers as string[],
        emergency: row.emergency as boolean,
        openedAt: row.opened_at as Date,
        decidedAt: row.decided_at as Date | null,
        leadMinutes: row.lead_minutes as number | null,
        shortfallMinor: seesMargin ? (row.shortfall_minor as bigint | null) : null,
        currency: row.currency as string,
      })),
  );

const erosionNow = (): Query<ErosionLine[]> =>
  sql(
    `select x.*, h.number, c.name as client from fact_budget x ${OF_HANDOFF}
      where x.tenant_id = $1 and x.in_force and x.erosion_minor is not null
      order by x.erosion_minor desc, x.id limit ${MOST_ROWS}`,
    [],
    (rows) =>
      rows.map((row) => ({
        handoff: row.number as string,
        client: row.client as string,
        currency: row.currency as string,
        plannedBps: row.margin_bps as number | null,
        erosionMinor: row.erosion_minor as bigint,
        erosionBps: row.erosion_bps as number | null,
        actualsAt: row.actuals_at as Date | null,
      })),
  );

const LEVELS = "array_position(array['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'], x.level)";
const OPEN_HANDOFF = `join handoff h on h.tenant_id = $1 and h.id = x.handoff_id join client c on c.tenant_id = $1 and c.id = h.client_id`;

/** Read where they live, not in the model: what people wrote is in no fact. */
const openRisks = (): Query<RiskLine[]> =>
  sql(
    `select x.level, x.text, x.mitigation, h.number, h.stage, c.name as client from risk x ${OPEN_HANDOFF}
      where x.tenant_id = $1 and h.stage <> all ($2) order by ${LEVELS}, h.number, x.id limit ${MOST_ROWS}`,
    [ENDED],
    (rows) =>
      rows.map((row) => ({
        handoff: row.number as string,
        client: row.client as string,
        stage: row.stage as string,
        level: row.level as string,
        text: row.text as string,
        mitigation: row.mitigation as string | null,
      })),
  );

const openDecisions = (): Query<DecisionLine[]> =>
  sql(
    `select x.number, x.question, x.owner_id, x.due_on, x.blocks_kickoff, h.number as handoff, c.name as client
      from decision x ${OPEN_HANDOFF} where x.tenant_id = $1 and x.state = 'OPEN' order by x.due_on, x.number limit ${MOST_ROWS}`,
    [],
    (rows) => rows.map(decisionOf),
  );

const decisionOf = (row: Row): DecisionLine => ({
  number: row.number as string,
  handoff: row.handoff as string,
  client: row.client as string,
  question: row.question as string,
  ownerId: row.owner_id as string,
  dueOn: row.due_on as string,
  blocksKickoff: row.blocks_kickoff as boolean,
});
