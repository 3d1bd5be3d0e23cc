import { isCurrency } from '../core/currency.js';
import { seat } from '../core/seating.js';
import { SEES_MARGIN } from '../identity/roles.js';
import {
  type ConfigurationFault,
  duplicates,
  type FaultPath,
  listed,
  unknownReference,
} from './configuration.fault.js';
import type {
  ApprovalLevel,
  ApprovalRule,
  ApprovalStep,
  ConfiguredPerson,
  Materiality,
  TenantConfiguration,
} from './configuration.js';
import type { DealType } from './configuration.words.js';
import { actingRole } from './people.faults.js';
import { dateFaults } from './policy.faults.js';
import { approversOf, rolesOf, ruleFor, stepsOf } from './policy.rules.js';

type PolicyPart = Pick<TenantConfiguration, 'people' | 'approvalPolicy' | 'tenant'>;

/**
 * Approval policy: two persons above materiality (requirements section 1 "Sector"), every quorum within reach of a
 * requester who is eligible too (approvals rule 11; NetApp's "unique approvers > required"), and nobody votes blind.
 */
export function approvalFaults(configuration: PolicyPart): ConfigurationFault[] {
  const { people, approvalPolicy } = configuration;
  const { marginException, rebaseline, configurationChange } = approvalPolicy;
  const root = ['approvalPolicy'] as const;
  return [
    ...ruleFaults(people, marginException, [...root, 'marginException'], true),
    ...ruleFaults(people, rebaseline, [...root, 'rebaseline'], false),
    ...levelFaults(people, configurationChange, [...root, 'configurationChange'], false),
    ...breakGlassFaults(configuration),
    ...rateFaults(configuration),
  ];
}

function ruleFaults(
  people: readonly ConfiguredPerson[],
  rule: ApprovalRule,
  path: FaultPath,
  seesMargin: boolean,
): ConfigurationFault[] {
  const { byDealType = {}, ...usual } = rule;
  return [
    ...levelsFaults(people, usual, path, seesMargin),
    ...Object.entries(byDealType).flatMap(([dealType, change]) =>
      levelsFaults(
        people,
        ruleFor(rule, dealType as DealType),
        [...path, 'byDealType', dealType],
        seesMargin,
        Object.keys(change),
      ),
    ),
  ];
}

/** `own` are the parts that are said here; what a deal type does not say stands, and is judged, above. */
function levelsFaults(
  people: readonly ConfiguredPerson[],
  { below, above, grave, materiality }: ApprovalRule,
  path: FaultPath,
  seesMargin: boolean,
  own: readonly string[] = ['materiality', 'below', 'above', 'grave'],
): ConfigurationFault[] {
  const says = (...names: string[]): boolean => names.some((name) => own.includes(name));
  const level = (of: ApprovalLevel, ...at: string[]): ConfigurationFault[] =>
    levelFaults(people, of, [...path, ...at], seesMargin);
  return [
    ...(says('below') ? level(below, 'below') : []),
    ...(says('above') ? level(above, 'above') : []),
    ...(says('below', 'above') ? twoPersonFaults(below, above, [...path, 'above', 'approvers']) : []),
    ...(grave && says('grave') ? level(grave.level, 'grave', 'level') : []),
    ...(grave && says('grave', 'materiality')
      ? thresholdFaults(materiality, grave.beyond, [...path, 'grave', 'beyond'])
      : []),
    ...(grave && says('grave', 'above')
      ? fewerFaults(above, grave.level, [...path, 'grave', 'level', 'approvers'])
      : []),
  ];
}

function levelFaults(
  people: readonly ConfiguredPerson[],
  level: ApprovalLevel,
  path: FaultPath,
  seesMargin: boolean,
): ConfigurationFault[] {
  const form = formFaults(level, path);
  if (form.length > 0) return form;
  return [
    ...stepFaults(people, level, path),
    ...(seesMargin ? blindFaults(people, level, path) : []),
    ...quorumFaults(people, level, path),
  ];
}

/** Either approvers and roles, or steps; of the steps each names somebody and stands once. */
function formFaults({ approvers, roles, steps }: ApprovalLevel, path: FaultPath): ConfigurationFault[] {
  const simple = approvers !== undefined || roles !== undefined;
  if ((steps !== undefined && simple) || (steps === undefined && (approvers === undefined || roles === undefined))) {
    const message = 'A level says either approvers and roles, or steps.';
    return [{ code: 'LEVEL_FORM', path, message, remedy: 'Give approvers and roles, or a list of steps.' }];
  }
  const names = (steps ?? []).map(({ name }, index) => ({ path: [...path, 'steps', index], identity: name }));
  const empty = (steps ?? []).flatMap(({ roles: own = [], people = [] }, index) =>
    own.length + people.length > 0
      ? []
      : [
          {
            code: 'LEVEL_FORM',
            path: [...path, 'steps', index],
            message: 'The step names nobody.',
            remedy: 'Give it roles, people, or both.',
          },
        ],
  );
  return [...duplicates('step', names), ...empty];
}

function stepFaults(
  people: readonly ConfiguredPerson[],
  { steps, roles = [] }: ApprovalLevel,
  path: FaultPath,
): ConfigurationFault[] {
  const keys = people.map(({ key }) => key);
  return [
    ...roles.flatMap((role, index) => actingRole(people, role, [...path, 'roles', index])),
    ...(steps ?? []).flatMap(({ roles: own = [], people: named = [] }, at) => [
      ...own.flatMap((role, index) => actingRole(people, role, [...path, 'steps', at, 'roles', index])),
      ...named.flatMap((key, index) =>
        keys.includes(key) ? [] : [unknownReference('person', key, [...path, 'steps', at, 'people', index], keys)],
      ),
    ]),
  ];
}

/** Whoever approves an exception to the floor must be able to see floor, margin and shortfall. */
function blindFaults(people: readonly ConfiguredPerson[], level: ApprovalLevel, path: FaultPath): ConfigurationFault[] {
  const sees = SEES_MARGIN.map(String);
  const blind = rolesOf(level).filter((role) => !sees.includes(role));
  const named = stepsOf(level).flatMap((step) => step.people);
  const blindPeople = people.filter(({ key, roles }) => named.includes(key) && !roles.some((r) => sees.includes(r)));
  const remedy = `Name roles that see it: ${listed(SEES_MARGIN)}.`;
  return [...blind, ...blindPeople.map(({ key }) => key)].map((who) => ({
    code: 'APPROVER_BLIND',
    path: level.steps ? [...path, 'steps'] : [...path, 'roles', (level.roles ?? []).indexOf(who as never)],
    message: `${who} would vote on a margin that the role may not see.`,
    remedy,
  }));
}

function quorumFaults(
  people: readonly ConfiguredPerson[],
  level: ApprovalLevel,
  path: FaultPath,
): ConfigurationFault[] {
  const steps = stepsOf(level);
  const candidates = people.map(({ id, key, roles }) => ({
    id,
    fits: (step: Required<ApprovalStep>) =>
      step.people.includes(key) || roles.some((role) => step.roles.includes(role)),
  }));
  const eligible = candidates.filter(({ fits }) => steps.some(fits));
  // Whoever asks does not answer, so every quorum must stand without any one of its people.
  const short = [undefined, ...eligible]
    .map(
      (requester) =>
        seat(
          steps,
          eligible.filter((candidate) => candidate !== requester),
        ).free,
    )
    .find((free) => free.length > 0);
  if (!short) return [];
  const approvers = approversOf(level);
  const keys = people.filter(({ id }) => eligible.some((candidate) => candidate.id === id)).map(({ key }) => key);
  const who = keys.length === 0 ? 'nobody' : listed(keys);
  const missing = Math.max(
    1,
    short.reduce((sum, free) => sum + free.missing, 0),
  );
  const groups = short.map(({ step }) => [...step.roles, ...step.people].join(' or ')).join('; ');
  const message =
    `${approvers} independent approval(s) need ${approvers + 1} different persons with ${groups}, ` +
    `since one of them may be the requester; there is ${who}.`;
  const remedy = `Give ${missing} more person(s) one of these roles, or allow another role.`;
  const at = level.steps ? [...path, 'steps', steps.indexOf(short[0]!.step), 'approvers'] : [...path, 'approvers'];
  return [{ code: 'QUORUM_UNREACHABLE', path: at, message, remedy }];
}

function twoPersonFaults(below: ApprovalLevel, above: ApprovalLevel, path: FaultPath): ConfigurationFault[] {
  if (approversOf(above) < 2) {
    const message = 'A material shortfall needs two different persons.';
    return [{ code: 'TWO_PERSON_RULE', path, message, remedy: 'Ask for at least 2 approvers above materiality.' }];
  }
  return fewerFaults(below, above, path);
}

function fewerFaults(lighter: ApprovalLevel, graver: ApprovalLevel, path: FaultPath): ConfigurationFault[] {
  if (approversOf(graver) >= approversOf(lighter)) return [];
  const message = 'Above the threshold fewer persons are asked than below it.';
  return [{ code: 'TWO_PERSON_RULE', path, message, remedy: `Ask for at least ${approversOf(lighter)} approvers.` }];
}

function thresholdFaults(material: Materiality, grave: Materiality, path: FaultPath): ConfigurationFault[] {
  const lower = (['shortfallMinor', 'shortfallBps', 'shortfallShareBps'] as const).filter(
    (name) => (grave[name] ?? Infinity) < (material[name] ?? -Infinity),
  );
  return lower.map((name) => ({
    code: 'THRESHOLD_ORDER',
    path: [...path, name],
    message: 'The higher threshold lies below materiality.',
    remedy: `Give at least ${material[name]}.`,
  }));
}

function breakGlassFaults({ people, approvalPolicy }: PolicyPart): ConfigurationFault[] {
  const { breakGlass } = approvalPolicy;
  if (!breakGlass) return [];
  const path = ['approvalPolicy', 'breakGlass'];
  const keys = people.map(({ key }) => key);
  const auditors = people.filter(({ roles }) => roles.includes('AUDITOR')).map(({ key }) => key);
  return [
    ...breakGlass.people.flatMap((key, index) =>
      keys.includes(key) ? [] : [unknownReference('person', key, [...path, 'people', index], keys)],
    ),
    ...breakGlass.people.flatMap((key, index) =>
      auditors.includes(key)
        ? [
            {
              code: 'AUDITOR_ACTS',
              path: [...path, 'people', index],
              message: `${key} is an auditor, who changes nothing.`,
              remedy: 'Name somebody else.',
            },
          ]
        : [],
    ),
    ...breakGlass.reviewRoles.flatMap((role, index) => actingRole(people, role, [...path, 'reviewRoles', index])),
    ...reviewerFaults(people, breakGlass, [...path, 'reviewRoles']),
  ];
}

/** Somebody must be left to review: a holder of the roles who is not on the list. */
function reviewerFaults(
  people: readonly ConfiguredPerson[],
  { people: named, reviewRoles }: NonNullable<TenantConfiguration['approvalPolicy']['breakGlass']>,
  path: FaultPath,
): ConfigurationFault[] {
  if (named.length === 0) return [];
  const left = people.filter(({ key, roles }) => !named.includes(key) && roles.some((r) => reviewRoles.includes(r)));
  // One of them may be the requester.
  if (left.length >= 2) return [];
  const message = 'Fewer than two people are left to review an emergency: they had no part in it.';
  return [{ code: 'QUORUM_UNREACHABLE', path, message, remedy: 'Allow another role, or name fewer people.' }];
}

function rateFaults({ approvalPolicy, tenant }: PolicyPart): ConfigurationFault[] {
  const rates = approvalPolicy.exchangeRates ?? [];
  const at = (index: number): FaultPath => ['approvalPolicy', 'exchangeRates', index];
  return [
    ...duplicates(
      'rate',
      rates.map(({ currency, from }, index) => ({ path: at(index), identity: `${currency} ${from}` })),
    ),
    ...rates.flatMap(({ currency, from }, index) => [
      ...dateFaults(from, [...at(index), 'from']),
      ...(isCurrency(currency) && currency !== tenant.currency
        ? []
        : [
            {
              code: 'CURRENCY',
              path: [...at(index), 'currency'],
              message: `${currency} is no other active ISO 4217 currency.`,
              remedy: `Use a code such as EUR, other than ${tenant.currency}.`,
            },
          ]),
    ]),
  ];
}
