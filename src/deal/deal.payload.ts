import type { Moment } from '../core/command.js';
import { seal, unseal } from '../core/keys.js';
import { insert, type Statement } from '../core/statement.js';
import { type PersonalKey, placeOf, type Vault } from '../core/vault.js';
import { DealPayload } from './deal.entity.js';
import type { ImportedDeal } from './halopsa-deal.rules.js';

type Kind = 'raw' | 'imported';

/** A sealed text of a snapshot with the row of its key. */
export interface SealedPayload {
  readonly key: PersonalKey;
  readonly text: string;
}

/** The statements that keep a snapshot's payload, sealed under a key of its own. */
export function recordPayload(
  snapshotId: string,
  texts: { readonly raw: string; readonly imported: ImportedDeal },
  { now, actor, vault }: Moment,
): Statement[] {
  const { key, write } = vault.create('DEAL_SNAPSHOT', snapshotId, now);
  const sealed = (kind: Kind, text: string): string =>
    seal(key, placeOf(actor.tenantId, snapshotId, snapshotId, kind), text);
  const raw = sealed('raw', texts.raw);
  return [
    write,
    insert(DealPayload, { id: snapshotId, raw, imported: sealed('imported', JSON.stringify(texts.imported)) }),
  ];
}

/** A text of a payload as it came; null when it was erased. KeyError when it cannot be opened. */
export function openPayload(vault: Vault, { key, text }: SealedPayload, kind: Kind): string | null {
  const opened = vault.open(key);
  return opened && unseal(opened, placeOf(key.tenantId, key.id, key.id, kind), text);
}

/** What the PSA said beside the terms; null when there is nothing, or when it was erased. */
export function openImported(vault: Vault, sealed: SealedPayload | null): ImportedDeal | null {
  const text = sealed && openPayload(vault, sealed, 'imported');
  return text === null ? null : (JSON.parse(text) as ImportedDeal);
}
