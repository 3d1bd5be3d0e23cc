import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { ARTEFACT_FILES, makeArtefact } from '../artefact/artefact.files.js';
import { recordArtefact } from '../artefact/report-file.commands.js';
import { ArtefactKind } from '../artefact/report-file.entity.js';
import { abilityOf } from '../core/ability.js';
import { operatorActor } from '../core/actor.js';
import { databaseClock } from '../core/clock.js';
import { openLedgerKeys } from '../core/ledger/key-files.js';
import { Sealer } from '../core/ledger/sealer.js';
import { createLog } from '../core/log.js';
import { Reader } from '../core/reader.js';
import { Role } from '../identity/roles.js';
import { ABILITIES } from '../abilities.js';
import { findTenant } from './find-tenant.js';
import { type Tools, withTools } from './tenants.js';

interface ArtefactOptions {
  readonly tenant: string;
  readonly out: string;
  /** With whose eyes: what this role does not see is withheld. */
  readonly role: Role;
}

/** `artefacts`. */
export function registerArtefactCommands(program: Command): void {
  program
    .command('artefacts')
    .requiredOption('--tenant <tenant>', 'its slug or id')
    .requiredOption('--out <folder>', 'the folder to write into')
    .addOption(
      new Option('--role <role>', 'with whose eyes: names and margin are withheld as from this role')
        .choices(Object.values(Role))
        .default(Role.SERVICE_DELIVERY_LEAD),
    )
    .description('Seals and signs what there is, and writes the four artefacts of live data.')
    .action((options: ArtefactOptions) => withTools((tools) => write(tools, options)));
}

async function write({ gateway, pipeline, config }: Tools, { tenant, out, role }: ArtefactOptions): Promise<void> {
  const tenantId = await findTenant(gateway, tenant);
  const [key] = openLedgerKeys(config.ledgerKey);
  const sealer = new Sealer({ gateway, key, tenants: () => Promise.resolve([tenantId]), log: createLog('warn') });
  await sealer.cover(tenantId);
  const operator = operatorActor(tenantId, userInfo().username);
  const ability = abilityOf({ ...operator, roles: [role] }, ABILITIES);
  mkdirSync(out, { recursive: true });
  for (const kind of Object.values(ArtefactKind)) {
    // A reader of its own for each, so that each says the time at which it was made.
    const reader = new Reader(gateway, tenantId, ability, databaseClock);
    const bytes = await makeArtefact(kind, { reader, ability, tenantId, issuedBy: operator.id });
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const file = { sha256, bytes: BigInt(bytes.length), rows: null };
    // On record before it is there: nobody holds an artefact that the ledger does not know.
    await pipeline.run(operator, recordArtefact, { tenantId, kind, file }, { idempotencyKey: null, path: 'artefacts' });
    const path = join(out, ARTEFACT_FILES[kind].name);
    writeWhole(path, bytes);
    console.log(`${path}: ${bytes.length} bytes, SHA-256 ${sha256}`);
  }
}

/** The file appears whole or not at all. */
function writeWhole(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.part`;
  try {
    writeFileSync(temporary, bytes, { mode: 0o600 });
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}
