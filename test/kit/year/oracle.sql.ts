/** A KPI as SQL over the records: rows (handoff_id, on_day, at, num, den, caused) of which figures are sums. */
export interface OracleSql {
  readonly cases: string;
  /** Of a percentile which one, in percent: nearest rank. */
  readonly ranked?: 50 | 90;
  /** Whether the value is numerator over denominator, or the numerator itself. */
  readonly form: 'QUOTIENT' | 'ITSELF';
}

const day = (instant: string): string => `(${instant} at time zone x.zone)::date`;

/** Passings of the submit gate, numbered, each with when the next one was. */
const SUBMISSIONS = `select g.handoff_id, g.evaluated_at, g.asked_by, row_number() over w as nth, lead(g.evaluated_at) over w as next_at
  from gate_evaluation g where g.tenant_id = $1 and g.gate = 'SUBMIT' and g.verdict = 'PASSED'
  window w as (partition by g.handoff_id order by g.evaluated_at)`;

const LEAD_TIME = `select coalesce(c.handoff_id, r.subject_id) as handoff_id, ${day('r.decided_at')} as on_day, r.decided_at as at,
    floor(extract(epoch from r.decided_at - r.opened_at) / 60) as num, 1 as den, false as caused
  from settings x, approval_request r left join scope_change c on c.tenant_id = $1 and c.id = r.subject_id and r.subject_type = 'ScopeChange'
  where r.tenant_id = $1 and r.state in ('APPROVED', 'REJECTED', 'USED') and r.subject_type in ('Handoff', 'ScopeChange')`;

/** The milestone that is due first, when it was done, and when delivery first accepted. */
const DELIVERABLE = `select m.handoff_id, m.target_on, first.signed_at, coalesce(
    (select k.done_at from actuals_cursor c join actuals_mark k on k.tenant_id = $1 and k.snapshot_id = c.snapshot_id and k.own_id = m.id
      where c.tenant_id = $1 and c.handoff_id = m.handoff_id and k.kind = 'MILESTONE'),
    (select max(t.done_at) from project_task t where t.tenant_id = $1 and t.milestone_id = m.id and t.state <> 'CANCELLED'
      having count(*) > 0 and count(*) = count(*) filter (where t.state = 'DONE') and count(*) = count(t.done_at))) as done_at
  from (select distinct on (n.handoff_id) n.* from project_milestone n where n.tenant_id = $1 and n.state = 'PLANNED'
    order by n.handoff_id, n.target_on, n.position) m
  left join lateral (select min(f.signed_at) as signed_at from feasibility_sign_off f
    where f.tenant_id = $1 and f.handoff_id = m.handoff_id) first on true`;

/** What each project's last read says of its margin, against the baseline in force; null where a cost is unknown. */
const EROSION = `
  cur as (select c.handoff_id, s.id as snapshot_id, s.taken_at, s.read_at, s.closed_at from actuals_cursor c
    join actuals_snapshot s on s.tenant_id = $1 and s.id = c.snapshot_id where c.tenant_id = $1),
  plan as (select b.handoff_id, b.currency, l.budget_type, round(l.hours::numeric * 60) as minutes, l.cost_minor as cost, l.price_minor as price
    from (select distinct on (y.handoff_id) y.* from budget_baseline y where y.tenant_id = $1 order by y.handoff_id, y.version desc) b
    join budget_baseline_line l on l.tenant_id = $1 and l.baseline_id = b.id),
  told as (select u.handoff_id, l.id, l.actual_minutes, case when u.closed_at is null then greatest(l.remaining_minutes, 0) else 0 end as remaining,
      l.actual_cost_minor as actual_cost, l.budget_types::jsonb as types
    from cur u join actuals_line l on l.tenant_id = $1 and l.snapshot_id = u.snapshot_id),
  spoken as (
    select t.handoff_id, t.id, t.actual_minutes, t.remaining, t.actual_cost, t.types from told t
    union all
    select p.handoff_id, null, 0, case when u.closed_at is null then p.minutes else 0 end, null, jsonb_build_array(p.budget_type)
      from plan p join cur u on u.handoff_id = p.handoff_id
      where not exists (select 1 from told t where t.handoff_id = p.handoff_id and t.types ? p.budget_type)),
  line as (
    select s.handoff_id, s.actual_cost, case when s.actual_cost is null then s.actual_minutes + s.remaining else s.remaining end as priced,
      coalesce(sum(p.minutes), 0) as minutes,
      case when bool_or(p.minutes > 0 and p.cost is null) then null else coalesce(sum(p.cost) filter (where p.minutes > 0), 0) end as hourly,
      case when bool_or(p.minutes = 0 and p.cost is null) then null else coalesce(sum(p.cost) filter (where p.minutes = 0), 0) end as fixed
    from spoken s left join plan p on p.handoff_id = s.handoff_id and s.types ? p.budget_type
    group by s.handoff_id, s.id, s.types, s.actual_minutes, s.remaining, s.actual_cost),
  cost as (
    select handoff_id, case when count(*) = count(c) then sum(c) end as expected from (
      select handoff_id, fixed + coalesce(actual_cost, 0) + case when priced = 0 then case when hourly is null then null else 0 end
        when minutes = 0 then null else ceil(hourly * priced / minutes) end as c from line) q group by handoff_id),
  whole as (select handoff_id, max(currency) as currency, sum(price) as revenue, case when count(*) = count(cost) then sum(cost) end as planned
    from plan group by handoff_id),
  eroded as (select u.handoff_id, u.taken_at, u.read_at, u.closed_at, w.currency, w.revenue, c.expected - w.planned as lost
    from cur u join cost c on c.handoff_id = u.handoff_id join whole w on w.handoff_id = u.handoff_id)`;

/** Every KPI, from the words of its definition and docs/kpis.md alone. */
export const KPI_SQL: Readonly<Record<string, OracleSql>> = {
  COMPLETENESS_SCORE: {
    form: 'QUOTIENT',
    cases: `select w.id as handoff_id, w.won_on as on_day, w.closed_at as at, coalesce(sum(i.weight) filter (where
          e.state = 'VERIFIED' and e.verified_at <= w.closed_at and coalesce(e.invalid_at > w.closed_at, true)
            and coalesce(not (i.reopened_at > e.submitted_at and i.reopened_at <= w.closed_at), true)), 0) as num,
        sum(i.weight) as den, false as caused
      from won w join checklist_item i on i.tenant_id = $1 and i.handoff_id = w.id and i.required
        and not coalesce(i.state = 'NOT_APPLICABLE' and i.na_accepted_at <= w.closed_at, false)
      left join lateral (select v.* from evidence v where v.tenant_id = $1 and v.item_id = i.id and v.submitted_at <= w.closed_at
        order by v.sequence desc limit 1) e on true
      group by w.id, w.won_on, w.closed_at`,
  },
  COMPLETION_RATE: {
    form: 'QUOTIENT',
    cases: `select w.id as handoff_id, w.won_on as on_day, case when coalesce(s.evaluated_at <= u.complete_due, u.complete_due is null) then greatest(s.evaluated_at, w.closed_at) else u.complete_due end as at,
        case when coalesce(s.evaluated_at <= u.complete_due, u.complete_due is null) then 1 else 0 end as num, 1 as den, false as caused
      from won w join due u on u.handoff_id = w.id
      left join (${SUBMISSIONS}) s on s.handoff_id = w.id and s.nth = 1
      where w.withdrawn_at is null and (s.evaluated_at is not null or u.complete_due is not null)`,
  },
  QUALITY_SCORE: {
    form: 'QUOTIENT',
    cases: `select q.handoff_id, ${day('q.scored_at')} as on_day, q.scored_at as at, floor(sum(coalesce(a.points, c.points)) * 100.0 / sum(c.most)) as num, 1 as den, false as caused
      from settings x, quality_score q join score_criterion c on c.tenant_id = $1 and c.score_id = q.id
      left join lateral (select m.points from score_amendment m where m.tenant_id = $1 and m.score_id = q.id and m.criterion = c.criterion
        order by m.amended_at desc limit 1) a on true
      where q.tenant_id = $1 and q.cause = 'ACCEPTANCE' and not exists (select 1 from quality_score o where o.tenant_id = $1
        and o.handoff_id = q.handoff_id and o.cause = 'ACCEPTANCE' and o.scored_at > q.scored_at)
      group by q.id, q.handoff_id, q.scored_at, x.zone`,
  },
  KICKOFF_DELAY_RATE: {
    form: 'QUOTIENT',
    cases: `select u.handoff_id, ${day('u.kickoff_due')} as on_day, u.kickoff_due as at,
        case when h.held_at <= u.kickoff_due then 0 else 1 end as num, 1 as den, u.caused
      from settings x, due u left join lateral (select min(k.held_at) as held_at from kickoff k where k.tenant_id = $1 and k.handoff_id = u.handoff_id) h on true
      where h.held_at is not null or not exists (
        select 1 from handoff w where w.tenant_id = $1 and w.id = u.handoff_id and w.withdrawn_at <= u.kickoff_due
        union all select 1 from handoff_feedback b where b.tenant_id = $1 and b.handoff_id = u.handoff_id and b.closes and b.given_at <= u.kickoff_due)`,
  },
  SCOPE_CHANGE_FREQUENCY: {
    form: 'QUOTIENT',
    cases: `select s.handoff_id, ${day('s.requested_at')} as on_day, s.requested_at as at, 30 as num, 0 as den, false as caused
        from settings x, scope_change s where s.tenant_id = $1
      union all
      select a.handoff_id, g.day::date, a.from_at, 0, 1, false
        from settings x, (select f.handoff_id, min(f.signed_at) as from_at, least(h.withdrawn_at, s.closed_at) as to_at
            from feasibility_sign_off f join handoff h on h.tenant_id = $1 and h.id = f.handoff_id
            left join actuals_cursor c on c.tenant_id = $1 and c.handoff_id = f.handoff_id
            left join actuals_snapshot s on s.tenant_id = $1 and s.id = c.snapshot_id
            where f.tenant_id = $1 group by f.handoff_id, h.withdrawn_at, s.closed_at) a,
          generate_series(${day('a.from_at')}, least(x.as_of_on, coalesce(${day('a.to_at')}, x.as_of_on)), interval '1 day') g(day)`,
  },
  SCOPE_CHANGE_INCIDENTS: {
    form: 'ITSELF',
    cases: `select s.handoff_id, ${day('s.requested_at')} as on_day, s.requested_at as at,
        case when s.cause in ('MISSING', 'WRONG', 'AMBIGUOUS') then 1 else 0 end as num, 1 as den, false as caused
      from settings x, scope_change s where s.tenant_id = $1`,
  },
  MARGIN_EROSION_POINTS: {
    form: 'QUOTIENT',
    cases: `select * from (with ${EROSION}
      select e.handoff_id, ${day('coalesce(e.closed_at, e.taken_at)')} as on_day, e.read_at as at, ceil(e.lost * 10000 / e.revenue) as num, 1 as den, false as caused
        from settings x, eroded e where e.lost is not null and e.revenue > 0) z`,
  },
  MARGIN_EROSION_MONEY: {
    form: 'ITSELF',
    cases: `select * from (with ${EROSION}
      select e.handoff_id, ${day('coalesce(e.closed_at, e.taken_at)')} as on_day, e.read_at as at, e.lost as num, 1 as den, false as caused
        from settings x, eroded e where e.lost is not null and e.currency = x.currency) z`,
  },
  MISSED_ASSUMPTIONS: {
    form: 'QUOTIENT',
    cases: `select a.handoff_id, ${day('l.at')} as on_day, l.at, case when a.state = 'REFUTED' and a.impact is not null then 1 else 0 end as num, 1 as den, false as caused
      from settings x, assumption a
      join lateral (select max(e.at) as at from ledger_entry e where e.tenant_id = $1 and e.subject_id = a.handoff_id::text and e.outcome = 'DONE'
        and e.action = 'resolveAssumption' and e.content::json->'body'->>'assumptionId' = a.id::text) l on true
      where a.tenant_id = $1 and a.state <> 'ASSUMED'
        and l.at > (select min(f.signed_at) from feasibility_sign_off f where f.tenant_id = $1 and f.handoff_id = a.handoff_id)`,
  },
  PROMISE_ACCURACY: {
    form: 'QUOTIENT',
    cases: `select c.handoff_id, c.due as on_day, (c.due + 1)::timestamp at time zone x.zone as at,
        case when ${day('c.delivered_at')} <= c.due then 1 else 0 end as num, 1 as den, false as caused
      from settings x, (
        select m.handoff_id, w.withdrawn_at, coalesce(m.due_on, case m.state when 'TASK' then t.due_on when 'SCOPE_LINE' then p.target_on end) as due,
          case m.state when 'TASK' then coalesce(t.done_at, k.done_at) when 'SCOPE_LINE' then s.closed_at end as delivered_at
        from won w join commitment m on m.tenant_id = $1 and m.handoff_id = w.id
        left join project p on p.tenant_id = $1 and p.handoff_id = m.handoff_id
        left join project_task t on t.tenant_id = $1 and t.project_id = p.id and t.key = 'commitment:' || m.id and t.state <> 'CANCELLED'
        left join actuals_cursor u on u.tenant_id = $1 and u.handoff_id = m.handoff_id
        left join actuals_snapshot s on s.tenant_id = $1 and s.id = u.snapshot_id
        left join actuals_mark k on k.tenant_id = $1 and k.snapshot_id = u.snapshot_id and k.own_id = t.id and k.kind = 'TASK') c
      where c.due is not null and coalesce(c.withdrawn_at >= (c.due + 1)::timestamp at time zone x.zone, true)`,
  },
  OVERRIDE_RATE: {
    form: 'QUOTIENT',
    cases: `select s.handoff_id, ${day('s.evaluated_at')} as on_day, s.evaluated_at as at,
        case when exists (select 1 from approval_use u join approval_request r on r.tenant_id = $1 and r.id = u.request_id
          where u.tenant_id = $1 and r.subject_type = 'Handoff' and r.subject_id = s.handoff_id) then 1 else 0 end as num, 1 as den, false as caused
      from settings x, (${SUBMISSIONS}) s where s.nth = 1`,
  },
  REJECTION_RATE: {
    form: 'QUOTIENT',
    cases: `select s.handoff_id, ${day('s.evaluated_at')} as on_day, s.evaluated_at as at,
        case when exists (select 1 from handoff_return r where r.tenant_id = $1 and r.handoff_id = s.handoff_id and r.returned_at >= s.evaluated_at
          and r.returned_at < coalesce(s.next_at, 'infinity')) then 1 else 0 end as num, 1 as den, false as caused
      from settings x, (${SUBMISSIONS}) s`,
  },
  TIME_TO_FIRST_TOUCH: {
    form: 'ITSELF',
    ranked: 50,
    cases: `select t.id as handoff_id, t.won_on as on_day, greatest(t.outreach, t.closed_at) as at,
        greatest(0, floor(extract(epoch from t.outreach - t.since) / 60)) as num, 1 as den, false as caused
      from (select w.*, coalesce(s.won_at, w.closed_at) as since, least(case when s.won_at is not null then s.first_contact_at end, (select min(i.introduced_at) from introduction i
            where i.tenant_id = $1 and i.handoff_id = w.id)) as outreach
          from won w left join actuals_cursor c on c.tenant_id = $1 and c.handoff_id = w.id
          left join actuals_snapshot s on s.tenant_id = $1 and s.id = c.snapshot_id) t
      where t.outreach is not null`,
  },
  APPROVAL_LEAD_TIME_P50: { form: 'ITSELF', ranked: 50, cases: LEAD_TIME },
  APPROVAL_LEAD_TIME_P90: { form: 'ITSELF', ranked: 90, cases: LEAD_TIME },
  REPEAT_ASK_RATE: {
    form: 'QUOTIENT',
    cases: `select f.handoff_id, ${day('f.given_at')} as on_day, f.given_at as at,
        case when exists (select 1 from repeat_ask r where r.tenant_id = $1 and r.handoff_id = f.handoff_id and r.asked_of = 'CLIENT') then 1 else 0 end as num,
        1 as den, false as caused
      from settings x, (select b.handoff_id, min(b.given_at) as given_at from handoff_feedback b where b.tenant_id = $1 group by b.handoff_id) f`,
  },
  FILL_TIME: {
    form: 'ITSELF',
    ranked: 50,
    cases: `select f.handoff_id, ${day('f.evaluated_at')} as on_day, f.evaluated_at as at, floor(extract(epoch from f.worked) / 60) as num, 1 as den, false as caused
      from settings x, (
        select m.handoff_id, max(m.evaluated_at) as evaluated_at,
          coalesce(sum(m.gap) filter (where m.gap <= interval '30 minutes'), interval '0') as worked
        from (
          select e.handoff_id, e.evaluated_at, e.at - lag(e.at) over (partition by e.handoff_id order by e.at) as gap
          from (
            select s.handoff_id, s.evaluated_at, l.at from (${SUBMISSIONS}) s
              join person p on p.tenant_id = $1 and p.id::text = s.asked_by
              join ledger_entry l on l.tenant_id = $1 and l.subject_id = s.handoff_id::text and l.actor_id = s.asked_by
                and l.outcome in ('DONE', 'REFUSED') and l.at <= s.evaluated_at
              where s.nth = 1
            union select s.handoff_id, s.evaluated_at, s.evaluated_at from (${SUBMISSIONS}) s
              join person p on p.tenant_id = $1 and p.id::text = s.asked_by where s.nth = 1) e) m
        group by m.handoff_id) f`,
  },
  FIRST_DELIVERABLE_LATENESS: {
    form: 'QUOTIENT',
    cases: `select d.handoff_id, d.target_on as on_day, greatest(d.signed_at, (d.target_on + 1)::timestamp at time zone x.zone) as at,
        case when ${day('d.done_at')} <= d.target_on then 0 else 1 end as num, 1 as den, false as caused
      from settings x, (${DELIVERABLE}) d join handoff h on h.tenant_id = $1 and h.id = d.handoff_id
      where d.signed_at is not null and (d.done_at is not null or h.withdrawn_at is null
        or h.withdrawn_at > greatest(d.signed_at, (d.target_on + 1)::timestamp at time zone x.zone))`,
  },
  TIME_TO_FIRST_VALUE: {
    form: 'QUOTIENT',
    cases: `select d.handoff_id, ${day('d.done_at')} as on_day, d.done_at as at, greatest(0, ${day('d.done_at')} - w.won_on) as num, 1 as den, false as caused
      from settings x, (${DELIVERABLE}) d join won w on w.id = d.handoff_id where d.done_at is not null`,
  },
  CLIENT_SURVEY_SCORE: {
    form: 'QUOTIENT',
    cases: `select s.handoff_id, s.answered_on as on_day, s.recorded_at as at, s.score as num, 1 as den, false as caused
      from client_survey s where s.tenant_id = $1`,
  },
};
