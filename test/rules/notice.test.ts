import fc from 'fast-check';
import { isWithinHours } from '../../src/catalogue/calendar.rules.js';
import type { BusinessCalendar } from '../../src/catalogue/configuration.js';
import { DEFAULT_PREFERENCE, dueOf, nextOpening } from '../../src/notice/due.rules.js';
import { NoticeDelivery, NoticeTemplate } from '../../src/notice/notice.entity.js';
import type { SubjectFacts } from '../../src/notice/notice.facts.js';
import { wordsOf } from '../../src/notice/notice.words.js';

const day = [{ from: '09:00', to: '17:30' }];
const CALENDAR: BusinessCalendar = {
  timeZone: 'Europe/London',
  hours: { mon: day, tue: day, wed: day, thu: day, fri: day },
  holidays: [{ date: '2026-12-25', name: 'Christmas Day' }],
};

const at = (text: string): Date => new Date(text);
const wish = (more: Partial<typeof DEFAULT_PREFERENCE> = {}) => ({ ...DEFAULT_PREFERENCE, ...more });

describe('when a mail is due', () => {
  it.each([
    { what: 'in working time at once', now: '2026-11-23T14:00:00Z', due: '2026-11-23T14:00:00Z', inDigest: false },
    { what: 'at night when work begins', now: '2026-11-23T22:00:00Z', due: '2026-11-24T09:00:00Z', inDigest: true },
    { what: 'before work on the same day', now: '2026-11-24T06:00:00Z', due: '2026-11-24T09:00:00Z', inDigest: true },
    { what: 'on a Friday evening on Monday', now: '2026-11-27T19:00:00Z', due: '2026-11-30T09:00:00Z', inDigest: true },
    { what: 'over a holiday after it', now: '2026-12-24T20:00:00Z', due: '2026-12-28T09:00:00Z', inDigest: true },
    { what: 'in summer by the wall clock', now: '2027-06-07T20:00:00Z', due: '2027-06-08T08:00:00Z', inDigest: true },
  ])('$what', ({ now, due, inDigest }) => {
    expect(dueOf(false, DEFAULT_PREFERENCE, CALENDAR, 0, at(now))).toEqual({ dueAt: at(due), inDigest });
    expect(dueOf(true, wish({ delivery: NoticeDelivery.DIGEST, dailyMails: 0 }), CALENDAR, 9, at(now))).toEqual({
      dueAt: at(now),
      inDigest: false,
    });
  });

  it('gathers for who wants a digest, and for who has had the mails of the day', () => {
    const now = at('2026-11-23T14:00:00Z');
    const gathered = { dueAt: at('2026-11-24T09:00:00Z'), inDigest: true };
    expect(dueOf(false, wish({ delivery: NoticeDelivery.DIGEST }), CALENDAR, 0, now)).toEqual(gathered);
    expect(dueOf(false, wish({ dailyMails: 3 }), CALENDAR, 2, now).inDigest).toBe(false);
    expect(dueOf(false, wish({ dailyMails: 3 }), CALENDAR, 3, now)).toEqual(gathered);
    expect(dueOf(false, wish({ quietHours: false }), CALENDAR, 0, at('2026-11-28T03:00:00Z')).inDigest).toBe(false);
  });

  it('never lies in the past, and a digest begins with working time', () => {
    const instants = fc.date({ min: at('2026-01-01T00:00:00Z'), max: at('2028-01-01T00:00:00Z'), noInvalidDate: true });
    fc.assert(
      fc.property(instants, fc.boolean(), fc.boolean(), fc.nat(40), (now, isUrgent, quietHours, mailed) => {
        const due = dueOf(isUrgent, wish({ quietHours }), CALENDAR, mailed, now);
        expect(due.dueAt.getTime()).toBeGreaterThanOrEqual(now.getTime());
        if (isUrgent) expect(due).toEqual({ dueAt: now, inDigest: false });
        if (due.inDigest) {
          expect(isWithinHours(CALENDAR, due.dueAt)).toBe(true);
          expect(isWithinHours(CALENDAR, new Date(due.dueAt.getTime() - 1))).toBe(false);
        }
        expect(nextOpening(CALENDAR, now).getTime()).toBeGreaterThan(now.getTime());
      }),
    );
  });
});

describe('the words of a notice', () => {
  const NOW = at('2026-11-23T14:00:00Z');
  const about = { handoffId: 'h', handoff: 'H-1', client: 'Acme' };
  const context = (template: NoticeTemplate, eventKey = '') => ({
    notice: { template, personId: 'p', eventKey },
    timeZone: 'Europe/London',
    now: NOW,
  });
  const handoff = (stage: string, deliveryManagerId: string | null = 'p'): SubjectFacts => ({
    type: 'Handoff',
    ...about,
    pendingContract: false,
    stage,
    deliveryManagerId,
    correctionDueAt: at('2026-11-24T14:00:00Z'),
  });
  const decision: SubjectFacts = {
    type: 'Decision',
    ...about,
    number: 'D-1',
    question: 'Who pays?',
    dueOn: '2026-11-27',
    state: 'OPEN',
    ownerId: 'p',
    assigned: '1763906400.000000',
    hasEnded: false,
  };
  const ASSIGNED = 'x/open/1763906400.000000';
  const kickoff: SubjectFacts = { type: 'Kickoff', ...about, startsAt: at('2026-12-01T10:00:00Z'), state: 'SCHEDULED' };
  const request: SubjectFacts = {
    type: 'ApprovalRequest',
    requestId: 'r',
    kind: 'MARGIN_EXCEPTION',
    state: 'PENDING',
    round: 2,
    expiresAt: at('2026-11-24T14:00:00Z'),
    handoffId: 'h',
    handoff: 'H-1',
  };
  const meeting: SubjectFacts = {
    type: 'HandoffMeeting',
    ...about,
    startsAt: at('2026-12-01T10:00:00Z'),
    durationMinutes: 45,
    state: 'SCHEDULED',
    hasEnded: false,
    segments: [{ title: 'Scope', minutes: 45, questions: ['What was sold?'] }],
  };
  const action: SubjectFacts = {
    type: 'ActionItem',
    ...about,
    number: 'A-1',
    text: 'Send the plan.',
    dueOn: '2026-11-22',
    state: 'OPEN',
    ownerId: 'p',
  };
  const alert: SubjectFacts = {
    type: 'Alert',
    code: 'CONTROL_OVERDUE',
    subjectType: 'ControlRun',
    acknowledged: false,
  };
  const { HANDOFF_ASSIGNED, HANDOFF_SUBMITTED, HANDOFF_RETURNED, SIGN_OFF_LAPSED } = NoticeTemplate;
  const { DECISION_OPENED, DECISION_OVERDUE, KICKOFF_SCHEDULED, KICKOFF_VOIDED } = NoticeTemplate;
  const { MEETING_SCHEDULED, MEETING_AGENDA, MEETING_CANCELLED, ACTION_ASSIGNED, ACTION_OVERDUE } = NoticeTemplate;
  const { APPROVAL_ASKED, ALERT_RAISED, BREAK_GLASS } = NoticeTemplate;

  it.each([
    { template: HANDOFF_ASSIGNED, facts: handoff('DRAFT'), key: '', says: 'Handoff H-1 is being prepared for you' },
    { template: HANDOFF_SUBMITTED, facts: handoff('IN_REVIEW'), key: '', says: 'Handoff H-1 awaits your sign-off' },
    { template: SIGN_OFF_LAPSED, facts: handoff('IN_REVIEW'), key: '', says: 'Handoff H-1 needs your sign-off again' },
    { template: HANDOFF_RETURNED, facts: handoff('RETURNED'), key: '', says: 'Handoff H-1 was returned by delivery' },
    { template: DECISION_OPENED, facts: decision, key: ASSIGNED, says: 'Decision D-1 of H-1 is yours' },
    {
      template: DECISION_OVERDUE,
      facts: { ...decision, ownerId: 'other' },
      key: 'x/due/2026-11-27',
      says: 'Decision D-1 of H-1 is overdue',
    },
    { template: KICKOFF_SCHEDULED, facts: kickoff, key: '', says: 'The kickoff of H-1 is scheduled' },
    {
      template: APPROVAL_ASKED,
      facts: request,
      key: 'x/round/2',
      says: 'Your vote is asked for: margin exception of H-1',
    },
    { template: MEETING_SCHEDULED, facts: meeting, key: '', says: 'The handoff meeting of H-1 has a date' },
    {
      template: MEETING_SCHEDULED,
      facts: { ...meeting, state: 'TENTATIVE' },
      key: '',
      says: 'A date is held for the handoff meeting of H-1',
    },
    { template: MEETING_AGENDA, facts: meeting, key: '', says: 'The agenda of the handoff meeting of H-1' },
    {
      template: MEETING_CANCELLED,
      facts: { ...meeting, state: 'CANCELLED' },
      key: '',
      says: 'The handoff meeting of H-1 does not take place then',
    },
    { template: ACTION_ASSIGNED, facts: action, key: '', says: 'Action A-1 of H-1 is yours' },
    { template: ACTION_OVERDUE, facts: action, key: 'x/due/2026-11-22', says: 'Action A-1 of H-1 is overdue' },
    { template: ALERT_RAISED, facts: alert, key: '', says: 'Alert: CONTROL_OVERDUE' },
    { template: BREAK_GLASS, facts: alert, key: '', says: 'A gate was passed in an emergency (break-glass)' },
  ])('$template says what it is about', ({ template, facts, key, says }) => {
    expect(wordsOf(facts, context(template, key))?.subject).toBe(says);
  });

  it.each([
    { template: HANDOFF_ASSIGNED, facts: handoff('DRAFT', 'other'), key: '' },
    { template: HANDOFF_ASSIGNED, facts: handoff('IN_REVIEW'), key: '' },
    { template: HANDOFF_SUBMITTED, facts: handoff('SIGNED_OFF'), key: '' },
    { template: HANDOFF_SUBMITTED, facts: handoff('IN_REVIEW', 'other'), key: '' },
    { template: SIGN_OFF_LAPSED, facts: handoff('SIGNED_OFF'), key: '' },
    { template: HANDOFF_RETURNED, facts: handoff('IN_REVIEW'), key: '' },
    { template: DECISION_OPENED, facts: { ...decision, state: 'RESOLVED' }, key: ASSIGNED },
    { template: DECISION_OPENED, facts: { ...decision, ownerId: 'other' }, key: ASSIGNED },
    { template: DECISION_OPENED, facts: decision, key: 'x/open/1763820000.000000' },
    { template: DECISION_OVERDUE, facts: decision, key: 'x/due/2026-11-20' },
    { template: DECISION_OVERDUE, facts: { ...decision, hasEnded: true }, key: 'x/due/2026-11-27' },
    { template: KICKOFF_SCHEDULED, facts: { ...kickoff, state: 'VOID' }, key: '' },
    { template: MEETING_SCHEDULED, facts: { ...meeting, state: 'MOVED' }, key: '' },
    { template: MEETING_SCHEDULED, facts: { ...meeting, hasEnded: true }, key: '' },
    { template: MEETING_SCHEDULED, facts: { ...meeting, startsAt: NOW }, key: '' },
    { template: MEETING_AGENDA, facts: { ...meeting, state: 'TENTATIVE' }, key: '' },
    { template: MEETING_AGENDA, facts: { ...meeting, startsAt: NOW }, key: '' },
    { template: MEETING_CANCELLED, facts: { ...meeting, startsAt: NOW }, key: '' },
    { template: ACTION_ASSIGNED, facts: { ...action, ownerId: 'other' }, key: '' },
    { template: ACTION_ASSIGNED, facts: { ...action, state: 'DONE' }, key: '' },
    { template: ACTION_OVERDUE, facts: action, key: 'x/due/2026-11-20' },
    { template: APPROVAL_ASKED, facts: { ...request, state: 'APPROVED' }, key: 'x/round/2' },
    { template: APPROVAL_ASKED, facts: { ...request, expiresAt: NOW }, key: 'x/round/2' },
    { template: APPROVAL_ASKED, facts: request, key: 'x/round/1' },
    { template: ALERT_RAISED, facts: { ...alert, acknowledged: true }, key: '' },
    { template: ALERT_RAISED, facts: null, key: '' },
  ])('$template is not told when it is over', ({ template, facts, key }) => {
    expect(wordsOf(facts, context(template, key))).toBeNull();
  });

  it('a void kickoff is told with the date that does not hold', () => {
    const words = wordsOf({ ...kickoff, state: 'VOID' }, context(KICKOFF_VOIDED));
    expect(words?.lines).toContain('Kickoff: 1 Dec 2026, 10:00 GMT');
  });
});
