import type { AgendaTopic } from '../catalogue/configuration.meeting.js';
import { agendaMinutes, type MeetingPlan } from '../catalogue/meeting.rules.js';
import { type Commitment, CommitmentState } from '../commitment/commitment.entity.js';
import { type Decision, DecisionState } from '../decision/decision.entity.js';
import {
  type Assumption,
  AssumptionState,
  type HandoffStatement,
  type Risk,
  StatementKind,
} from '../handoff/content.entity.js';

/** What of a handoff its agenda is drawn from. */
export interface AgendaContent {
  readonly statements: readonly Pick<HandoffStatement, 'id' | 'kind' | 'text'>[];
  readonly commitments: readonly Pick<Commitment, 'id' | 'text' | 'state'>[];
  readonly assumptions: readonly Pick<Assumption, 'id' | 'text' | 'state'>[];
  readonly decisions: readonly Pick<Decision, 'id' | 'number' | 'question' | 'dueOn' | 'state'>[];
  readonly risks: readonly Pick<Risk, 'id' | 'text' | 'level' | 'mitigation'>[];
}

/** Something that the handoff knows already. */
export interface Known {
  readonly topic: AgendaTopic;
  readonly recordId: string;
  readonly text: string;
}

/** Kinds of statement by topic. */
const STATEMENTS: Partial<Record<AgendaTopic, readonly StatementKind[]>> = {
  OBJECTIVES: [StatementKind.BUSINESS_OBJECTIVE, StatementKind.ACCEPTANCE_CRITERION],
  SCOPE: [StatementKind.IN_SCOPE, StatementKind.OUT_OF_SCOPE, StatementKind.DEVIATION],
  TECHNICAL: [
    StatementKind.TECHNICAL_REQUIREMENT,
    StatementKind.INTEGRATION_CONSTRAINT,
    StatementKind.DEPENDENCY,
    StatementKind.PROMISED_TIMELINE,
  ],
};

/** The agenda as it is told: each segment with its questions and with what the handoff knows already. */
export function agendaOf({ segments, checklist }: MeetingPlan, durationMinutes: number, content: AgendaContent) {
  return {
    durationMinutes,
    agendaMinutes: agendaMinutes(segments),
    segments: segments.map(({ shows = [], ...segment }) => ({
      ...segment,
      known: shows.flatMap((topic) => knownOf(topic, content)),
    })),
    checklist: [...checklist],
  };
}

/** What the handoff knows about a topic: of what can be settled only what is open, of commitments those without a home first. */
export function knownOf(topic: AgendaTopic, content: AgendaContent): Known[] {
  const told = ({ id: recordId, text }: { readonly id: string; readonly text: string }): Known => {
    return { topic, recordId, text };
  };
  switch (topic) {
    case 'COMMITMENTS': {
      const kept = content.commitments.filter(({ state }) => state !== CommitmentState.DECLINED);
      const isOpen = ({ state }: { readonly state: CommitmentState }): boolean => state === CommitmentState.OPEN;
      return [...kept.filter(isOpen), ...kept.filter((one) => !isOpen(one))].map(told);
    }
    case 'ASSUMPTIONS':
      return content.assumptions.filter(({ state }) => state === AssumptionState.ASSUMED).map(told);
    case 'DECISIONS':
      return content.decisions
        .filter(({ state }) => state === DecisionState.OPEN)
        .map(({ id, number, question, dueOn }) => told({ id, text: `${number}, due ${dueOn}: ${question}` }));
    case 'RISKS':
      return content.risks.map(({ id, level, text, mitigation }) =>
        told({ id, text: `${level}: ${text}${mitigation === null ? ' (nothing is done about it yet)' : ''}` }),
      );
    default:
      return content.statements.filter(({ kind }) => STATEMENTS[topic]!.includes(kind)).map(told);
  }
}
