import { coveringGrant } from '../approval/grant.rules.js';
import { standingOf } from '../approval/standing.rules.js';
import { addBusinessDays, dateOf, due } from '../catalogue/calendar.rules.js';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import { configurationSource } from '../catalogue/configuration-version.entity.js';
import { escalationLadder, slaClock } from '../catalogue/selection.rules.js';
import { checklistFindings, completeness, takenBackFindings } from '../checklist/checklist.rules.js';
import { commitmentFindings } from '../commitment/commitment.rules.js';
import { type Finding, finding } from '../core/finding.js';
import { snapshotSource } from '../deal/deal.entity.js';
import { termsOf } from '../deal/deal.queries.js';
import { unasked } from '../decision/decision.effects.js';
import { kickoffDecisionFindings } from '../decision/decision.rules.js';
import { liveSignOffFindings, signOffFindings } from '../feasibility/feasibility.rules.js';
import { unloggedFindings } from '../conflict/conflict.effects.js';
import { followingFindings } from '../handoff/carried.rules.js';
import { contentFindings } from '../handoff/content.rules.js';
import { stageFindings } from '../handoff/handoff.rules.js';
import { buddyFindings, inShadow } from '../handoff/shadow.rules.js';
import { Stage } from '../handoff/stage.rules.js';
import { judgeMarginGate, MARGIN_EXCEPTION, type MarginJudgement } from '../margin/margin.gate.js';
import { meetingHeldFindings } from '../meeting/outcome.rules.js';
import { CommitmentState } from '../commitment/commitment.entity.js';
import { planProject, type ProjectPlan } from '../project/plan.rules.js';
import { Gate } from './gate.entity.js';
import type { DecisionDuty, DecisiveJudgement, Judgement } from './gate.effects.js';
import { evidenceGround, type PassageGround, signedGround } from './passage.facts.js';
import { PreClose, PreCloseState } from './pre-close.entity.js';
import { judgeContract, pendingFindings, unsigned } from './pre-close.rules.js';
import { judgeTeam, NOTHING_ASKED, type SignOffAsked, type SignOffJudgement } from './team.gate.js';

/** A judgement of the submit gate, with the plan that it checked: the command goes on with exactly this one. */
export interface SubmitJudgement extends DecisiveJudgement {
  readonly plan: ProjectPlan;
  /** The margin, with the exception that it leaned on: its effect happens with the submit. */
  readonly margin: MarginJudgement;
  /** Whether it passes only into a review before the signature. */
  readonly isPending: boolean;
}

/** Closed-won: checklist, margin, commitments, content and plan, everything that is missing at once (requirement 002 steps 1 and 2). */
export function judgeSubmit(ground: PassageGround, now: Date): SubmitJudgement {
  const { handoff, version, snapshot } = ground;
  const configuration = configurationOf(version);
  const margin = judgeException(ground, now);
  const today = dateOf(configuration.calendar, now);
  const plan = planOf(ground, today);
  const decision = decisionDuty(ground, now);
  const findings = [
    ...stageFindings(handoff, 'submit'),
    ...dealFindings(ground, 'Import the deal again (importDeal), so that its terms are adopted, and prove them.'),
    ...checklistFindings(ground.items, ground.evidence, evidenceGround(ground, now)),
    ...margin.findings,
    ...commitmentFindings(ground.commitments, ground.declaration),
    ...contentFindings(
      { ...ground, importFindings: snapshot.findings, calendar: configuration.calendar, today },
      handoff.tier,
    ),
    ...followingFindings(ground),
    ...plan.findings,
    ...escalationFindings(decision),
    ...buddyFindings(configurationOf(ground.ruling).training, repRoles(ground), ground.gateStanding),
  ];
  const policies = [configuration, configurationOf(ground.ruling)];
  const judged = judgeContract(withoutRepeats(findings), { ...ground, policies });
  const held = inShadow(judged.findings, ground.gateStanding.isInShadow);
  return { ...judgement(ground, held, now), plan, decision, margin, isPending: judged.isPending };
}

const repRoles = ({ people, handoff }: PassageGround): string[] =>
  people.filter(({ personId }) => personId === handoff.ownerId).map(({ role }) => role);

/** What of the contract is there, for a handoff that delivery reviews before the signature. */
export interface SignatureJudgement extends Judgement {
  /** What only the signature proves and nobody has. */
  readonly missing: readonly Finding[];
  /** A finding when it waits for no contract, and one when the PSA has other terms than those that are reviewed. */
  readonly blocking: readonly Finding[];
}

/** The signature, of the terms that the PSA has: everything else was judged when delivery began its review. */
export function judgeSigned(ground: PassageGround, now: Date): SignatureJudgement {
  const { handoff } = ground;
  const isWaiting = handoff.pendingContract && handoff.stage === Stage.IN_REVIEW;
  const notWaiting = finding({
    code: 'NOT_PENDING',
    path: 'handoff.pendingContract',
    message: 'The handoff waits for no contract in a review.',
    facts: { stage: handoff.stage, pendingContract: handoff.pendingContract },
    remedy: 'Nothing is to be done; a handoff that was returned goes on with submitHandoff.',
  });
  return {
    ...judgement(ground, [], now),
    missing: missingSignatures(ground, now),
    blocking: isWaiting ? dealFindings(ground, CHANGED_IN_REVIEW) : [notWaiting],
  };
}

/** The findings of the checklist that only a signed contract answers. */
function missingSignatures(ground: PassageGround, now: Date): Finding[] {
  return unsigned(checklistFindings(ground.items, ground.evidence, evidenceGround(ground, now)), ground.items);
}

/** What keeps a handoff before its signature from a sign-off and a client date; empty for every other. */
export function contractFindings(ground: PassageGround, now: Date): Finding[] {
  return ground.handoff.pendingContract ? pendingFindings(ground.handoff, missingSignatures(ground, now)) : [];
}

/** The margin gate, with the approval engine's answer to what it asks. */
function judgeException(ground: PassageGround, now: Date): MarginJudgement {
  const { handoff, version, ruling, snapshot, people, merged, requests, priors } = ground;
  const own = requests.findLast(({ kind }) => kind === MARGIN_EXCEPTION);
  const facts = { ...ground, standing: standingOf(people, merged) };
  const { termsDigest: digest, termsRevision: contentRevision } = handoff;
  return judgeMarginGate({
    terms: termsOf(snapshot),
    configuration: configurationOf(version),
    ruling: configurationOf(ruling),
    handoff,
    now,
    handleIds: ground.handleIds,
    // What was asked for later counts this one, not the other way round.
    priors: priors.filter(({ openedAt }) => !own || openedAt < own.openedAt),
    coverFor: ({ need, breakGlass }) =>
      coveringGrant(facts, { kind: MARGIN_EXCEPTION, digest, contentRevision, need, breakGlass }, now),
  });
}

/**
 * Feasibility: the named delivery manager, a resource plan that the team can give or whose conflicts are accepted by name,
 * every risk accepted by name, and terms as the PSA has them.
 */
export function judgeSignOff(ground: PassageGround, asked: SignOffAsked, now: Date): SignOffJudgement {
  const { handoff, bookings, risks, items, evidence } = ground;
  const capacity = judgeTeam(ground, asked.conflicts);
  const findings = [
    ...stageFindings(handoff, 'signOff'),
    ...contractFindings(ground, now),
    ...signOffFindings(bookings, risks, asked.acceptedRiskIds),
    ...capacity.findings,
    ...takenBackFindings(items, evidence),
    ...meetingHeldFindings(configurationOf(ground.version), handoff.tier, ground.meetings),
  ];
  const decision = decisionDuty(ground, now);
  findings.push(
    ...signerFindings(ground, asked.actorId),
    ...dealFindings(ground, CHANGED_IN_REVIEW),
    ...(unasked(ground.assumptions, ground.decisions).length > 0 ? escalationFindings(decision) : []),
  );
  return { ...judgement(ground, findings, now), decision, acceptedConflicts: capacity.accepted };
}

/**
 * Only the named delivery manager signs off, and never a human who sold the deal (approvals rule 1): who owns it, handed
 * it over, or is one of its contributors, whoever owned it before or wrote its terms. Delivery writes no terms, so that
 * nobody becomes one by reviewing.
 */
function signerFindings({ handoff, contributors, people, merged }: PassageGround, actorId: string | null): Finding[] {
  if (actorId === null) return [];
  const findings: Finding[] = [];
  if (handoff.deliveryManagerId !== actorId) {
    findings.push(
      finding({
        code: 'NOT_THE_DELIVERY_MANAGER',
        path: 'handoff.deliveryManager',
        message: 'Only the delivery manager of this handoff signs it off.',
        facts: { deliveryManagerId: handoff.deliveryManagerId },
        remedy: 'Ask the delivery manager, or have the handoff assigned to you first (assignDeliveryManager).',
      }),
    );
  }
  const { canonicalOf } = standingOf(people, merged);
  const { ownerId, submittedBy } = handoff;
  const sellers = [ownerId, ...(submittedBy === null ? [] : [submittedBy]), ...contributors];
  if (sellers.map(canonicalOf).includes(canonicalOf(actorId))) {
    findings.push(
      finding({
        code: 'SELF_APPROVAL',
        path: 'actor',
        message: 'Who owns or owned the deal, wrote its terms or handed it over does not sign it off.',
        facts: { ownerId, submittedBy },
        remedy: 'Have another delivery manager assigned (assignDeliveryManager), who signs it off.',
      }),
    );
  }
  return findings;
}

/** A client date: a live sign-off for things as they stand, and no blocking decision open (requirement 002 steps 4 and 5). */
export function judgeKickoff(ground: PassageGround, now: Date): Judgement {
  const today = dateOf(configurationOf(ground.version).calendar, now);
  return judgement(
    ground,
    [
      ...liveSignOffFindings(ground.signOff, signedGround(ground)),
      ...takenBackFindings(ground.items, ground.evidence),
      ...contractFindings(ground, now),
      ...kickoffDecisionFindings(ground.decisions, today),
      ...unloggedFindings({ ...ground, terms: termsOf(ground.snapshot) }),
      ...reviewFindings(ground),
    ],
    now,
  );
}

/** A finding for every emergency about this handoff or its scope that nobody has reviewed (approvals rule 12). */
function reviewFindings({ reviews }: PassageGround): Finding[] {
  return reviews.map(({ id, dueAt }) =>
    finding({
      code: 'BREAK_GLASS_UNREVIEWED',
      path: 'approvalRequest.review',
      message: 'Something was approved in an emergency that nobody has reviewed.',
      facts: { reviewId: id, dueAt: dueAt.toISOString() },
      remedy: 'Somebody who had no part in it reviews it (reviewBreakGlass).',
    }),
  );
}

/** The dry run of a gate: what would fail now. */
export function dryRun(gate: Gate, ground: PassageGround, now: Date): Judgement {
  if (gate === Gate.SUBMIT) return judgeSubmit(ground, now);
  if (gate === Gate.PRE_CLOSE) return judgePreClose(ground, now);
  if (gate === Gate.SIGN_OFF) return judgeSignOff(ground, NOTHING_ASKED, now);
  const kickoff = judgeKickoff(ground, now);
  return { ...kickoff, findings: [...stageFindings(ground.handoff, 'scheduleKickoff'), ...kickoff.findings] };
}

/** The submit gate as it would be under a granted pre-close review, and whether there is one. */
function judgePreClose(ground: PassageGround, now: Date): Judgement {
  const { preClose } = ground;
  const granted = Object.assign(new PreClose(), { state: PreCloseState.APPROVED });
  const judged = judgeSubmit({ ...ground, preClose: granted }, now);
  if (preClose?.state === PreCloseState.APPROVED) return judged;
  const missing = finding({
    code: 'PRE_CLOSE_NOT_APPROVED',
    path: 'handoff.preCloses',
    message: 'Delivery has not allowed a review before the signature.',
    facts: { state: preClose?.state ?? null },
    remedy: preClose
      ? 'Somebody in delivery answers the request (decidePreClose).'
      : 'Ask for it with requestPreClose.',
  });
  return { ...judged, findings: [missing, ...judged.findings] };
}

function judgement(ground: PassageGround, findings: readonly Finding[], now: Date): Judgement {
  const { version, snapshot, items, evidence } = ground;
  return {
    findings,
    sources: [configurationSource(version), snapshotSource(snapshot)],
    completenessBps: completeness(items, evidence, evidenceGround(ground, now)),
  };
}

/** The plan needs a start; without one the content gate says so, and the rest is checked as if it were today. */
function planOf(ground: PassageGround, today: string): ProjectPlan {
  const { handoff, version, snapshot, commitments } = ground;
  const { serviceTemplate, dealType, answers, startOn } = handoff;
  const promises = commitments.filter(({ state }) => state === CommitmentState.TASK);
  return planProject({
    configuration: configurationOf(version),
    serviceTemplate,
    dealType,
    answers,
    startOn: startOn ?? today,
    terms: termsOf(snapshot),
    promises,
  });
}

/**
 * What is open is decided before the kickoff is to be scheduled, and not later than in a business day. The clock is the
 * handoff's own; who is told, the ruling configuration says: people come and go.
 */
function decisionDuty({ handoff, version, ruling, handleIds }: PassageGround, now: Date): DecisionDuty {
  const configuration = configurationOf(version);
  const { calendar } = configuration;
  const ownerId = handoff.deliveryManagerId ?? handoff.ownerId;
  const clock = slaClock(configuration, 'KICKOFF_SCHEDULED', handoff.dealType);
  const dueOn = dateOf(calendar, due(clock, now, calendar));
  const least = addBusinessDays(calendar, dateOf(calendar, now), 1);
  const ladder = escalationLadder(configurationOf(ruling), 'DECISION').map((handle) => handleIds.get(handle));
  return {
    ownerId,
    dueOn: dueOn < least ? least : dueOn,
    escalationContactId: ladder.find((id) => id !== undefined && id !== ownerId) ?? null,
  };
}

const CHANGED_IN_REVIEW = 'Return the handoff; sales imports the deal again and submits the new terms.';

/** A finding when the PSA has said something since that the handoff has not adopted: an import during the review. */
function dealFindings({ deal, snapshot }: PassageGround, remedy: string): Finding[] {
  if (deal.currentRevision === snapshot.revision) return [];
  return [
    finding({
      code: 'DEAL_CHANGED',
      path: 'handoff.deal',
      message: 'The deal has changed in the PSA since the handoff adopted its terms.',
      facts: { adopted: snapshot.revision, newest: deal.currentRevision },
      remedy,
    }),
  ];
}

function escalationFindings({ escalationContactId }: DecisionDuty): Finding[] {
  if (escalationContactId) return [];
  return [
    finding({
      code: 'ESCALATION_CONTACT_MISSING',
      path: 'configuration.escalationContacts.DECISION',
      message: 'Nobody of the DECISION ladder is an active member beside the owner of the decisions.',
      facts: {},
      remedy: 'Ask RevOps to put an active member into the ladder.',
    }),
  ];
}

/** The import and the margin gate both name a missing cost, each by its own path: one is enough of each code and path. */
function withoutRepeats(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ code, path }) => {
    const key = `${code} ${path}`;
    return seen.has(key) ? false : Boolean(seen.add(key));
  });
}
