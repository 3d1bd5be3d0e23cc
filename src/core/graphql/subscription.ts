import {
  createSourceEventStream,
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type OperationDefinitionNode,
} from 'graphql';
import type { Changes } from '../changes.js';
import { AppError } from '../error.js';
import type { WatchedLook } from '../telemetry/operation-observer.js';
import type { OperationWatch } from '../telemetry/operation-watch.js';
import { isConnectionLoss, isStatementTimeout } from '../sql-error.js';
import type { RequestContext } from './context.js';
import { readsOnRecord, recordOperation } from './read-record.js';

/** What a subscription would answer now. */
export interface Look<T> {
  /** Alike as long as there is nothing new to tell. */
  readonly mark: string;
  readonly value: T;
}

/** Something new to tell, with the context in which it was read. */
interface Event {
  readonly context: RequestContext;
  readonly value: unknown;
  readonly watched: WatchedLook;
}

/** The context of one subscription: it reads nothing by itself, but makes a fresh context for every look. */
export class SubscriptionContext {
  constructor(
    readonly tenantId: string,
    private readonly changes: Changes,
    /** A context as the actor stands now; throws when they may no longer ask. */
    private readonly renew: (watch: OperationWatch) => Promise<RequestContext>,
    /** A look begins. */
    private readonly begin: () => WatchedLook,
  ) {}

  /** Looks at once, and whenever something of the topics may have changed; yields when the mark is another one. */
  watch<T>(
    topics: readonly string[],
    look: (context: RequestContext) => Promise<Look<T>>,
  ): AsyncIterableIterator<Event> {
    const signals = this.changes.subscribe(this.tenantId, topics);
    let last: string | null = null;
    const lookOnce = async (): Promise<Event | null> => {
      const watched = this.begin();
      try {
        const context = await this.renew(watched.watch);
        const { mark, value } = await look(context);
        if (mark !== last) {
          last = mark;
          return { context, value, watched };
        }
        watched.ended([]);
        return null;
      } catch (error) {
        watched.ended([codeOf(error)]);
        throw error;
      }
    };
    return {
      next: async () => {
        for (;;) {
          if ((await signals.next()).done) return { done: true, value: undefined };
          try {
            const value = await lookOnce();
            if (value) return { done: false, value };
          } catch (error) {
            // A database that is away comes back, and then everybody is told to look again.
            if (last !== null && isUnavailable(error)) continue;
            await signals.return();
            throw error;
          }
        }
      },
      return: () => signals.return() as Promise<IteratorResult<Event>>,
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }
}

/**
 * What a `@Subscription` field gives as `subscribe`: the topics are the types of record, as the ledger names them, and
 * `look` reads what is told. The field's method only hands its root on.
 */
export function watching<T>(
  topics: readonly string[],
  look: (context: RequestContext) => Promise<Look<T>>,
): (data: { readonly context: unknown }) => AsyncIterable<unknown> {
  return ({ context }) => (context as SubscriptionContext).watch(topics, look);
}

export interface SubscriptionArgs extends ExecutionArgs {
  readonly operation: OperationDefinitionNode;
  readonly source: string;
  /** An error as it is told. */
  readonly shown: (error: GraphQLError) => GraphQLError;
}

/**
 * Runs a subscription: every event is executed in the context in which it was read, never in the one that subscribed.
 * What an auditor is shown is recorded first, as over HTTP.
 */
export async function runSubscription(
  args: SubscriptionArgs,
): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
  const events = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in events)) return events;
  const iterator = (events as AsyncIterable<Event>)[Symbol.asyncIterator]();
  const stream: AsyncIterableIterator<ExecutionResult> = {
    next: async () => {
      const event = await iterator.next();
      return event.done ? { done: true, value: undefined } : { done: false, value: await answer(args, event.value) };
    },
    return: async () => {
      await iterator.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
  return stream;
}

async function answer(args: SubscriptionArgs, event: Event): Promise<ExecutionResult> {
  const { errors, ...result } = await told(args, event);
  const shown = errors?.map(args.shown);
  event.watched.ended(shown?.map(codeOf) ?? []);
  return shown ? { ...result, errors: shown } : result;
}

async function told(args: SubscriptionArgs, { context, value }: Event): Promise<ExecutionResult> {
  const result = await execute({ ...args, rootValue: value, contextValue: context });
  if (!readsOnRecord(context)) return result;
  const { schema, document, operation, source, variableValues } = args;
  const variables = variableValues ?? {};
  const data = result.data ?? null;
  const withheld = await recordOperation(context, { schema, document, operation, source, variables, data });
  return withheld
    ? { errors: [new GraphQLError(withheld.message, { extensions: withheld.extensions ?? {} })] }
    : result;
}

/** The code that the client is told (formatError). */
function codeOf(error: unknown): string {
  if (isUnavailable(error) || isStatementTimeout(error)) return 'UNAVAILABLE';
  if (error instanceof AppError) return error.code;
  return error instanceof GraphQLError ? String(error.extensions.code) : 'INTERNAL_SERVER_ERROR';
}

function isUnavailable(error: unknown): boolean {
  return isConnectionLoss(error) || (error instanceof AppError && error.code === 'UNAVAILABLE');
}
