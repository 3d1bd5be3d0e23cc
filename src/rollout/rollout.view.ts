import { dateOf } from '../catalogue/calendar.rules.js';
import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import type { StoredConfiguration } from '../catalogue/stored-configuration.js';
import { rolloutThresholds } from '../catalogue/rollout.rules.js';
import type { Finding } from '../core/finding.js';
import type { Reader } from '../core/reader.js';
import { select } from '../core/statement.js';
import { eligiblePeople, peopleByHandle } from '../identity/identity.queries.js';
import { frozenKpis, kpiSignOffs } from '../kpi/kpi.queries.js';
import { enforcementFindings } from './enforcement.rules.js';
import { completionOf, hypercarePlan } from './hypercare.rules.js';
import { HypercareCheck, type Rollout, RolloutItem } from './rollout.entity.js';
import { closingsOfHypercare, pilotSize, testedConnections } from './rollout.queries.js';
import { advanceFindings } from './rollout.rules.js';
import { Hypercare } from './rollout.types.js';
import { certifiedMembers } from './training.queries.js';

/** What rules now, asked once however many fields of the rollout need it. */
const ruling = async (reader: Reader): Promise<StoredConfiguration> =>
  configurationOf(await reader.once('rulingConfiguration', rulingConfiguration));

/** The dry run of the next step: what keeps the rollout from its next phase; asked is what its phase depends on. */
export async function advanceView(rollout: Rollout, reader: Reader): Promise<Finding[]> {
  const isHypercare = rollout.phase === 'NORMAL';
  const [items, piloted, closings, checks, configuration, now] = await Promise.all([
    reader.many(RolloutItem, 'rolloutId', rollout.id, ['position']),
    rollout.phase === 'PILOT' ? reader.ask(pilotSize()) : 0,
    isHypercare ? reader.ask(closingsOfHypercare()) : [],
    isHypercare ? reader.ask(select(HypercareCheck)) : [],
    ruling(reader),
    reader.now(),
  ]);
  return advanceFindings({ rollout, items, piloted, closings, checks, configuration }, now);
}

/** The dry run of switching enforcement on. */
export async function enforcementView(rollout: Rollout, reader: Reader): Promise<Finding[]> {
  const [facts, configuration, now] = await Promise.all([
    reader.askAll({
      connections: testedConnections(),
      idByKey: peopleByHandle(),
      people: eligiblePeople(),
      signOffs: kpiSignOffs(),
      frozen: frozenKpis(),
      certified: certifiedMembers(),
    }),
    ruling(reader),
    reader.now(),
  ]);
  return enforcementFindings({ rollout, ...facts, configuration }, now);
}

/** Hypercare as it stands; null before it began. */
export async function hypercareView({ normalSince }: Rollout, reader: Reader): Promise<Hypercare | null> {
  if (normalSince === null) return null;
  const [{ closings, checks }, configuration, now] = await Promise.all([
    reader.askAll({ closings: closingsOfHypercare(), checks: select(HypercareCheck) }),
    ruling(reader),
    reader.now(),
  ]);
  const { calendar } = configuration;
  const plan = hypercarePlan(normalSince, closings, calendar, rolloutThresholds(configuration), now);
  const today = dateOf(calendar, now);
  return Object.assign(new Hypercare(), {
    startedOn: plan.startedOn,
    endsOn: plan.endsOn,
    extended: plan.isExtended,
    ...completionOf(closings, plan.startedOn, plan.endsOn, calendar),
    checks: plan.checks.map((due) => {
      const taken = checks.find(({ kind, dueOn }) => kind === due.kind && dueOn === due.dueOn);
      const { complete = null, closed = null, checkedAt = null } = taken ?? {};
      return { ...due, complete, closed, checkedAt, overdue: !taken && due.dueOn < today };
    }),
  });
}
