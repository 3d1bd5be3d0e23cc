import {
  AbilityBuilder,
  createMongoAbility,
  type MongoAbility,
  type MongoQuery,
  subject as withType,
} from '@casl/ability';
import type { Actor } from './actor.js';
import { RecentlyUsed } from './recently-used.js';
import { type EntityClass, tableOf } from './table.js';

export type Ability = MongoAbility;

/** Equality or membership only: each is compiled to SQL and checked against CASL's own answer (design 5). */
export type AbilityConditions = Readonly<
  Record<string, string | number | boolean | null | { readonly $in: readonly (string | number)[] }>
>;

/** `grant(roles, actions, subject, conditions?)`: whoever holds one of the roles may. */
export type Grant = (
  roles: readonly string[],
  actions: string | readonly string[],
  subject: string,
  conditions?: AbilityConditions,
) => void;

/**
 * `within(property, entity)`: a row with that property belongs to the row it names, and is read by whoever reads that one.
 * The entity itself has no property of that name.
 */
export type Within = (property: string, entity: EntityClass) => void;

/** The rules that one domain contributes. */
export type AbilityContribution = (grant: Grant, actor: Actor, within: Within) => void;

/** Abilities that are kept, about 90 kB each; those used longest ago go first. */
const MOST_BUILT = 300;

/** Abilities by contributions and actor: an actor is a value that never changes, so theirs need not be built again. */
const built = new WeakMap<readonly AbilityContribution[], RecentlyUsed<Actor, Ability>>();

/** The abilities of an actor, built from every domain's contribution. Nobody holds 'manage all'. */
export function abilityOf(actor: Actor, contributions: readonly AbilityContribution[]): Ability {
  const known = built.get(contributions) ?? new RecentlyUsed<Actor, Ability>(MOST_BUILT);
  built.set(contributions, known);
  const found = known.get(actor);
  if (found) return found;
  const ability = build(actor, contributions);
  known.set(actor, ability);
  return ability;
}

/** An entity whose rows other rows belong to, and the property by which they name them. */
interface Owner {
  readonly property: string;
  readonly owner: EntityClass;
}

const owners = new WeakMap<Ability, readonly Owner[]>();
const ownersOf = (ability: Ability): readonly Owner[] => owners.get(ability) ?? [];

function build(actor: Actor, contributions: readonly AbilityContribution[]): Ability {
  const builder = new AbilityBuilder<MongoAbility>(createMongoAbility);
  const grant: Grant = (roles, actions, subject, conditions) => {
    if (!roles.some((role) => actor.roles.includes(role))) return;
    builder.can(actions as string | string[], subject, conditions as MongoQuery | undefined);
  };
  const named: Owner[] = [];
  const within: Within = (property, owner) => {
    // Its own rows would have to be within themselves, and the bare name of the column would be theirs.
    if (tableOf(owner).byProperty.has(property)) throw new Error(`${owner.name} has a property ${property} of its own`);
    named.push({ property, owner });
  };
  for (const contribute of contributions) contribute(grant, actor, within);
  const ability = builder.build();
  owners.set(ability, named);
  return ability;
}

/** Whether the actor may do it at all, or on this row. */
export function allows(ability: Ability, action: string, type: string, row?: object | null): boolean {
  // CASL tags the object with its type: a copy keeps frozen facts and shared rows untouched.
  return row ? ability.can(action, withType(type, { ...row })) : ability.can(action, type);
}

/**
 * Which rows of an entity may be read, as a SQL condition over its table: ` and (...)`, appended to `values` from `$2` on.
 * Of rows `within` such as have been read, what they belong to is not looked at again. An operator that this compiler does
 * not know throws: it never answers with more rows than CASL would.
 */
export function readCondition(ability: Ability, entity: EntityClass, values: unknown[], within = false): string {
  const rules = rulesCondition(ability, entity, values);
  return within ? rules : `${rules}${ownersCondition(ability, entity, values)}`;
}

function rulesCondition(ability: Ability, entity: EntityClass, values: unknown[]): string {
  // Rules apply from the first to the last; one without conditions settles everything before it.
  let base = false;
  let conditional: { inverted: boolean; conditions: AbilityConditions }[] = [];
  for (const { inverted, conditions } of ability.rulesFor('read', entity.name).toReversed()) {
    if (!conditions) {
      base = !inverted;
      conditional = [];
    } else if (conditional.length > 0 || inverted === base) {
      conditional.push({ inverted, conditions: conditions as AbilityConditions });
    }
  }
  // A missing value makes a comparison null, which a condition takes for false: under `not` alone that would be wrong,
  // and without it an index can be used.
  const isNegated = conditional.some(({ inverted }) => inverted);
  const condition = conditional.reduce((before, { inverted, conditions }) => {
    const own = compile(conditions, entity, values, isNegated);
    if (inverted) return `(${before} and not ${own})`;
    return before === 'false' ? own : `(${before} or ${own})`;
  }, String(base));
  return condition === 'true' ? '' : ` and ${condition}`;
}

/** That the rows which they belong to may be read; a row that belongs to none may. */
function ownersCondition(ability: Ability, entity: EntityClass, values: unknown[]): string {
  const parts = ownersOf(ability).map(({ property, owner }) => {
    const column = tableOf(entity).byProperty.get(property);
    const condition = column ? readCondition(ability, owner, values) : '';
    if (!column || condition === '') return '';
    const seen = `exists (select from ${tableOf(owner).name} where tenant_id = $1 and id = ${column.name}${condition})`;
    return ` and ${column.isNullable ? `(${column.name} is null or ${seen})` : seen}`;
  });
  return parts.join('');
}

/**
 * Whether rows of `entity` that name a row of `parent` by the property `key` belong to that row, or to what it belongs to:
 * whoever reads that one reads them.
 */
export function areWithin(ability: Ability, entity: EntityClass, key: string, parent: EntityClass): boolean {
  return ownersOf(ability).every(({ property, owner }) => {
    if (!tableOf(entity).byProperty.has(property)) return true;
    return parent === owner ? key === property : tableOf(parent).byProperty.get(property)?.isNullable === false;
  });
}

function compile(conditions: AbilityConditions, entity: EntityClass, values: unknown[], isNegated: boolean): string {
  const sure = (comparison: string): string => (isNegated ? `coalesce(${comparison}, false)` : comparison);
  const parts = Object.entries(conditions).map(([property, expected]) => {
    const column = tableOf(entity).byProperty.get(property);
    if (!column) throw new Error(`An ability names ${property}, which ${entity.name} does not have`);
    if (expected === null) return `${column.name} is null`;
    if (typeof expected !== 'object') {
      values.push(expected);
      return sure(`${column.name} = $${values.length + 1}`);
    }
    if (!Array.isArray(expected.$in) || Object.keys(expected).length !== 1) {
      throw new Error(`An ability on ${entity.name}.${property} uses an operator that has no SQL form`);
    }
    values.push([...expected.$in]);
    return sure(`${column.name} = any($${values.length + 1})`);
  });
  return `(${parts.join(' and ')})`;
}
