import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from '../column.js';
import { canonicalJson } from '../canonical.js';
import type { Actor } from '../actor.js';
import { DateTimeScalar } from '../graphql/scalars.js';
import type { SourceReference } from '../source.js';
import { insert, type Statement } from '../statement.js';
import { Instant, TenantOwned } from '../table.js';
import { leafOf } from './tree.js';

/** What a ledger entry is about. */
export interface LedgerSubject {
  readonly type: string;
  readonly id: string;
}

export enum LedgerOutcome {
  DONE = 'DONE',
  REFUSED = 'REFUSED',
  DENIED = 'DENIED',
}
registerEnumType(LedgerOutcome, {
  name: 'LedgerOutcome',
  description: 'What came of an attempt.',
  valuesConfig: {
    DONE: { description: 'The change happened.' },
    REFUSED: { description: 'A gate or rule said no.' },
    DENIED: { description: 'The actor had no right to ask.' },
  },
});

/**
 * One row a change, refusal or denial, written in the same transaction. `content` is the whole entry as canonical
 * JSON (RFC 8785) and `leafHash` is SHA-256 over 0x00 and that text (the leaf of RFC 6962), so that a row which was
 * edited afterwards is found. It holds ids, codes, digests and figures; never personal data.
 */
@Entity()
@ObjectType({
  description: 'One row of the append-only record: a change, a refusal or a denial. Holds no personal data.',
})
export class LedgerEntry extends TenantOwned {
  @Instant()
  @Field(() => DateTimeScalar, { description: 'When.' })
  at: Date;

  @Column('text')
  @Field(() => String, { description: 'PERSON, SERVICE (an API key) or SYSTEM (a job).' })
  actorKind: string;

  @Column('text')
  @Field(() => String, { description: 'The id of the person or key, or the name of the job.' })
  actorId: string;

  @Column('text')
  @Field(() => String, { description: 'What was attempted: the name of the mutation or job.' })
  action: string;

  @Column('text')
  @Field(() => LedgerOutcome, { description: 'What came of it.' })
  outcome: LedgerOutcome;

  @Column('text')
  @Field(() => String, { description: 'The kind of record that it is about.' })
  subjectType: string;

  @Column('text', { nullable: true })
  @Field(() => String, { nullable: true, description: 'The id of that record; null when there was none.' })
  subjectId: string | null;

  @Column('text')
  @Field(() => String, { description: 'The whole entry as canonical JSON (RFC 8785): what the hash covers.' })
  content: string;

  @Column('text')
  @Field(() => String, { description: 'SHA-256 over 0x00 and the content (the leaf of RFC 6962), lower-case hex.' })
  leafHash: string;
}

export interface LedgerRecord {
  readonly id: string;
  readonly at: Date;
  readonly actor: Actor;
  readonly action: string;
  readonly outcome: LedgerOutcome;
  readonly subject: { readonly type: string; readonly id: string | null };
  readonly body: Readonly<Record<string, unknown>>;
  readonly sources: readonly SourceReference[];
}

/** The leaf hash of a content (see tree.ts), lower-case hex. */
export function leafHash(content: string): string {
  return leafOf(content).toString('hex');
}

/**
 * The statement that appends an entry and, with it, the row by which the sealer finds it: one statement, so that
 * neither is ever without the other.
 */
export function appendToLedger(record: LedgerRecord): Statement {
  const { id, at, actor, action, outcome, subject, body, sources } = record;
  const content = canonicalJson({
    tenant: actor.tenantId,
    id,
    at: at.toISOString(),
    actor: { kind: actor.kind, id: actor.id },
    action,
    outcome,
    subject: { type: subject.type, id: subject.id },
    body: plain(body),
    sources: plain(sources),
  });
  const entry = insert(LedgerEntry, {
    id,
    at,
    actorKind: actor.kind,
    actorId: actor.id,
    action,
    outcome,
    subjectType: subject.type,
    subjectId: subject.id,
    content,
    leafHash: leafHash(content),
  });
  return {
    text: `with entry as (${entry.text} returning tenant_id, id)
      insert into ledger_pending (tenant_id, id) select tenant_id, id from entry where tenant_id = $1`,
    values: entry.values,
  };
}

/** Big integers and dates become text: canonical JSON knows neither. */
function plain<T>(value: T): T {
  const text = JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner));
  return JSON.parse(text) as T;
}
