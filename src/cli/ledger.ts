import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { databaseClock } from '../core/clock.js';
import type { Gateway } from '../core/gateway.js';
import { auditLedger, type LedgerAudit } from '../core/ledger/audit.js';
import { exportLedger, type ExportRequest } from '../core/ledger/export.js';
import { type LedgerKeySettings, openLedgerKeys } from '../core/ledger/key-files.js';
import { Sealer } from '../core/ledger/sealer.js';
import { createLog } from '../core/log.js';
import { StartupError } from '../core/startup-error.js';
import type { Answers, Queries } from '../core/statement.js';
import { TenantRegistry } from '../identity/registry.js';
import { SOURCE_CHECKERS } from '../sources.js';

/** Checks every tenant's ledger in the database; says what it found; true when all are sound. */
export async function verifyLedgers(gateway: Gateway, say: (line: string) => void): Promise<boolean> {
  let sound = true;
  for (const { tenantId } of await new TenantRegistry(gateway).all()) {
    const { entries, tampered } = await verifyLedger(gateway, tenantId);
    for (const fault of tampered) say(`${tenantId}: ${fault}`);
    const verdict = tampered.length === 0 ? 'all sound' : `${tampered.length} tampered with`;
    say(`${tenantId}: ${entries} entries, ${verdict}`);
    sound &&= tampered.length === 0;
  }
  return sound;
}

/** Checks one tenant's ledger in the database. */
export function verifyLedger(gateway: Gateway, tenantId: string): Promise<LedgerAudit> {
  return auditLedger((queries) => gateway.read(tenantId, queries));
}

/** What to export, and from where. */
export interface LedgerExportRequest extends Pick<ExportRequest, 'tenantId' | 'period'> {
  readonly gateway: Gateway;
  readonly ledgerKey: LedgerKeySettings;
}

/**
 * The lines of an export of one tenant's ledger: what waits is sealed first, and a checkpoint covers the end.
 * Nothing when the period has no entry.
 */
export async function* ledgerLines(request: LedgerExportRequest): AsyncGenerator<string> {
  const { gateway, tenantId, ledgerKey, period } = request;
  const [key] = openLedgerKeys(ledgerKey);
  const sealer = new Sealer({
    gateway,
    key,
    tenants: () => Promise.resolve([tenantId]),
    log: createLog('warn'),
  });
  await sealer.cover(tenantId);
  const read = <Q extends Queries>(queries: Q): Promise<Answers<Q>> => gateway.read(tenantId, queries);
  const { now } = await read({ now: databaseClock.now() });
  yield* exportLedger({ tenantId, read, key, period, checkers: SOURCE_CHECKERS, now });
}

/**
 * Writes an export to a file, which appears whole or not at all, or to standard output (`-`).
 * @throws StartupError when the period has no entry.
 */
export async function exportLedgerTo(request: LedgerExportRequest, out: string): Promise<void> {
  let lines = 0;
  async function* counted(): AsyncGenerator<string> {
    for await (const line of ledgerLines(request)) {
      lines += 1;
      yield line;
    }
  }
  const source = Readable.from(counted(), { objectMode: false, highWaterMark: 1 << 20 });
  if (out === '-') await pipeline(source, process.stdout, { end: false });
  else {
    const temporary = `${out}.part`;
    try {
      await pipeline(source, createWriteStream(temporary, { mode: 0o600 }));
      if (lines > 0) await rename(temporary, out);
    } finally {
      await rm(temporary, { force: true });
    }
  }
  if (lines === 0) throw new StartupError('The ledger has no entry in this period: nothing was exported.');
}
