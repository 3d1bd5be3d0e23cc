import { type DocumentNode, GraphQLError, type GraphQLSchema, Kind, type OperationDefinitionNode } from 'graphql';
import type { Actor } from '../actor.js';
import type { ApiContext, RequestContext } from './context.js';
import type { TrustedDocuments } from './documents.js';
import { assertWithinLimits, DEFAULT_LIMITS, INTROSPECTION_LIMITS } from './limits.js';
import { passesOf } from './passes.js';
import { assertMayAsk } from './rights.js';
import { assertStorable } from './text.js';

/** A valid operation that somebody wants to run. */
export interface AskedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The document's text: what a trusted document is known by. */
  readonly source: string | undefined;
}

/** What an operation is checked against, over HTTP and over a socket alike. */
export interface OperationRules {
  readonly schema: GraphQLSchema;
  /** When set, people may send only these documents; API keys need the scope `documents:free` for others. */
  readonly trusted: TrustedDocuments | null;
}

/** The order of checks before anything runs: how large, who, which document, what of it, which text. */
export function assertOperationAllowed(
  { schema, trusted }: OperationRules,
  { document, operation, variables, source }: AskedOperation,
  asker: ApiContext,
): void {
  const passes = passesOf(schema, document);
  const introspection = isIntrospection(document, operation);
  const limits = introspection ? INTROSPECTION_LIMITS : DEFAULT_LIMITS;
  passes.withinLimits(operation, variables, () => assertWithinLimits(schema, document, operation, variables, limits));
  if (introspection) return;
  const { actor, ability } = signedIn(asker);
  assertTrusted(trusted, source, actor);
  passes.mayAsk(ability, () => assertMayAsk(schema, document, actor, ability));
  assertStorable(variables);
  passes.storable(() => assertStorable(literals(document), 'document'));
}

function signedIn(context: ApiContext): RequestContext {
  if (context.actor) return context;
  throw unauthenticated();
}

/** The refusal of whoever has not signed in. */
export function unauthenticated(): GraphQLError {
  return new GraphQLError('Sign in first: send `Authorization: Bearer <token>`.', {
    extensions: {
      code: 'UNAUTHENTICATED',
      remedy: 'Get a token from your identity provider, or `npm run countersign token` in the sandbox.',
    },
  });
}

function assertTrusted(trusted: TrustedDocuments | null, source: string | undefined, actor: Actor): void {
  if (!trusted || trusted.has(source ?? '')) return;
  if (actor.kind === 'SERVICE' && actor.scopes.includes('documents:free')) return;
  throw new GraphQLError('This document is not one of the trusted documents.', {
    extensions: {
      code: 'DOCUMENT_NOT_TRUSTED',
      remedy: 'Use an operation of schema/operations, or an API key with the scope documents:free.',
    },
  });
}

function isIntrospection(document: DocumentNode, operation: OperationDefinitionNode): boolean {
  return (
    operation.selectionSet.selections.every(
      (s) => s.kind === Kind.FIELD && ['__schema', '__type', '__typename'].includes(s.name.value),
    ) && document.definitions.length > 0
  );
}

function literals(document: DocumentNode): string[] {
  const texts: string[] = [];
  const stack: unknown[] = [document];
  while (stack.length > 0) {
    const node = stack.pop();
    if (Array.isArray(node)) stack.push(...(node as unknown[]));
    else if (node && typeof node === 'object' && 'kind' in node) {
      if (node.kind === Kind.STRING) texts.push((node as unknown as { value: string }).value);
      for (const [key, value] of Object.entries(node)) if (key !== 'loc') stack.push(value);
    }
  }
  return texts;
}
