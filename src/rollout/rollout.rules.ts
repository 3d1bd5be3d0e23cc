import type { RuledConfiguration } from '../catalogue/configuration.js';
import { dateOf } from '../catalogue/calendar.rules.js';
import { pilotPolicy, rolloutThresholds } from '../catalogue/rollout.rules.js';
import { type Finding, finding } from '../core/finding.js';
import { dayAfter } from '../core/local-day.js';
import { type Closing, completionOf, hypercarePlan, isBelow } from './hypercare.rules.js';
import { type HypercareCheck, type Rollout, type RolloutItem, RolloutItemState } from './rollout.entity.js';
import { NEXT_PHASE, titleOf, WEEKS_OF } from './rollout.items.js';

/** What the next step of a rollout depends on. */
export interface AdvanceGround {
  readonly rollout: Rollout;
  readonly items: readonly RolloutItem[];
  /** Handoffs of the pilot. */
  readonly piloted: number;
  readonly closings: readonly Closing[];
  readonly checks: readonly Pick<HypercareCheck, 'kind' | 'dueOn'>[];
  readonly configuration: RuledConfiguration;
}

/** Everything that keeps a rollout from its next phase (document 002 "do not skip approval and verification gates"). */
export function advanceFindings(ground: AdvanceGround, now: Date): Finding[] {
  const { rollout, items } = ground;
  const { phase } = rollout;
  if (NEXT_PHASE[phase] === null) return [wrongPhase(rollout, 'There is no phase after this one.')];
  const open = items.filter(({ week, state }) => WEEKS_OF[phase].includes(week) && state === RolloutItemState.OPEN);
  return [
    ...unconfirmedFindings(rollout),
    ...open.map(openItem),
    ...(phase === 'PILOT' ? pilotFindings(ground) : []),
    ...(phase === 'NORMAL' ? hypercareFindings(ground, now) : []),
  ];
}

/** A finding while nobody but its starter stands behind the rollout. */
export function unconfirmedFindings({ confirmedAt }: Rollout): Finding[] {
  if (confirmedAt !== null) return [];
  return [
    finding({
      code: 'ROLLOUT_NOT_CONFIRMED',
      path: 'rollout.confirmedAt',
      message: 'Nobody but its starter has agreed to the rollout.',
      facts: {},
      remedy: 'A service delivery lead confirms it (confirmRollout).',
    }),
  ];
}

/** The finding of a step that the phase does not have. */
export const wrongPhase = ({ phase }: Pick<Rollout, 'phase'>, message: string): Finding =>
  finding({
    code: 'WRONG_PHASE',
    path: 'rollout.phase',
    message,
    facts: { phase },
    remedy: 'Read rollout { phase findings } for what comes next.',
  });

function openItem({ key, week, ownerId }: RolloutItem): Finding {
  return finding({
    code: 'ITEM_OPEN',
    path: `rollout.items.${key}`,
    message: `${titleOf(key)}: not done.`,
    facts: { item: key, week, ownerId },
    remedy: 'Its owner completes it with evidence (completeRolloutItem).',
  });
}

function pilotFindings({ rollout, piloted, configuration }: AdvanceGround): Finding[] {
  const { least } = pilotPolicy(configuration);
  const off = finding({
    code: 'ENFORCEMENT_OFF',
    path: 'rollout.enforcedAt',
    message: 'Enforcement is not switched on, so that the pilot has shown nothing.',
    facts: {},
    remedy: 'Switch it on with switchEnforcementOn; what is missing for that, rollout { enforcementFindings } says.',
  });
  const small = finding({
    code: 'PILOT_TOO_SMALL',
    path: 'rollout.pilots',
    message: `The pilot has ${piloted} deals; it takes ${least}.`,
    facts: { piloted, least },
    remedy: 'Choose more with choosePilot.',
  });
  return [...(rollout.enforcedAt === null ? [off] : []), ...(piloted < least ? [small] : [])];
}

function hypercareFindings({ rollout, closings, checks, configuration }: AdvanceGround, now: Date): Finding[] {
  const { calendar } = configuration;
  const thresholds = rolloutThresholds(configuration);
  const plan = hypercarePlan(rollout.normalSince!, closings, calendar, thresholds, now);
  const today = dateOf(calendar, now);
  const findings: Finding[] = [];
  if (today < plan.endsOn) {
    findings.push(
      finding({
        code: 'HYPERCARE_RUNNING',
        path: 'rollout.hypercare',
        message: plan.isExtended
          ? `Completion in week 4 was below the threshold: hypercare goes on until ${plan.endsOn}.`
          : `Hypercare runs until ${plan.endsOn}.`,
        facts: { endsOn: plan.endsOn, extended: plan.isExtended },
        remedy: 'Come back when it has ended.',
      }),
    );
  }
  const missing = plan.checks.filter(
    ({ kind, dueOn }) => dueOn <= today && !checks.some((done) => done.kind === kind && done.dueOn === dueOn),
  );
  if (missing.length > 0) {
    findings.push(
      finding({
        code: 'CHECKS_MISSING',
        path: 'rollout.hypercare.checks',
        message: `${missing.length} looks of hypercare were not taken.`,
        facts: { missing: missing.map(({ kind, dueOn }) => `${kind} ${dueOn}`) },
        remedy: 'Take them with recordHypercareCheck.',
      }),
    );
  }
  const week = completionOf(closings, dayAfter(today, -7), today, calendar);
  if (isBelow(week, thresholds.weekFourBps)) {
    findings.push(
      finding({
        code: 'COMPLETION_TOO_LOW',
        path: 'rollout.hypercare',
        message: `Of the deals won in the last 7 days ${week.complete} of ${week.closed} were complete at close.`,
        facts: { ...week, thresholdBps: thresholds.weekFourBps },
        remedy: 'Find out why with those who handed over late; hypercare ends above the threshold.',
      }),
    );
  }
  return findings;
}
