import type { ApolloServer, GraphQLRequestContext } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { ActorChanged } from '../assumed-actor.js';
import type { ApiContext } from './context.js';
import { earlyRefusal } from './early-refusal.js';
import { formatError } from './format-error.js';

/**
 * Sees to it that an answer leaves for the actor of now alone. One that no flush has confirmed (an introspection, a
 * refusal before anything was read) is confirmed here; an operation whose actor was found to be another is run again
 * from its beginning, or refused as its first request would be. Answers whether the operation's own answer stands.
 */
export async function settle(
  { contextValue, request, response }: Pick<GraphQLRequestContext<ApiContext>, 'contextValue' | 'request' | 'response'>,
  api: ApolloServer<ApiContext>,
  log: Logger,
): Promise<boolean> {
  if (!contextValue.actor) return true;
  try {
    const { confirmation } = contextValue;
    await confirmation.confirm().catch((error: unknown) => {
      if (!(error instanceof ActorChanged)) throw error;
    });
    if (!confirmation.mustBeginAgain) return true;
    const again = await api.executeOperation(request, { contextValue: await confirmation.renew() });
    response.body = again.body;
    response.http.status = again.http.status;
  } catch (error) {
    const { status, told } = refusalOf(error, log);
    response.body = { kind: 'single', singleResult: { errors: [told] } };
    response.http.status = status;
  }
  return false;
}

/** The answer to a request that is refused as a whole, with its HTTP status. */
export function refusalOf(error: unknown, log: Logger): { status: number; told: ReturnType<typeof formatError> } {
  const early = earlyRefusal(error);
  const { status = 500 } =
    (early instanceof GraphQLError ? (early.extensions.http as { status?: number }) : null) ?? {};
  return { status, told: formatError({ message: 'refused' }, error, log) };
}
