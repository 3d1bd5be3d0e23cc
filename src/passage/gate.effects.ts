import { configurationOf } from '../catalogue/catalogue.queries.js';
import { logConflicts, type LoggedGround } from '../conflict/conflict.effects.js';
import type { Moment } from '../core/command.js';
import { blocks, type Finding } from '../core/finding.js';
import type { FindingSeverity } from '../core/graphql/types.js';
import type { SourceReference } from '../core/source.js';
import { insert, insertAll, type Statement } from '../core/statement.js';
import { termsOf } from '../deal/deal.queries.js';
import { decisionsForOpenAssumptions, type OpenedDecisions } from '../decision/decision.effects.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { type Gate, GateEvaluation, GateFinding, Verdict } from './gate.entity.js';
import type { PassageGround } from './passage.facts.js';

/** What a gate says of a handoff: everything it found, and what it was judged from. */
export interface Judgement {
  readonly findings: readonly Finding[];
  readonly sources: readonly SourceReference[];
  /** Checklist completeness in basis points. */
  readonly completenessBps: number;
}

/** A judgement after which what is still assumed goes into the decision log. */
export interface DecisiveJudgement extends Judgement {
  readonly decision: DecisionDuty;
}

/** Who owns what a gate leaves open, until when, and who is told if nothing happens (requirement 002 step 5). */
export interface DecisionDuty {
  readonly ownerId: string;
  readonly dueOn: string;
  /** Null when nobody of the tenant's DECISION ladder is an active member other than the owner. */
  readonly escalationContactId: string | null;
}

/** What is still assumed as a gate is passed goes into the decision log; the gate has found an escalation contact. */
function logAssumptions(
  { handoff, assumptions, decisions: existing }: Pick<PassageGround, 'handoff' | 'assumptions' | 'decisions'>,
  { decision, sources }: DecisiveJudgement,
  moment: Moment,
): OpenedDecisions {
  const { ownerId, dueOn, escalationContactId } = decision;
  return decisionsForOpenAssumptions(
    {
      handoffId: handoff.id,
      assumptions,
      existing,
      ownerId,
      dueOn,
      escalationContactId: escalationContactId!,
      sources,
    },
    moment,
  );
}

/** What the log is filled from: the ground as it stands after the deciding command. */
export type LoggedMatters = Omit<PassageGround, 'project' | 'milestones' | 'tasks'> & {
  readonly project: LoggedGround['project'];
  readonly milestones: LoggedGround['milestones'];
  readonly tasks: LoggedGround['tasks'];
};

/** What is still assumed, and what contradicts itself: each has one entry of the log (requirement 002 step 5). */
export function logMatters(ground: LoggedMatters, judged: DecisiveJudgement, moment: Moment): OpenedDecisions {
  const assumed = logAssumptions(ground, judged, moment);
  const parties = {
    handoff: ground.handoff,
    configuration: configurationOf(ground.version),
    ruling: configurationOf(ground.ruling),
    people: ground.people,
    idByKey: ground.handleIds,
  };
  const conflicts = logConflicts({ ...ground, terms: termsOf(ground.snapshot) }, parties, assumed.opened, moment);
  return {
    opened: [...assumed.opened, ...conflicts.opened],
    statements: [...assumed.statements, ...conflicts.statements],
  };
}

/** The rows of one attempt, whether it passes or not: a refusal commits these and nothing else. */
export function recordEvaluation(
  judged: Judgement & { readonly gate: Gate; readonly handoff: Handoff },
  moment: Moment,
): Statement[] {
  const { gate, handoff, findings, sources, completenessBps } = judged;
  const { now, actor, newId } = moment;
  const evaluationId = newId();
  return [
    insert(GateEvaluation, {
      id: evaluationId,
      handoffId: handoff.id,
      gate,
      verdict: blocks(findings) ? Verdict.REFUSED : Verdict.PASSED,
      handoffRevision: handoff.revision,
      termsRevision: handoff.termsRevision,
      completenessBps,
      askedBy: actor.id,
      evaluatedAt: now,
      sources: [...sources],
    }),
    ...insertAll(
      GateFinding,
      findings.map(({ code, severity, path, message, facts, remedy, exceptionable, discloses = null }, index) => ({
        id: newId(),
        evaluationId,
        handoffId: handoff.id,
        position: index + 1,
        code,
        severity: severity as FindingSeverity,
        path,
        message,
        facts: { ...facts },
        remedy,
        exceptionable,
        discloses,
      })),
    ),
  ];
}
