import { carryCommitments } from '../commitment/carried.effects.js';
import { commitmentsOf } from '../commitment/commitment.queries.js';
import { command, type DoneOutcome, type Moment } from '../core/command.js';
import { finding } from '../core/finding.js';
import type { Answers, Queries } from '../core/statement.js';
import { carryOver, confirmCarried } from '../handoff/carried.effects.js';
import { predecessorFindings } from '../handoff/carried.rules.js';
import { PredecessorBy } from '../handoff/handoff.entity.js';
import { handoffDone, handoffRefused, handoffUnchanged } from '../handoff/handoff.outcomes.js';
import {
  assumptionsOf,
  lockHandoff,
  risksOf,
  stakeholdersOf,
  statementsOf,
  visibleHandoff,
} from '../handoff/handoff.queries.js';
import { checkRevision, editFindings } from '../handoff/handoff.rules.js';
import { TaskState } from '../project/project.entity.js';
import { tasksOf } from '../project/project.queries.js';
import type { ConfirmCarriedOverInput, LinkPredecessorInput } from './predecessor.input.js';
import type { Continuation } from './predecessor.queries.js';

/** The content of a handoff, and of the earlier one that it is to go on from. */
function carryFacts({ handoffId, predecessorId }: Continuation) {
  return {
    handoff: lockHandoff(handoffId),
    predecessor: visibleHandoff(predecessorId),
    earlierStakeholders: stakeholdersOf(predecessorId),
    earlierAssumptions: assumptionsOf(predecessorId),
    earlierRisks: risksOf(predecessorId),
    earlierStatements: statementsOf(predecessorId),
    earlierCommitments: commitmentsOf(predecessorId),
    earlierTasks: tasksOf(predecessorId),
    stakeholders: stakeholdersOf(handoffId),
    assumptions: assumptionsOf(handoffId),
    risks: risksOf(handoffId),
    statements: statementsOf(handoffId),
    commitments: commitmentsOf(handoffId),
  } satisfies Queries;
}

type CarryFacts = Answers<ReturnType<typeof carryFacts>>;

/** Says which earlier handoff of the client this one goes on from, and takes over its content to be confirmed. */
export const linkPredecessor = command({
  name: 'linkPredecessor',
  action: 'edit',
  subject: 'Handoff',
  services: false,
  facts: (input: LinkPredecessorInput) => carryFacts(input),
  target: ({ handoff }) => handoff,
  decide: (facts, { expectedRevision }, moment) => {
    const { handoff, predecessor } = facts;
    checkRevision(handoff, expectedRevision);
    if (handoff.predecessorId === predecessor.id) return handoffUnchanged(handoff);
    const findings = [...editFindings(handoff), ...predecessorFindings(handoff, predecessor)];
    return findings.length > 0 ? handoffRefused(handoff, findings) : carried(facts, PredecessorBy.PERSON, moment);
  },
});

/**
 * A renewal or an upsell goes on from the client's last closed handoff of the same service (document 001: a lighter
 * form). The worker's alone, once; where somebody was quicker it changes nothing.
 */
export const followPredecessor = command({
  name: 'followPredecessor',
  action: 'follow',
  subject: 'Handoff',
  facts: (input: Continuation) => carryFacts(input),
  target: ({ handoff }) => handoff,
  decide: (facts, _input, moment) => {
    const { handoff, predecessor } = facts;
    const isLate = [...editFindings(handoff), ...predecessorFindings(handoff, predecessor)].length > 0;
    return isLate ? handoffUnchanged(handoff) : carried(facts, PredecessorBy.RULE, moment);
  },
});

function carried(facts: CarryFacts, predecessorBy: PredecessorBy, moment: Moment): DoneOutcome {
  const { handoff, predecessor, earlierTasks } = facts;
  const content = carryOver(
    {
      handoff: predecessor,
      stakeholders: facts.earlierStakeholders,
      assumptions: facts.earlierAssumptions,
      risks: facts.earlierRisks,
      statements: facts.earlierStatements,
    },
    facts,
    moment,
  );
  const done = earlierTasks.filter(({ state }) => state === TaskState.DONE);
  const promises = carryCommitments(
    {
      earlier: { handoff: predecessor, commitments: facts.earlierCommitments },
      present: facts,
      kept: new Set(done.map(({ key }) => key.replace(/^commitment:/, ''))),
    },
    moment,
  );
  return handoffDone(handoff, {
    body: { predecessorId: predecessor.id, predecessorBy, ...content.counts, commitments: promises.count },
    changes: { ...content.changes, predecessorId: predecessor.id, predecessorBy },
    writes: [...content.statements, ...promises.statements],
  });
}

/** Says of what was carried over that it still holds (document 001: ASSUMED to CONFIRMED). */
export const confirmCarriedOver = command({
  name: 'confirmCarriedOver',
  action: 'edit',
  subject: 'Handoff',
  services: false,
  facts: ({ handoffId }: ConfirmCarriedOverInput) => ({
    handoff: lockHandoff(handoffId),
    stakeholders: stakeholdersOf(handoffId),
    risks: risksOf(handoffId),
    statements: statementsOf(handoffId),
  }),
  target: ({ handoff }) => handoff,
  decide: ({ handoff, stakeholders, risks, statements }, { expectedRevision, rowIds, fields }) => {
    checkRevision(handoff, expectedRevision);
    const waiting = [...stakeholders, ...risks, ...statements].filter(({ toConfirm }) => toConfirm).map(({ id }) => id);
    const isAll = !rowIds && !fields;
    const wanted = isAll ? waiting : (rowIds ?? []);
    const texts = isAll ? handoff.fieldsToConfirm : (fields ?? []);
    const strangers = wanted.filter((id) => !waiting.includes(id));
    const findings = editFindings(handoff);
    if (strangers.length > 0) {
      findings.push(
        finding({
          code: 'NOT_CARRIED_OVER',
          path: 'rowIds',
          message: `${strangers.length} of the rows wait for no confirmation here.`,
          facts: { rowIds: strangers },
          remedy: 'Name rows of this handoff whose toConfirm is true.',
        }),
      );
    }
    if (findings.length > 0) return handoffRefused(handoff, findings);
    const confirmed = confirmCarried(handoff, wanted, texts);
    if (wanted.length === 0 && texts.length === 0) return handoffUnchanged(handoff);
    return handoffDone(handoff, {
      body: { rowIds: wanted, fields: [...texts] },
      changes: confirmed.changes,
      writes: confirmed.statements,
    });
  },
});
