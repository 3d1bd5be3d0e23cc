import { createHash } from 'node:crypto';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { OperationClass } from './operation-watch.js';

/** Operations under one name: their senders' names may be anything, and every name would be a time series of its own. */
export const OTHER = 'other';

const MOST_ROOT_FIELDS = 20;

/** Tells operations apart by what the product knows of them. */
export class OperationNames {
  private readonly known = new WeakMap<OperationDefinitionNode, OperationClass>();

  /** `isOurs`: whether a text is one of schema/operations. */
  constructor(private readonly isOurs: (text: string) => boolean) {}

  /** The class of a valid operation; worked out once for each parsed document. */
  classOf(document: DocumentNode, operation: OperationDefinitionNode, source: string): OperationClass {
    const known = this.known.get(operation);
    if (known) return known;
    const made: OperationClass = {
      name: (this.isOurs(source) && operation.name?.value) || OTHER,
      kind: operation.operation,
      rootFields: rootFields(document, operation),
      documentHash: createHash('sha256').update(source).digest('hex'),
    };
    this.known.set(operation, made);
    return made;
  }
}

/** Names of the schema, since the document is valid; aliases are the sender's. */
function rootFields(document: DocumentNode, operation: OperationDefinitionNode): string[] {
  const fragments = new Map(
    document.definitions
      .filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, node]),
  );
  const names = new Set<string>();
  const opened = new Set<string>();
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) names.add(selection.name.value);
      else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
      else if (!opened.has(selection.name.value)) {
        opened.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment) collect(fragment.selectionSet);
      }
    }
  };
  collect(operation.selectionSet);
  return [...names].toSorted().slice(0, MOST_ROOT_FIELDS);
}
