import pg from 'pg';
import { START } from './suite.js';
import type { World } from './world.js';
import { refreshReporting } from './reporting.js';
import { read as sample } from '../rules/handoff.kit.js';

const CLIENTS = ['Acme Ltd', 'Birch & Co', 'Calder Legal', 'Dunmore Foods', 'Elm Street Surgery', 'Fairway Logistics'];

/** Least and greatest numerator of a case, its denominator, and whether numerators fall as the year goes on. */
const KPIS = [
  { key: 'COMPLETENESS_SCORE', low: 9, high: 20, den: 20, falls: false },
  { key: 'COMPLETION_RATE', low: 0, high: 1, den: 1, falls: false },
  { key: 'QUALITY_SCORE', low: 58, high: 99, den: 1, falls: false },
  { key: 'KICKOFF_DELAY_RATE', low: 0, high: 1, den: 1, falls: true },
  { key: 'SCOPE_CHANGE_INCIDENTS', low: 0, high: 1, den: 1, falls: true },
  { key: 'MARGIN_EROSION_POINTS', low: -60, high: 540, den: 1, falls: true },
  { key: 'MARGIN_EROSION_MONEY', low: -4_000, high: 260_000, den: 1, falls: true },
  { key: 'MISSED_ASSUMPTIONS', low: 0, high: 1, den: 2, falls: true },
  { key: 'PROMISE_ACCURACY', low: 0, high: 1, den: 1, falls: false },
  { key: 'OVERRIDE_RATE', low: 0, high: 1, den: 3, falls: true },
  { key: 'REJECTION_RATE', low: 0, high: 1, den: 2, falls: true },
  { key: 'TIME_TO_FIRST_TOUCH', low: 60, high: 4_400, den: 1, falls: true },
  { key: 'APPROVAL_LEAD_TIME_P50', low: 30, high: 3_000, den: 1, falls: true },
  { key: 'APPROVAL_LEAD_TIME_P90', low: 30, high: 3_000, den: 1, falls: true },
  { key: 'FILL_TIME', low: 4, high: 48, den: 1, falls: true },
  { key: 'FIRST_DELIVERABLE_LATENESS', low: 0, high: 1, den: 1, falls: true },
  { key: 'TIME_TO_FIRST_VALUE', low: 14, high: 60, den: 1, falls: true },
];
/** REPEAT_ASK_RATE and CLIENT_SURVEY_SCORE stay without a case; this one is made of spans too. */
const SPANNED = 'SCOPE_CHANGE_FREQUENCY';

const CASE_COLUMNS = `tenant_id, id, kpi_key, handoff_id, source_id, counts_on, counts_at, numerator, denominator, span_from_on,
  span_to_on, client_caused, is_margin, client_id, service_template_key, deal_type_key, tier_key, owner_id, delivery_manager_id`;
const OF_HANDOFF =
  'h.client_id, h.service_template_key, h.deal_type_key, h.tier_key, h.owner_id, h.delivery_manager_id';

/** Four cases a handoff and KPI over eleven months; the same every time but for ids. */
const CASES = `insert into fact_kpi_case (${CASE_COLUMNS})
  select $1, gen_random_uuid(), k.key, h.id, md5(h.number || c.n)::uuid, c.on_day, c.on_day + time '12:00', v.numerator, k.den,
    null, null, k.key = 'KICKOFF_DELAY_RATE' and v.numerator = 1 and c.n = 2, k.key like 'MARGIN%', ${OF_HANDOFF}
  from fact_handoff h
  cross join json_to_recordset($2) k(key text, low int, high int, den int, falls boolean)
  cross join lateral (select n, date '2026-01-05' + (('x' || left(md5(h.number || n), 6))::bit(24)::int % 320) as on_day
    from generate_series(1, 4) n) c
  cross join lateral (select (('x' || left(md5(k.key || h.number || c.n), 6))::bit(24)::int % 1000) / 1000.0 as r,
    (c.on_day - date '2026-01-01') / 330.0 as t) x
  cross join lateral (select floor(k.low + (k.high - k.low + 0.999) * case when k.falls then power(x.r, 0.6 + 1.4 * x.t)
    else 1 - power(x.r, 0.6 + 1.4 * x.t) end) as numerator) v
  where h.tenant_id = $1`;

const SPANS = `insert into fact_kpi_case (${CASE_COLUMNS})
  select $1, gen_random_uuid(), '${SPANNED}', h.id, h.id, s.from_on, s.from_on + time '12:00', s.num, s.den, s.span_from, s.span_to,
    false, false, ${OF_HANDOFF}
  from fact_handoff h cross join lateral (values
    (h.opened_at::date, 0, 1, h.opened_at::date, null::date), (h.opened_at::date + 10, 30, 0, null, null)) s(from_on, num, den, span_from, span_to)
  where h.tenant_id = $1 and right(h.number, 1) in ('0', '3', '6', '9')`;

/** How far each handoff came, by its number. */
const PASSAGE = `update fact_handoff h set opened_at = o.at, segment = 'SMB',
    first_submitted_at = case when o.n % 8 > 0 then o.at + interval '3 days' end,
    signed_off_at = case when o.n % 8 > 1 then o.at + interval '9 days' end,
    kickoff_scheduled_at = case when o.n % 8 > 2 then o.at + interval '10 days' end,
    kickoff_starts_at = case when o.n % 8 > 2 then o.at + interval '14 days' end,
    kickoff_held_at = case when o.n % 8 > 3 then o.at + interval '15 days' end,
    closed_at = case when o.n % 8 > 5 then o.at + interval '40 days' end, returns = case when o.n % 6 = 5 then 1 else 0 end,
    stage = case o.n % 8 when 0 then 'DRAFT' when 1 then 'IN_REVIEW' when 2 then 'SIGNED_OFF' when 3 then 'KICKOFF_SCHEDULED'
      when 4 then 'KICKED_OFF' when 5 then 'KICKED_OFF' else 'CLOSED' end
  from (select f.id, row_number() over (order by f.number) as n,
      timestamptz '2026-01-06T10:00:00Z' + row_number() over (order by f.number) * interval '12 days' as at
    from fact_handoff f where f.tenant_id = $1) o
  where h.tenant_id = $1 and h.id = o.id`;

const STALLED = `insert into fact_sla_event (tenant_id, id, handoff_id, clock, started_at, due_at, late, client_caused, escalations)
  select $1, gen_random_uuid(), h.id, c.clock, $2::timestamptz - interval '20 days', $2::timestamptz - c.past, false, c.caused, c.steps
  from fact_handoff h join (values ('0', 'KICKOFF_HELD', interval '6 days 3 hours', true, 3),
    ('4', 'DOCUMENT_COMPLETE', interval '30 hours', false, 1), ('8', 'HANDOFF_MEETING', interval '2 hours', false, 0))
    c(digit, clock, past, caused, steps) on right(h.number, 1) = c.digit
  where h.tenant_id = $1`;

const EXCEPTIONS = `insert into fact_exception (tenant_id, id, handoff_id, kind, state, requester_id, round, shortfall_minor, shortfall_bps,
    emergency, opened_at, decided_at, lead_minutes, used_at)
  select $1, gen_random_uuid(), h.id, 'MARGIN_EXCEPTION', x.state, h.owner_id, 1, x.minor, x.bps, x.state = 'USED' and x.minor > 400000,
    h.opened_at + interval '2 days', case when x.state <> 'PENDING' then h.opened_at + interval '3 days 5 hours' end,
    case when x.state <> 'PENDING' then 1740 end, case when x.state = 'USED' then h.opened_at + interval '4 days' end
  from fact_handoff h join (values ('1', 'USED', 427680, 2113), ('5', 'REJECTED', 190000, 800), ('7', 'PENDING', 61250, 310))
    x(digit, state, minor, bps) on right(h.number, 1) = x.digit
  where h.tenant_id = $1`;

/**
 * Twenty-four handoffs of one tenant with a year of figures, which are planted in the reporting model as they are: for
 * readers of the model, not for what is computed. Nothing may be projected anew afterwards.
 */
export async function plantFigures(world: World): Promise<void> {
  const sofia = await world.as('sofia.sales');
  const { raw } = sample('managed-network-healthy');
  for (let n = 0; n < 24; n += 1) {
    const client = CLIENTS[n % CLIENTS.length]!;
    const payload = raw
      .replaceAll('2205', String(7000 + n))
      .replaceAll('"client_id": 12', `"client_id": ${90 + (n % CLIENTS.length)}`)
      .replaceAll('Acme Ltd', client);
    const { errors } = await sofia.graphql(
      'mutation ($payload: String!) { importDeal(input: { payload: $payload }) { __typename } }',
      { payload },
    );
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
  }
  const superuser = new pg.Client({ connectionString: world.suite.superuserUrl });
  await superuser.connect();
  try {
    const delivery = await Promise.all([world.idOf('dana.delivery'), world.idOf('dylan.delivery')]);
    await superuser.query(
      'update handoff set delivery_manager_id = case when right(number, 1) < $4 then $2::uuid else $3::uuid end where tenant_id = $1',
      [world.tenantId, ...delivery, '5'],
    );
    await refreshReporting(world);
    await superuser.query('delete from fact_kpi_case where tenant_id = $1', [world.tenantId]);
    await superuser.query('delete from fact_sla_event where tenant_id = $1', [world.tenantId]);
    for (const text of [PASSAGE, SPANS, EXCEPTIONS]) await superuser.query(text, [world.tenantId]);
    await superuser.query(CASES, [world.tenantId, JSON.stringify(KPIS)]);
    await superuser.query(STALLED, [world.tenantId, START]);
  } finally {
    await superuser.end();
  }
}
