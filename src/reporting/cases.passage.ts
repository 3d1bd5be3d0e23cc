import { minutesBetween, type CaseSubject } from './cases.deal.js';
import type { CaseDraft } from './case.types.js';

/** Two changes that are further apart are of two sittings, and what lies between them is no work, in milliseconds. */
const SITTING = 30 * 60_000;

/** Of each handoff that passed the submit gate, on the day of the first passing, whether an exception was used for it. */
export function overrideCases({ ground, dayOf }: CaseSubject): CaseDraft[] {
  const { handoff, caseFacts } = ground;
  const [first] = caseFacts.submissions;
  if (first === undefined) return [];
  return [
    {
      kpiKey: 'OVERRIDE_RATE',
      sourceId: handoff.id,
      countsOn: dayOf(first.at),
      countsAt: first.at,
      numerator: caseFacts.hasOverride ? 1 : 0,
      denominator: 1,
    },
  ];
}

/** Each passing of the submit gate, and whether delivery returned it before the next. */
export function rejectionCases({ ground, dayOf }: CaseSubject): CaseDraft[] {
  const { submissions } = ground.caseFacts;
  const { returns } = ground.deadlines.history;
  return submissions.map(({ id, at }, index): CaseDraft => {
    const next = submissions[index + 1]?.at ?? null;
    const isReturned = returns.some((returnedAt) => returnedAt >= at && (next === null || returnedAt < next));
    return {
      kpiKey: 'REJECTION_RATE',
      sourceId: id,
      countsOn: dayOf(at),
      countsAt: at,
      numerator: isReturned ? 1 : 0,
      denominator: 1,
    };
  });
}

/** The minutes that whoever handed it in worked on it before: the lengths of their sittings. */
export function fillTimeCases({ ground, dayOf }: CaseSubject): CaseDraft[] {
  const { handoff, caseFacts } = ground;
  const [first] = caseFacts.submissions;
  if (first === undefined || caseFacts.fillMarks.length === 0) return [];
  const worked = caseFacts.fillMarks.reduce((sum, mark, index, marks) => {
    const gap = index === 0 ? 0 : mark.getTime() - marks[index - 1]!.getTime();
    return gap <= SITTING ? sum + gap : sum;
  }, 0);
  return [
    {
      kpiKey: 'FILL_TIME',
      sourceId: handoff.id,
      countsOn: dayOf(first.at),
      countsAt: first.at,
      numerator: Math.floor(worked / 60_000),
      denominator: 1,
    },
  ];
}

/** The minutes from asking to the answer of each request that was approved or rejected; the same cases for p50 and p90. */
export function approvalCases({ ground, dayOf }: CaseSubject): CaseDraft[] {
  return ground.caseFacts.requests.flatMap(({ id, openedAt, decidedAt }) =>
    ['APPROVAL_LEAD_TIME_P50', 'APPROVAL_LEAD_TIME_P90'].map((kpiKey) => ({
      kpiKey,
      sourceId: id,
      countsOn: dayOf(decidedAt),
      countsAt: decidedAt,
      numerator: minutesBetween(openedAt, decidedAt),
      denominator: 1,
    })),
  );
}

/** Assumptions whose last word was said after the first sign-off; missed is what was refuted with an impact. */
export function assumptionCases({ ground, dayOf }: CaseSubject): CaseDraft[] {
  const [signedAt] = ground.deadlines.history.signOffs;
  if (signedAt === undefined) return [];
  return ground.caseFacts.assumptions.flatMap(({ id, isRefuted, hasImpact, resolvedAt }) =>
    resolvedAt === null || resolvedAt <= signedAt
      ? []
      : [
          {
            kpiKey: 'MISSED_ASSUMPTIONS',
            sourceId: id,
            countsOn: dayOf(resolvedAt),
            countsAt: resolvedAt,
            numerator: isRefuted && hasImpact ? 1 : 0,
            denominator: 1,
          },
        ],
  );
}
