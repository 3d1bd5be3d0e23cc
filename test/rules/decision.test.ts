import * as fc from 'fast-check';
import { ABILITIES } from '../../src/abilities.js';
import { abilityOf, allows } from '../../src/core/ability.js';
import { tableOf } from '../../src/core/table.js';
import type { Statement } from '../../src/core/statement.js';
import { decisionsForOpenAssumptions, type OpenMatters } from '../../src/decision/decision.effects.js';
import { Decision, DecisionKind, DecisionState } from '../../src/decision/decision.entity.js';
import {
  assumptionFindings,
  hiddenContactFindings,
  kickoffDecisionFindings,
  outcomeFindings,
  ownerFindings,
  responsibilityFindings,
} from '../../src/decision/decision.rules.js';
import { type Assumption, AssumptionState } from '../../src/handoff/content.entity.js';
import { hiddenFindings } from '../../src/handoff/handoff.rules.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import { Role } from '../../src/identity/roles.js';
import { vary } from './checklist.kit.js';
import { content, id, moment, NOW, SOFIA, TENANT } from './handoff.kit.js';

const TODAY = '2026-11-23';
const OLA = id(15);
const decision = (change: Partial<Decision> = {}): Decision =>
  Object.assign(new Decision(), {
    tenantId: TENANT,
    id: id(800),
    handoffId: id(30),
    number: 'D-1',
    kind: DecisionKind.QUESTION,
    question: 'Who migrates the mail?',
    context: null,
    assumptionId: null,
    causeKey: null,
    ownerId: SOFIA,
    dueOn: '2026-11-25',
    escalationContactId: OLA,
    blocksKickoff: true,
    state: DecisionState.OPEN,
    outcome: null,
    reason: null,
    decidedBy: null,
    decidedAt: null,
    openedBy: SOFIA,
    openedAt: NOW,
    assignedAt: NOW,
    sources: [],
    ...change,
  });
const assumption = (n: number, change: Partial<Assumption> = {}): Assumption =>
  vary(content().assumptions[0]!, { id: id(n), text: `Belief ${n}`, state: AssumptionState.ASSUMED, ...change });
const codes = (findings: readonly { code: string }[]): string[] => findings.map(({ code }) => code);

/** The rows of an insert, by property. */
function inserted(statements: readonly Statement[]): Record<string, unknown>[] {
  return statements
    .filter(({ text }) => text.startsWith('insert'))
    .flatMap(({ text, values }) => {
      const names = /\(tenant_id, ([^)]+)\)/.exec(text)![1]!.split(', ');
      const properties = names.map(
        (name) => tableOf(Decision).columns.find((column) => column.name === name)!.property,
      );
      return Array.from({ length: values.length / names.length }, (_, row) =>
        Object.fromEntries(properties.map((property, at) => [property, values[row * names.length + at]])),
      );
    });
}

describe('the kickoff', () => {
  test('an open entry that blocks is blocking, another a warning, one that was decided nothing', () => {
    const log = [
      decision(),
      decision({ number: 'D-2', blocksKickoff: false }),
      decision({ number: 'D-3', state: DecisionState.RESOLVED }),
    ];
    expect(kickoffDecisionFindings(log, TODAY)).toMatchObject([
      { code: 'DECISION_OPEN', severity: 'BLOCKING', path: 'decisions.D-1', facts: { overdue: false, daysOverdue: 0 } },
      { code: 'DECISION_OPEN', severity: 'WARNING', path: 'decisions.D-2' },
    ]);
  });

  test.each([
    ['2026-11-23', false, 0],
    ['2026-11-22', true, 1],
    ['2026-10-31', true, 23],
  ])('due on %s: overdue %p by %p days', (dueOn, overdue, daysOverdue) => {
    expect(kickoffDecisionFindings([decision({ dueOn })], TODAY)).toMatchObject([{ facts: { overdue, daysOverdue } }]);
  });
});

const matters = (change: Partial<OpenMatters> = {}): OpenMatters => ({
  handoffId: id(30),
  assumptions: [],
  existing: [],
  ownerId: SOFIA,
  dueOn: '2026-11-26',
  escalationContactId: OLA,
  sources: [{ type: 'DEAL_SNAPSHOT', id: id(22), version: '1', hash: 'a'.repeat(64) }],
  ...change,
});

describe('what becomes an entry on submit', () => {
  test('each assumption that is still assumed, with owner, due date, escalation contact and source', () => {
    const assumptions = [
      assumption(1),
      assumption(2, { state: AssumptionState.CONFIRMED }),
      assumption(3, { impact: 'Two weeks late.' }),
    ];
    const rows = inserted(decisionsForOpenAssumptions(matters({ assumptions }), moment()).statements);
    const common = {
      kind: 'ASSUMPTION',
      ownerId: SOFIA,
      dueOn: '2026-11-26',
      escalationContactId: OLA,
      blocksKickoff: true,
      state: 'OPEN',
    };
    expect(rows).toMatchObject([
      { ...common, number: 'D-1', assumptionId: id(1) },
      { ...common, number: 'D-2', assumptionId: id(3), context: 'Two weeks late.' },
    ]);
    expect(JSON.parse(rows[0]!.sources as string)).toHaveLength(1);
  });

  test('"None: reason" is no assumption', () => {
    const assumptions = [assumption(1, { text: 'None: everything was surveyed on site.' })];
    expect(decisionsForOpenAssumptions(matters({ assumptions }), moment()).opened).toEqual([]);
  });

  test('submitted again and again, each assumption has one entry and each number is used once', () => {
    const draws = fc.array(fc.subarray([1, 2, 3, 4, 5, 6]), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(draws, (rounds) => {
        const existing: Decision[] = [];
        for (const round of rounds) {
          const { statements } = decisionsForOpenAssumptions(
            matters({ assumptions: round.map((n) => assumption(n)), existing }),
            moment(),
          );
          existing.push(...inserted(statements).map((row) => decision(row as Partial<Decision>)));
        }
        expect(existing).toHaveLength(new Set(rounds.flat()).size);
        expect(new Set(existing.map(({ assumptionId }) => assumptionId))).toEqual(
          new Set(rounds.flat().map((n) => id(n))),
        );
        expect(new Set(existing.map(({ number }) => number)).size).toBe(existing.length);
      }),
    );
  });

  test('an open entry is obsolete once its assumption was confirmed, not when it was refuted', () => {
    const existing = [decision({ id: id(801), assumptionId: id(1) }), decision({ id: id(802), assumptionId: id(2) })];
    const assumptions = [
      assumption(1, { state: AssumptionState.CONFIRMED }),
      assumption(2, { state: AssumptionState.REFUTED }),
    ];
    const { statements } = decisionsForOpenAssumptions(matters({ assumptions, existing }), moment());
    expect(statements).toHaveLength(1);
    expect(statements[0]!.values).toEqual(expect.arrayContaining([DecisionState.OBSOLETE, id(801)]));
  });

  test('nothing open, nothing written', () => {
    expect(decisionsForOpenAssumptions(matters(), moment())).toEqual({ opened: [], statements: [] });
  });
});

const by = (personId: string, ...roles: Role[]) => moment({ id: personId, roles }).actor;

describe('who decides', () => {
  const people = [
    { personId: SOFIA, role: Role.SALES_MANAGER },
    { personId: OLA, role: Role.AUDITOR },
  ];
  test.each([
    ['sound', { ownerId: SOFIA, escalationContactId: OLA, dueOn: TODAY }, []],
    ['an auditor', { ownerId: OLA, escalationContactId: SOFIA, dueOn: TODAY }, ['OWNER_NOT_ELIGIBLE']],
    [
      'nobody',
      { ownerId: id(98), escalationContactId: id(99), dueOn: TODAY },
      ['OWNER_NOT_ELIGIBLE', 'CONTACT_NOT_ELIGIBLE'],
    ],
    ['only oneself', { ownerId: SOFIA, escalationContactId: SOFIA, dueOn: TODAY }, ['ESCALATION_TO_OWNER']],
    ['too late', { ownerId: SOFIA, escalationContactId: OLA, dueOn: '2026-11-22' }, ['DUE_IN_THE_PAST']],
  ])('%s', (_name, responsibility, expected) => {
    expect(codes(responsibilityFindings(responsibility, people, TODAY))).toEqual(expected);
  });

  test.each(Object.values(Stage))(
    'only whoever can see the handoff owns its entries or is told of them: %s',
    (stage) => {
      const roles = Object.values(Role).filter((role) => role !== Role.INTEGRATOR);
      for (const held of [[], ...roles.map((role) => [role]), [Role.DELIVERY_MANAGER, Role.AUDITOR]])
        for (const deliveryManagerId of [null, OLA, SOFIA]) {
          const handoff = { stage, deliveryManagerId };
          const ability = abilityOf(moment({ id: OLA, roles: held }).actor, ABILITIES);
          const holders = held.map((role) => ({ personId: OLA, role }));
          const found = hiddenFindings(handoff, OLA, [...holders, { personId: SOFIA, role: Role.SALES_MANAGER }]);
          const isHidden = held.length > 0 && !allows(ability, 'read', 'Handoff', handoff);
          expect(codes(found)).toEqual(isHidden ? ['OWNER_CANNOT_SEE'] : []);
          expect(codes(hiddenContactFindings(handoff, OLA, holders))).toEqual(isHidden ? ['CONTACT_CANNOT_SEE'] : []);
        }
    },
  );

  test('the owner, or who leads delivery, while it is open', () => {
    expect(ownerFindings(decision(), by(SOFIA, Role.SALES_MANAGER))).toEqual([]);
    expect(ownerFindings(decision(), by(OLA, Role.SERVICE_DELIVERY_LEAD))).toEqual([]);
    expect(codes(ownerFindings(decision(), by(OLA, Role.SALES_MANAGER)))).toEqual(['NOT_THE_OWNER']);
    expect(codes(ownerFindings(decision({ state: DecisionState.OBSOLETE }), by(OLA, Role.FINANCE_APPROVER)))).toEqual([
      'DECISION_CLOSED',
      'NOT_THE_OWNER',
    ]);
  });

  test('an outcome and a reason that say something', () => {
    expect(outcomeFindings('We migrate it.', 'The client has nobody.')).toEqual([]);
    expect(codes(outcomeFindings('  ', '  because  '))).toEqual(['OUTCOME_MISSING', 'REASON_TOO_SHORT']);
  });

  test('one assumption, one entry', () => {
    const asked = (assumptionId: string | null, blocksKickoff = true) => ({ assumptionId, blocksKickoff });
    expect(assumptionFindings(asked(null), [decision()])).toEqual([]);
    expect(assumptionFindings(asked(id(1)), [decision()])).toEqual([]);
    expect(codes(assumptionFindings(asked(id(1)), [decision({ assumptionId: id(1) })]))).toEqual([
      'ALREADY_IN_THE_LOG',
    ]);
    expect(assumptionFindings(asked(null, false), [])).toEqual([]);
    expect(assumptionFindings(asked(id(1), false), [])).toMatchObject([
      { code: 'ASSUMPTION_BLOCKS_KICKOFF', path: 'blocksKickoff' },
    ]);
  });
});
