import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../core/config.js';
import { Gateway } from '../core/gateway.js';
import { openLedgerKeys } from '../core/ledger/key-files.js';
import { trustedKey } from '../core/ledger/note.js';
import { verifyExport } from '../core/ledger/verify.js';
import { CAST } from '../sandbox/demo/cast.js';
import type { Step } from '../sandbox/demo/teller.js';
import type { Database } from './database.js';
import { findTenant } from './find-tenant.js';
import { exportLedgerTo } from './ledger.js';

/** What the chapter works with. */
export interface LedgerChapter {
  readonly config: Config;
  readonly database: Database;
  /** The tenant's slug. */
  readonly tenant: string;
  readonly tell: (step: Step) => void;
}

/**
 * The end of the demo, as an operator and an auditor would type it: the ledger is exported, verified from its file and
 * the public key alone, and verified again with one bit turned over.
 */
export async function playLedger({ config, database, tenant, tell }: LedgerChapter): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-demo-'));
  const gateway = new Gateway({ url: database.applicationUrl, poolSize: 1, prepare: false });
  try {
    const file = join(folder, 'ledger.ndjson');
    const tenantId = await findTenant(gateway, tenant);
    const period = { from: null, to: null };
    await exportLedgerTo({ gateway, ledgerKey: config.ledgerKey, tenantId, period }, file);
    const bytes = readFileSync(file);
    const { verifierKey } = openLedgerKeys(config.ledgerKey)[0];
    tell(step('ledger export', 'READ', `The ledger is exported and sealed: ${bytes.length} bytes.`));
    tell(step('ledger verify', 'READ', await verdictOf(file, verifierKey)));
    const place = Math.floor(bytes.length / 2);
    bytes[place] = bytes[place]! ^ 1;
    writeFileSync(file, bytes);
    tell(
      step('ledger verify', 'REFUSED', `One bit of byte ${place} turned over: ${await verdictOf(file, verifierKey)}`),
    );
  } finally {
    await gateway.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What `countersign ledger verify` would say, with its exit code. */
async function verdictOf(file: string, key: string): Promise<string> {
  const bytes = readFileSync(file);
  const verdict = await verifyExport(pieces(bytes), { keys: [trustedKey(key)!], checkpoints: [] });
  if (verdict.kind === 'sound') {
    const { from, to } = verdict.summary;
    return `Sound: entries ${from} to ${to} without a gap (exit code 0).`;
  }
  if (verdict.kind === 'tampered') return `Tampered with. Line ${verdict.line}: ${verdict.what} (exit code 1).`;
  return `${verdict.what} (exit code 2).`;
}

async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  yield Promise.resolve(bytes);
}

const step = (operation: string, outcome: Step['outcome'], told: string): Step => ({
  step: 0,
  persona: CAST.auditor,
  operation,
  outcome,
  findings: [],
  ids: {},
  told,
});
