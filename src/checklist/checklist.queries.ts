import { configurationOf, configurationOfHandoff } from '../catalogue/catalogue.queries.js';
import type { Actor } from '../core/actor.js';
import { notFound } from '../core/error.js';
import { type Answers, type Queries, type Query, select } from '../core/statement.js';
import { adoptedSnapshot, lockHandoff, stakeholdersOf } from '../handoff/handoff.queries.js';
import { recordsOf } from '../identity/identity.queries.js';
import { ChecklistItem } from './checklist.entity.js';
import { Evidence } from './evidence.entity.js';
import { type EvidenceContext, evidenceContext } from './status.rules.js';

/** The checklist of a handoff, in its order. */
export const checklistOf = (handoffId: string): Query<ChecklistItem[]> =>
  select(ChecklistItem, { handoffId }, { orderBy: ['position', 'id'] });

/** All evidence of a handoff, oldest first within an item. */
export const evidenceOf = (handoffId: string): Query<Evidence[]> =>
  select(Evidence, { handoffId }, { orderBy: ['sequence', 'id'] });

/** What every command on the checklist must know; the handoff is locked first. */
export function checklistFacts(handoffId: string) {
  return {
    handoff: lockHandoff(handoffId),
    version: configurationOfHandoff(handoffId),
    snapshot: adoptedSnapshot(handoffId),
    items: checklistOf(handoffId),
    evidence: evidenceOf(handoffId),
    stakeholders: stakeholdersOf(handoffId),
  } satisfies Queries;
}

/** The same for who judges: with every record of the same human. */
export function judgingFacts(handoffId: string, { id }: Actor) {
  return { ...checklistFacts(handoffId), aliases: recordsOf(id) } satisfies Queries;
}

export type ChecklistFacts = Answers<ReturnType<typeof checklistFacts>>;

/** The context of these facts at a time. */
export function contextOf(facts: ChecklistFacts, now: Date): EvidenceContext {
  return evidenceContext({ ...facts, timeZone: configurationOf(facts.version).tenant.timeZone }, now);
}

/** The item with this id, or NOT_FOUND: an item of another handoff is not found either. */
export function itemIn(facts: ChecklistFacts, itemId: string): ChecklistItem {
  const item = facts.items.find(({ id }) => id === itemId);
  if (!item) throw notFound('ChecklistItem', itemId);
  return item;
}
