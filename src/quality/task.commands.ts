import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { configurationSource } from '../catalogue/configuration-version.entity.js';
import type { TenantConfiguration } from '../catalogue/configuration.js';
import { escalationLadder } from '../catalogue/selection.rules.js';
import { command, done } from '../core/command.js';
import { insertAll, update } from '../core/statement.js';
import { DEFAULT_EVERY, peopleOf } from '../escalation/ladder.rules.js';
import { type Eligible, eligiblePeople, peopleByHandle } from '../identity/identity.queries.js';
import { QualityStep } from './step.entity.js';
import { tasksSince } from './task.queries.js';
import { type TaskLadder, taskSteps } from './task.rules.js';

/** The ladder of overdue tasks of quality: the SLA ladder that rules. */
export function taskLadder(
  ruling: Pick<TenantConfiguration, 'escalationContacts' | 'slaProfile' | 'calendar'>,
  idByKey: ReadonlyMap<string, string>,
  people: readonly Eligible[],
): TaskLadder {
  const active = new Set(people.map(({ personId }) => personId));
  return {
    people: peopleOf(escalationLadder(ruling, 'SLA'), idByKey, active),
    every: ruling.slaProfile.escalateEvery ?? DEFAULT_EVERY,
    calendar: ruling.calendar,
  };
}

/** Records who is told of which task of quality: given, or overdue. Once each, whenever it is called. The worker's alone. */
export const tellOfTasks = command({
  name: 'tellOfTasks',
  action: 'tell',
  subject: 'QualityReview',
  facts: ({ since }: { readonly since: Date }) => ({
    tasks: tasksSince(since),
    ruling: rulingConfiguration(),
    idByKey: peopleByHandle(),
    people: eligiblePeople(),
  }),
  decide: ({ tasks, ruling, idByKey, people }, _input, { now, newId, actor }) => {
    const { steps, ended } = taskSteps(tasks, taskLadder(configurationOf(ruling), idByKey, people), now);
    const rows = steps.map((step) => ({ id: newId(), firedAt: now, ...step }));
    return done({
      id: actor.tenantId,
      subject: { type: 'Tenant', id: actor.tenantId },
      body: {
        steps: rows.map(({ id, subjectType, subjectId, step, personId }) => ({
          id,
          subjectType,
          subjectId,
          step,
          personId,
        })),
        ended: ended.map(({ id }) => id),
      },
      sources: [configurationSource(ruling)],
      writes: [
        ...insertAll(QualityStep, rows),
        ...ended.map(({ id, endedAt }) => update(QualityStep, { id }, { endedAt })),
      ],
    });
  },
});
