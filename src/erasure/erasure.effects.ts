import { ERASE_BRIEFS } from '../brief/brief.effects.js';
import { ERASE_DOCUMENTS } from '../document/document.effects.js';
import type { Moment } from '../core/command.js';
import { type Mention, mentionsOf } from '../core/mention.js';
import type { OutboxMessage } from '../core/outbox/message.js';
import { type Statement, update } from '../core/statement.js';
import { destroyKeys } from '../core/vault.js';
import { ERASED_PERSON } from '../catalogue/stored-configuration.js';
import { Stakeholder } from '../handoff/content.entity.js';
import type { Handoff } from '../handoff/handoff.entity.js';
import { MemberState, Person } from '../identity/person.entity.js';
import { goneFrom, recordsOf } from './erasure.queries.js';
import { FREE_TEXTS } from './free-texts.js';

/** Where a person's traces are, and by which names. */
export interface Traces {
  /** The handoffs that tell of them, locked. */
  readonly handoffs: readonly Handoff[];
  /** The stakeholders that are them. */
  readonly stakeholders: readonly Stakeholder[];
  /** Names, mail addresses, telephone numbers to look for in what people wrote. */
  readonly names: readonly (string | null)[];
}

/** The handoffs of a statement, `$2`. */
const AMONG = '= any($2::uuid[])';

/** What erases the traces in handoffs, and has the files of their briefs and documents written again. */
export function eraseTraces(
  { handoffs, stakeholders, names }: Traces,
  { now, newId }: Moment,
): { readonly writes: Statement[]; readonly messages: OutboxMessage[] } {
  const handoffIds = handoffs.map(({ id }) => id);
  const stakeholderIds = stakeholders.map(({ id }) => id);
  if (handoffIds.length === 0) return { writes: [], messages: [] };
  const gone = { name: ERASED_PERSON, title: null, email: null, phone: null, notes: null, dealSnapshotId: null };
  return {
    writes: [
      ...(stakeholderIds.length === 0
        ? []
        : [update(Stakeholder, { id: stakeholderIds }, gone), destroyKeys('STAKEHOLDER', stakeholderIds, now)]),
      destroyKeys('STAKEHOLDER', handoffIds, now, goneFrom(AMONG)),
      destroyKeys('BRIEF', handoffIds, now, recordsOf(AMONG)),
      destroyKeys(
        'DEAL_SNAPSHOT',
        [...new Set(handoffs.map(({ dealId }) => dealId))],
        now,
        'select d.id from deal_snapshot d where d.tenant_id = $1 and d.deal_id = any($2::uuid[])',
      ),
      // Digests of texts with names would let somebody try names.
      {
        text: `update issued_document set section_digests = null
          where tenant_id = $1 and handoff_id = any($2::uuid[]) and section_digests is not null`,
        values: [handoffIds],
      },
      ...mentionsOf(names.flatMap(spellings)).flatMap((mention) => overwrite(mention, handoffIds)),
      {
        text: 'update handoff set revision = revision + 1 where tenant_id = $1 and id = any($2::uuid[])',
        values: [handoffIds],
      },
    ],
    messages: handoffIds.flatMap((id) => [
      erasing(ERASE_BRIEFS, id, `brief-erase:${newId()}`),
      erasing(ERASE_DOCUMENTS, id, `document-erase:${newId()}`),
    ]),
  };
}

const erasing = (kind: string, handoffId: string, effectKey: string): OutboxMessage => ({
  kind,
  aggregate: { type: 'Handoff', id: handoffId },
  effectKey,
  payload: { handoffId },
});

/** A name as people write it, and as it stands within JSON text. */
function spellings(name: string | null): string[] {
  return name === null ? [] : [name, JSON.stringify(name).slice(1, -1)];
}

/** Writes over a mention in every free text of the handoffs; a text of other words is left as it is. */
function overwrite({ words, ignoreCase }: Mention, handoffIds: readonly string[]): Statement[] {
  const pattern = `(?<![[:alnum:]])(?:${words})(?![[:alnum:]])`;
  const operator = ignoreCase ? '~*' : '~';
  return FREE_TEXTS.map(({ table, columns, handoff }) => ({
    text: `update ${table} set ${columns.map((column) => `${column} = regexp_replace(${column}, $2, $3, $4)`).join(', ')}
      where tenant_id = $1 and ${handoff} = any($5::uuid[]) and (${columns.map((column) => `${column} ${operator} $2`).join(' or ')})`,
    values: [pattern, ERASED_PERSON, ignoreCase ? 'gi' : 'g', handoffIds],
  }));
}

/**
 * What makes a member nobody: no name, no address, no account that signs in, no role, no key. The id stays, and what was
 * done under it. Addresses end in `.invalid` (RFC 2606), so that nothing is ever sent there.
 */
export function eraseMember(records: readonly Person[], { now, actor }: Moment): Statement[] {
  const ids = records.map(({ id }) => id);
  return [
    ...records.map(({ id, revision }) =>
      update(
        Person,
        { id },
        {
          handle: `erased-${id.slice(-12)}`,
          name: ERASED_PERSON,
          email: `${id}@erased.invalid`,
          state: MemberState.ERASED,
          revision: revision + 1,
        },
      ),
    ),
    {
      text: `update account set subject = 'erased:' || id, unlinked_at = coalesce(unlinked_at, $3)
        where tenant_id = $1 and person_id = any($2::uuid[])`,
      values: [ids, now],
    },
    {
      text: `update role_grant set revoked_at = $3, revoked_by = $4
        where tenant_id = $1 and person_id = any($2::uuid[]) and revoked_at is null`,
      values: [ids, now, actor.id],
    },
    destroyKeys('PERSON', ids, now),
  ];
}
