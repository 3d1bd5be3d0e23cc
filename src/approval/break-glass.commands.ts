import { raiseAlert } from '../core/alert.js';
import { command, done, refused } from '../core/command.js';
import { insert, selectRequired, type Statement, update } from '../core/statement.js';
import { AfterReview, ReviewState } from './after-review.entity.js';
import { subjectOf } from './approval.commands.js';
import type { BreakGlassInput, ReviewBreakGlassInput } from './approval.input.js';
import {
  accountById,
  holdVoters,
  lockRequest,
  openReviews,
  requestOfReview,
  reviewVoting,
  votingQueries,
} from './approval.queries.js';
import type { VotingFacts } from './approval.rules.js';
import { backersOf, breakGlassFindings, declarersOf, isBroken, reviewFindings } from './break-glass.rules.js';
import { standingOf } from './standing.rules.js';
import { approve, castStatements, voteRow } from './vote.effects.js';
import { GrantWay, VoteDecision } from './vote.entity.js';
import { staleRevision } from '../core/error.js';

const MINUTE = 60_000;

/**
 * Passes a request in an emergency (approvals rule 12): by people whom the policy names, neither requester nor
 * contributor, so that two people are in it at least; two of them where two can be had, of whom one may have approved it
 * in the ordinary way before. The grant lives for minutes; an alert goes out at once, and somebody who had no part in it
 * must review it before a kickoff is scheduled.
 */
export const breakGlass = command({
  name: 'breakGlass',
  action: 'vote',
  subject: 'ApprovalRequest',
  services: false,
  facts: ({ requestId }: BreakGlassInput, actor) => ({
    request: lockRequest(requestId),
    held: holdVoters(requestId, [actor.id]),
    ...votingQueries(requestId),
    openReviews: openReviews(),
    account: accountById(actor.accountId),
  }),
  target: ({ request }) => request,
  decide: ({ people, merged, account, ...known }, input, moment) => {
    const { request } = known;
    const { actor, now } = moment;
    const facts = { ...known, standing: standingOf(people, merged) };
    const voter = { ...actor, accountId: account?.id ?? null };
    const findings = breakGlassFindings(facts, voter, input.digest, now);
    if (findings.length > 0 || !account)
      return refused(findings, { subject: subjectOf(request.id), sources: request.sources });
    const vote = voteRow(request, { ...input, decision: VoteDecision.BREAK_GLASS, account }, moment);
    const counted: VotingFacts = { ...facts, votes: [...facts.votes, vote] };
    const declarers = declarersOf(counted);
    const broken = isBroken(counted);
    const alert = raiseAlert(
      { code: 'BREAK_GLASS', subject: subjectOf(request.id), facts: { voteId: vote.id, declared: declarers.length } },
      moment,
    );
    const writes: Statement[] = [...castStatements(vote), alert.statement];
    if (broken) {
      const terms = request.breakGlass!;
      const expiresAt = new Date(now.getTime() + terms.minutes * MINUTE);
      const way = { way: GrantWay.BREAK_GLASS, approvers: backersOf(counted).length, expiresAt };
      const { grantId, statements } = approve(request, way, moment);
      writes.push(
        ...statements,
        insert(AfterReview, {
          id: moment.newId(),
          requestId: request.id,
          grantId,
          declaredBy: declarers,
          roles: [...terms.reviewRoles],
          state: ReviewState.OPEN,
          openedAt: now,
          dueAt: new Date(now.getTime() + terms.reviewHours * 60 * MINUTE),
          reviewedBy: null,
          reviewedAt: null,
          note: null,
          revision: 1,
        }),
      );
    }
    const { round, digest, contentRevision, kind, subjectType, subjectId } = request;
    return done({
      id: request.id,
      subject: subjectOf(request.id),
      body: { voteId: vote.id, round, digest, contentRevision, declarers, broken, kind, subjectType, subjectId },
      sources: request.sources,
      writes,
      messages: [alert.message],
    });
  },
});

/** Says whether an emergency was one; by a holder of the policy's roles who had no part in it (approvals rule 12). */
export const reviewBreakGlass = command({
  name: 'reviewBreakGlass',
  action: 'review',
  subject: 'AfterReview',
  services: false,
  facts: ({ reviewId }: ReviewBreakGlassInput) => ({
    review: selectRequired(AfterReview, reviewId, { lock: 'UPDATE' }),
    request: requestOfReview(reviewId),
    ...reviewVoting(reviewId),
  }),
  target: ({ review }) => review,
  decide: ({ review, people, merged, ...known }, { expectedRevision, justified, note }, { actor, now }) => {
    if (review.revision !== expectedRevision)
      throw staleRevision('AfterReview', review.id, expectedRevision, review.revision);
    const findings = reviewFindings(review, { ...known, standing: standingOf(people, merged) }, actor);
    const subject = { type: 'AfterReview', id: review.id };
    if (findings.length > 0) return refused(findings, { subject });
    const state = justified ? ReviewState.JUSTIFIED : ReviewState.NOT_JUSTIFIED;
    const { id, requestId, grantId, dueAt } = review;
    return done({
      id,
      subject,
      body: { requestId, grantId, state, late: dueAt < now },
      sources: known.request.sources,
      writes: [
        update(
          AfterReview,
          { id },
          { state, reviewedBy: actor.id, reviewedAt: now, note, revision: review.revision + 1 },
        ),
      ],
    });
  },
});
