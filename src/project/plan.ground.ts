import { addBusinessDays, dateOf } from '../catalogue/calendar.rules.js';
import { configurationOf } from '../catalogue/catalogue.queries.js';
import type { ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import { type Commitment, CommitmentState } from '../commitment/commitment.entity.js';
import { termsOf } from '../deal/deal.queries.js';
import type { DealSnapshot } from '../deal/deal.entity.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { planProject, type ProjectPlan } from './plan.rules.js';
import type { Project } from './project.entity.js';

/** The rows that a project is planned from, as a command has read them. */
export interface PlanGround {
  readonly handoff: Pick<Handoff, 'serviceTemplate' | 'dealType' | 'answers' | 'startOn'>;
  /** The configuration under which the handoff was opened. */
  readonly version: ConfigurationVersion;
  /** The adopted snapshot. */
  readonly snapshot: Pick<DealSnapshot, 'terms' | 'termsDigest'>;
  readonly commitments: readonly Commitment[];
  /** The project of an earlier submit, or null. */
  readonly project: Pick<Project, 'startOn'> | null;
}

/**
 * The plan of these rows. Without a start in the handoff the project starts where it was planned to start before, and
 * at first on the next business day (choice). Promises that ended as tasks become tasks of the plan.
 */
export function planOf({ handoff, version, snapshot, commitments, project }: PlanGround, now: Date): ProjectPlan {
  const configuration = configurationOf(version);
  const { calendar } = configuration;
  const { serviceTemplate, dealType, answers } = handoff;
  return planProject({
    configuration,
    serviceTemplate,
    dealType,
    answers,
    startOn: handoff.startOn ?? project?.startOn ?? addBusinessDays(calendar, dateOf(calendar, now), 1),
    terms: termsOf(snapshot),
    promises: commitments
      .filter(({ state }) => state === CommitmentState.TASK)
      .map(({ id, text, dueOn }) => ({ id, text, dueOn })),
  });
}
