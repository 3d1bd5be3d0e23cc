import { createHash } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { recordPack } from '../audit/export.commands.js';
import { evidencePack } from '../audit/pack.js';
import { operatorActor } from '../core/actor.js';
import { openLedgerKeys } from '../core/ledger/key-files.js';
import { Sealer } from '../core/ledger/sealer.js';
import { createLog } from '../core/log.js';
import { StartupError } from '../core/startup-error.js';
import type { Answers, Queries } from '../core/statement.js';
import { findTenant } from './find-tenant.js';
import { type Tools, withTools } from './tenants.js';

interface PackOptions {
  readonly tenant: string;
  readonly request: string;
  readonly out: string;
  readonly names: boolean;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** `audit pack`. */
export function registerAuditCommands(program: Command): void {
  program
    .command('audit')
    .description('What auditors take away.')
    .command('pack')
    .requiredOption('--tenant <tenant>', 'its slug or id')
    .requiredOption('--request <id>', 'the approval request')
    .requiredOption('--out <file>', 'the zip file to write')
    .option('--names', 'people with their names; handles alone without it', false)
    .description('Seals and signs what there is, and packs the evidence behind one request.')
    .action((options: PackOptions) => withTools((tools) => pack(tools, options)));
}

async function pack(tools: Tools, { tenant, request: requestId, out, names }: PackOptions): Promise<void> {
  const { gateway, pipeline, config } = tools;
  if (!UUID.test(requestId)) throw new StartupError(`--request ${requestId} is not the id of an approval request.`);
  const tenantId = await findTenant(gateway, tenant);
  const [key] = openLedgerKeys(config.ledgerKey);
  const sealer = new Sealer({ gateway, key, tenants: () => Promise.resolve([tenantId]), log: createLog('warn') });
  await sealer.cover(tenantId);
  const read = <Q extends Queries>(queries: Q): Promise<Answers<Q>> => gateway.read(tenantId, queries);
  const bytes = await evidencePack(tenantId, read, { requestIds: [requestId], sample: null, names });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  // On record before it is there: nobody holds a pack that the ledger does not know.
  await pipeline.run(
    operatorActor(tenantId, userInfo().username),
    recordPack,
    { requestId, sha256, bytes: bytes.length },
    { idempotencyKey: null, path: 'pack' },
  );
  writeWhole(out, bytes);
  console.log(`${out}: ${bytes.length} bytes, SHA-256 ${sha256}`);
}

/** The file appears whole or not at all. */
function writeWhole(out: string, bytes: Uint8Array): void {
  const temporary = `${out}.part`;
  try {
    writeFileSync(temporary, bytes, { mode: 0o600 });
    renameSync(temporary, out);
  } finally {
    rmSync(temporary, { force: true });
  }
}
