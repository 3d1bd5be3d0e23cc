import type { RuledConfiguration } from '../catalogue/configuration.js';
import { REQUIRED_TOPICS } from '../catalogue/configuration.words.js';
import { needsCertification, testedWithinDays } from '../catalogue/rollout.rules.js';
import { escalationLadder } from '../catalogue/selection.rules.js';
import { type Finding, finding } from '../core/finding.js';
import type { RoleHolder } from '../identity/identity.queries.js';
import { KPI_DEFINITIONS, KPI_DIGEST } from '../kpi/kpi.definitions.js';
import type { KpiSignOff } from '../kpi/kpi.entity.js';
import { unsignedSides } from '../kpi/kpi.rules.js';
import type { Rollout } from './rollout.entity.js';
import { unconfirmedFindings, wrongPhase } from './rollout.rules.js';

/** A connection that is not disconnected, as far as its last test goes. */
export interface TestedConnection {
  readonly id: string;
  readonly vendor: string;
  readonly state: string;
  /** Names of what the last test found other than as it should be. */
  readonly notOk: readonly string[];
  readonly checkedAt: Date | null;
  /** When it was connected, or given new credentials: an earlier test says nothing of them. */
  readonly connectedAt: Date;
}

/** What switching enforcement on depends on. */
export interface EnforcementGround {
  readonly rollout: Rollout;
  readonly connections: readonly TestedConnection[];
  readonly configuration: RuledConfiguration;
  /** Active members by the key that ladders call them by. */
  readonly idByKey: ReadonlyMap<string, string>;
  readonly people: readonly RoleHolder[];
  readonly signOffs: readonly KpiSignOff[];
  /** The KPIs with a frozen baseline and the version of the definition it was frozen under. */
  readonly frozen: ReadonlyMap<string, number>;
  /** Members with a certification that holds, by canonical person. */
  readonly certified: ReadonlySet<string>;
}

const DAY = 86_400_000;

/**
 * Everything that keeps enforcement from being switched on (issue 5, "Rollout"): connections that have not tested green,
 * ladders without an active contact, KPIs without a frozen baseline, definitions that a side has not signed, members who
 * hand over and are not certified.
 */
export function enforcementFindings(ground: EnforcementGround, now: Date): Finding[] {
  const { rollout } = ground;
  return [
    ...unconfirmedFindings(rollout),
    ...(rollout.phase === 'PILOT' || rollout.enforcedAt !== null
      ? []
      : [wrongPhase(rollout, 'Enforcement is switched on in the pilot.')]),
    ...(rollout.enforcedAt === null ? [] : [alreadyOn(rollout.enforcedAt)]),
    ...ground.connections.flatMap((connection) =>
      connectionFindings(connection, testedWithinDays(ground.configuration), now),
    ),
    ...contactFindings(ground),
    ...definitionFindings(ground),
    ...baselineFindings(ground),
    ...certificationFindings(ground),
  ];
}

const alreadyOn = (enforcedAt: Date): Finding =>
  finding({
    code: 'ALREADY_ENFORCED',
    path: 'rollout.enforcedAt',
    message: 'Enforcement is on.',
    facts: { enforcedAt: enforcedAt.toISOString() },
    remedy: 'There is nothing to do.',
  });

function connectionFindings(connection: TestedConnection, withinDays: number, now: Date): Finding[] {
  const { id, vendor, state, notOk, checkedAt, connectedAt } = connection;
  const path = `integrations.${vendor}`;
  const facts = { integrationId: id, vendor, checkedAt: checkedAt?.toISOString() ?? null };
  if (checkedAt === null || checkedAt < connectedAt) {
    const message = `${vendor} was not tested since it was connected.`;
    return [finding({ code: 'CONNECTION_UNTESTED', path, message, facts, remedy: 'Test it with testIntegration.' })];
  }
  if (state !== 'CONNECTED' || notOk.length > 0) {
    return [
      finding({
        code: 'CONNECTION_NOT_GREEN',
        path,
        message: `The last test of ${vendor} found ${notOk.length === 0 ? 'an error' : notOk.join(', ')}.`,
        facts: { ...facts, state, notOk },
        remedy: 'Mend what the test names (integrations { checks { remedy } }) and test it again.',
      }),
    ];
  }
  if (now.getTime() - checkedAt.getTime() <= withinDays * DAY) return [];
  return [
    finding({
      code: 'CONNECTION_TEST_OLD',
      path,
      message: `The last test of ${vendor} is older than ${withinDays} days.`,
      facts: { ...facts, withinDays },
      remedy: 'Test it again with testIntegration.',
    }),
  ];
}

/** Of each ladder at least the first who is told, and everybody further, is an active member. */
function contactFindings({ configuration, idByKey, people }: EnforcementGround): Finding[] {
  const active = new Set(people.map(({ personId }) => personId));
  const topics = new Set([...REQUIRED_TOPICS, ...configuration.escalationContacts.map(({ topic }) => topic)]);
  return [...topics].flatMap((topic) => {
    const ladder = escalationLadder(configuration, topic);
    const path = `configuration.escalationContacts.${topic}`;
    if (ladder.length === 0) {
      const message = `Nobody is told about ${topic}.`;
      const remedy = 'Put an active member into the ladder (proposeConfiguration).';
      return [finding({ code: 'ESCALATION_CONTACT_MISSING', path, message, facts: { topic }, remedy })];
    }
    return ladder.flatMap((key, step) => {
      const id = idByKey.get(key);
      if (id !== undefined && active.has(id)) return [];
      return [
        finding({
          code: 'ESCALATION_CONTACT_INACTIVE',
          path: `${path}[${step}]`,
          message: `Step ${step + 1} of the ladder ${topic} is no active member.`,
          facts: { topic, step: step + 1 },
          remedy: 'Put an active member there (proposeConfiguration), or reinstate them.',
        }),
      ];
    });
  });
}

function definitionFindings({ signOffs }: EnforcementGround): Finding[] {
  return unsignedSides(signOffs).map((side) =>
    finding({
      code: 'DEFINITIONS_UNSIGNED',
      path: `kpiDefinitions.${side}`,
      message: `${side} has not signed the KPI definitions.`,
      facts: { side, digest: KPI_DIGEST },
      remedy: 'They sign with signOffKpiDefinitions; the two sides are two people.',
    }),
  );
}

function baselineFindings({ frozen }: EnforcementGround): Finding[] {
  return KPI_DEFINITIONS.filter(({ key, version }) => frozen.get(key) !== version).map(({ key, name }) =>
    finding({
      code: 'BASELINE_MISSING',
      path: `kpiDefinitions.${key}`,
      message: `${name}: no baseline is frozen.`,
      facts: { kpi: key },
      remedy: 'Freeze it with freezeKpiBaseline, or correct the one of an older definition.',
    }),
  );
}

function certificationFindings({ configuration, people, certified }: EnforcementGround): Finding[] {
  const { training } = configuration;
  if (!training) return [];
  const rolesOf = new Map<string, string[]>();
  for (const { personId, role } of people) rolesOf.set(personId, [...(rolesOf.get(personId) ?? []), role]);
  return [...rolesOf]
    .filter(([personId, roles]) => needsCertification(training, roles) && !certified.has(personId))
    .map(([personId]) =>
      finding({
        code: 'MEMBER_UNCERTIFIED',
        path: `certifications.${personId}`,
        message: 'A member who hands over is not certified.',
        facts: { personId },
        remedy: 'Record their training and certify them (recordTraining, certifyMember), or end the role.',
      }),
    );
}
