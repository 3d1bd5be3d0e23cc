import type { ContentPart } from '../feasibility/accepted-content.rules.js';
import { Band, Criterion } from './score.entity.js';

/** Raised with every change of the rubric, so that a frozen score says by which it was computed. */
export const RUBRIC_VERSION = 1;

/** The 100 points exactly as document 004 deals them out: documentation 50, meeting 30, timeliness 20. */
export const MOST: Readonly<Record<Criterion, number>> = {
  SUMMARY: 15,
  STAKEHOLDER_MAP: 10,
  COMMITMENTS: 15,
  RISKS: 10,
  ALL_ATTENDED: 10,
  FULL_AGENDA: 10,
  QUESTIONS_ANSWERED: 10,
  WITHIN_SLA: 15,
  INTRODUCTION: 5,
};

/** The criteria that the handoff meeting gives points for. */
export const OF_MEETING: readonly Criterion[] = [
  Criterion.ALL_ATTENDED,
  Criterion.FULL_AGENDA,
  Criterion.QUESTIONS_ANSWERED,
];

/** What became of the handoff meeting. */
export interface MeetingOutcome {
  /** Whether the tier asks for a meeting at all. */
  readonly isNeeded: boolean;
  /** The meeting that was held; null when none was. */
  readonly meetingId: string | null;
  readonly allAttended: boolean;
  readonly fullAgenda: boolean;
  readonly questionsAsked: number;
  readonly questionsAnswered: number;
}

/** A promise as the rubric sees it. */
export interface PromiseFacts {
  readonly id: string;
  /** It is a scope line, a task or declined. */
  readonly isHomed: boolean;
  /** It was written down before the handoff was first submitted: delivery did not have to find it. */
  readonly isTold: boolean;
}

/** What a score is computed from. */
export interface ScoreFacts {
  readonly handoffId: string;
  readonly summary: readonly ContentPart[];
  readonly stakeholders: readonly ContentPart[];
  /** Promises. */
  readonly commitments: readonly PromiseFacts[];
  /** Somebody said that nothing was promised beside the contract. */
  readonly nothingPromised: boolean;
  /** Risks; `isMet` when something is done about it, or it says "None: <reason>". */
  readonly risks: readonly { readonly id: string; readonly isMet: boolean }[];
  readonly meeting: MeetingOutcome;
  /** The deadlines of sales that were missed, by clock. */
  readonly missedClocks: readonly string[];
  /** Whether the client was introduced in time; null while that is open. */
  readonly introducedInTime: boolean | null;
}

/** One criterion with its points. */
export interface CriterionScore {
  readonly criterion: Criterion;
  readonly points: number;
  /** 0 when it does not apply. */
  readonly most: number;
  /** What was missing. */
  readonly reasons: readonly string[];
  readonly sources: readonly string[];
}

/** A score. */
export interface Score {
  readonly criteria: readonly CriterionScore[];
  readonly earned: number;
  readonly possible: number;
  readonly total: number;
  readonly band: Band;
}

/**
 * The score of a handoff by the rubric of document 004. Documentation and answered questions are given in proportion,
 * rounded down, so that only what is complete has all its points; what is met or not is all or nothing.
 * A tier that needs no meeting has no points for one, neither earned nor possible, and the rest is scaled to 100
 * (docs/decisions/0040). A meeting that was held counts in every tier.
 */
export function scoreOf(facts: ScoreFacts): Score {
  const { meeting } = facts;
  const meetingApplies = meeting.isNeeded || meeting.meetingId !== null;
  const criteria = [
    partsScore(Criterion.SUMMARY, facts.summary, facts.handoffId),
    partsScore(Criterion.STAKEHOLDER_MAP, facts.stakeholders, facts.handoffId),
    commitmentsScore(facts),
    risksScore(facts),
    ...OF_MEETING.map((criterion) => meetingScore(criterion, meeting, meetingApplies)),
    withinSla(facts),
    introduction(facts),
  ];
  return { criteria, ...totalOf(criteria) };
}

/** Points of 100, exactly: the total rounds down, and a band is reached only when the points themselves reach it. */
export function totalOf(
  criteria: readonly Pick<CriterionScore, 'points' | 'most'>[],
): Pick<Score, 'earned' | 'possible' | 'total' | 'band'> {
  const earned = criteria.reduce((sum, { points }) => sum + points, 0);
  const possible = criteria.reduce((sum, { most }) => sum + most, 0);
  const total = possible === 0 ? 0 : Math.floor((earned * 100) / possible);
  return { earned, possible, total, band: bandOf(total) };
}

/** The band of a score of 100 (document 004). */
export function bandOf(total: number): Band {
  if (total >= 90) return Band.EXCELLENT;
  if (total >= 80) return Band.GOOD;
  return total >= 70 ? Band.ACCEPTABLE : Band.SUBSTANDARD;
}

/** The criteria with the newest amendment of each: what counts. `amendments` oldest first. */
export function amended<T extends Pick<CriterionScore, 'criterion' | 'points' | 'most'>>(
  criteria: readonly T[],
  amendments: readonly { readonly criterion: Criterion; readonly points: number }[],
): T[] {
  return criteria.map((one) => {
    const newest = amendments.findLast(({ criterion }) => criterion === one.criterion);
    return newest ? { ...one, points: newest.points } : one;
  });
}

/** Part of a whole in proportion, rounded down. */
function share(most: number, good: number, all: number): number {
  return all === 0 ? most : Math.floor((most * good) / all);
}

function partsScore(criterion: Criterion, parts: readonly ContentPart[], handoffId: string): CriterionScore {
  const most = MOST[criterion];
  const missing = parts.filter(({ isThere }) => !isThere);
  return {
    criterion,
    points: share(most, parts.length - missing.length, parts.length),
    most,
    reasons: missing.map(({ path }) => path),
    sources: [`Handoff/${handoffId}`],
  };
}

function commitmentsScore({ commitments, nothingPromised, handoffId }: ScoreFacts): CriterionScore {
  const criterion = Criterion.COMMITMENTS;
  const most = MOST[criterion];
  const sources = commitments.length > 0 ? commitments.map(({ id }) => `Commitment/${id}`) : [`Handoff/${handoffId}`];
  if (commitments.length === 0)
    return {
      criterion,
      points: nothingPromised ? most : 0,
      most,
      reasons: nothingPromised ? [] : ['UNDECLARED'],
      sources,
    };
  const flawed = commitments.filter(({ isHomed, isTold }) => !isHomed || !isTold);
  return {
    criterion,
    points: share(most, commitments.length - flawed.length, commitments.length),
    most,
    reasons: flawed.map(({ id, isHomed }) => `${isHomed ? 'UNDOCUMENTED' : 'OPEN'}/${id}`),
    sources,
  };
}

function risksScore({ risks, handoffId }: ScoreFacts): CriterionScore {
  const criterion = Criterion.RISKS;
  const most = MOST[criterion];
  if (risks.length === 0)
    return { criterion, points: 0, most, reasons: ['NONE_NAMED'], sources: [`Handoff/${handoffId}`] };
  const bare = risks.filter(({ isMet }) => !isMet);
  return {
    criterion,
    points: share(most, risks.length - bare.length, risks.length),
    most,
    reasons: bare.map(({ id }) => `NO_MITIGATION/${id}`),
    sources: risks.map(({ id }) => `Risk/${id}`),
  };
}

function meetingScore(criterion: Criterion, meeting: MeetingOutcome, applies: boolean): CriterionScore {
  if (!applies) return { criterion, points: 0, most: 0, reasons: ['NOT_NEEDED'], sources: [] };
  const most = MOST[criterion];
  const { meetingId } = meeting;
  if (meetingId === null) return { criterion, points: 0, most, reasons: ['NOT_HELD'], sources: [] };
  const sources = [`HandoffMeeting/${meetingId}`];
  if (criterion === Criterion.QUESTIONS_ANSWERED) {
    const { questionsAsked: asked, questionsAnswered: answered } = meeting;
    const reasons = answered < asked ? [`OPEN_QUESTIONS/${asked - answered}`] : [];
    return { criterion, points: share(most, answered, asked), most, reasons, sources };
  }
  const isMet = criterion === Criterion.ALL_ATTENDED ? meeting.allAttended : meeting.fullAgenda;
  return { criterion, points: isMet ? most : 0, most, reasons: isMet ? [] : ['INCOMPLETE'], sources };
}

function withinSla({ missedClocks, handoffId }: ScoreFacts): CriterionScore {
  const criterion = Criterion.WITHIN_SLA;
  const most = MOST[criterion];
  const points = missedClocks.length === 0 ? most : 0;
  return { criterion, points, most, reasons: missedClocks, sources: [`Handoff/${handoffId}`] };
}

function introduction({ introducedInTime, handoffId }: ScoreFacts): CriterionScore {
  const criterion = Criterion.INTRODUCTION;
  const most = MOST[criterion];
  const reasons = introducedInTime === null ? ['NOT_DUE_YET'] : introducedInTime ? [] : ['LATE'];
  return { criterion, points: introducedInTime ? most : 0, most, reasons, sources: [`Handoff/${handoffId}`] };
}
