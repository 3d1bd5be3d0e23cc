import type { Moment } from '../core/command.js';
import { insertAll, type Statement, update } from '../core/statement.js';
import {
  Assumption,
  AssumptionState,
  HandoffStatement,
  Risk,
  Side,
  Stakeholder,
  StatementKind,
} from './content.entity.js';
import { isNoneWithReason } from './content.rules.js';
import { CARRIED_FIELDS, type CarriedField, type Handoff } from './handoff.entity.js';
import type { HandoffChanges } from './handoff.outcomes.js';

/** The content of a handoff, as far as another may take it over. */
export interface Carriable {
  readonly handoff: Handoff;
  readonly stakeholders: readonly Stakeholder[];
  readonly assumptions: readonly Assumption[];
  readonly risks: readonly Risk[];
  readonly statements: readonly HandoffStatement[];
}

/** What a handoff takes over from an earlier one, and how much of each. */
export interface CarriedOver {
  readonly changes: HandoffChanges;
  readonly statements: readonly Statement[];
  readonly counts: Readonly<Record<string, number>>;
}

/** Where a row comes from: its own source, and the handoff that it was taken from. */
export const carriedSource = (source: string, { number }: Pick<Handoff, 'number'>): string =>
  `${source} (carried over from handoff ${number})`;

/**
 * Fills a handoff in with what an earlier one of the client said (documents 001 and 004). What stands there already is
 * not written twice, what the PSA says of the new deal's scope governs, and texts that are there stay. Everything is to
 * be confirmed: assumptions are ASSUMED again, the rest is marked.
 */
export function carryOver(earlier: Carriable, present: Carriable, { newId, now }: Moment): CarriedOver {
  const own = { handoffId: present.handoff.id, carriedFromId: earlier.handoff.id };
  const source = (row: { source: string }): string => carriedSource(row.source, earlier.handoff);
  const stakeholders = earlier.stakeholders.filter((one) => !isThere(one, present.stakeholders));
  const assumptions = earlier.assumptions.filter(({ text, state }) => {
    return state !== AssumptionState.REFUTED && isNew(text, present.assumptions);
  });
  const risks = earlier.risks.filter(({ text }) => isNew(text, present.risks));
  const statements = earlier.statements.filter(({ kind, text }) => {
    const same = present.statements.filter((one) => one.kind === kind);
    if (kind === StatementKind.IN_SCOPE && same.some(({ dealSnapshotId }) => dealSnapshotId !== null)) return false;
    return isNew(text, same);
  });
  const fields = Object.values(CARRIED_FIELDS).filter(
    (field) => present.handoff[field] === null && earlier.handoff[field] !== null,
  );
  return {
    changes: {
      ...(Object.fromEntries(fields.map((field) => [field, earlier.handoff[field]])) as Partial<
        Record<CarriedField, string>
      >),
      fieldsToConfirm: [...present.handoff.fieldsToConfirm, ...fields],
    },
    counts: {
      stakeholders: stakeholders.length,
      assumptions: assumptions.length,
      risks: risks.length,
      statements: statements.length,
      fields: fields.length,
    },
    statements: [
      ...insertAll(
        Stakeholder,
        stakeholders.map(({ side, role, name, title, email, phone, notes }) => ({
          id: newId(),
          ...own,
          toConfirm: true,
          side,
          role,
          name,
          title,
          email,
          phone,
          notes,
        })),
      ),
      ...insertAll(
        Assumption,
        assumptions.map((row) => ({
          id: newId(),
          ...own,
          text: row.text,
          impact: row.impact,
          state: AssumptionState.ASSUMED,
          source: source(row),
          resolution: null,
          createdAt: now,
        })),
      ),
      ...insertAll(
        Risk,
        risks.map((row) => ({
          id: newId(),
          ...own,
          toConfirm: true,
          text: row.text,
          level: row.level,
          mitigation: row.mitigation,
          source: source(row),
          createdAt: now,
        })),
      ),
      ...insertAll(
        HandoffStatement,
        statements.map((row) => ({
          id: newId(),
          ...own,
          toConfirm: true,
          kind: row.kind,
          text: row.text,
          dueOn: row.dueOn,
          topic: row.topic,
          source: source(row),
          createdAt: now,
        })),
      ),
    ],
  };
}

/** Says of rows and fields that were carried over that they still hold. */
export function confirmCarried(
  handoff: Handoff,
  rowIds: readonly string[],
  fields: readonly CarriedField[],
): { readonly changes: HandoffChanges; readonly statements: readonly Statement[] } {
  const where = { id: rowIds, handoffId: handoff.id };
  const rows =
    rowIds.length === 0
      ? []
      : [Stakeholder, Risk, HandoffStatement].map((entity) =>
          update<Stakeholder | Risk | HandoffStatement>(entity, where, { toConfirm: false }),
        );
  return {
    changes: { fieldsToConfirm: handoff.fieldsToConfirm.filter((field) => !fields.includes(field)) },
    statements: rows,
  };
}

/** "None" beside other entries of the kind would contradict them; the same words twice say nothing. */
function isNew(text: string, present: readonly { readonly text: string }[]): boolean {
  if (isNoneWithReason(text)) return present.length === 0;
  return !present.some((other) => other.text === text);
}

/** The same person in the same part; of the provider's side the PSA names who has the part now. */
function isThere(one: Stakeholder, present: readonly Stakeholder[]): boolean {
  const sameName = (a: Stakeholder): boolean => a.name.trim().toLowerCase() === one.name.trim().toLowerCase();
  return present.some(
    (other) => other.side === one.side && other.role === one.role && (one.side === Side.PROVIDER || sameName(other)),
  );
}
