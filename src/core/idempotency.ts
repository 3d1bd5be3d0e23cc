import { createHash } from 'node:crypto';
import { Column, Entity } from './column.js';
import { AppError } from './error.js';
import type { Finding } from './finding.js';
import { insert, mapQuery, selectFirst, type Query, sql, type Statement, update } from './statement.js';
import { Instant, JsonText } from './table.js';

/** What a key remembers: the outcome, never the response text; a replay re-resolves the selection (design 5). */
export type RememberedOutcome =
  { readonly kind: 'done'; readonly id: string } | { readonly kind: 'refused'; readonly findings: readonly Finding[] };

/** An `Idempotency-Key` of one principal at one response path; kept 48 hours. */
@Entity()
export class IdempotencyRecord {
  @Column('uuid', { primary: true })
  tenantId: string;

  /** The person or the API key. */
  @Column('text', { primary: true })
  principal: string;

  @Column('text', { primary: true })
  key: string;

  @Column('text', { primary: true })
  path: string;

  /** SHA-256 of the field's name and arguments. */
  @Column('text')
  requestHash: string;

  @JsonText({ nullable: true })
  outcome: RememberedOutcome | null;

  @Instant()
  createdAt: Date;
}

export interface IdempotencyScope {
  readonly principal: string;
  readonly key: string;
  readonly path: string;
  readonly requestHash: string;
}

const identity = (scope: IdempotencyScope): Pick<IdempotencyRecord, 'principal' | 'key' | 'path'> => ({
  principal: scope.principal,
  key: scope.key,
  path: scope.path,
});

/** The hash of a field and its arguments, independent of the order of the keys. */
export function requestHash(field: string, input: unknown): string {
  return createHash('sha256')
    .update(`${field}\n${stableText(input)}`)
    .digest('hex');
}

/** Claims the key; a parallel request with the same key waits here until the first one has ended. */
export function claimKey(scope: IdempotencyScope): Query<void> {
  const row = { ...identity(scope), requestHash: scope.requestHash, createdAt: new Date(0) };
  const statement = insert(IdempotencyRecord, row, 'on conflict do nothing');
  return sql(statement.text, statement.values, () => undefined);
}

/** What the key remembers, or null when it is ours to use; a key with other arguments is a conflict. */
export function recall(scope: IdempotencyScope): Query<RememberedOutcome | null> {
  return mapQuery(selectFirst(IdempotencyRecord, identity(scope)), (record) => {
    if (record && record.requestHash !== scope.requestHash) {
      throw new AppError('IDEMPOTENCY_CONFLICT', 'This Idempotency-Key was used with other arguments.', {
        field: 'Idempotency-Key',
        remedy: 'Use a new key for a new request; repeat a request with exactly the same arguments.',
      });
    }
    return record?.outcome ?? null;
  });
}

/** Remembers the outcome in the transaction of the change itself. */
export function remember(scope: IdempotencyScope, outcome: RememberedOutcome, now: Date): Statement {
  return update(IdempotencyRecord, identity(scope), { outcome, createdAt: now });
}

function stableText(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) => {
      if (typeof inner === 'bigint') return inner.toString();
      if (inner && typeof inner === 'object' && !Array.isArray(inner) && !(inner instanceof Date)) {
        return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)));
      }
      return inner;
    }) ?? 'null'
  );
}
