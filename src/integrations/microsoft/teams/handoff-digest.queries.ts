import { type Query, type Row, sql } from '../../../core/statement.js';
import type { Mentioned } from './card.js';
import { briefUrlOf, mentioned, oidOf } from './teams.queries.js';

/** What the digest of a handoff says beside its lists. */
export interface DigestFacts {
  readonly handoff: string;
  readonly client: string;
  /** The sign-off that it was made for, while it holds. */
  readonly isLive: boolean;
  readonly startOn: string | null;
  readonly sales: Mentioned;
  /** Who answers for delivery. */
  readonly deliveryManager: Mentioned | null;
  readonly projectLead: Mentioned | null;
  readonly briefUrl: string | null;
}

/** A milestone with its day. */
export interface MilestoneFact {
  readonly name: string;
  readonly targetOn: string;
}

/** A named risk. */
export interface RiskFact {
  readonly text: string;
  readonly level: string;
}

/** An open entry of the decision log. */
export interface OpenDecisionFact {
  readonly number: string;
  readonly question: string;
  readonly owner: string;
  readonly dueOn: string;
}

/** The handoff of a sign-off with its people; null when there is no such sign-off. */
const digestFacts = (handoffId: string, signOffId: string): Query<DigestFacts | null> =>
  sql(
    `select h.number as handoff, c.name as client, s.state = 'LIVE' as is_live, h.start_on,
       o.name as sales, ${oidOf('o.id')} as sales_oid, m.name as manager, ${oidOf('m.id')} as manager_oid,
       l.name as lead, ${oidOf('l.id')} as lead_oid, ${briefUrlOf('h.id')} as brief_url
     from handoff h
     join feasibility_sign_off s on s.tenant_id = $1 and s.handoff_id = h.id and s.id = $3
     join client c on c.tenant_id = $1 and c.id = h.client_id
     join person o on o.tenant_id = $1 and o.id = h.owner_id
     left join person m on m.tenant_id = $1 and m.id = h.delivery_manager_id
     left join project p on p.tenant_id = $1 and p.handoff_id = h.id
     left join person l on l.tenant_id = $1 and l.id = p.project_lead_id
     where h.tenant_id = $1 and h.id = $2`,
    [handoffId, signOffId],
    ([row]) =>
      row
        ? {
            handoff: row.handoff as string,
            client: row.client as string,
            isLive: row.is_live as boolean,
            startOn: row.start_on as string | null,
            sales: mentioned(row.sales, row.sales_oid),
            deliveryManager: personIn(row, 'manager'),
            projectLead: personIn(row, 'lead'),
            briefUrl: row.brief_url as string | null,
          }
        : null,
  );

const personIn = (row: Row, name: string): Mentioned | null =>
  row[name] === null ? null : mentioned(row[name], row[`${name}_oid`]);

/** Everything that the digest of a handoff says (requirement 000, digest). */
export const handoffDigestQueries = (handoffId: string, signOffId: string) => ({
  facts: digestFacts(handoffId, signOffId),
  milestones: sql(
    `select m.name, m.target_on from project_milestone m join project p on p.tenant_id = $1 and p.id = m.project_id
     where m.tenant_id = $1 and m.handoff_id = $2 and m.state = 'PLANNED' and m.target_on <= p.start_on + 30
     order by m.target_on, m.position`,
    [handoffId],
    (rows) => rows.map((row): MilestoneFact => ({ name: row.name as string, targetOn: row.target_on as string })),
  ),
  risks: sql(
    `select text, level from risk where tenant_id = $1 and handoff_id = $2
     order by array_position(array['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'], level), id`,
    [handoffId],
    (rows) => rows.map((row): RiskFact => ({ text: row.text as string, level: row.level as string })),
  ),
  decisions: sql(
    `select d.number, d.question, d.due_on, p.name as owner from decision d
     join person p on p.tenant_id = $1 and p.id = d.owner_id
     where d.tenant_id = $1 and d.handoff_id = $2 and d.state = 'OPEN' order by d.due_on, d.id`,
    [handoffId],
    (rows) =>
      rows.map((row): OpenDecisionFact => ({
        number: row.number as string,
        question: row.question as string,
        owner: row.owner as string,
        dueOn: row.due_on as string,
      })),
  ),
});
