import {
  getNullableType,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { Dice } from './dice.js';

/** Where values of an argument come from: what the data holds, and what no reader would expect. */
export interface Candidates {
  /** Values that mean something, by the owner (root field or input type), the argument and its named type. */
  of(owner: string, name: string, type: string): readonly unknown[];
  /** Values that mean nothing or are malformed, of the same shape. */
  strange(type: string): readonly unknown[];
}

/** Shares of the values that are strange, and of those that do not even fit their type (by a variable alone). */
const STRANGE = 0.15;
const UNFIT = 0.02;
const UNFIT_VALUES: readonly unknown[] = [null, 'NO_SUCH_VALUE', -2_147_483_649, 1.5, true, [], {}, ['x', null]];

/** A value of an input type; `isLoose` allows one that the type refuses. */
export function valueOf(
  dice: Dice,
  candidates: Candidates,
  owner: string,
  of: Pick<GraphQLArgument | GraphQLInputField, 'name' | 'type'>,
  isLoose: boolean,
): unknown {
  if (isLoose && dice.chance(UNFIT)) return dice.pick(UNFIT_VALUES);
  if (!isNonNullType(of.type) && dice.chance(0.08)) return null;
  const type = getNullableType(of.type);
  const inner = (wanted: GraphQLInputType, name = of.name, from = owner): unknown =>
    valueOf(dice, candidates, from, { name, type: wanted }, isLoose);
  if (isListType(type)) return Array.from({ length: dice.below(4) }, () => inner(type.ofType));
  if (isEnumType(type)) return dice.pick(type.getValues()).name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((field) => isNonNullType(field.type) || dice.chance(0.4));
    return Object.fromEntries(fields.map((field) => [field.name, inner(field.type, field.name, type.name)]));
  }
  if (type.name === 'Boolean') return dice.chance(0.5);
  const known = candidates.of(owner, of.name, type.name);
  return dice.pick(known.length === 0 || dice.chance(STRANGE) ? candidates.strange(type.name) : known);
}

/** A value as it stands in a document. Enum values stand bare. */
export function literalOf(value: unknown, wanted: GraphQLInputType): string {
  if (value === null) return 'null';
  const type = getNullableType(wanted);
  if (isListType(type)) return `[${(value as unknown[]).map((one) => literalOf(one, type.ofType)).join(', ')}]`;
  if (isEnumType(type)) return value as string;
  if (isInputObjectType(type)) {
    const fields = type.getFields();
    const parts = Object.entries(value as object).map(
      ([name, inner]) => `${name}: ${literalOf(inner, fields[name]!.type)}`,
    );
    return `{${parts.join(', ')}}`;
  }
  return JSON.stringify(value);
}
