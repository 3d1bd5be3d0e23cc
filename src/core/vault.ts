import { Column, Entity } from './column.js';
import { type DataKey, type KeyRing, newKeyBytes, seal, type SealedPlace, unseal } from './keys.js';
import { insert, type Query, select, sql, type Statement } from './statement.js';
import { hydrate, Instant, tableOf, TenantOwned } from './table.js';

/** Whose data a key protects: a member, a person of the handoff's content, a payload as it came, a generated text. */
export type KeyKind = 'PERSON' | 'STAKEHOLDER' | 'DEAL_SNAPSHOT' | 'BRIEF';

/**
 * The data key of one subject, wrapped; its id is the subject's. Destroying it erases whatever is sealed under it, in
 * rows that no rule ever lets change: ciphertext stays, and digests and chains over it hold. The row stays as a
 * tombstone, so that nothing can be sealed for the subject again.
 */
@Entity()
export class PersonalKey extends TenantOwned {
  @Column('text')
  kind: KeyKind;

  /** Base64url of the wrapped key; null once it is destroyed. */
  @Column('text', { nullable: true })
  wrapped: string | null;

  /** Which KEK wraps it; null once it is destroyed. */
  @Column('text', { nullable: true })
  kekId: string | null;

  @Instant()
  createdAt: Date;

  @Instant({ nullable: true })
  destroyedAt: Date | null;
}

/** A personal text of an immutable record, held apart from it and sealed under its subject's key. */
@Entity()
export class PersonalText extends TenantOwned {
  @Column('uuid')
  subjectId: string;

  /** The configuration version, the brief ... that shows it. */
  @Column('uuid')
  recordId: string;

  /** Which text of the record it is. */
  @Column('text')
  field: string;

  @Column('text')
  sealed: string;
}

/** Makes and opens the data keys of subjects. The only holder of the key ring; works in memory, without I/O. */
export class Vault {
  constructor(private readonly ring: KeyRing) {}

  /** The id of the KEK that wraps now. */
  get kekId(): string {
    return this.ring.currentId;
  }

  /** A fresh key for a subject that has none, and the statement that keeps it. */
  create(kind: KeyKind, subjectId: string, createdAt: Date): { readonly key: DataKey; readonly write: Statement } {
    const key: DataKey = { id: subjectId, bytes: newKeyBytes() };
    const { wrapped, kekId } = this.wrap(key.bytes);
    return { key, write: insert(PersonalKey, { id: subjectId, kind, wrapped, kekId, createdAt, destroyedAt: null }) };
  }

  /** A fresh key whose wrapped form stands in a row of its own, such as a connection's secret. */
  mint(id: string): { readonly key: DataKey; readonly wrapped: string; readonly kekId: string } {
    const key: DataKey = { id, bytes: newKeyBytes() };
    return { key, ...this.wrap(key.bytes) };
  }

  /** The key of a row; null when it was destroyed or never made. KeyError when its KEK is not here. */
  open(row: Pick<PersonalKey, 'id' | 'wrapped' | 'kekId'> | null | undefined): DataKey | null {
    if (!row || row.wrapped === null || row.kekId === null) return null;
    return { id: row.id, bytes: this.ring.unwrap(Buffer.from(row.wrapped, 'base64url'), row.kekId) };
  }

  /** The same key under the current KEK; null when it is there already. Texts stay as they are. */
  rewrap(row: Pick<PersonalKey, 'id' | 'wrapped' | 'kekId'>): { wrapped: string; kekId: string } | null {
    if (row.kekId === this.ring.currentId) return null;
    const key = this.open(row);
    return key && this.wrap(key.bytes);
  }

  private wrap(bytes: Buffer): { wrapped: string; kekId: string } {
    return { wrapped: this.ring.wrap(bytes).toString('base64url'), kekId: this.ring.currentId };
  }
}

/** Where a text of a record is sealed: the record is part of the place, so that texts of one person never change places. */
export function placeOf(tenantId: string, subjectId: string, recordId: string, field: string): SealedPlace {
  return { tenantId, subject: subjectId, field: `${recordId}/${field}` };
}

/** The row of a personal text. */
export function sealedRow(
  { tenantId, newId }: { readonly tenantId: string; readonly newId: () => string },
  key: DataKey,
  { recordId, field, text }: { readonly recordId: string; readonly field: string; readonly text: string },
): Partial<PersonalText> {
  const sealed = seal(key, placeOf(tenantId, key.id, recordId, field), text);
  return { id: newId(), subjectId: key.id, recordId, field, sealed };
}

/** Opened texts of a record by subject and field; null where the subject's key was destroyed. */
export type OpenedTexts = ReadonlyMap<string, string | null>;

/** The name of a text among the opened ones. */
export const textKey = (subjectId: string, field: string): string => `${subjectId} ${field}`;

/** Opens the texts that have a key still. KeyError where a KEK is missing or a text was changed. */
export function openTexts(
  vault: Vault,
  texts: readonly PersonalText[],
  keys: readonly PersonalKey[],
): Map<string, string | null> {
  const opened = new Map(keys.map((row) => [row.id, vault.open(row)]));
  return new Map(
    texts.map(({ tenantId, subjectId, recordId, field, sealed }) => {
      const key = opened.get(subjectId) ?? null;
      return [textKey(subjectId, field), key && unseal(key, placeOf(tenantId, subjectId, recordId, field), sealed)];
    }),
  );
}

/** The personal texts of a record. */
export const textsOfRecord = (recordId: string): Query<PersonalText[]> => select(PersonalText, { recordId });

/** The keys of the personal texts of a record. */
export function keysOfRecord(recordId: string): Query<PersonalKey[]> {
  const { selection } = tableOf(PersonalKey);
  return sql(
    `select ${selection} from personal_key where tenant_id = $1
      and id in (select t.subject_id from personal_text t where t.tenant_id = $1 and t.record_id = $2)`,
    [recordId],
    (rows) => rows.map((row) => hydrate(PersonalKey, row)),
  );
}

/** Every key of a kind, locked against a destruction at the same time: for a command that seals under them. */
export const sharedKeys = (kind: KeyKind): Query<PersonalKey[]> =>
  select(PersonalKey, { kind }, { orderBy: ['id'], lock: 'SHARE' });

/**
 * Destroys the keys of subjects for good; a subject that had none gets a tombstone, so that none is ever made. `subjects`
 * is a query of their ids; `$2` is `among`.
 */
export function destroyKeys(
  kind: KeyKind,
  among: readonly string[],
  now: Date,
  subjects = 'select unnest($2::uuid[]) as id',
): Statement {
  return {
    text: `insert into personal_key (tenant_id, id, kind, wrapped, kek_id, created_at, destroyed_at)
      select $1, s.id, $3, null, null, $4, $4 from (${subjects}) s order by s.id
      on conflict (tenant_id, id) do update set wrapped = null, kek_id = null, destroyed_at = coalesce(personal_key.destroyed_at, $4)`,
    values: [among, kind, now],
  };
}
