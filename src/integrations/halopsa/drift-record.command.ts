import { raiseAlert } from '../../core/alert.js';
import { digestOf } from '../../core/canonical.js';
import { command, done, type Moment } from '../../core/command.js';
import { insertAll, type Statement, update } from '../../core/statement.js';
import { lockHandoff } from '../../handoff/handoff.queries.js';
import { type Difference, driftSteps, type DriftSteps, endState } from './drift.rules.js';
import { lockStandingDrifts } from './drift.queries.js';
import { DriftState, PsaDrift } from './psa-drift.entity.js';

/** The alert that a project in the PSA was edited behind its baseline. */
export const DRIFT_ALERT = 'PSA_DRIFT';

/** What a look at a project found. */
export interface RecordDriftsInput {
  readonly handoffId: string;
  readonly projectId: string;
  /** The counterparts that were looked at. */
  readonly checked: readonly string[];
  readonly differences: readonly Difference[];
  /** Who changed a counterpart last, by its id, where the PSA says so. */
  readonly changedBy: Readonly<Record<string, string>>;
}

/** Keeps the incidents of a project as the last look found them: opens, follows and ends them. The worker's alone. */
export const recordDrifts = command({
  name: 'recordDrifts',
  action: 'watch',
  subject: 'PsaDrift',
  facts: ({ handoffId }: RecordDriftsInput) => ({
    handoff: lockHandoff(handoffId),
    standing: lockStandingDrifts(handoffId),
  }),
  decide: ({ standing }, input, moment) => {
    const { handoffId, projectId, differences, checked } = input;
    const steps = driftSteps(standing, differences, checked);
    const rows = steps.found.map((difference) => foundRow(handoffId, difference, input.changedBy, moment));
    const raised = rows.length + steps.again.length;
    const subject = { type: 'Project', id: projectId };
    const facts = { differences: raised, standing: standing.length - steps.ended.length + rows.length };
    const alert = raised > 0 ? raiseAlert({ code: DRIFT_ALERT, subject, facts }, moment) : null;
    const idsOf = (drifts: readonly { readonly id: string }[]): string[] => drifts.map(({ id }) => id);
    return done({
      id: projectId,
      subject,
      body: {
        found: idsOf(rows),
        changed: idsOf(steps.changed.map(({ drift }) => drift)),
        again: idsOf(steps.again),
        ended: idsOf(steps.ended),
        // Values may be somebody's own words: the ledger has their digest alone.
        digest: digestOf(differences.map((difference) => ({ ...difference }))),
      },
      writes: [...endings(steps, moment), ...insertAll(PsaDrift, rows), ...(alert ? [alert.statement] : [])],
      messages: alert ? [alert.message] : [],
    });
  },
});

type NewDrift = Omit<PsaDrift, 'tenantId'>;

function foundRow(
  handoffId: string,
  difference: Difference,
  changedBy: RecordDriftsInput['changedBy'],
  { now, newId }: Moment,
): NewDrift {
  return {
    id: newId(),
    handoffId,
    ...difference,
    changedBy: changedBy[difference.objectId]?.slice(0, 200) ?? null,
    state: DriftState.OPEN,
    foundAt: now,
    seenAt: now,
    endedAt: null,
    decidedBy: null,
    decidedAt: null,
    revision: 1,
  };
}

/** Ends come first: an accepted difference that changed is a new incident in the same place. */
function endings({ ended, changed, again }: DriftSteps, { now }: Moment): Statement[] {
  const next = (drift: PsaDrift): number => drift.revision + 1;
  return [
    ...ended.map((drift) =>
      update(PsaDrift, { id: drift.id }, { state: endState(drift), endedAt: now, revision: next(drift) }),
    ),
    ...changed.map(({ drift, to: { ours, theirs } }) =>
      update(PsaDrift, { id: drift.id }, { ours, theirs, seenAt: now, revision: next(drift) }),
    ),
    ...again.map((drift) => update(PsaDrift, { id: drift.id }, { state: DriftState.OPEN, revision: next(drift) })),
  ];
}
