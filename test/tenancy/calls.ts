import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  getNamedType,
  getNullableType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql';
import { newId } from '../../src/core/id.js';

/** One root field with arguments, ready to send. */
export interface Call {
  readonly name: string;
  readonly operation: 'query' | 'mutation';
  readonly document: string;
  readonly variables: Record<string, unknown>;
}

/** A value for an argument or input field by its name; undefined leaves the choice to the generator. */
export type Values = (name: string) => unknown;

/** How a call is made. */
export interface CallOptions {
  readonly values?: Values;
  /** What is asked of the answer, in braces. */
  readonly selection?: string;
  /** Rows a page, where the field has pages; its own default otherwise. */
  readonly first?: number;
  /** Further root fields. */
  readonly beside?: string;
}

type Root = GraphQLField<unknown, unknown>;

const SHA = 'a'.repeat(64);
const TEXT = 'Written by the generator of calls, for a test.';
const PAYLOADS: Readonly<Record<string, () => string>> = {
  ImportDealInput: () => readFileSync(resolve('samples/halopsa/managed-network-healthy.json'), 'utf8'),
  BacktestDealInput: () => readFileSync(resolve('samples/halopsa/managed-network-healthy.json'), 'utf8'),
  simulatePolicy: () => readFileSync(resolve('tenants/northwind-managed.yaml'), 'utf8'),
  ProposeConfigurationInput: () => readFileSync(resolve('tenants/northwind-managed.yaml'), 'utf8'),
};

/** Tokens of a selection that is asked in one document: of its limits (core/graphql/limits.ts) cost is met before length. */
const FITTING = 600;
/** Tokens of one field alone above which no document would hold it: it is asked less deep. */
const LARGEST = 1_500;
const tokens = (text: string): number => text.split(/\s+/).length;

let counter = 0;
/** What a plain text would not satisfy; by the name of the field. A bound that none of it meets turns the matrix red. */
const SPECIAL: Readonly<Record<string, () => unknown>> = {
  key: () => 'has-site-survey',
  textSha256: () => SHA,
  evidenceUrl: () => 'https://example.com/evidence',
  sourceUrl: () => 'https://example.com/baseline',
  sourceSha256: () => SHA,
  evidenceSha256: () => SHA,
  code: () => 'SCOPE_UNCLEAR',
  kpi: () => 'FILL_TIME',
  lastWon: () => 5,
  course: () => 'handoff-basics',
  threadUrl: () => 'https://outlook.example/t/1',
  path: () => 'checklist.SIGNED_SCOPE',
  handle: () => `generated.${++counter}`,
  oid: newId,
  subject: newId,
  issuer: () => '*',
  email: () => 'generated@example.com',
  digest: () => SHA,
  contentHash: () => SHA,
  documentUrl: () => 'https://example.com/document',
  certificateUrl: () => 'https://example.com/certificate',
  serviceTemplate: () => 'managed-network',
  scopes: () => ['handoffs:read'],
  number: () => 'H-1',
  segment: () => 'SMB',
  topic: () => 'leased-line',
  phone: () => '+44 20 7946 0000',
  madeOn: () => '2026-11-20',
  documentDate: () => '2026-11-20',
  signedOn: () => '2026-11-20',
  toOn: () => '2026-12-18',
  week: () => '2026-W50',
  fromWeek: () => '2026-W48',
  acceptedConflicts: () => [],
  expectedRevision: () => 1,
  durationMinutes: () => 45,
  days: () => 30,
  from: () => '2026-11-02T09:00:00.000Z',
  to: () => '2026-11-30T18:00:00.000Z',
  decision: () => 'APPROVE',
  ticket: () => 'INC-4711',
  kinds: () => ['MARGIN_EXCEPTION'],
  seed: () => 'seed-4711',
  url: () => 'https://hooks.example.com/countersign',
  itemPath: () => 'checklist.DEPENDENCIES',
  recordingUrl: () => 'https://recordings.example.com/1',
  answered: () => ['has-site-survey'],
  eventId: () => `evt_${'0'.repeat(32)}`,
  // Where every test's clock starts: what a tenant has is opened then, and it is never the future.
  at: () => '2026-11-23T14:00:00.000Z',
};
/** The same for arguments of one root field, and for days that go by the names of instants. */
const SPECIAL_HERE: Readonly<Record<string, () => unknown>> = {
  'kpiTrend.key': () => 'COMPLETION_RATE',
  'kpiCases.key': () => 'REJECTION_RATE',
  'kpiFigures.keys': () => ['COMPLETION_RATE'],
  'kpiComparison.keys': () => ['COMPLETION_RATE'],
  'Date.from': () => '2026-11-02',
  'Date.to': () => '2026-11-30',
};
const SCALARS: Readonly<Record<string, () => unknown>> = {
  ID: newId,
  Int: () => 1,
  Boolean: () => true,
  String: () => TEXT,
  Decimal: () => '8',
  Date: () => '2026-12-07',
  DateTime: () => '2026-12-08T10:00:00.000Z',
};

/** Makes calls of a schema's root fields, every argument filled with something that its bounds allow. */
export class CallGenerator {
  constructor(private readonly schema: GraphQLSchema) {}

  /** Every root field, queries first. */
  roots(): { operation: 'query' | 'mutation'; field: Root }[] {
    const of = (operation: 'query' | 'mutation'): { operation: 'query' | 'mutation'; field: Root }[] =>
      Object.values(this.schema.getRootType(operation as never)?.getFields() ?? {}).map((field) => ({
        operation,
        field,
      }));
    return [...of('query'), ...of('mutation')];
  }

  /** The call with every obligatory argument, and every field of its inputs. */
  call(name: string, options: CallOptions = {}): Call {
    const { operation, field } = this.root(name);
    return this.build(
      operation,
      field,
      field.args.filter((arg) => isRequiredArgument(arg) || operation === 'mutation'),
      options,
    );
  }

  /** The same, and one call for each optional argument of a query, and for each field of a filter. */
  variants(name: string, options: CallOptions = {}): Call[] {
    const { operation, field } = this.root(name);
    const plain = this.call(name, options);
    if (operation === 'mutation') return [plain];
    const required = field.args.filter(isRequiredArgument);
    const optional = field.args.filter((arg) => !required.includes(arg) && !['first', 'after'].includes(arg.name));
    const each = optional.flatMap((arg) => {
      const call = this.build(operation, field, [...required, arg], options);
      const type = getNamedType(arg.type);
      if (!isInputObjectType(type)) return [call];
      return Object.values(type.getFields()).map((part) => {
        const filter = { [part.name]: this.value(part, type.name, options.values) };
        return { ...call, variables: { ...call.variables, [arg.name]: filter } };
      });
    });
    return [plain, ...each];
  }

  /** A value for an argument or input field. */
  value(of: GraphQLArgument | GraphQLInputField, owner: string, values: Values = () => undefined): unknown {
    const wanted = values(of.name);
    if (wanted !== undefined) return wanted;
    if (of.name === 'payload') return PAYLOADS[owner]!();
    const type = getNamedType(of.type).name;
    const special = SPECIAL_HERE[`${owner}.${of.name}`] ?? SPECIAL_HERE[`${type}.${of.name}`] ?? SPECIAL[of.name];
    return special?.() ?? this.byType(of.type, values);
  }

  private root(name: string): { operation: 'query' | 'mutation'; field: Root } {
    const found = this.roots().find(({ field }) => field.name === name);
    if (!found) throw new Error(`There is no root field ${name}`);
    return found;
  }

  private build(
    operation: 'query' | 'mutation',
    field: Root,
    given: readonly GraphQLArgument[],
    options: CallOptions,
  ): Call {
    const { values, selection = '{ __typename }', beside = '' } = options;
    const page = field.args.filter((arg) => arg.name === 'first' && options.first !== undefined);
    const args = [...given, ...page];
    const declared = args.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
    const passed = args.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
    const head =
      args.length > 0 ? `${operation} (${declared}) { ${field.name}(${passed})` : `${operation} { ${field.name}`;
    const variables = Object.fromEntries(
      args.map((arg) => [arg.name, arg.name === 'first' ? options.first : this.value(arg, field.name, values)]),
    );
    return { name: field.name, operation, document: `${head} ${selection} ${beside} }`, variables };
  }

  private byType(type: GraphQLInputType, values?: Values): unknown {
    const nullable = getNullableType(type);
    if (isListType(nullable)) return [this.byType(nullable.ofType, values)];
    const named = getNamedType(type);
    // The last value: states begin with the one that nobody may set.
    if (isEnumType(named)) return named.name === 'Role' ? 'AUDITOR' : named.getValues().at(-1)!.name;
    if (isInputObjectType(named)) {
      return Object.fromEntries(
        Object.values(named.getFields()).map((field) => [field.name, this.value(field, named.name, values)]),
      );
    }
    const make = SCALARS[named.name];
    if (!make) throw new Error(`The generator knows no value of ${named.name}`);
    return make();
  }

  /** The same as several selections by field of the type, or of a page's rows, so that each fits into one document. */
  selections(
    type: GraphQLNamedType,
    depth: number,
    leave: (path: string) => boolean = () => false,
    above: readonly string[] = [],
  ): string[] {
    const whole = this.selection(type, depth, leave, above);
    const rows = this.schema.getType(type.name.replace(/Connection$/, ''));
    if (tokens(whole) <= FITTING || !isObjectType(rows)) return [whole];
    const only = (names: readonly string[], to = depth): string =>
      this.selection(
        type,
        to,
        (path) =>
          leave(path) || (path.startsWith(`${rows.name}.`) && !names.includes(path.slice(rows.name.length + 1))),
        above,
      );
    const groups: string[][] = [[]];
    const shallow: string[] = [];
    let size = 0;
    for (const name of Object.keys(rows.getFields())) {
      const own = tokens(only([name]));
      if (own > LARGEST) {
        shallow.push(only([name], depth - 1));
        continue;
      }
      if (size + own > FITTING) {
        groups.push([]);
        size = 0;
      }
      groups.at(-1)!.push(name);
      size += own;
    }
    return [...groups.map((names) => only(names)), ...shallow].filter((selection) => !/^\{ ?\}$/.test(selection));
  }

  /**
   * `{ ... }` with every field down to `depth` objects (edges and nodes of a page are one); fields with obligatory
   * arguments and those that `leave` names stay out, and so does what would ask a type within itself.
   */
  selection(
    type: GraphQLNamedType,
    depth: number,
    leave: (path: string) => boolean = () => false,
    above: readonly string[] = [],
  ): string {
    if (isUnionType(type)) {
      const parts = type
        .getTypes()
        .map((member) => `... on ${member.name} ${this.selection(member, depth, leave, above)}`);
      return `{ __typename ${parts.join(' ')} }`;
    }
    if (!isObjectType(type)) return '';
    const page = /(Connection|Edge)$/.test(type.name);
    const parts = Object.values(type.getFields()).flatMap((field) => {
      if (leave(`${type.name}.${field.name}`) || field.args.some(isRequiredArgument)) return [];
      const inner = getNamedType(field.type);
      if (!isCompositeType(inner)) return [field.name];
      const plain = ['PageInfo', 'Money', 'FindingFact', 'Finding', 'SourceReference'].includes(inner.name);
      if ((depth <= 0 && !page && !plain) || above.includes(inner.name)) return [];
      const text = this.selection(inner, page || plain ? depth : depth - 1, leave, [...above, type.name]);
      return text === '{ }' ? [] : [`${field.name} ${text}`];
    });
    return `{ ${parts.join(' ')} }`.replace('{  }', '{ }');
  }
}
