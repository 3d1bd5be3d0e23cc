import type { Actor } from './actor.js';
import type { Finding } from './finding.js';
import type { LedgerSubject } from './ledger/entry.js';
import type { OutboxMessage } from './outbox/message.js';
import type { Answers, Queries, Statement } from './statement.js';
import type { SourceReference } from './source.js';
import type { Vault } from './vault.js';

/** When, by whom and with which fresh ids a decision is made: all that `decide` may know beside its facts. */
export interface Moment {
  readonly now: Date;
  readonly actor: Actor;
  readonly newId: () => string;
  /** Makes and opens the keys under which personal texts of immutable rows are sealed. */
  readonly vault: Vault;
}

/** The business said no: commits the gate evaluation and the ledger row, and changes nothing else. */
export interface RefusedOutcome {
  readonly kind: 'refused';
  readonly findings: readonly Finding[];
  /** What was refused; defaults to the command's own subject when there is no row yet. */
  readonly subject: LedgerSubject | null;
  /** Only evaluations and counters of the refusal itself. */
  readonly writes: readonly Statement[];
  readonly sources: readonly SourceReference[];
}

/** The change: rows, ledger body and effects, all committed together. */
export interface DoneOutcome {
  readonly kind: 'done';
  /** The id of the row that the mutation answers with. */
  readonly id: string;
  readonly writes: readonly Statement[];
  readonly subject: LedgerSubject;
  /** What the ledger keeps of the change: ids, codes, digests, figures; never personal data. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly sources: readonly SourceReference[];
  /** Side effects, recorded in the same transaction and done by the worker. */
  readonly messages: readonly OutboxMessage[];
  /** The worker has something to do although no effect is new, such as one that is to be tried again. */
  readonly wakesWorker: boolean;
  /** What only this answer may carry and no replay repeats, such as a new API key's text. */
  readonly secret?: string;
}

export type Outcome = RefusedOutcome | DoneOutcome;

/**
 * One mutation's work in two halves: `facts` says what must be known (sent in one flush, locks first), `decide` is
 * pure. The pipeline alone opens the transaction (design 3).
 */
export interface Command<I, F extends Queries> {
  /** The mutation's name, and the ledger's word for it. */
  readonly name: string;
  /** The ability that the actor needs at all, checked before and inside the transaction. */
  readonly action: string;
  readonly subject: string;
  /** Open to API keys; a service never approves, whatever its scopes. Default true. */
  readonly services?: boolean;
  /** What must be known, locks first. A row that is hidden from the actor is not there, whatever the subject (visibleAs). */
  readonly facts: (input: I, actor: Actor) => F;
  /** The row on which the ability is checked once it is loaded; rows of another tenant were never found. */
  readonly target?: (facts: Answers<F>) => object | null;
  readonly decide: (facts: Answers<F>, input: I, moment: Moment) => Outcome;
}

/** Declares a command with its types inferred. */
export function command<I, F extends Queries>(definition: Command<I, F>): Command<I, F> {
  return definition;
}

/** Refuses with every finding; at least one. */
export function refused(
  findings: readonly Finding[],
  details: { subject?: LedgerSubject; writes?: readonly Statement[]; sources?: readonly SourceReference[] } = {},
): RefusedOutcome {
  if (findings.length === 0) throw new Error('A refusal names its reasons');
  const { subject = null, writes = [], sources = [] } = details;
  return { kind: 'refused', findings, subject, writes, sources };
}

/** Changes; see DoneOutcome. */
export function done(
  details: Pick<DoneOutcome, 'id' | 'subject'> & Partial<Omit<DoneOutcome, 'kind' | 'id' | 'subject'>>,
): DoneOutcome {
  return { kind: 'done', writes: [], body: {}, sources: [], messages: [], wakesWorker: false, ...details };
}

/** What a mutation's resolver gets back: an id to read again, or the findings. */
export type CommandResult =
  | {
      readonly kind: 'done';
      readonly id: string;
      readonly replayed: boolean;
      readonly secret?: string;
      /** What the request asked of that row, read with COMMIT; a replay has written nothing, so it answers nothing. */
      readonly answers?: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'refused'; readonly findings: readonly Finding[]; readonly replayed: boolean };
