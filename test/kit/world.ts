import { pino } from 'pino';
import type { TenantConfiguration } from '../../src/catalogue/configuration.js';
import { abilityOf } from '../../src/core/ability.js';
import type { Actor } from '../../src/core/actor.js';
import type { Command, CommandResult } from '../../src/core/command.js';
import type { Finding } from '../../src/core/finding.js';
import { answerText } from '../../src/core/graphql/before-executor.js';
import { RequestContext } from '../../src/core/graphql/context.js';
import { newId } from '../../src/core/id.js';
import type { Answers, Queries, Row } from '../../src/core/statement.js';
import { sql } from '../../src/core/statement.js';
import { memberBySignIn } from './sign-in.js';
import { ABILITIES } from '../../src/abilities.js';
import type { Suite } from './suite.js';

/** What a GraphQL operation answered. */
export interface GraphQLResult {
  readonly data: Record<string, any> | null; // oxlint-disable-line typescript/no-explicit-any -- a test reads whatever it asked for
  readonly errors: readonly {
    message: string;
    path?: readonly (string | number)[];
    extensions: Record<string, unknown>;
  }[];
}

/** One MSP of a test and its people. */
export class World {
  readonly tenantId: string;

  constructor(
    readonly suite: Suite,
    readonly configuration: TenantConfiguration,
  ) {
    this.tenantId = configuration.tenant.id;
  }

  /** The person with this key, or the first (or n-th, from 0) who holds a role, signed in by their first account. */
  async as(keyOrRole: string, index = 0): Promise<Persona> {
    const person =
      this.configuration.people.find((p) => p.key === keyOrRole) ??
      this.configuration.people.filter((p) => (p.roles as string[]).includes(keyOrRole))[index];
    if (!person) throw new Error(`Nobody is ${keyOrRole} here`);
    const oid = person.accounts[0]!.oid;
    const { actor } = await this.suite.gateway.read(this.tenantId, {
      actor: memberBySignIn(this.tenantId, { issuer: 'test', subject: 'test', oid, authTime: this.suite.clock.at }),
    });
    if (!actor) throw new Error(`${keyOrRole} cannot sign in`);
    return new Persona(this.suite, actor);
  }

  /** Whoever this actor is: a service, a person of another account. */
  acting(actor: Actor): Persona {
    return new Persona(this.suite, actor);
  }

  /** The id of the person with this key, or the n-th holder of a role. */
  async idOf(keyOrRole: string, index = 0): Promise<string> {
    return (await this.as(keyOrRole, index)).actor.id;
  }

  /** Reads in the tenant, as the application role. */
  read<Q extends Queries>(queries: Q): Promise<Answers<Q>> {
    return this.suite.gateway.read(this.tenantId, queries);
  }

  /** Rows of hand-written SQL; `$1` is the tenant. */
  async rows(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return (await this.read({ rows: sql(text, values, (rows) => rows) })).rows;
  }
}

/** A person of a test, or a program, who runs commands and asks the API. */
export class Persona {
  constructor(
    private readonly suite: Suite,
    readonly actor: Actor,
  ) {}

  /** Runs a command through the pipeline. */
  run<I, F extends Queries>(
    command: Command<I, F>,
    input: I,
    idempotencyKey: string | null = null,
  ): Promise<CommandResult> {
    return this.suite.pipeline.run(this.actor, command, input, { idempotencyKey, path: command.name });
  }

  /** Runs a command that must succeed; answers the id. */
  async done<I, F extends Queries>(command: Command<I, F>, input: I): Promise<string> {
    const result = await this.run(command, input);
    if (result.kind === 'refused') throw new Error(`${command.name} was refused: ${JSON.stringify(result.findings)}`);
    return result.id;
  }

  /** Runs a command that must be refused; answers the findings. */
  async refused<I, F extends Queries>(command: Command<I, F>, input: I): Promise<readonly Finding[]> {
    const result = await this.run(command, input);
    if (result.kind !== 'refused') throw new Error(`${command.name} was not refused`);
    return result.findings;
  }

  /** Sends a GraphQL operation in process, through every check of the server. */
  async graphql(
    query: string,
    variables: Record<string, unknown> = {},
    idempotencyKey: string | null = null,
  ): Promise<GraphQLResult> {
    const { gateway, pipeline, api, clock, vault } = this.suite;
    const key = idempotencyKey ?? (this.actor.kind === 'SERVICE' ? newId() : null);
    const contextValue = new RequestContext(
      this.actor,
      abilityOf(this.actor, ABILITIES),
      pipeline,
      gateway,
      key,
      newId(),
      pino({ level: 'silent' }),
      clock,
      vault,
      this.suite.outside,
    );
    const response = await api.executeOperation({ query, variables }, { contextValue });
    if (response.body.kind !== 'single') throw new Error('An incremental answer');
    const { data = null, errors = [] } = JSON.parse(
      answerText(response.body.singleResult).take(),
    ) as Partial<GraphQLResult>;
    return { data, errors: errors.map((e) => ({ ...e, extensions: e.extensions ?? {} })) };
  }
}
