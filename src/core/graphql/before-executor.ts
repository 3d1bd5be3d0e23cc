import { type GraphQLRequestListener, type GraphQLResponse, HeaderMap } from '@apollo/server';
import {
  type DocumentNode,
  type FormattedExecutionResult,
  type GraphQLFormattedError,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import { PassingText } from '../passing-text.js';
import type { ApiContext, RequestContext } from './context.js';
import { refusalOf } from './settling.js';

/** A query that somebody may run. */
export interface AskedQuery {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

function whole(status: number, singleResult: FormattedExecutionResult): GraphQLResponse {
  return { http: { headers: new HeaderMap(), status }, body: { kind: 'single', singleResult } };
}

/** A plugin's part that comes before the executor: the text of a query's `data`, or null to go on; a refusal is answered. */
export function beforeExecutor(
  answer: (asked: AskedQuery, context: RequestContext) => Promise<PassingText | null>,
): NonNullable<GraphQLRequestListener<ApiContext>['responseForOperation']> {
  return async ({ document, operation, request, contextValue }) => {
    // Apollo asks here too when the document has no operation of the name: the executor says so.
    const kind = (operation as typeof operation | undefined)?.operation;
    if (kind !== OperationTypeNode.QUERY || !contextValue.actor) return null;
    try {
      const text = await answer({ document, operation, variables: request.variables ?? {} }, contextValue);
      return text === null ? null : whole(200, { data: text as unknown as Record<string, unknown> });
    } catch (error) {
      const { status, told } = refusalOf(error, contextValue.log);
      return whole(status, { errors: [told] });
    }
  };
}

/** An answer as text, as Apollo writes it: with a line's end. */
export function answerText(answer: {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLFormattedError[];
}): PassingText {
  const { data } = answer;
  return new PassingText(data instanceof PassingText ? `{"data":${data.take()}}\n` : `${JSON.stringify(answer)}\n`);
}
