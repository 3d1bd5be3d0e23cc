import { closingTime, endOfDay, isBusinessDay, isCalendarDate } from '../catalogue/calendar.rules.js';
import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { standingOf } from '../approval/standing.rules.js';
import type { Actor } from '../core/actor.js';
import { command, done, refused } from '../core/command.js';
import { notFound, staleRevision } from '../core/error.js';
import { type Finding, finding } from '../core/finding.js';
import { localDay } from '../core/local-day.js';
import { insert, selectRequired, update } from '../core/statement.js';
import { Role } from '../identity/roles.js';
import { RedFlag } from './flag.entity.js';
import { isSamePerson, type People, peopleQueries } from './people.queries.js';
import type {
  AcknowledgeRedFlagInput,
  AddReviewActionInput,
  CompleteReviewActionInput,
  HoldReviewInput,
  RecordSpotCheckInput,
} from './quality.input.js';
import { QualityReview, ReviewAction, ReviewActionState, ReviewState } from './review.entity.js';
import { Quality, SpotCheck, SpotCheckState } from './spot-check.entity.js';
import { checkFindings } from './spot-check.rules.js';

/** The latest day for which an action may be planned: two years on. */
const FURTHEST_DAYS = 731;
const DAY_MS = 86_400_000;

function checkRevision(type: string, { id, revision }: { id: string; revision: number }, expected: number): void {
  if (revision !== expected) throw staleRevision(type, id, expected, revision);
}

/** Records that a review was held: who was there, what was said, what follows. By its owner or deputy. */
export const holdReview = command({
  name: 'holdReview',
  action: 'hold',
  subject: 'QualityReview',
  services: false,
  facts: ({ reviewId }: HoldReviewInput) => ({
    review: selectRequired(QualityReview, reviewId, { lock: 'UPDATE' }),
    ...peopleQueries(),
  }),
  target: ({ review }) => review,
  decide: ({ review, ...people }, { expectedRevision, attendeeIds, notes, conclusions }, { actor, now }) => {
    checkRevision('QualityReview', review, expectedRevision);
    const subject = { type: 'QualityReview', id: review.id };
    const findings = [
      ...(review.state === ReviewState.HELD ? [notOpen('review.state', review.state)] : []),
      ...(isSamePerson(people, actor.id, review.ownerId) || isSamePerson(people, actor.id, review.deputyId)
        ? []
        : [notYours('review.owner', 'Only its owner or deputy holds it.', 'Ask one of them, or change the setting.')]),
      ...memberFindings(people, attendeeIds, 'attendeeIds'),
    ];
    if (findings.length > 0) return refused(findings, { subject });
    const attendees = [...new Set(attendeeIds)];
    const held = { state: ReviewState.HELD, attendeeIds: attendees, notes, conclusions, heldBy: actor.id, heldAt: now };
    return done({
      id: review.id,
      subject,
      body: { kind: review.kind, period: review.period, attendeeIds: attendees },
      writes: [update(QualityReview, { id: review.id }, { ...held, revision: review.revision + 1 })],
    });
  },
});

/** Adds what a review decided to do. */
export const addReviewAction = command({
  name: 'addReviewAction',
  action: 'act',
  subject: 'QualityReview',
  services: false,
  facts: ({ reviewId }: AddReviewActionInput) => ({
    review: selectRequired(QualityReview, reviewId, { lock: 'SHARE' }),
    ruling: rulingConfiguration(),
    ...peopleQueries(),
  }),
  target: ({ review }) => review,
  decide: ({ review, ruling, ...people }, { text, ownerId, dueOn }, { actor, now, newId }) => {
    const { calendar, tenant } = configurationOf(ruling);
    const today = localDay(tenant.timeZone, now);
    const furthest = localDay(tenant.timeZone, new Date(now.getTime() + FURTHEST_DAYS * DAY_MS));
    const isPossible = isCalendarDate(dueOn) && dueOn >= today && dueOn <= furthest;
    const findings = [
      ...memberFindings(people, [ownerId], 'ownerId'),
      ...(isPossible
        ? []
        : [
            finding({
              code: 'IMPOSSIBLE_DATE',
              path: 'dueOn',
              message: `${dueOn} lies in the past or more than two years ahead.`,
              facts: { dueOn, today, furthest },
              remedy: 'Give a day from today on.',
            }),
          ]),
    ];
    const subject = { type: 'QualityReview', id: review.id };
    if (findings.length > 0) return refused(findings, { subject });
    const id = newId();
    const dueAt = isBusinessDay(calendar, dueOn) ? closingTime(calendar, dueOn) : endOfDay(calendar, dueOn);
    const action = { id, reviewId: review.id, text, ownerId, state: ReviewActionState.OPEN, openedBy: actor.id };
    return done({
      id,
      subject,
      body: { actionId: id, ownerId, dueOn },
      writes: [
        insert(ReviewAction, {
          ...action,
          openedAt: now,
          dueOn,
          dueAt,
          outcome: null,
          doneBy: null,
          doneAt: null,
          revision: 1,
        }),
      ],
    });
  },
});

/** Says that an action is done, and what came of it. */
export const completeReviewAction = command({
  name: 'completeReviewAction',
  action: 'complete',
  subject: 'ReviewAction',
  services: false,
  facts: ({ actionId }: CompleteReviewActionInput) => ({
    action: selectRequired(ReviewAction, actionId, { lock: 'UPDATE' }),
  }),
  target: ({ action }) => action,
  decide: ({ action }, { expectedRevision, outcome }, { actor, now }) => {
    checkRevision('ReviewAction', action, expectedRevision);
    const subject = { type: 'ReviewAction', id: action.id };
    const findings = [
      ...(action.state === ReviewActionState.DONE ? [notOpen('action.state', action.state)] : []),
      ...completerFindings(action, actor),
    ];
    if (findings.length > 0) return refused(findings, { subject });
    const change = { state: ReviewActionState.DONE, outcome, doneBy: actor.id, doneAt: now };
    return done({
      id: action.id,
      subject,
      body: { reviewId: action.reviewId, late: now > action.dueAt },
      writes: [update(ReviewAction, { id: action.id }, { ...change, revision: action.revision + 1 })],
    });
  },
});

/** Whoever owns or agreed it says that it is done; leads and RevOps say so of any (001, a named owner for each action). */
function completerFindings({ ownerId, openedBy }: ReviewAction, actor: Actor): Finding[] {
  const isLead = [Role.SERVICE_DELIVERY_LEAD, Role.REVOPS_ADMIN].some((role) => actor.roles.includes(role));
  if (isLead || [ownerId, openedBy].includes(actor.id)) return [];
  return [
    finding({
      code: 'NOT_ELIGIBLE',
      path: 'actionId',
      message: "This action is somebody else's.",
      facts: { ownerId },
      remedy: 'Ask its owner, or a service delivery lead.',
    }),
  ];
}

/** Says what somebody who had no part in it found in a handoff. */
export const recordSpotCheck = command({
  name: 'recordSpotCheck',
  action: 'check',
  subject: 'SpotCheck',
  services: false,
  facts: ({ spotCheckId }: RecordSpotCheckInput) => ({
    check: selectRequired(SpotCheck, spotCheckId, { lock: 'UPDATE' }),
    ...peopleQueries(),
  }),
  target: ({ check }) => check,
  decide: ({ check, people, merged }, input, { actor, now }) => {
    checkRevision('SpotCheck', check, input.expectedRevision);
    const subject = { type: 'SpotCheck', id: check.id };
    const verdicts = {
      [Quality.COMPLETE]: input.complete,
      [Quality.ACCURATE]: input.accurate,
      [Quality.CLEAR]: input.clear,
      [Quality.ACTIONABLE]: input.actionable,
      [Quality.CURRENT]: input.current,
      [Quality.SOURCED]: input.sourced,
    };
    const lacking = Object.entries(verdicts).flatMap(([quality, isThere]) => (isThere ? [] : [quality]));
    const findings = checkFindings(check, actor.id, standingOf(people, merged));
    if (lacking.length > 0 && !input.found)
      findings.push(
        finding({
          code: 'FINDINGS_MISSING',
          path: 'found',
          message: `What is wrong is not said: ${lacking.join(', ')}.`,
          facts: { lacking },
          remedy: 'Say in found what is missing or wrong.',
        }),
      );
    if (findings.length > 0) return refused(findings, { subject });
    const state = lacking.length === 0 ? SpotCheckState.SOUND : SpotCheckState.FLAWED;
    const result = { state, verdicts, found: input.found ?? null, checkedBy: actor.id, checkedAt: now };
    return done({
      id: check.id,
      subject,
      body: { handoffId: check.handoffId, state, lacking, asAssigned: check.reviewerId === actor.id },
      writes: [update(SpotCheck, { id: check.id }, { ...result, revision: check.revision + 1 })],
    });
  },
});

/** Says what is done about a red flag. */
export const acknowledgeRedFlag = command({
  name: 'acknowledgeRedFlag',
  action: 'acknowledge',
  subject: 'RedFlag',
  services: false,
  facts: ({ redFlagId }: AcknowledgeRedFlagInput) => ({
    flag: selectRequired(RedFlag, redFlagId, { lock: 'UPDATE' }),
  }),
  target: ({ flag }) => flag,
  decide: ({ flag }, { expectedRevision, action }, { actor, now }) => {
    checkRevision('RedFlag', flag, expectedRevision);
    const subject = { type: 'RedFlag', id: flag.id };
    if (flag.acknowledgedAt !== null) return refused([notOpen('redFlag', 'ACKNOWLEDGED')], { subject });
    const change = { action, acknowledgedBy: actor.id, acknowledgedAt: now, revision: flag.revision + 1 };
    return done({
      id: flag.id,
      subject,
      body: { code: flag.code, period: flag.period },
      writes: [update(RedFlag, { id: flag.id }, change)],
    });
  },
});

/** Everybody who is named is an active member; a person of nobody's is not found. */
function memberFindings({ people, merged }: People, personIds: readonly string[], path: string): Finding[] {
  const { grantsOf } = standingOf(people, merged);
  const strangers = personIds.filter((id) => grantsOf(id).length === 0);
  if (strangers[0] !== undefined) throw notFound('Person', strangers[0]);
  return personIds.length > 0
    ? []
    : [
        finding({
          code: 'NOBODY_NAMED',
          path,
          message: 'Nobody is named.',
          facts: {},
          remedy: 'Name at least one member.',
        }),
      ];
}

function notOpen(path: string, state: string): Finding {
  return finding({
    code: 'NOT_OPEN',
    path,
    message: 'It is settled already.',
    facts: { state },
    remedy: 'Look at what is recorded; it stands.',
  });
}

function notYours(path: string, message: string, remedy: string): Finding {
  return finding({ code: 'NOT_RESPONSIBLE', path, message, facts: {}, remedy });
}
