import type { RolloutPhase } from '../catalogue/configuration.rollout.js';

/** One item of the 30-day rhythm as document 002 states it. */
export interface ItemTemplate {
  readonly key: string;
  /** Week 1 to 4: four groups of three. */
  readonly week: number;
  readonly title: string;
}

/** The twelve items of document 002's 30-day rhythm, in order. */
export const ROLLOUT_ITEMS: readonly ItemTemplate[] = [
  { key: 'SCOPE_FROZEN', week: 1, title: 'Freeze workflow scope, owner list and approval checkpoints' },
  { key: 'BASELINES_CAPTURED', week: 1, title: 'Capture baselines for all KPIs' },
  { key: 'ACCESS_CONFIRMED', week: 1, title: 'Confirm tool access, permissions and escalation channels' },
  { key: 'SUBSET_RUN', week: 2, title: 'Run on a controlled subset' },
  { key: 'MISFIRES_LOGGED', week: 2, title: 'Log false positives, false negatives and every manual override' },
  { key: 'WEEK_REVIEWED', week: 2, title: 'End-of-week review with named owners before expansion' },
  { key: 'NORMAL_VOLUME', week: 3, title: 'Increase to normal volume' },
  { key: 'THRESHOLDS_TUNED', week: 3, title: 'Tune thresholds, prompts and routing on pilot evidence' },
  { key: 'SLA_CONFIRMED', week: 3, title: 'Confirm SLA adherence and escalation response quality' },
  { key: 'RUNBOOK_PUBLISHED', week: 4, title: 'Publish runbook and handover notes' },
  { key: 'CADENCE_LOCKED', week: 4, title: 'Lock the reporting cadence for KPI and incident review' },
  { key: 'BACKLOG_APPROVED', week: 4, title: 'Approve the next optimisation backlog' },
];

/** The weeks whose items are to be done before a phase is left. */
export const WEEKS_OF: Readonly<Record<RolloutPhase, readonly number[]>> = {
  SHADOW: [1],
  PILOT: [2],
  NORMAL: [3, 4],
  COMPLETED: [],
};

/** The phase after each. */
export const NEXT_PHASE: Readonly<Record<RolloutPhase, RolloutPhase | null>> = {
  SHADOW: 'PILOT',
  PILOT: 'NORMAL',
  NORMAL: 'COMPLETED',
  COMPLETED: null,
};

/** What an item says, by its key. */
export const titleOf = (key: string): string => ROLLOUT_ITEMS.find((item) => item.key === key)?.title ?? key;
