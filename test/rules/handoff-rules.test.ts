import type { DealQuestion } from '../../src/catalogue/configuration.js';
import { answerChange } from '../../src/handoff/answers.rules.js';
import {
  assessFindings,
  checkRevision,
  editFindings,
  endedFindings,
  stageFindings,
} from '../../src/handoff/handoff.rules.js';
import {
  HANDOFF_ACTIONS,
  Stage,
  targetOf,
  TRANSITIONS,
  transitionsFor,
  transitionsFrom,
} from '../../src/handoff/stage.rules.js';
import { handoff, marks } from './handoff.kit.js';

const STAGES = Object.values(Stage);

describe('the transition table', () => {
  test('every transition has an action of the API, and every action a transition', () => {
    expect(Object.values(HANDOFF_ACTIONS).toSorted()).toEqual(
      TRANSITIONS.map(({ transition }) => transition).toSorted(),
    );
  });

  test('from DRAFT every stage can be reached, and nothing leaves the ends', () => {
    const reached = new Set<Stage>([Stage.DRAFT]);
    for (const from of reached) {
      for (const transition of transitionsFrom(from)) reached.add(targetOf(transition, from)!);
    }
    expect([...reached].toSorted()).toEqual(STAGES.toSorted());
    expect([Stage.CLOSED, Stage.WITHDRAWN].flatMap((stage) => transitionsFrom(stage))).toEqual([]);
  });

  test.each(STAGES)('from %s only its own steps are open', (stage) => {
    for (const { transition, from } of TRANSITIONS) {
      const findings = stageFindings(handoff({ stage }), transition);
      expect(marks(findings)).toEqual(from.includes(stage) ? [] : ['WRONG_STAGE handoff.stage']);
    }
  });
});

describe('the steps that are open to someone', () => {
  test('start at the stage, and their right is held', () => {
    expect(transitionsFor(Stage.IN_REVIEW, (right) => right === 'review')).toEqual(['return']);
    expect(transitionsFor(Stage.SIGNED_OFF, (right) => right === 'signOff')).toEqual(['revokeSignOff']);
    expect(transitionsFor(Stage.DRAFT, () => false)).toEqual([]);
    for (const stage of STAGES) expect(transitionsFor(stage, () => true)).toEqual(transitionsFrom(stage));
  });
});

/** The stages in which nothing is found. */
const open = (judge: (stage: Stage) => readonly unknown[]): Stage[] =>
  STAGES.filter((stage) => judge(stage).length === 0);

describe('who may write when', () => {
  test('sales edits in DRAFT and RETURNED', () => {
    expect(open((stage) => editFindings(handoff({ stage })))).toEqual([Stage.DRAFT, Stage.RETURNED]);
    expect(open((stage) => assessFindings(handoff({ stage }), ['SALES_MANAGER']))).toEqual([
      Stage.DRAFT,
      Stage.RETURNED,
    ]);
  });

  test.each(['DELIVERY_MANAGER', 'SERVICE_DELIVERY_LEAD'])('%s adds risks and assumptions in review too', (role) => {
    expect(open((stage) => assessFindings(handoff({ stage }), [role]))).toEqual([
      Stage.DRAFT,
      Stage.IN_REVIEW,
      Stage.RETURNED,
    ]);
  });

  test('an ended handoff changes no more', () => {
    const shut = STAGES.filter((stage) => endedFindings(handoff({ stage })).length > 0);
    expect(shut).toEqual([Stage.CLOSED, Stage.WITHDRAWN]);
  });

  test('only the revision that is there is taken', () => {
    expect(() => checkRevision(handoff({ revision: 5 }), 5)).not.toThrow();
    expect(() => checkRevision(handoff({ revision: 5 }), 4)).toThrow(
      expect.objectContaining({ code: 'STALE_REVISION' }),
    );
  });
});

describe('answers', () => {
  const questions: DealQuestion[] = [
    { key: 'on-site', label: 'On site?', type: 'BOOLEAN' },
    {
      key: 'firewall',
      label: 'Which firewall?',
      type: 'CHOICE',
      options: [
        { value: 'new', label: 'New' },
        { value: 'kept', label: 'Kept' },
      ],
    },
  ];

  test('given ones are laid over the present ones; null takes one back', () => {
    const given = [
      { key: 'firewall', value: null },
      { key: 'on-site', value: 'false' },
    ];
    expect(answerChange(questions, { firewall: 'new' }, given)).toEqual({
      answers: { 'on-site': false },
      findings: [],
    });
    expect(answerChange(questions, { firewall: 'new' }, [])).toEqual({ answers: { firewall: 'new' }, findings: [] });
  });

  test('unknown questions and wrong answers are all named', () => {
    const given = [
      { key: '__proto__', value: 'true' },
      { key: 'on-site', value: 'yes' },
      { key: 'firewall', value: 'old' },
    ];
    const { answers, findings } = answerChange(questions, {}, given);
    expect(marks(findings)).toEqual([
      'UNKNOWN_QUESTION answers.__proto__',
      'WRONG_ANSWER answers.on-site',
      'WRONG_ANSWER answers.firewall',
    ]);
    expect(answers).toEqual({});
  });
});
