import type { Notes } from './actor.js';
import type { HaloInstance } from './instance.js';
import { badRequest } from './refusal.js';
import type { HaloRecord } from './store.js';
import { textOf } from './values.js';

/** A list in a record; an absent one is empty. */
export function listOf(record: HaloRecord | undefined, name: string): readonly HaloRecord[] {
  return (record?.[name] ?? []) as readonly HaloRecord[];
}

/** A number in a record; an absent one is 0. */
export function numberOf(record: HaloRecord, name: string): number {
  return typeof record[name] === 'number' ? record[name] : 0;
}

/**
 * Custom fields by name: those that the instance does not know are dropped in silence, those whose value breaks the
 * field's regular expression are refused.
 */
export function mergeCustomFields(
  halo: HaloInstance,
  before: readonly HaloRecord[],
  given: readonly HaloRecord[],
  notes: Notes,
): readonly HaloRecord[] {
  const merged = new Map(before.map((field) => [field.name, field]));
  for (const { name, value } of given) {
    const info = halo.store.all('fieldInfo').find((field) => field.name === name);
    if (!info) {
      notes.dropped.push(`customfields.${textOf(name)}`);
      continue;
    }
    if (typeof info.regex === 'string' && value !== null && !new RegExp(info.regex).test(textOf(value))) {
      throw badRequest(`The value of ${textOf(name)} is not valid.`);
    }
    const { id, label, type, usage } = info;
    merged.set(name, { id, name, label, type, usage, value, display: value === null ? '' : textOf(value) });
  }
  return [...merged.values()];
}

/** Figures of a budget that HaloPSA counts by itself. */
const COUNTED = ['actual_hours', 'actual_days', 'actual_money', 'remaining_hours', 'remaining_days', 'remaining_value'];

/** Budgets by budget type: a given one changes its figures, what is not given stays. Money is hours by rate unless given. */
export function mergeBudgets(
  halo: HaloInstance,
  ticketId: number,
  before: readonly HaloRecord[],
  given: readonly HaloRecord[],
  notes: Notes,
): readonly HaloRecord[] {
  const merged = new Map(before.map((budget) => [budget.budgettype_id, budget]));
  for (const budget of given) {
    const type = halo.store.get('budgetType', budget.budgettype_id);
    if (!type) throw badRequest(`budgettype_id ${textOf(budget.budgettype_id)} does not exist.`);
    for (const name of COUNTED) if (name in budget) notes.dropped.push(`budgets.${name}`);
    const written = Object.fromEntries(Object.entries(budget).filter(([name]) => !COUNTED.includes(name)));
    const known = merged.get(budget.budgettype_id);
    const next = { rate: type.defaultrate, ...known, ...written, budgettype_name: type.name, ticket_id: ticketId };
    const money = budget.money ?? numberOf(next, 'hours') * numberOf(next, 'rate');
    merged.set(budget.budgettype_id, {
      actual_hours: 0,
      actual_money: 0,
      ...next,
      money,
      id: known?.id ?? halo.store.newId(),
    });
  }
  return [...merged.values()];
}

/** A budget as it is shown: with what remains. */
export function shownBudget(budget: HaloRecord): HaloRecord {
  return {
    ...budget,
    remaining_hours: numberOf(budget, 'hours') - numberOf(budget, 'actual_hours'),
    remaining_value: numberOf(budget, 'money') - numberOf(budget, 'actual_money'),
  };
}

/** Time that was worked, on the project's budget of a type, else on its first. */
export function spendBudget(
  budgets: readonly HaloRecord[],
  budgetTypeId: unknown,
  hours: number,
): { readonly budgets: readonly HaloRecord[]; readonly money: number } {
  const spent = budgets.find((budget) => budget.budgettype_id === budgetTypeId) ?? budgets[0];
  const money = spent ? hours * numberOf(spent, 'rate') : 0;
  const after = budgets.map((budget) =>
    budget === spent
      ? {
          ...budget,
          actual_hours: numberOf(budget, 'actual_hours') + hours,
          actual_money: numberOf(budget, 'actual_money') + money,
        }
      : budget,
  );
  return { budgets: after, money };
}

/** Milestones and to-dos: one with the id of a known one changes it, one without an id is new, the others stay. */
export function mergeById(
  halo: HaloInstance,
  ticketId: number,
  before: readonly HaloRecord[],
  given: readonly HaloRecord[],
): readonly HaloRecord[] {
  const merged = new Map(before.map((part) => [part.id, part]));
  for (const part of given) {
    const known = part.id === undefined || part.id === null ? undefined : merged.get(part.id);
    if (part.id && !known) throw badRequest(`There is no part ${textOf(part.id)} of ticket ${ticketId}.`);
    const id = known?.id ?? halo.store.newId();
    merged.set(id, { ...known, ...part, id, ticket_id: ticketId });
  }
  return [...merged.values()];
}
