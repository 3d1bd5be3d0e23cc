import type { Finding } from '../core/finding.js';
import type { Answers, Queries } from '../core/statement.js';
import { configurationOfHandoff } from '../catalogue/catalogue.queries.js';
import { configurationSource } from '../catalogue/configuration-version.entity.js';
import { kickoffDecisionFindings } from '../decision/decision.rules.js';
import { decisionsOf } from '../decision/decision.queries.js';
import { bookingsOf, latestSignOff } from '../feasibility/feasibility.queries.js';
import { liveSignOffFindings, type SignedGround } from '../feasibility/feasibility.rules.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { baselinesOf } from '../project/project.queries.js';
import { dealOfHandoff, snapshotOfHandoff } from './passage.queries.js';
import type { Judgement } from './gate.effects.js';
import { completenessFacts, completenessOf } from './checklist.facts.js';
import { snapshotSource, today } from './passage.rules.js';

/** What the kickoff gate must know beside the handoff itself, which the caller reads first. */
export function kickoffFacts(handoffId: string) {
  return {
    version: configurationOfHandoff(handoffId),
    snapshot: snapshotOfHandoff(handoffId),
    deal: dealOfHandoff(handoffId),
    signOff: latestSignOff(handoffId),
    bookings: bookingsOf(handoffId),
    baselines: baselinesOf(handoffId),
    decisions: decisionsOf(handoffId),
    ...completenessFacts(handoffId),
  } satisfies Queries;
}

export type KickoffFacts = Answers<ReturnType<typeof kickoffFacts>> & { readonly handoff: Handoff };

/** The gate of a client date: a live sign-off for things as they stand, and no blocking decision open. */
export function judgeKickoff(facts: KickoffFacts, now: Date): Judgement {
  const { handoff, signOff, version, snapshot } = facts;
  const findings: Finding[] = [
    ...liveSignOffFindings(signOff, signedGround(facts)),
    ...kickoffDecisionFindings(facts.decisions, today(version, now)),
  ];
  return {
    findings,
    sources: [configurationSource(version), snapshotSource(snapshot)],
    completenessBps: completenessOf(facts, handoff, now),
  };
}

/** What a sign-off stands on, as it is now. */
export function signedGround(facts: Pick<KickoffFacts, 'handoff' | 'baselines' | 'bookings' | 'deal' | 'snapshot'>): SignedGround {
  return {
    handoff: facts.handoff,
    currentBaselineVersion: facts.baselines[0]?.version ?? null,
    bookings: facts.bookings,
    newestDealRevision: facts.deal.currentRevision,
    adoptedDealRevision: facts.snapshot.revision,
  };
}
