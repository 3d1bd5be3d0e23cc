import { Gateway } from '../core/gateway.js';
import { LedgerEntry, leafHash, type LedgerOutcome } from '../core/ledger.js';
import { sql } from '../core/statement.js';
import { hydrate, tableOf } from '../core/table.js';
import { TenantRegistry } from '../identity/registry.js';
import type { Database } from './database.js';

const BATCH = 1000;

/** Recomputes the leaf hash of every entry of every tenant; says what it found; true when all are sound. */
export async function verifyLedgers(database: Database, say: (line: string) => void): Promise<boolean> {
  const gateway = new Gateway({ url: database.applicationUrl, poolSize: 1, prepare: false });
  try {
    let sound = true;
    for (const { tenantId } of await new TenantRegistry(gateway).all()) {
      const { entries, tampered } = await verifyLedger(gateway, tenantId);
      for (const id of tampered) say(`${tenantId}: entry ${id} does not match its hash`);
      say(
        `${tenantId}: ${entries} entries, ${tampered.length === 0 ? 'all sound' : `${tampered.length} tampered with`}`,
      );
      sound &&= tampered.length === 0;
    }
    return sound;
  } finally {
    await gateway.end();
  }
}

/** One tenant's ledger, in pages, so that memory stays flat. */
export async function verifyLedger(
  gateway: Gateway,
  tenantId: string,
): Promise<{ entries: number; tampered: string[] }> {
  const tampered: string[] = [];
  let entries = 0;
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const { page } = await gateway.read(tenantId, {
      page: sql(
        `select ${tableOf(LedgerEntry).selection} from ledger_entry where tenant_id = $1 and id > $2 order by id limit ${BATCH}`,
        [after],
        (rows) => rows.map((row) => hydrate(LedgerEntry, row)),
      ),
    });
    const last = page.at(-1);
    if (!last) return { entries, tampered };
    entries += page.length;
    after = last.id;
    tampered.push(...page.filter((entry) => !isSound(entry)).map((entry) => entry.id));
  }
}

/** The content hashes to the leaf, and the row's columns say what the content says. */
function isSound(entry: LedgerEntry): boolean {
  if (leafHash(entry.content) !== entry.leafHash) return false;
  const said = JSON.parse(entry.content) as {
    tenant: string;
    id: string;
    at: string;
    actor: { kind: string; id: string };
    action: string;
    outcome: LedgerOutcome;
    subject: { type: string; id: string | null };
  };
  return (
    said.tenant === entry.tenantId &&
    said.id === entry.id &&
    said.at === entry.at.toISOString() &&
    said.actor.kind === entry.actorKind &&
    said.actor.id === entry.actorId &&
    said.action === entry.action &&
    said.outcome === entry.outcome &&
    said.subject.type === entry.subjectType &&
    said.subject.id === entry.subjectId
  );
}
