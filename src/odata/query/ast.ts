import type { LiteralType } from './tokens.js';

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';

/** The functions of $filter and $orderby that this feed offers (OData 4.01 part 2, section 5.1.1). */
export const FUNCTIONS = [
  'contains',
  'startswith',
  'endswith',
  'tolower',
  'toupper',
  'length',
  'trim',
  'year',
  'month',
  'day',
  'date',
] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

export interface Literal {
  readonly kind: 'literal';
  readonly type: LiteralType;
  readonly text: string;
  readonly at: number;
}

/** A property, or one of the entity that a navigation leads to. */
export interface PropertyPath {
  readonly kind: 'path';
  readonly names: readonly string[];
  readonly at: number;
}

/** An expression as it was written; nothing is known yet of what its names stand for. */
export type Expression =
  | Literal
  | PropertyPath
  | {
      readonly kind: 'compare';
      readonly operator: Comparison;
      readonly left: Expression;
      readonly right: Expression;
      readonly at: number;
    }
  | {
      readonly kind: 'junction';
      readonly operator: 'and' | 'or';
      readonly operands: readonly Expression[];
      readonly at: number;
    }
  | { readonly kind: 'not'; readonly operand: Expression; readonly at: number }
  | { readonly kind: 'in'; readonly left: Expression; readonly list: readonly Literal[]; readonly at: number }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly args: readonly Expression[]; readonly at: number };

export interface OrderItem {
  readonly expression: PropertyPath;
  readonly descending: boolean;
}

export interface SelectItem {
  /** A property's name, or `*`. */
  readonly name: string;
  readonly at: number;
}

export interface ExpandItem {
  readonly navigation: string;
  readonly select: readonly SelectItem[] | null;
  readonly at: number;
}

/** The query options of one request, read but not yet held against the model. */
export interface QueryOptions {
  readonly filter: Expression | null;
  readonly orderby: readonly OrderItem[];
  /** Null: everything. */
  readonly select: readonly SelectItem[] | null;
  readonly expand: readonly ExpandItem[];
  readonly top: number | null;
  readonly skip: number;
  readonly count: boolean;
}
