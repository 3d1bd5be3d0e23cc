import type { ChecklistItem as ItemTemplate, RuledConfiguration } from '../catalogue/configuration.js';
import { CLOSED_WON_ITEMS } from '../catalogue/configuration.words.js';
import { configurationSource, type ConfigurationVersion } from '../catalogue/configuration-version.entity.js';
import type { Moment } from '../core/command.js';
import { insertAll, type Statement, update } from '../core/statement.js';
import type { Tier } from '../handoff/handoff.entity.js';
import { Role } from '../identity/roles.js';
import { ChecklistItem, ItemState, ReopenCause } from './checklist.entity.js';
import type { WeighedItem } from './completeness.rules.js';
import { EvidenceForm } from './evidence.entity.js';

/** No claim that the item does not apply stands any more. */
export const NO_CLAIM = {
  naReason: null,
  naClaimedBy: null,
  naClaimedAt: null,
  naTermsRevision: null,
  naAcceptedBy: null,
  naAcceptedAt: null,
};

/** Which checklist a handoff gets. */
export interface ChecklistChoice {
  readonly handoffId: string;
  /** The key of the checklist template that the tier rule chose (handoff.checklistTemplate). */
  readonly template: string;
  readonly tier: Tier;
  readonly configuration: RuledConfiguration;
  readonly version: ConfigurationVersion;
}

/** The items of a handoff that is being opened. */
export function createChecklist(choice: ChecklistChoice, moment: Moment): Statement[] {
  return alignChecklist({ ...choice, existing: [] }, moment);
}

/**
 * The checklist after the tier or template has changed: new items are added, known ones take over what is demanded now
 * and keep their evidence (a claim of N/A falls where none is allowed any more), and those that the template no longer
 * names stay, no longer required.
 */
export function alignChecklist(
  choice: ChecklistChoice & { readonly existing: readonly ChecklistItem[] },
  moment: Moment,
): Statement[] {
  const { handoffId, existing } = choice;
  const rows = demandsOf(choice);
  const knownByCode = new Map(existing.map((item) => [item.code, item]));
  const named = new Set(rows.map(({ code }) => code));
  return [
    ...insertAll(
      ChecklistItem,
      rows
        .filter(({ code }) => !knownByCode.has(code))
        .map((row) => ({ id: moment.newId(), handoffId, state: ItemState.OPEN, ...row })),
    ),
    ...rows.flatMap((row) => {
      const known = knownByCode.get(row.code);
      if (!known) return [];
      return [update(ChecklistItem, { id: known.id, handoffId }, changeOf(known, row))];
    }),
    ...existing
      .filter(({ code, required }) => required && !named.has(code))
      .map(({ id }) => update(ChecklistItem, { id, handoffId }, { required: false })),
  ];
}

/** The required items that alignChecklist leaves; one that is new has an id that no evidence knows. */
export function alignedItems(choice: ChecklistChoice & { readonly existing: readonly ChecklistItem[] }): WeighedItem[] {
  const knownByCode = new Map(choice.existing.map((item) => [item.code, item]));
  return demandsOf(choice)
    .filter(({ required }) => required)
    .map((row) => {
      const known = knownByCode.get(row.code);
      if (known) return { ...known, ...changeOf(known, row) };
      return { ...row, id: row.code, state: ItemState.OPEN, naAcceptedAt: null, reopenedAt: null };
    });
}

/** What the checklist of a handoff demands, in its order. */
function demandsOf({ template, tier, configuration, version }: ChecklistChoice) {
  const wanted = configuration.checklistTemplates[template];
  if (!wanted) throw new Error(`Configuration version ${version.version} has no checklist ${template}`);
  const sources = [configurationSource(version)];
  return wanted.items.map((item, index) => ({ ...demandOf(item, tier), position: index + 1, sources }));
}

/** What becomes of a known item: it takes over what is demanded, and a claim falls where none is allowed any more. */
function changeOf({ naClaimedBy }: ChecklistItem, row: ReturnType<typeof demandsOf>[number]) {
  const falls = naClaimedBy !== null && !row.allowNotApplicable;
  return falls ? { ...row, ...NO_CLAIM, state: ItemState.OPEN } : row;
}

/** What the template demands; the closed-won five are required in every tier and never N/A (requirement 002 step 1). */
export function demandOf(item: ItemTemplate, tier: Tier) {
  const { code, label, description, weight, validityDays, evidence, requiredFor, allowNotApplicable } = item;
  const closedWon = (CLOSED_WON_ITEMS as readonly string[]).includes(code);
  return {
    code,
    label,
    description,
    required: closedWon || requiredFor.includes(tier),
    weight,
    providerRole: Role[item.providerRole],
    verifierRole: Role[item.verifierRole],
    validityDays,
    allowNotApplicable: allowNotApplicable && !closedWon,
    kinds: evidence.kinds.map((kind) => EvidenceForm[kind]),
    needsDocument: evidence.needsDocument,
    needsSigner: evidence.needsSigner,
    needsAllSigners: evidence.needsAllSigners,
    reopensOn: item.reopensOn.map((cause) => ReopenCause[cause]),
  };
}
