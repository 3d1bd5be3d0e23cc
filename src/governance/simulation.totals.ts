import { type LeadTimes, peopleOf, type Replayed, seatsByRole } from './simulation.rules.js';
import { PastOutcome, RoleWorkload, SimulationTotals } from './simulation.types.js';

/** A replayed deal, with who was missing and what approvals took here. */
export interface Summed extends Replayed {
  readonly missing: readonly unknown[];
  readonly times: LeadTimes | null;
}

/** The sum over deals: refusals, approvals, workload by role, estimated time. */
export function totalsOf(deals: readonly Summed[]): SimulationTotals {
  const wasBelow = ({ deal }: Summed): boolean => deal.outcome !== PastOutcome.MET;
  const isRefused = ({ verdict }: Summed): boolean => !verdict.ok;
  const asking = deals.filter(({ need }) => need !== null);
  const sum = (figures: readonly number[]): number => figures.reduce((total, figure) => total + figure, 0);
  return Object.assign(new SimulationTotals(), {
    refusedThen: deals.filter(wasBelow).length,
    refused: deals.filter(isRefused).length,
    newlyRefused: deals.filter((own) => isRefused(own) && !wasBelow(own)).length,
    noLongerRefused: deals.filter((own) => wasBelow(own) && !isRefused(own)).length,
    approvalsThen: sum(deals.map(({ deal }) => deal.approversNeeded)),
    approvals: sum(asking.map(({ need }) => peopleOf(need))),
    unreachable: asking.filter(({ missing }) => missing.length > 0).length,
    estimatedBusinessMinutes: sum(asking.map(({ times }) => times?.medianMinutes ?? 0)),
    unestimated: asking.filter(({ times }) => times === null).length,
    workload: workloadOf(deals),
  });
}

function workloadOf(deals: readonly Summed[]): RoleWorkload[] {
  const past = new Map<string, number>();
  const simulated = new Map<string, number>();
  for (const { deal, need } of deals) {
    for (const [role, seats] of seatsByRole(deal.need)) past.set(role, (past.get(role) ?? 0) + seats);
    for (const [role, seats] of seatsByRole(need)) simulated.set(role, (simulated.get(role) ?? 0) + seats);
  }
  return [...new Set([...past.keys(), ...simulated.keys()])]
    .toSorted()
    .map((role) =>
      Object.assign(new RoleWorkload(), { role, past: past.get(role) ?? 0, simulated: simulated.get(role) ?? 0 }),
    );
}
