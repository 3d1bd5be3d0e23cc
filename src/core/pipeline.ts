import type { Logger } from 'pino';
import { type AbilityContribution, abilityOf, allows } from './ability.js';
import type { Actor } from './actor.js';
import type { Clock } from './clock.js';
import type { Command, CommandResult, DoneOutcome, Moment, Outcome, RefusedOutcome } from './command.js';
import { AppError, HiddenRow } from './error.js';
import { type Gateway, isConnectionLoss, isMalformedValue, isStatementError, type Transaction } from './gateway.js';
import { newId } from './id.js';
import { claimKey, recall, remember, type IdempotencyScope, requestHash } from './idempotency.js';
import { appendToLedger, LedgerOutcome, type LedgerRecord } from './ledger/entry.js';
import { enqueue } from './outbox/message.js';
import type { Answers, Queries, Query, Statement } from './statement.js';
import type { Vault } from './vault.js';

/** What of the request the pipeline needs: the key that makes a repeat harmless, and where its answer stands. */
export interface CommandRequest {
  readonly idempotencyKey: string | null;
  /** The response path: two aliases of one mutation under one key are two requests. */
  readonly path: string;
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
  /** Somebody's change was committed. */
  readonly acted?: (actor: Actor) => void;
  /** How an entry is written; no part of the product sets it, only the benchmark that asks what the ledger costs. */
  readonly record?: (record: LedgerRecord) => readonly Statement[];
  readonly log: Logger;
}

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';
const LOCK_TIMEOUT = '55P03';
const STATEMENT_TIMEOUT = '57014';
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
    const scope = this.scopeOf(actor, command.name, input, request);
    for (let attempt = 1; ; attempt++) {
      try {
        this.assertAllowed(actor, command, null);
        return await this.options.gateway.transaction(actor.tenantId, (tx) =>
          this.once(tx, actor, command, input, scope),
        );
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

  private async once<I, F extends Queries>(
    tx: Transaction,
    actor: Actor,
    command: Command<I, F>,
    input: I,
    scope: IdempotencyScope | null,
  ): Promise<CommandResult> {
    const answers: Record<string, unknown> = await tx.flush(this.firstFlush(actor, command, input, scope));
    const remembered = scope ? answers.remembered : null;
    if (remembered) return { ...remembered, replayed: true } as CommandResult;
    const current = answers.actor as Actor | null;
    if (!current)
      throw new AppError('FORBIDDEN', 'Your membership has ended or is suspended.', {
        remedy: 'Ask a RevOps administrator.',
      });
    const facts = Object.fromEntries(
      Object.entries(answers).flatMap(([key, value]) => (key.startsWith('facts.') ? [[key.slice(6), value]] : [])),
    ) as Answers<F>;
    this.assertAllowed(current, command, command.target?.(facts) ?? null);
    const moment: Moment = { now: answers.now as Date, actor: current, newId, vault: this.options.vault };
    const outcome = command.decide(facts, input, moment);
    await tx.commit(secondFlush(command.name, command.subject, outcome, moment, scope, this.options.record));
    if (outcome.kind === 'done') {
      if (outcome.wakesWorker || outcome.messages.length > 0) this.options.hint?.(actor.tenantId);
      this.options.acted?.(current);
    }
    return resultOf(outcome);
  }

  private firstFlush<I, F extends Queries>(
    actor: Actor,
    command: Command<I, F>,
    input: I,
    scope: IdempotencyScope | null,
  ): Queries {
    const keyed: Queries = scope ? { claimed: claimKey(scope), remembered: recall(scope) } : {};
    const facts = Object.entries(command.facts(input, actor)).map(([key, query]) => [`facts.${key}`, query] as const);
    // The clock comes last, after every lock is held.
    return {
      ...keyed,
      ...Object.fromEntries(facts),
      actor: this.options.refresh(actor),
      now: this.options.clock.now(),
    };
  }

  private assertAllowed<I, F extends Queries>(actor: Actor, command: Command<I, F>, row: object | null): void {
    const ability = abilityOf(actor, this.options.abilities);
    const barred = actor.kind === 'SERVICE' && command.services === false;
    if (!barred && allows(ability, command.action, command.subject, row)) return;
    // Writing tells no more than reading: a row that the actor may not read is not there.
    if (row && 'id' in row && !allows(ability, 'read', command.subject, row))
      throw new HiddenRow(command.subject, row.id as string);
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
      const { id, subjectId = id } = error.details as { id?: string; subjectId?: string | null };
      const subject = { type: command.subject, id: subjectId ?? null };
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
    });
  }
}

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

function resultOf(outcome: Outcome): CommandResult {
  if (outcome.kind === 'refused') return { kind: 'refused', findings: outcome.findings, replayed: false };
  const { id, secret }: Pick<DoneOutcome, 'id' | 'secret'> = outcome;
  return { kind: 'done', id, replayed: false, ...(secret === undefined ? {} : { secret }) };
}

/** A unique violation too: somebody wrote the same row first, so the next try finds it among its facts. */
function isWorthAnotherTry(error: unknown): boolean {
  return isStatementError(error) && [SERIALIZATION_FAILURE, DEADLOCK, UNIQUE_VIOLATION].includes(error.code);
}

function asAppError(error: unknown): unknown {
  if (isConnectionLoss(error)) {
    return new AppError(
      'UNAVAILABLE',
      'The database was lost on the way: it is not known whether the change was made.',
      {
        remedy: 'Send it again with the same Idempotency-Key, or read the record first.',
      },
    );
  }
  if (!isStatementError(error)) return error;
  if (isMalformedValue(error.code)) {
    return new AppError('BAD_USER_INPUT', 'A value in the input is malformed.', {
      remedy: 'Check ids, dates and texts in the input.',
    });
  }
  switch (error.code) {
    case LOCK_TIMEOUT:
    case SERIALIZATION_FAILURE:
    case DEADLOCK:
      return new AppError('BUSY', 'Somebody else is changing the same record.', { remedy: 'Try again in a moment.' });
    case STATEMENT_TIMEOUT:
      return new AppError('UNAVAILABLE', 'The database took too long.', { remedy: 'Try again in a moment.' });
    case FOREIGN_KEY_VIOLATION:
      return new AppError('NOT_FOUND', 'An id in the input does not exist here.', {
        remedy: 'Check the ids in the input.',
      });
    default:
      return error;
  }
}
