import * as fc from 'fast-check';
import { type ConflictGround, findConflicts, JUDGED } from '../../src/conflict/conflict.rules.js';
import { dutyOf } from '../../src/conflict/duty.rules.js';
import { CommitmentState } from '../../src/commitment/commitment.entity.js';
import { conflictDrift, isSettled } from '../../src/decision/conflict.effects.js';
import { DecisionState } from '../../src/decision/decision.entity.js';
import { AssumptionState, StatementKind } from '../../src/handoff/content.entity.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import { Role } from '../../src/identity/roles.js';
import { MilestoneState, TaskState } from '../../src/project/project.entity.js';
import { configuration, id, NOW } from './handoff.kit.js';

const { OPEN, SCOPE_LINE, TASK, DECLINED } = CommitmentState;
const line = (
  kind: 'LABOUR' | 'SERVICE',
  quantity: string,
  totalMinor: string,
): ConflictGround['terms']['lines'][number] => ({
  position: 1,
  externalId: null,
  kind,
  productCode: null,
  description: 'A line',
  quantity,
  unitPrice: '1',
  discountPercent: '0',
  discountAmount: '0',
  unitCost: null,
  billing: 'ONE_OFF',
  billingPeriod: null,
  periods: null,
  totalMinor,
  costMinor: null,
});
type Commitment = ConflictGround['commitments'][number];
const promise = (n: number, change: Partial<Commitment> = {}): Commitment => ({
  id: id(n),
  text: `Promise ${n}`,
  topic: null,
  dueOn: null,
  state: SCOPE_LINE,
  promisedHours: null,
  promisedAmount: null,
  resolutionReference: 'Line 1',
  resolutionTermsRevision: 1,
  ...change,
});
type Statement = ConflictGround['statements'][number];
const statement = (n: number, kind: StatementKind, topic: string | null, dueOn: string | null = null): Statement => ({
  id: id(n),
  kind,
  text: `Statement ${n}`,
  topic,
  dueOn,
});
const ground = (change: Partial<ConflictGround> = {}): ConflictGround => ({
  handoff: { id: id(30), stage: Stage.IN_REVIEW, termsRevision: 1 },
  statements: [],
  assumptions: [],
  commitments: [],
  project: { startOn: '2026-12-01', targetOn: '2027-02-01' },
  milestones: [{ key: 'design', name: 'Design', targetOn: '2026-12-15', state: MilestoneState.PLANNED }],
  tasks: [],
  decisions: [],
  terms: { currency: 'GBP', lines: [line('LABOUR', '40', '400000')] },
  ...change,
});
const causes = (change: Partial<ConflictGround>): string[] =>
  findConflicts(ground(change)).map(({ causeKey }) => causeKey);
const task = (n: number, dueOn: string, state = TaskState.OPEN) => ({ key: `commitment:${id(n)}`, dueOn, state });

describe('what contradicts each other', () => {
  const out = statement(50, StatementKind.OUT_OF_SCOPE, 'wifi');
  const belief = {
    id: id(70),
    text: 'The roof can be reached',
    state: AssumptionState.REFUTED,
    impact: null,
    resolution: 'No',
  };
  it.each<{ what: string; change: Partial<ConflictGround>; found: string[] }>([
    {
      what: 'a promise that the scope excludes',
      change: { statements: [out], commitments: [promise(1, { topic: 'wifi' })] },
      found: [`COMMITMENT_EXCLUDED:${id(1)}`],
    },
    {
      what: 'one that was declined',
      change: { statements: [out], commitments: [promise(1, { topic: 'wifi', state: DECLINED })] },
      found: [],
    },
    {
      what: 'one about something else',
      change: { statements: [out], commitments: [promise(1, { topic: 'lan' }), promise(2)] },
      found: [],
    },
    {
      what: 'a promise without a home',
      change: { commitments: [promise(1, { state: OPEN, resolutionTermsRevision: null })] },
      found: [`COMMITMENT_UNANSWERED:${id(1)}`],
    },
    {
      what: 'one whose task is not planned',
      change: { commitments: [promise(1, { state: TASK })], tasks: [task(1, '2026-12-10', TaskState.CANCELLED)] },
      found: [`COMMITMENT_UNANSWERED:${id(1)}`],
    },
    {
      what: 'one whose task is planned',
      change: { commitments: [promise(1, { state: TASK })], tasks: [task(1, '2026-12-10')] },
      found: [],
    },
    {
      what: 'one topic in and out of scope',
      change: {
        statements: [out, statement(51, StatementKind.IN_SCOPE, 'wifi'), statement(52, StatementKind.IN_SCOPE, 'lan')],
      },
      found: ['SCOPE_CONTRADICTED:wifi'],
    },
    {
      what: 'a day before the start',
      change: { commitments: [promise(1, { dueOn: '2026-11-30' }), promise(2, { dueOn: '2026-12-01' })] },
      found: [`PROMISED_TOO_EARLY:${id(1)}`],
    },
    {
      what: 'a day before its task',
      change: { commitments: [promise(1, { state: TASK, dueOn: '2026-12-09' })], tasks: [task(1, '2026-12-10')] },
      found: [`PROMISED_TOO_EARLY:${id(1)}`],
    },
    {
      what: 'a day before its milestone',
      change: { commitments: [promise(1, { topic: 'design', dueOn: '2026-12-14' })] },
      found: [`PROMISED_TOO_EARLY:${id(1)}`],
    },
    {
      what: 'a timeline before the end',
      change: { statements: [statement(53, StatementKind.PROMISED_TIMELINE, null, '2027-01-31')] },
      found: [`PROMISED_TOO_EARLY:${id(53)}`],
    },
    {
      what: 'a timeline of a milestone',
      change: { statements: [statement(53, StatementKind.PROMISED_TIMELINE, 'design', '2026-12-15')] },
      found: [],
    },
    { what: 'hours at the limit', change: { commitments: [promise(1, { promisedHours: '40' })] }, found: [] },
    {
      what: 'hours beyond the contract, by the one that passes the end',
      change: {
        commitments: [
          promise(1, { promisedHours: '39.5' }),
          promise(2, { promisedHours: '0.51' }),
          promise(3, { promisedHours: '9' }),
        ],
      },
      found: [`PROMISE_BEYOND_CONTRACT:${id(2)}`],
    },
    {
      what: 'money beyond the contract',
      change: { commitments: [promise(1, { promisedAmount: '4000.01' })] },
      found: [`PROMISE_BEYOND_CONTRACT:${id(1)}`],
    },
    {
      what: 'a line of older terms',
      change: {
        handoff: { id: id(30), stage: Stage.IN_REVIEW, termsRevision: 3 },
        commitments: [promise(1), promise(2, { resolutionTermsRevision: 3 })],
      },
      found: [`TERMS_CHANGED:${id(1)}:3`],
    },
    {
      what: 'a refuted belief that nobody asks about',
      change: { assumptions: [belief] },
      found: [`ASSUMPTION_REFUTED:${id(70)}`],
    },
    {
      what: 'one that an entry asks about',
      change: {
        assumptions: [belief],
        decisions: [{ assumptionId: id(70), causeKey: null, state: DecisionState.OPEN }],
      },
      found: [],
    },
    {
      what: 'one whose entry was obsolete by then',
      change: {
        assumptions: [belief],
        decisions: [{ assumptionId: id(70), causeKey: null, state: DecisionState.OBSOLETE }],
      },
      found: [`ASSUMPTION_REFUTED:${id(70)}`],
    },
  ])('$what', ({ change, found }) => {
    expect(causes(change)).toEqual(found);
  });

  it('counts while delivery has the handoff, and in no other stage', () => {
    const contradiction = { statements: [out, statement(51, StatementKind.IN_SCOPE, 'wifi')] };
    const judged = Object.values(Stage).filter(
      (stage) => causes({ ...contradiction, handoff: { id: id(30), stage, termsRevision: 1 } }).length > 0,
    );
    expect(new Set(judged)).toEqual(new Set(JUDGED));
  });
});

const TOPIC = fc.constantFrom('wifi', 'lan', null);
const DAY = fc.constantFrom('2026-11-20', '2026-12-10', '2027-03-01', null);
const anything = fc.record({
  kinds: fc.array(
    fc.record({
      kind: fc.constantFrom(StatementKind.IN_SCOPE, StatementKind.OUT_OF_SCOPE, StatementKind.PROMISED_TIMELINE),
      topic: TOPIC,
      dueOn: DAY,
    }),
    { maxLength: 5 },
  ),
  promises: fc.array(
    fc.record({
      topic: TOPIC,
      dueOn: DAY,
      state: fc.constantFrom(...Object.values(CommitmentState)),
      promisedHours: fc.constantFrom(null, '1', '39', '41'),
      resolutionTermsRevision: fc.constantFrom(null, 1, 2),
    }),
    { maxLength: 5 },
  ),
});
const of = ({ kinds, promises }: typeof anything extends fc.Arbitrary<infer T> ? T : never): ConflictGround =>
  ground({
    handoff: { id: id(30), stage: Stage.IN_REVIEW, termsRevision: 2 },
    statements: kinds.map(({ kind, topic, dueOn }, n) => statement(100 + n, kind, topic, dueOn)),
    commitments: promises.map((change, n) => promise(n + 1, change)),
  });

describe('whatever was written', () => {
  it('each cause is found once, with its sources, in an order of its own', () => {
    fc.assert(
      fc.property(anything, (drawn) => {
        const found = findConflicts(of(drawn));
        const keys = found.map(({ causeKey }) => causeKey);
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys).toEqual(keys.toSorted());
        expect(
          found.every(({ sources }) => sources.length > 0 && sources.every(({ hash }) => /^[0-9a-f]{64}$/.test(hash))),
        ).toBe(true);
        const shuffled = of(drawn);
        expect(
          findConflicts({ ...shuffled, statements: shuffled.statements.toReversed() }).map(({ causeKey }) => causeKey),
        ).toEqual(keys);
      }),
    );
  });

  it('a log that follows it is settled, and no cause ever has two entries', () => {
    interface Entry {
      id: string;
      causeKey: string | null;
      state: DecisionState;
      decidedBy: string | null;
    }
    fc.assert(
      fc.property(fc.array(fc.tuple(anything, fc.boolean()), { maxLength: 6 }), (turns) => {
        const log: Entry[] = [];
        for (const [drawn, decides] of turns) {
          const conflicts = findConflicts(of(drawn));
          const { missing, returned, gone } = conflictDrift(conflicts, log);
          for (const { causeKey } of missing)
            log.push({ id: causeKey, causeKey, state: DecisionState.OPEN, decidedBy: null });
          for (const entry of log) {
            if (returned.some((one) => one.id === entry.id)) entry.state = DecisionState.OPEN;
            if (gone.includes(entry.id)) entry.state = DecisionState.OBSOLETE;
          }
          expect(isSettled(conflictDrift(conflicts, log))).toBe(true);
          const standing = new Set(conflicts.map(({ causeKey }) => causeKey));
          const asked = log.filter(({ state }) => state !== DecisionState.OBSOLETE).map(({ causeKey }) => causeKey!);
          expect(asked).toEqual(expect.arrayContaining([...standing]));
          const open = log.filter(({ state }) => state === DecisionState.OPEN);
          expect(open.every(({ causeKey }) => standing.has(causeKey!))).toBe(true);
          if (decides && open[0]) Object.assign(open[0], { state: DecisionState.RESOLVED, decidedBy: id(11) });
        }
        expect(new Set(log.map(({ causeKey }) => causeKey)).size).toBe(log.length);
      }),
    );
  });
});

describe('who decides', () => {
  const [sales, delivery, lead] = [id(11), id(12), id(13)];
  const everybody = [
    { personId: sales, role: Role.SALES_MANAGER },
    { personId: delivery, role: Role.DELIVERY_MANAGER },
    { personId: lead, role: Role.SERVICE_DELIVERY_LEAD },
  ];
  const parties = (people = everybody, deliveryManagerId: string | null = delivery) => ({
    handoff: { ownerId: sales, deliveryManagerId },
    configuration: configuration(),
    ruling: { escalationContacts: [{ topic: 'DECISION' as const, ladder: ['leah.lead', 'nobody'] }] },
    people,
    idByKey: new Map([['leah.lead', lead]]),
  });
  it.each<{ side: 'SALES' | 'DELIVERY'; without: readonly string[]; owner: string | null; contact: string | null }>([
    { side: 'SALES', without: [], owner: sales, contact: lead },
    { side: 'DELIVERY', without: [], owner: delivery, contact: lead },
    { side: 'SALES', without: [sales], owner: delivery, contact: lead },
    { side: 'DELIVERY', without: [delivery, sales], owner: null, contact: null },
    { side: 'DELIVERY', without: [delivery], owner: sales, contact: lead },
    { side: 'SALES', without: [lead], owner: sales, contact: delivery },
  ])('$side without $without', ({ side, without, owner, contact }) => {
    const duty = dutyOf({ side }, parties(everybody.filter(({ personId }) => !without.includes(personId))), NOW);
    expect(duty && { owner: duty.ownerId, contact: duty.escalationContactId }).toEqual(owner && { owner, contact });
    // Three business days from Monday, 23 November.
    if (duty) expect(duty.dueOn).toBe('2026-11-26');
  });
});
