import type { GraphQLResolveInfo } from 'graphql';
import type { Logger } from 'pino';
import type { Ability } from '../ability.js';
import type { Actor } from '../actor.js';
import type { Standing } from '../assumed-actor.js';
import type { Clock } from '../clock.js';
import type { Command, CommandResult } from '../command.js';
import type { Pipeline } from '../pipeline.js';
import { Reader } from '../reader.js';
import type { Gateway } from '../gateway.js';
import type { Answers, Queries } from '../statement.js';
import type { EntityClass } from '../table.js';
import type { OperationWatch } from '../telemetry/operation-watch.js';
import type { Vault } from '../vault.js';
import { Confirmation } from './confirmation.js';
import { Foreseen } from './foreseen.js';
import { type RefusedType, refusal } from './types.js';

/** The name of something beside the database, made by the domain that it belongs to. */
export class OutsideKey<T> {
  declare readonly holds: T;

  constructor(readonly name: string) {}
}

/** What a process has beside the database, by its key. */
export type Outside = ReadonlyMap<OutsideKey<unknown>, unknown>;

/**
 * What a resolver may use: who asks, reading, and running a command. Nothing else reaches the database.
 *
 * A context is of one actor. One that is only assumed is confirmed by the first flush of the operation; once the actor
 * was found to be another, nothing is read or run in it any more (ActorChanged), and the operation begins again in
 * another context (settling.ts).
 */
export class RequestContext {
  readonly reader: Reader;
  /** What is certain of the actor. */
  readonly confirmation: Confirmation<RequestContext>;

  constructor(
    readonly actor: Actor,
    readonly ability: Ability,
    private readonly pipeline: Pipeline,
    gateway: Gateway,
    private readonly idempotencyKey: string | null,
    readonly requestId: string,
    readonly log: Logger,
    clock: Clock,
    readonly vault: Vault,
    private readonly outside: Outside = new Map(),
    /** Null for an actor who was read just now and is not read again, as for one look of a subscription. */
    standing: Standing<RequestContext> | null = null,
    /** Told what the operation asks of the database; without it the process's own watch is. */
    readonly watch?: OperationWatch,
  ) {
    this.confirmation = new Confirmation(actor, gateway, standing, watch);
    this.reader = new Reader(
      { read: (_tenantId, queries) => this.readConfirmed(queries) },
      actor.tenantId,
      ability,
      clock,
    );
  }

  /** This context with a reader of its own: what is tried in it leaves nothing behind. */
  apart(): RequestContext {
    const apart = Object.create(RequestContext.prototype) as RequestContext;
    return Object.assign(apart, this, { reader: this.reader.anew() });
  }

  /** Reads in one flush and one snapshot, and with the first of them that the actor is still who they were. */
  readConfirmed<Q extends Queries>(queries: Q): Promise<Answers<Q>> {
    return this.confirmation.read(queries);
  }

  /** Runs a command and reads the row that it answers with; a refusal is answered as data. */
  async run<I, F extends Queries, T extends { id: string }>(
    command: Command<I, F>,
    input: I,
    info: GraphQLResolveInfo,
    entity: EntityClass<T>,
  ): Promise<T | RefusedType> {
    const { confirmation } = this;
    // A denial is on record: it is no answer to an actor who is only assumed, or was read on a replica.
    if (!this.pipeline.mayTry(this.actor, command)) await confirmation.confirmDenied();
    const foreseen = new Foreseen(info, entity);
    const result = await confirmation.run(() =>
      this.pipeline.run(this.actor, command, input, {
        idempotencyKey: this.idempotencyKey,
        path: String(info.path.key),
        asBegun: confirmation.isWatched,
        answer: (id, ability) => foreseen.queries(id, ability),
        watch: this.watch,
      }),
    );
    if (result.kind === 'refused') return refusal(result.findings, this.ability);
    this.reader.clear();
    foreseen.prime(this.reader, result.id, result.answers ?? {});
    const row = await this.reader.required(entity, result.id);
    if (result.secret !== undefined) this.secrets.set(result.id, result.secret);
    return row;
  }

  /** Runs a command beside any operation, such as the record of a read: no row of it is answered. */
  record<I, F extends Queries>(command: Command<I, F>, input: I): Promise<CommandResult> {
    return this.pipeline.run(this.actor, command, input, { idempotencyKey: null, path: command.name });
  }

  /** What of this process answers beside the database, such as a vendor that is asked while the request waits; null without it. */
  beside<T>(key: OutsideKey<T>): T | null {
    return (this.outside.get(key) as T | undefined) ?? null;
  }

  /** What a command's answer shows once, by the id of the row: a new API key's text. */
  readonly secrets = new Map<string, string>();
}

/** The context of a request without a token: it may ask for the schema where the setting allows, and nothing else. */
export interface AnonymousContext {
  readonly actor: null;
  readonly watch?: OperationWatch;
}

export type ApiContext = RequestContext | AnonymousContext;
