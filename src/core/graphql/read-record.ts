import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  getVariableValues,
  type GraphQLField,
  type GraphQLFormattedError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { allows } from '../ability.js';
import { digestOf, sha256Hex } from '../canonical.js';
import { command, done } from '../command.js';
import { AppError } from '../error.js';
import type { RequestContext } from './context.js';

/** The right of an auditor's seat: whoever holds it reads nothing without an entry in the ledger. */
export const READ_ON_RECORD = { action: 'readOnRecord', subject: 'Record' } as const;

/** A root field of an operation that was executed. */
export interface RootRead {
  readonly field: string;
  /** Ids that were asked for, in the order of the arguments; nothing else of the arguments, which may hold names. */
  readonly ids: readonly string[];
  /** Rows of the answer: of a list its length, of a page its edges, else one or none. */
  readonly rows: number;
}

/** One operation as the ledger keeps it: which question was put and how much was answered, never the answer. */
export interface OperationRead {
  readonly operation: string | null;
  /** SHA-256 of the document's text. */
  readonly documentHash: string;
  /** SHA-256 of the canonical variables (RFC 8785). */
  readonly variablesHash: string;
  readonly roots: readonly RootRead[];
}

/** Writes that evidence was read, in a transaction of its own, before the answer leaves. */
export const readRecords = command({
  name: 'readRecords',
  ...READ_ON_RECORD,
  services: false,
  facts: (_input: OperationRead) => ({}),
  decide: (_facts, { operation, documentHash, variablesHash, roots }, { newId }) =>
    done({
      id: newId(),
      subject: { type: 'Operation', id: documentHash },
      body: { operation, documentHash, variablesHash, roots },
    }),
});

/** Whether every operation of this actor is recorded. */
export function readsOnRecord({ actor, ability }: RequestContext): boolean {
  return actor.kind === 'PERSON' && allows(ability, READ_ON_RECORD.action, READ_ON_RECORD.subject);
}

/** Root fields that tell nothing of the tenant's evidence: the schema, and oneself. */
const FREE = new Set(['__schema', '__type', '__typename', 'me']);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** A longer name of an operation says nothing more. */
const NAME_LENGTH = 80;

/** An executed operation. */
export interface Executed {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly source: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly data: Readonly<Record<string, unknown>> | null;
}

/** What the ledger keeps of an operation, or null when it read no evidence. */
export function operationRead({
  schema,
  document,
  operation,
  source,
  variables,
  data,
}: Executed): OperationRead | null {
  const fields = [...rootFields(document, operation)];
  if (fields.every(([, node]) => FREE.has(node.name.value))) return null;
  const declared = schema.getRootType(operation.operation)?.getFields() ?? {};
  const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  const roots = fields.map(([key, node]): RootRead => {
    const field = declared[node.name.value];
    return {
      field: node.name.value,
      ids: field ? idsIn(argumentsOf(field, node, coerced)) : [],
      rows: rowsOf(data?.[key]),
    };
  });
  return {
    operation: operation.name?.value.slice(0, NAME_LENGTH) ?? null,
    documentHash: sha256Hex(source),
    variablesHash: digestOf(variables),
    roots,
  };
}

/**
 * Records the operation; null when the answer may leave, else the error that is sent in its place. Fails closed: what
 * cannot be recorded is not shown.
 */
export async function recordOperation(
  context: RequestContext,
  executed: Executed,
): Promise<GraphQLFormattedError | null> {
  const read = operationRead(executed);
  if (!read) return null;
  try {
    await context.record(readRecords, read);
    return null;
  } catch (error) {
    if (error instanceof AppError && error.code === 'FORBIDDEN')
      return { message: error.message, extensions: { code: error.code, ...error.details } };
    context.log.error({ err: error }, 'a read could not be recorded');
    const remedy = 'Try again in a moment; every read of an auditor is recorded before it is answered.';
    return { message: 'The read could not be recorded.', extensions: { code: 'UNAVAILABLE', remedy } };
  }
}

/** The root fields by response key, fragments opened. */
function rootFields(document: DocumentNode, operation: OperationDefinitionNode): Map<string, FieldNode> {
  const fragments = new Map(
    document.definitions
      .filter((one): one is FragmentDefinitionNode => one.kind === Kind.FRAGMENT_DEFINITION)
      .map((one) => [one.name.value, one]),
  );
  const found = new Map<string, FieldNode>();
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        if (!found.has(key)) found.set(key, selection);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
      else {
        const fragment = fragments.get(selection.name.value);
        if (fragment) collect(fragment.selectionSet);
      }
    }
  };
  collect(operation.selectionSet);
  return found;
}

/** The arguments as the resolver got them; none when they were refused, since then nothing was read. */
function argumentsOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  try {
    return getArgumentValues(field, node, variables);
  } catch {
    return {};
  }
}

function idsIn(value: unknown): string[] {
  if (typeof value === 'string') return UUID.test(value) ? [value.toLowerCase()] : [];
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (value && typeof value === 'object' && !(value instanceof Date)) return Object.values(value).flatMap(idsIn);
  return [];
}

function rowsOf(value: unknown): number {
  if (value === null || value === undefined) return 0;
  if (Array.isArray(value)) return value.length;
  if (typeof value === 'object' && 'edges' in value && Array.isArray(value.edges)) return value.edges.length;
  return 1;
}
