import type { Logger } from 'pino';
import { type Ability, type AbilityContribution, abilityOf, allows } from './ability.js';
import { type Actor, sameActor } from './actor.js';
import { confirming } from './assumed-actor.js';
import { asAppError, isWorthAnotherTry } from './change-failure.js';
import type { Clock } from './clock.js';
import type { Command, CommandResult, DoneOutcome, Moment, Outcome, RefusedOutcome } from './command.js';
import { AppError, HiddenRow } from './error.js';
import type { Gateway, Transaction } from './gateway.js';
import { newId } from './id.js';
import {
  claimKey,
  recall,
  remember,
  type IdempotencyScope,
  type RememberedOutcome,
  requestHash,
} from './idempotency.js';
import { appendToLedger, LedgerOutcome, type LedgerRecord } from './ledger/entry.js';
import { enqueue } from './outbox/message.js';
import { type Answers, asRows, type Queries, type Query, type Row, type Statement } from './statement.js';
import type { CommandOutcome, Watch } from './telemetry/telemetry.js';
import type { Vault } from './vault.js';

/** What of the request the pipeline needs: the key that makes a repeat harmless, and where its answer stands. */
export interface CommandRequest {
  readonly idempotencyKey: string | null;
  /** The response path: two aliases of one mutation under one key are two requests. */
  readonly path: string;
  /**
   * Whether the actor must still be who they were when the operation was begun, with the same rights: else ActorChanged,
   * before anything is told or done. Without it the command is judged by the actor of now.
   */
  readonly asBegun?: boolean;
  /** What is asked of the row that the command answers with, as this ability may read it: sent with COMMIT. */
  readonly answer?: (id: string, ability: Ability) => Queries;
  /** Told what the command asks of the database and how it ended; the gateway's own watch when left out. */
  readonly watch?: Watch;
}

export interface PipelineOptions {
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly abilities: readonly AbilityContribution[];
  /** Re-reads the actor's roles inside the transaction; null when the membership has ended meanwhile. */
  readonly refresh: (actor: Actor) => Query<Actor | null>;
  readonly vault: Vault;
  /** Told, after commit, of which tenant's effects the worker has something new to do. */
  readonly hint?: (tenantId: string) => void;
  /** Told, after commit, of which tenant's ledger has an entry more. */
  readonly happened?: (tenantId: string) => void;
  /** Somebody's change was committed. */
  readonly acted?: (actor: Actor) => void;
  /** How an entry is written; no part of the product sets it, only the benchmark that asks what the ledger costs. */
  readonly record?: (record: LedgerRecord) => readonly Statement[];
  readonly log: Logger;
}

/** One request as the pipeline carries it through its attempts. */
interface Attempt<I, F extends Queries> {
  readonly actor: Actor;
  readonly command: Command<I, F>;
  readonly input: I;
  readonly request: CommandRequest;
  readonly scope: IdempotencyScope | null;
}

/** What the first flush has brought. */
interface Begun<F extends Queries> {
  readonly current: Actor;
  readonly remembered: RememberedOutcome | null;
  /** Reads what was found, for this actor: what is only repeated needs none of it. */
  readonly readFacts: () => Answers<F>;
  readonly now: Date;
}

const ATTEMPTS = 3;

/** The only code that opens a transaction for a change: two flushes a command (design 3). */
export class Pipeline {
  constructor(private readonly options: PipelineOptions) {}

  /** Runs a command for an actor. Throws AppError for what is not business; answers refusals as data. */
  async run<I, F extends Queries>(
    actor: Actor,
    command: Command<I, F>,
    input: I,
    request: CommandRequest,
  ): Promise<CommandResult> {
    const since = performance.now();
    const { watch = this.options.gateway.watch } = request;
    const ended = (outcome: CommandOutcome): void => watch.ran(command.name, outcome, performance.now() - since);
    try {
      const scope = this.scopeOf(actor, command.name, input, request);
      const result = await this.attempt({ actor, command, input, request, scope });
      ended(result.kind === 'refused' ? 'REFUSED' : result.replayed ? 'REPLAYED' : 'DONE');
      return result;
    } catch (error) {
      ended('FAILED');
      throw error;
    }
  }

  private async attempt<I, F extends Queries>(attempted: Attempt<I, F>): Promise<CommandResult> {
    const { actor, command, request } = attempted;
    for (let attempt = 1; ; attempt++) {
      try {
        this.assertAllowed(actor, command, null);
        return await this.options.gateway.transaction(actor.tenantId, (tx) => this.once(tx, attempted), request.watch);
      } catch (error) {
        if (error instanceof AppError) {
          if (error.code === 'FORBIDDEN' || error instanceof HiddenRow) await this.recordDenial(actor, command, error);
          throw error;
        }
        if (attempt >= ATTEMPTS || !isWorthAnotherTry(error)) throw asAppError(error);
        await new Promise((resolve) => setTimeout(resolve, 5 * attempt + Math.random() * 20));
      }
    }
  }

  private async once<I, F extends Queries>(tx: Transaction, attempt: Attempt<I, F>): Promise<CommandResult> {
    const { command, input, request, scope } = attempt;
    const { current, remembered, readFacts, now } = await this.firstFlush(tx, attempt);
    if (remembered) {
      // What another process has made, this one's replica may not show yet.
      this.options.gateway.turnToPrimary(current.tenantId);
      return { ...remembered, replayed: true };
    }
    const facts = readFacts();
    this.assertAllowed(current, command, command.target?.(facts) ?? null);
    const moment: Moment = { now, actor: current, newId, vault: this.options.vault };
    const outcome = command.decide(facts, input, moment);
    const writes = secondFlush(command.name, command.subject, outcome, moment, scope, this.options.record);
    const asked =
      outcome.kind === 'done' ? request.answer?.(outcome.id, abilityOf(current, this.options.abilities)) : undefined;
    const answers = await tx.commitAndAsk(writes, asked ?? {});
    this.options.happened?.(current.tenantId);
    if (outcome.kind === 'done') {
      if (outcome.wakesWorker || outcome.messages.length > 0) this.options.hint?.(current.tenantId);
      this.options.acted?.(current);
    }
    return resultOf(outcome, asked && answers);
  }

  /** Sends keys, locks and facts, then the actor and the clock, and reads the actor first: nobody else is told anything. */
  private async firstFlush<I, F extends Queries>(
    tx: Transaction,
    { actor, command, input, request, scope }: Attempt<I, F>,
  ): Promise<Begun<F>> {
    const facts = command.facts(input, actor);
    const refreshed = this.options.refresh(actor);
    const asked = {
      actor: request.asBegun ? confirming(actor, refreshed) : refreshed,
      // The clock comes last, after every lock is held.
      now: this.options.clock.now(),
    };
    const memory = scope ? { claimed: claimKey(scope), remembered: recall(scope) } : null;
    const prefixed = Object.fromEntries(Object.entries(facts).map(([key, query]) => [`facts.${key}`, query]));
    const rows = await tx.flush(asRows({ ...memory, ...prefixed, ...asked }));
    const current = asked.actor.read(rows.actor!);
    if (!current)
      throw new AppError('FORBIDDEN', 'Your membership has ended or is suspended.', {
        remedy: 'Ask a RevOps administrator.',
      });
    // One object for one actor: what is built for it once is found again.
    const known = sameActor(current, actor) ? actor : current;
    return {
      current: known,
      remembered: memory && memory.remembered.read(rows.remembered!),
      readFacts: () => this.visibleFacts(known, facts, rows),
      now: asked.now.read(rows.now!),
    };
  }

  /** Reads the facts in their order, so that a row which is hidden hides whatever hangs on it. */
  private visibleFacts<F extends Queries>(
    actor: Actor,
    facts: F,
    rows: Readonly<Record<string, readonly Row[]>>,
  ): Answers<F> {
    const ability = abilityOf(actor, this.options.abilities);
    const known = Object.entries(facts).map(([key, query]) => {
      const answer = query.read(rows[`facts.${key}`]!);
      if (query.visibleAs) assertVisible(ability, query.visibleAs, answer as object);
      return [key, answer];
    });
    return Object.fromEntries(known) as Answers<F>;
  }

  /** Whether the actor may run the command on any row at all. */
  mayTry<I, F extends Queries>(actor: Actor, command: Command<I, F>): boolean {
    return (
      !isBarred(actor, command) && allows(abilityOf(actor, this.options.abilities), command.action, command.subject)
    );
  }

  private assertAllowed<I, F extends Queries>(actor: Actor, command: Command<I, F>, row: object | null): void {
    const ability = abilityOf(actor, this.options.abilities);
    const barred = isBarred(actor, command);
    if (!barred && allows(ability, command.action, command.subject, row)) return;
    if (row) assertVisible(ability, command.subject, row);
    throw new AppError(
      'FORBIDDEN',
      `Your role does not allow "${command.action}" on ${row ? 'this' : 'any'} ${command.subject}.`,
      {
        action: command.action,
        subject: command.subject,
        subjectId: row && 'id' in row ? row.id : null,
        remedy: barred
          ? 'A person has to do this; API keys never may.'
          : 'Ask someone whose role allows it, or a RevOps administrator for the role.',
      },
    );
  }

  private scopeOf(actor: Actor, name: string, input: unknown, request: CommandRequest): IdempotencyScope | null {
    if (!request.idempotencyKey) {
      if (actor.kind !== 'SERVICE') return null;
      throw new AppError('IDEMPOTENCY_KEY_REQUIRED', 'An integration sends an Idempotency-Key with every mutation.', {
        field: 'Idempotency-Key',
        remedy: 'Send a header Idempotency-Key with a value of your own, unique to this request (8 to 200 characters).',
      });
    }
    const { idempotencyKey: key, path } = request;
    return { principal: `${actor.kind}:${actor.id}`, key, path, requestHash: requestHash(name, input) };
  }

  /** A denial is evidence too; it has its own transaction because the attempt itself is rolled back. */
  private async recordDenial<I, F extends Queries>(
    actor: Actor,
    command: Command<I, F>,
    error: AppError,
  ): Promise<void> {
    await this.options.gateway.transaction(actor.tenantId, async (tx) => {
      const { now } = await tx.flush({ now: this.options.clock.now() });
      const {
        type = command.subject,
        id,
        subjectId = id,
      } = error.details as {
        type?: string;
        id?: string;
        subjectId?: string | null;
      };
      const subject = { type, id: subjectId ?? null };
      const entry = {
        id: newId(),
        at: now,
        actor,
        action: command.name,
        outcome: LedgerOutcome.DENIED,
        subject,
        body: {},
        sources: [],
      };
      await tx.commit([appendToLedger(entry)]);
      this.options.happened?.(actor.tenantId);
    });
  }
}

/** Writing tells no more than reading: a row that the actor may not read is not there. */
function assertVisible(ability: Ability, subject: string, row: object): void {
  if ('id' in row && !allows(ability, 'read', subject, row)) throw new HiddenRow(subject, row.id as string);
}

/** API keys never run what only a person may do. */
const isBarred = <I, F extends Queries>(actor: Actor, command: Command<I, F>): boolean =>
  actor.kind === 'SERVICE' && command.services === false;

function secondFlush(
  action: string,
  subjectType: string,
  outcome: Outcome,
  moment: Moment,
  scope: IdempotencyScope | null,
  record: PipelineOptions['record'] = (entry) => [appendToLedger(entry)],
): Statement[] {
  const { now, actor } = moment;
  const entry = { id: newId(), at: now, actor, action, sources: outcome.sources };
  const ledger =
    outcome.kind === 'done'
      ? record({ ...entry, outcome: LedgerOutcome.DONE, subject: outcome.subject, body: outcome.body })
      : record({
          ...entry,
          outcome: LedgerOutcome.REFUSED,
          subject: outcome.subject ?? { type: subjectType, id: null },
          body: refusalBody(outcome),
        });
  return [
    ...outcome.writes,
    ...(outcome.kind === 'done' ? enqueue(outcome.messages, now, newId) : []),
    ...ledger,
    ...(scope ? [remember(scope, memoryOf(outcome), now)] : []),
  ];
}

function refusalBody(outcome: RefusedOutcome): Record<string, unknown> {
  return {
    // Figures that not everyone may see stand in the evaluation's rows, not here.
    findings: outcome.findings.map(({ code, severity, path, facts, discloses }) => ({
      code,
      severity,
      path,
      facts: discloses ? {} : facts,
    })),
  };
}

function memoryOf(
  outcome: Outcome,
): { kind: 'done'; id: string } | { kind: 'refused'; findings: RefusedOutcome['findings'] } {
  return outcome.kind === 'done' ? { kind: 'done', id: outcome.id } : { kind: 'refused', findings: outcome.findings };
}

function resultOf(outcome: Outcome, answers?: Readonly<Record<string, unknown>>): CommandResult {
  if (outcome.kind === 'refused') return { kind: 'refused', findings: outcome.findings, replayed: false };
  const { id, secret }: Pick<DoneOutcome, 'id' | 'secret'> = outcome;
  return {
    kind: 'done',
    id,
    replayed: false,
    ...(answers && { answers }),
    ...(secret === undefined ? {} : { secret }),
  };
}
