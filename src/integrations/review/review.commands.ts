import { mergedPeople } from '../../approval/approval.queries.js';
import { standingOf } from '../../approval/standing.rules.js';
import { due } from '../../catalogue/calendar.rules.js';
import { configurationOf, rulingConfiguration } from '../../catalogue/catalogue.queries.js';
import { configurationSource } from '../../catalogue/configuration-version.entity.js';
import { raiseAlert } from '../../core/alert.js';
import { digestOf } from '../../core/canonical.js';
import { command, done, refused } from '../../core/command.js';
import { staleRevision } from '../../core/error.js';
import type { OutboxMessage } from '../../core/outbox/message.js';
import { insert, selectFirst, selectRequired, update } from '../../core/statement.js';
import { eligiblePeople } from '../../identity/identity.queries.js';
import { type ConnectionCheck, Integration } from '../connection/connection.entity.js';
import { IntegrationReview, ReviewState } from './review.entity.js';
import type { CloseIntegrationReviewInput } from './review.input.js';
import { handsIn } from './review.queries.js';
import { closingFindings, LEAST_PRIVILEGE, reviewerOf } from './review.rules.js';

/** The outbox's words for opening a connection's review, and for looking whether it was closed in time. */
export const REVIEW_EFFECT = 'integration.review';
export const REVIEW_OVERDUE_EFFECT = 'integration.review.overdue';

const subjectOf = (id: string): { type: string; id: string } => ({ type: 'IntegrationReview', id });

/** What the vendor said that a connection may do, and when. */
export interface OpenIntegrationReviewInput {
  readonly integrationId: string;
  readonly period: string;
  readonly secretVersion: number;
  readonly checks: readonly ConnectionCheck[];
  readonly reason: string | null;
  readonly checkedAt: Date;
}

/** Opens a quarter's review of a connection with the evidence found. Once a quarter; the worker's alone. */
export const openIntegrationReview = command({
  name: 'openIntegrationReview',
  action: 'open',
  subject: 'IntegrationReview',
  facts: ({ integrationId, period }: OpenIntegrationReviewInput) => ({
    integration: selectRequired(Integration, integrationId, { lock: 'SHARE' }),
    existing: selectFirst(IntegrationReview, { integrationId, period }),
    hands: handsIn(integrationId),
    people: eligiblePeople(),
    merged: mergedPeople(),
    ruling: rulingConfiguration(),
  }),
  decide: ({ integration, existing, hands, people, merged, ruling }, input, moment) => {
    const { period, secretVersion, checks, reason, checkedAt } = input;
    if (existing) return done({ id: existing.id, subject: subjectOf(existing.id), body: { period, changed: false } });
    const id = moment.newId();
    const { calendar } = configurationOf(ruling);
    const clock = { unit: 'BUSINESS_DAYS', amount: LEAST_PRIVILEGE.reviewBusinessDays } as const;
    const dueAt = due(clock, moment.now, calendar);
    const reviewerId = reviewerOf(id, people, hands, standingOf(people, merged));
    const state = reviewerId === null ? ReviewState.UNASSIGNED : ReviewState.OPEN;
    const facts = { period, vendor: integration.vendor, roles: LEAST_PRIVILEGE.roles.join(' ') };
    const alert =
      reviewerId === null
        ? raiseAlert({ code: 'INTEGRATION_REVIEW_UNASSIGNED', subject: subjectOf(id), facts }, moment)
        : null;
    const row = { id, integrationId: integration.id, period, secretVersion, checks: [...checks], reason, checkedAt };
    const open = { hands, reviewerId, state, reviewedBy: null, reviewedAt: null, remark: null, revision: 1 };
    return done({
      id,
      subject: subjectOf(id),
      body: {
        integrationId: integration.id,
        vendor: integration.vendor,
        period,
        changed: true,
        secretVersion,
        checks: checks.map((check) => `${check.name}:${check.state}`),
        checksDigest: digestOf(checks),
        reason,
        hands,
        reviewerId,
        dueAt,
      },
      sources: [configurationSource(ruling)],
      writes: [
        insert(IntegrationReview, { ...row, ...open, openedAt: moment.now, dueAt }),
        ...(alert ? [alert.statement] : []),
      ],
      messages: [overdueMessage(id, dueAt), ...(alert ? [alert.message] : [])],
    });
  },
});

/** Says what somebody without a hand in a connection found. Refused: NOT_OPEN, SELF_REVIEW, NOT_ELIGIBLE. */
export const closeIntegrationReview = command({
  name: 'closeIntegrationReview',
  action: 'review',
  subject: 'IntegrationReview',
  services: false,
  facts: ({ reviewId }: CloseIntegrationReviewInput) => ({
    review: selectRequired(IntegrationReview, reviewId, { lock: 'UPDATE' }),
    people: eligiblePeople(),
    merged: mergedPeople(),
  }),
  target: ({ review }) => review,
  decide: ({ review, people, merged }, { verdict, remark, expectedRevision }, { actor, now }) => {
    const { id, integrationId, period, checks, reviewerId, revision } = review;
    if (revision !== expectedRevision) throw staleRevision('IntegrationReview', id, expectedRevision, revision);
    const findings = closingFindings(review, actor.id, standingOf(people, merged));
    if (findings.length > 0) return refused(findings, { subject: subjectOf(id) });
    const closed = { state: ReviewState[verdict], reviewedBy: actor.id, reviewedAt: now, remark };
    return done({
      id,
      subject: subjectOf(id),
      body: { integrationId, period, verdict, checksDigest: digestOf(checks), asAssigned: reviewerId === actor.id },
      writes: [update(IntegrationReview, { id }, { ...closed, revision: revision + 1 })],
    });
  },
});

/** Alerts of a review that was not closed in time; nothing when it was. The worker's alone. */
export const alertReviewOverdue = command({
  name: 'alertReviewOverdue',
  action: 'open',
  subject: 'IntegrationReview',
  facts: ({ reviewId }: { readonly reviewId: string }) => ({ review: selectRequired(IntegrationReview, reviewId) }),
  decide: ({ review: { id, integrationId, period, state } }, _input, moment) => {
    const isOpen = state === ReviewState.OPEN || state === ReviewState.UNASSIGNED;
    const terms = { code: 'INTEGRATION_REVIEW_OVERDUE', subject: subjectOf(id), facts: { period, integrationId } };
    const alert = isOpen ? raiseAlert(terms, moment) : null;
    return done({
      id,
      subject: subjectOf(id),
      body: { integrationId, period, overdue: isOpen },
      writes: alert ? [alert.statement] : [],
      messages: alert ? [alert.message] : [],
    });
  },
});

function overdueMessage(reviewId: string, dueAt: Date): OutboxMessage {
  return {
    kind: REVIEW_OVERDUE_EFFECT,
    aggregate: { type: 'IntegrationReview', id: reviewId },
    effectKey: `${REVIEW_OVERDUE_EFFECT}/${reviewId}`,
    payload: { reviewId },
    notBefore: dueAt,
  };
}
