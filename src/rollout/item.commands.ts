import { dateOf } from '../catalogue/calendar.rules.js';
import { configurationOf, rulingConfiguration } from '../catalogue/catalogue.queries.js';
import { command, done, refused } from '../core/command.js';
import { staleRevision } from '../core/error.js';
import { type Finding, finding } from '../core/finding.js';
import { selectRequired, update } from '../core/statement.js';
import { MemberState, Person } from '../identity/person.entity.js';
import { subjectOf } from './rollout.commands.js';
import { RolloutItem, RolloutItemState } from './rollout.entity.js';
import type { AssignRolloutItemInput, CompleteRolloutItemInput } from './rollout.input.js';

const lockItem = (id: string) => selectRequired(RolloutItem, id, { lock: 'UPDATE' });

/** Says who does an item, and until when. */
export const assignRolloutItem = command({
  name: 'assignRolloutItem',
  action: 'assign',
  subject: 'RolloutItem',
  services: false,
  facts: ({ itemId, ownerId }: AssignRolloutItemInput) => ({
    item: lockItem(itemId),
    owner: selectRequired(Person, ownerId),
    ruling: rulingConfiguration(),
  }),
  target: ({ item }) => item,
  decide: ({ item, owner, ruling }, input, { now }) => {
    checkRevision(item, input);
    const dueOn = input.dueOn ?? item.dueOn;
    const today = dateOf(configurationOf(ruling).calendar, now);
    const findings = [...doneFindings(item), ...ownerFindings(owner)];
    if (dueOn !== item.dueOn && dueOn < today) {
      findings.push(
        finding({
          code: 'DATE_IN_THE_PAST',
          path: 'dueOn',
          message: 'The item would be due in the past.',
          facts: { dueOn, today },
          remedy: 'Give today or a later day.',
        }),
      );
    }
    const subject = subjectOf(item.rolloutId);
    if (findings.length > 0) return refused(findings, { subject });
    const ownerId = owner.mergedInto ?? owner.id;
    return done({
      id: item.id,
      subject,
      body: { item: item.key, ownerId, dueOn },
      writes: [update(RolloutItem, { id: item.id }, { ownerId, dueOn, revision: item.revision + 1 })],
    });
  },
});

/** Completes an item with the evidence that shows it; by its owner, or by RevOps. Done is done. */
export const completeRolloutItem = command({
  name: 'completeRolloutItem',
  action: 'complete',
  subject: 'RolloutItem',
  services: false,
  facts: ({ itemId }: CompleteRolloutItemInput) => ({ item: lockItem(itemId) }),
  target: ({ item }) => item,
  decide: ({ item }, input, { actor, now }) => {
    checkRevision(item, input);
    const findings = doneFindings(item);
    if (item.ownerId === null) {
      findings.push(
        finding({
          code: 'OWNER_MISSING',
          path: `rollout.items.${item.key}.owner`,
          message: 'Nobody answers for the item.',
          facts: { item: item.key },
          remedy: 'Name an owner first (assignRolloutItem).',
        }),
      );
    }
    const subject = subjectOf(item.rolloutId);
    if (findings.length > 0) return refused(findings, { subject });
    const { evidenceUrl, evidenceSha256 = null } = input;
    return done({
      id: item.id,
      subject,
      body: { item: item.key, evidenceSha256 },
      writes: [
        update(
          RolloutItem,
          { id: item.id },
          {
            state: RolloutItemState.DONE,
            evidenceUrl,
            evidenceSha256,
            completedBy: actor.id,
            completedAt: now,
            revision: item.revision + 1,
          },
        ),
      ],
    });
  },
});

function checkRevision(
  { id, revision }: RolloutItem,
  { expectedRevision }: { readonly expectedRevision: number },
): void {
  if (revision !== expectedRevision) throw staleRevision('RolloutItem', id, expectedRevision, revision);
}

function doneFindings({ key, state, completedAt }: RolloutItem): Finding[] {
  if (state === RolloutItemState.OPEN) return [];
  return [
    finding({
      code: 'NOT_OPEN',
      path: `rollout.items.${key}`,
      message: 'The item is done.',
      facts: { item: key, completedAt: completedAt!.toISOString() },
      remedy: 'There is nothing to do.',
    }),
  ];
}

function ownerFindings({ state, mergedInto }: Person): Finding[] {
  if (state === MemberState.ACTIVE || mergedInto !== null) return [];
  return [
    finding({
      code: 'OWNER_INACTIVE',
      path: 'ownerId',
      message: 'The owner is no active member.',
      facts: {},
      remedy: 'Name an active member.',
    }),
  ];
}
