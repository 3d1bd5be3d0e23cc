import type { Gateway } from './gateway.js';
import { NIL_ID } from './id.js';
import { sql } from './statement.js';
import type { Vault } from './vault.js';

/** The tables that keep wrapped data keys, with the columns id, wrapped (base64url) and kek_id. */
export type KeyTable = 'personal_key' | 'integration_secret' | 'event_secret';

/** Keys a transaction. */
const BATCH = 500;

/**
 * Wraps every data key of a tenant's table under the current KEK, online: texts stay as they are, who seals or destroys
 * at the same time is not disturbed, and a run that was cut off is taken up by the next. Answers how many were wrapped.
 */
export async function rewrapKeys(gateway: Gateway, vault: Vault, tenantId: string, table: KeyTable): Promise<number> {
  let wrapped = 0;
  let after = NIL_ID;
  for (;;) {
    const { rows } = await gateway.read(tenantId, {
      rows: sql(
        `select id, wrapped, kek_id from ${table} where tenant_id = $1 and wrapped is not null and kek_id <> $2 and id > $3
          order by id limit ${BATCH}`,
        [vault.kekId, after],
        (found) => found as readonly { id: string; wrapped: string; kek_id: string }[],
      ),
    });
    if (rows.length === 0) return wrapped;
    const anew = rows.map(({ id, wrapped: old, kek_id: kekId }) => vault.rewrap({ id, wrapped: old, kekId })!.wrapped);
    const changed = await gateway.transaction(tenantId, async (tx) => {
      const { count } = await tx.flush({
        count: sql(
          // A key that was destroyed meanwhile has another text, and so stays destroyed.
          `update ${table} k set wrapped = n.wrapped, kek_id = $5
            from unnest($2::uuid[], $3::text[], $4::text[]) as n (id, old, wrapped)
            where k.tenant_id = $1 and k.id = n.id and k.wrapped = n.old returning k.id`,
          [rows.map(({ id }) => id), rows.map((row) => row.wrapped), anew, vault.kekId],
          (updated) => updated.length,
        ),
      });
      await tx.commit([]);
      return count;
    });
    wrapped += changed;
    after = rows.at(-1)!.id;
  }
}
