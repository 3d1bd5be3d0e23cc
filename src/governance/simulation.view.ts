import { businessMinutesBetween } from '../catalogue/calendar.rules.js';
import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { parseConfigurationFile } from '../catalogue/configuration-file.js';
import { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import type { BusinessCalendar, RuledConfiguration } from '../catalogue/configuration.js';
import type { Finding } from '../core/finding.js';
import type { RequestContext } from '../core/graphql/context.js';
import { findingType } from '../core/graphql/types.js';
import { rolesAtEach } from '../identity/history.queries.js';
import { dayOf } from '../margin/margin.gate.js';
import { partOf } from '../margin/margin.view.js';
import { faultFinding, fileFindings } from './propose.command.js';
import { MOST_DEALS, type SimulatePolicyArgs } from './simulation.args.js';
import { keptExceptions, knownPeople, leadsUntil, pastDeals } from './simulation.queries.js';
import { leadTimes, type LeadTimes, peopleOf, reachThen, replay, type Replayed } from './simulation.rules.js';
import { totalsOf } from './simulation.totals.js';
import { type GravityType, PolicySimulation, SimulatedDeal, SimulatedStep } from './simulation.types.js';

/** A policy that can be run, or why the file cannot. */
type Chosen =
  { readonly policy: RuledConfiguration; readonly begins: Date } | { readonly findings: readonly Finding[] };

/** Runs a policy over past deals; the number of statements does not depend on how many there are. */
export async function simulate(args: SimulatePolicyArgs, ctx: RequestContext): Promise<PolicySimulation> {
  const { reader, ability } = ctx;
  const [now, ruling] = await Promise.all([reader.now(), reader.once('rulingConfiguration', rulingConfiguration)]);
  const { from, to } = args.checked(now);
  const chosen = await choose(args, ctx, ruling, now);
  const { calendar } = configurationOf(ruling);
  if ('findings' in chosen) {
    const findings = chosen.findings.map((found) => findingType(found, ability));
    const nothing = {
      on: args.on ?? dayOf(configurationOf(ruling), now),
      total: 0,
      cut: false,
      run: [],
      totals: totalsOf([]),
    };
    return Object.assign(new PolicySimulation(), { findings, from, to, ...nothing });
  }
  const { past, kept, leads, people } = await reader.askAll({
    past: pastDeals(from, to, MOST_DEALS),
    kept: keptExceptions(from, to),
    leads: leadsUntil(to),
    people: knownPeople(),
  });
  const on = args.on ?? dayOf(chosen.policy, chosen.begins);
  const replayed = replay(past.deals, { policy: chosen.policy, on, kept, handleIds: people.handleIds });
  const asking = replayed.filter(({ need }) => need !== null).map(({ deal }) => deal.at);
  const rolesThen = await reader.ask(rolesAtEach(asking));
  const times = leadTimes(leads, calendar);
  const judged = replayed.map((own) => {
    const missing = reachThen(own, rolesThen.get(own.deal.at.getTime()) ?? [], people);
    return { ...own, missing, times: times.get(peopleOf(own.need)) ?? null };
  });
  const order = new Map(past.deals.map(({ handoffId }, index) => [handoffId, index]));
  return Object.assign(new PolicySimulation(), {
    findings: [],
    on,
    from,
    to,
    total: past.total,
    cut: past.total > past.deals.length,
    run: judged
      .toSorted((a, b) => order.get(a.deal.handoffId)! - order.get(b.deal.handoffId)!)
      .map((own) => dealType(own, calendar, ctx)),
    totals: totalsOf(judged),
  });
}

async function choose(
  { payload, versionId }: SimulatePolicyArgs,
  { reader, actor }: RequestContext,
  ruling: ConfigurationVersion,
  now: Date,
): Promise<Chosen> {
  if (payload) {
    const parsed = parseConfigurationFile(payload);
    if (!parsed.ok) return { findings: parsed.faults.map(faultFinding) };
    const findings = fileFindings(parsed.configuration, actor.tenantId);
    return findings.length > 0 ? { findings } : { policy: parsed.configuration, begins: now };
  }
  const version = versionId ? await reader.required(ConfigurationVersion, versionId) : ruling;
  return { policy: configurationOf(version), begins: version.effectiveFrom > now ? version.effectiveFrom : now };
}

/** A past deal with everything that is said of it. */
export interface Judged extends Replayed {
  readonly missing: readonly Finding[];
  readonly times: LeadTimes | null;
}

function dealType(judged: Judged, calendar: BusinessCalendar, { ability }: RequestContext): SimulatedDeal {
  const { deal, verdict, weighing, need, missing, times } = judged;
  const { at, grantedAt } = deal;
  return Object.assign(new SimulatedDeal(), {
    handoffId: deal.handoffId,
    approverIds: deal.approverIds,
    at,
    exact: deal.isExact,
    outcome: deal.outcome,
    approversNeededThen: deal.approversNeeded,
    businessMinutesThen: grantedAt && businessMinutesBetween(calendar, at, grantedAt),
    refused: !verdict.ok,
    codes: [...new Set(verdict.findings.map(({ code }) => code))],
    parts: verdict.groups.map((group) => partOf({ ...group, meetsFloor: group.ok }, verdict.currency)),
    gravity: (weighing?.gravity ?? null) as GravityType | null,
    steps: (need?.quorums.flat() ?? []).map(({ name, approvers, roles, people }) =>
      Object.assign(new SimulatedStep(), { name, approvers, roles: [...roles], named: people.length }),
    ),
    approversNeeded: peopleOf(need),
    reachable: need ? missing.length === 0 : null,
    missing: missing.map((found) => findingType(found, ability)),
    medianBusinessMinutes: times?.medianMinutes ?? null,
    p90BusinessMinutes: times?.p90Minutes ?? null,
    leadSamples: times?.samples ?? 0,
  });
}
