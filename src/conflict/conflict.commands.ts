import { configurationOf, configurationOfHandoff, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { configurationSource } from '../catalogue/configuration-version.entity.js';
import { commitmentsOf } from '../commitment/commitment.queries.js';
import { command, done } from '../core/command.js';
import { snapshotSource } from '../deal/deal.entity.js';
import { termsOf } from '../deal/deal.queries.js';
import { decisionsOf } from '../decision/decision.queries.js';
import { adoptedSnapshot, assumptionsOf, lockHandoff, statementsOf } from '../handoff/handoff.queries.js';
import { changeHandoff, handoffSubject } from '../handoff/handoff.rules.js';
import { eligiblePeople, peopleByHandle } from '../identity/identity.queries.js';
import { milestonesOf, projectOfHandoff, tasksOf } from '../project/project.queries.js';
import { logConflicts } from './conflict.effects.js';
import { JUDGED } from './conflict.rules.js';

/**
 * Brings the decision log to the conflicts that stand now: opens what is new, and marks what is gone (requirement 002
 * step 5). The worker's alone; it changes nothing where nothing has changed, however often it is asked for.
 */
export const openConflicts = command({
  name: 'openConflicts',
  action: 'openConflicts',
  subject: 'Decision',
  facts: ({ handoffId }: { readonly handoffId: string }) => ({
    handoff: lockHandoff(handoffId),
    version: configurationOfHandoff(handoffId),
    ruling: rulingConfiguration(),
    snapshot: adoptedSnapshot(handoffId),
    statements: statementsOf(handoffId),
    assumptions: assumptionsOf(handoffId),
    commitments: commitmentsOf(handoffId),
    project: projectOfHandoff(handoffId),
    milestones: milestonesOf(handoffId),
    tasks: tasksOf(handoffId),
    decisions: decisionsOf(handoffId),
    people: eligiblePeople(),
    idByKey: peopleByHandle(),
  }),
  decide: (facts, _input, moment) => {
    const { handoff, version, ruling, snapshot, people, idByKey } = facts;
    const subject = handoffSubject(handoff.id);
    const parties = {
      handoff,
      configuration: configurationOf(version),
      ruling: configurationOf(ruling),
      people,
      idByKey,
    };
    // Elsewhere what was opened is not gone: nobody looks at it.
    const { opened, statements } = JUDGED.includes(handoff.stage)
      ? logConflicts({ ...facts, terms: termsOf(snapshot) }, parties, [], moment)
      : { opened: [], statements: [] };
    return done({
      id: handoff.id,
      subject,
      body: {
        decisionsOpened: opened.map(({ number }) => number),
        // The code alone: a topic is somebody's own word.
        causes: opened.map(({ causeKey }) => causeKey!.split(':', 1)[0]),
        changes: statements.length,
      },
      sources: [configurationSource(version), configurationSource(ruling), snapshotSource(snapshot)],
      writes: statements.length === 0 ? [] : [...statements, changeHandoff(handoff)],
    });
  },
});
