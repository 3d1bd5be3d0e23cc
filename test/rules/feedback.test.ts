import type { RuledConfiguration } from '../../src/catalogue/configuration.js';
import { type DeliveryGround, deliveryDeadlines } from '../../src/escalation/delivery.rules.js';
import { EscalationCause } from '../../src/escalation/escalation.entity.js';
import { type FeasibilitySignOff, SignOffState } from '../../src/feasibility/feasibility.entity.js';
import { acceptancesOf } from '../../src/feedback/acceptance.rules.js';
import { figuresBy, type HandoffSignals } from '../../src/feedback/feedback.queries.js';
import { feedbackFindings, observationFindings } from '../../src/feedback/feedback.rules.js';
import { Stage } from '../../src/handoff/stage.rules.js';
import { answered, answerFindings } from '../../src/kickoff/answer.rules.js';
import { InformationCategory } from '../../src/kickoff/kickoff.entity.js';
import { Acceptance, type HandoffReturn } from '../../src/passage/gate.entity.js';
import { sample } from './catalogue.kit.js';

const at = (text: string): Date => new Date(text);

describe('the deadlines of delivery', () => {
  const configuration = sample() as RuledConfiguration;
  const nothing: DeliveryGround = {
    acceptances: [],
    feedback: [],
    deliverable: null,
    firstTouch: null,
    withdrawnAt: null,
  };
  const since = { signOffs: [at('2026-11-23T14:00:00Z')], introducedAt: null, endedAt: null };
  const of = (ground: Partial<DeliveryGround>, more: Partial<typeof since> = {}) =>
    deliveryDeadlines({ ...nothing, ...ground }, { ...since, ...more }, configuration);

  it.each([
    {
      what: 'a Monday',
      signedAt: '2026-11-23T14:00:00Z',
      asked: '2026-12-07T09:00:00.000Z',
      due: '2026-12-10T17:30:00.000Z',
    },
    {
      what: 'Christmas Day',
      signedAt: '2026-12-11T10:00:00Z',
      asked: '2026-12-29T09:00:00.000Z',
      due: '2027-01-04T17:30:00.000Z',
    },
    {
      what: 'a day after the clocks went back',
      signedAt: '2026-10-12T10:00:00Z',
      asked: '2026-10-26T09:00:00.000Z',
      due: '2026-10-29T17:30:00.000Z',
    },
    {
      what: 'a late Friday evening of the tenant',
      signedAt: '2026-11-20T23:30:00Z',
      asked: '2026-12-04T09:00:00.000Z',
      due: '2026-12-09T17:30:00.000Z',
    },
  ])('ask for feedback two weeks after the acceptance: $what', ({ signedAt, asked, due }) => {
    const [deadline] = of({ acceptances: [{ signOffId: 's', signedAt: at(signedAt), endedAt: null }] });
    expect(deadline).toMatchObject({ cause: EscalationCause.FEEDBACK, mark: 's', remindAt: at(asked), dueAt: at(due) });
  });

  it('end with the answer, or with the handoff', () => {
    const acceptances = [{ signOffId: 's', signedAt: at('2026-11-23T14:00:00Z'), endedAt: null }];
    const [answer, end] = [at('2026-12-08T10:00:00Z'), at('2026-12-20T10:00:00Z')];
    expect(of({ acceptances, feedback: [answer] }, { endedAt: end as never })[0]).toMatchObject({
      stoppedAt: answer,
      voidedAt: null,
    });
    expect(of({ acceptances }, { endedAt: end as never })[0]).toMatchObject({ stoppedAt: null, voidedAt: end });
    expect(of({})).toEqual([]);
  });

  it('end with an acceptance that lapsed, and ask about the next one', () => {
    const lapsed = { signOffId: 'a', signedAt: at('2026-11-23T14:00:00Z'), endedAt: at('2026-12-09T10:00:00Z') };
    const live = { signOffId: 'b', signedAt: at('2026-12-10T14:00:00Z'), endedAt: null };
    const answer = at('2026-12-28T10:00:00Z');
    // What delivery said of the first acceptance does not answer for the second.
    const earlier = at('2026-11-26T10:00:00Z');
    expect(of({ acceptances: [lapsed, live], feedback: [earlier, answer] })).toMatchObject([
      { mark: 'a', stoppedAt: null, voidedAt: lapsed.endedAt },
      { mark: 'b', stoppedAt: answer, voidedAt: null },
    ]);
    expect(of({ acceptances: [lapsed, live], feedback: [earlier] })[1]).toMatchObject({ stoppedAt: null });
  });

  it('hold the first deliverable to its day, not before the acceptance, and beyond the close', () => {
    const deliverable = { milestoneId: 'm', targetOn: '2026-12-04', doneAt: null };
    const [late] = of({ deliverable }, { endedAt: at('2026-12-01T10:00:00Z') as never });
    expect(late).toMatchObject({
      cause: EscalationCause.FIRST_DELIVERABLE,
      mark: 'm/2026-12-04',
      remindAt: at('2026-12-04T09:00:00Z'),
      dueAt: at('2026-12-04T17:30:00Z'),
      voidedAt: null,
    });
    const signed = at('2026-12-07T10:00:00Z');
    expect(of({ deliverable }, { signOffs: [signed] })[0]).toMatchObject({ remindAt: signed, dueAt: signed });
    expect(of({ deliverable }, { signOffs: [] })).toEqual([]);
    const withdrawnAt = at('2026-12-02T10:00:00Z');
    expect(of({ deliverable, withdrawnAt })[0]).toMatchObject({ voidedAt: withdrawnAt });
    const doneAt = at('2026-12-03T10:00:00Z');
    expect(of({ deliverable: { ...deliverable, doneAt }, withdrawnAt })[0]).toMatchObject({
      stoppedAt: doneAt,
      voidedAt: null,
    });
  });

  it('give the first touch 48 elapsed hours, whoever it is that reaches out', () => {
    const wonAt = at('2026-11-20T17:00:00Z');
    expect(of({ firstTouch: { wonAt, contactAt: null } })[0]).toMatchObject({
      cause: EscalationCause.FIRST_TOUCH,
      remindAt: at('2026-11-22T05:00:00Z'),
      dueAt: at('2026-11-22T17:00:00Z'),
      stoppedAt: null,
    });
    const [contactAt, introducedAt] = [at('2026-11-24T10:00:00Z'), at('2026-11-21T10:00:00Z')];
    expect(of({ firstTouch: { wonAt, contactAt } }, { introducedAt: introducedAt as never })[0]!.stoppedAt).toEqual(
      introducedAt,
    );
  });
});

describe('what delivery has said', () => {
  const signOff = (id: string, signedAt: string, state = SignOffState.LIVE): FeasibilitySignOff =>
    ({
      id,
      state,
      signedAt: at(signedAt),
      signedBy: 'd',
      endCode: state === SignOffState.LIVE ? null : 'DEAL_CHANGED',
    }) as never;
  const back = (id: string, returnedAt: string, verdict = Acceptance.NEEDS_REVISION): HandoffReturn =>
    ({
      id,
      verdict,
      returnedAt: at(returnedAt),
      returnedBy: 'd',
      gaps: [],
      reason: null,
      correctionDueAt: at(returnedAt),
    }) as never;
  const stands = (stage: Stage, signOffs: FeasibilitySignOff[], returns: HandoffReturn[]) =>
    acceptancesOf({ stage }, signOffs, returns).map(({ id, stands: holds }) => `${id}${holds ? ' stands' : ''}`);

  it('comes newest first; a return stands until sales answers, a sign-off while it is live', () => {
    const returns = [back('r1', '2026-11-02T10:00:00Z'), back('r2', '2026-11-05T10:00:00Z', Acceptance.REJECTED)];
    expect(stands(Stage.RETURNED, [], returns)).toEqual(['r2 stands', 'r1']);
    expect(stands(Stage.IN_REVIEW, [], returns)).toEqual(['r2', 'r1']);
    const live = [signOff('s1', '2026-11-06T10:00:00Z')];
    expect(stands(Stage.SIGNED_OFF, live, returns)).toEqual(['s1 stands', 'r2', 'r1']);
    const lapsed = [signOff('s1', '2026-11-06T10:00:00Z', SignOffState.LAPSED)];
    expect(stands(Stage.IN_REVIEW, lapsed, returns)).toEqual(['s1', 'r2', 'r1']);
    expect(stands(Stage.DRAFT, [], [])).toEqual([]);
  });
});

describe('an answer', () => {
  const input = { handoffId: 'h', expectedRevision: 1, accurate: true, surprises: '', expectationsMet: true };
  const wrong = [{ category: InformationCategory.TECHNICAL, accurate: false }];

  it('does not call a document accurate of which a part was not', () => {
    expect(answerFindings({ ...input, categories: wrong }).map(({ code }) => code)).toEqual(['CONTRADICTING_ANSWERS']);
    expect(answerFindings({ ...input, accurate: false, categories: wrong })).toEqual([]);
    expect(answerFindings({ ...input, categories: null })).toEqual([]);
    expect(answered({ ...input, accurate: false, categories: wrong }).categories).toEqual(wrong);
    expect(answered(input).categories).toEqual([]);
  });

  it('is of a handoff that delivery has accepted', () => {
    const allowed = Object.values(Stage).filter((stage) => feedbackFindings({ stage }).length === 0);
    expect(allowed).toEqual([Stage.SIGNED_OFF, Stage.KICKOFF_SCHEDULED, Stage.KICKED_OFF]);
  });

  it('is observed of what was handed over, from its opening to today in the time zone of the tenant', () => {
    const handoff = {
      stage: Stage.CLOSED,
      submittedAt: at('2026-11-20T10:00:00Z'),
      openedAt: at('2026-11-18T10:00:00Z'),
    };
    const codes = (day: string, more: Partial<typeof handoff> = {}, now = '2026-11-23T23:30:00Z') =>
      observationFindings({ ...handoff, ...more }, { path: 'askedOn', day }, 'Pacific/Auckland', at(now)).map(
        ({ code }) => code,
      );
    expect(codes('2026-11-24')).toEqual([]);
    expect(codes('2026-11-25')).toEqual(['IMPOSSIBLE_DAY']);
    expect(codes('2026-11-17')).toEqual(['IMPOSSIBLE_DAY']);
    expect(codes('9999-12-31', { submittedAt: null as never })).toEqual(['NOT_HANDED_OVER', 'IMPOSSIBLE_DAY']);
    expect(codes('2026-11-24', { stage: Stage.WITHDRAWN })).toEqual(['NOT_HANDED_OVER']);
  });
});

it('counts signals by whatever they are grouped by, and loses none', () => {
  const signal: HandoffSignals = {
    handoffId: 'h',
    ownerId: 'p',
    serviceTemplate: 't',
    tier: 'STANDARD',
    acceptedAt: null,
    returns: 2,
    rejections: 1,
    gapCategories: [],
    feedback: { accurate: true, surprised: false, expectationsMet: true, givenAt: at('2026-12-07T09:00:00Z') },
    repeatAsks: 3,
    surveyScore: 8,
    firstTouchMinutes: null,
    firstDeliverable: null,
  };
  const signals = [
    signal,
    { ...signal, ownerId: 'q', feedback: null, returns: 0, rejections: 0, surveyScore: null },
    signal,
  ];
  const by = figuresBy(signals, ({ ownerId }) => ownerId);
  expect(by.get('p')).toEqual({
    handoffs: 2,
    returned: 2,
    rejected: 2,
    answered: 2,
    accurate: 2,
    expectationsMet: 2,
    surprised: 0,
    repeatAsks: 6,
    surveys: 2,
    surveySum: 16,
  });
  expect(by.get('q')).toMatchObject({ handoffs: 1, returned: 0, answered: 0, surveys: 0, repeatAsks: 3 });
});
