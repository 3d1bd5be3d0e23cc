import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { readConfig } from '../core/config.js';
import { Gateway } from '../core/gateway.js';
import { lineText } from '../core/ledger/lines.js';
import { openLedgerKeys } from '../core/ledger/key-files.js';
import { trustedKey } from '../core/ledger/note.js';
import { proveConsistency, proveEntry } from '../core/ledger/proof.js';
import type { ProofLine } from '../core/ledger/format.js';
import { openCheckpoint } from '../core/ledger/checkpoint.js';
import { LedgerEntry } from '../core/ledger/entry.js';
import { StartupError } from '../core/startup-error.js';
import { type Answers, type Queries, select } from '../core/statement.js';
import { assertMigrated, borrowDatabase } from './database.js';
import { findTenant } from './find-tenant.js';
import { exportLedgerTo, verifyLedgers } from './ledger.js';
import { checkProofFile, EXIT, notesOf, verifyFile } from './ledger-offline.js';
import { projectRoot } from './project-root.js';
import { stopSignal, unlessStopped } from './stop-signal.js';

interface Offline {
  readonly key: readonly string[];
  readonly checkpoints?: string;
}

interface Proving {
  readonly tenant: string;
  readonly entry?: string;
  readonly subject?: string;
  readonly checkpoint?: string;
  readonly out: string;
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** `ledger key`, `verify`, `export`, `prove`, `check-proof`. */
export function registerLedgerCommands(program: Command): void {
  const ledger = program.command('ledger').description('The record of every change.');
  ledger
    .command('key')
    .description('Prints the public keys that verify checkpoints, the signing one first.')
    .action(() => {
      for (const { verifierKey } of openLedgerKeys(readConfig(process.env, projectRoot()).ledgerKey))
        console.log(verifierKey);
    });
  ledger
    .command('verify')
    .argument('[file]', 'an export; without it the ledgers of the database are looked at')
    .option('--key <key>', 'a verifier key that you trust, or a file of such; may be repeated', collect, [])
    .option('--checkpoints <file>', 'checkpoints that were kept elsewhere, which the export must agree with')
    .description('Verifies an export from its file alone. Exit code 0 sound, 1 tampered with, 2 unreadable.')
    .action(async (file: string | undefined, options: Offline) => {
      if (file !== undefined) process.exitCode = await verifyFile(file, options);
      else await withDatabase(verifyDatabase);
    });
  ledger
    .command('export')
    .requiredOption('--tenant <tenant>', 'its slug or id')
    .requiredOption('--out <file>', 'the file to write, - for standard output')
    .option('--from <date>', 'from this instant on, such as 2026-10-01')
    .option('--to <date>', 'before this instant, such as 2027-01-01')
    .description('Seals and signs what there is, and writes it as a file that proves itself.')
    .action((options: { tenant: string; out: string; from?: string; to?: string }) =>
      withDatabase(async (gateway) => {
        const period = { from: instant('--from', options.from), to: instant('--to', options.to) };
        const tenantId = await findTenant(gateway, options.tenant);
        const { ledgerKey } = readConfig(process.env, projectRoot());
        await exportLedgerTo({ gateway, ledgerKey, tenantId, period }, options.out);
      }),
    );
  ledger
    .command('prove')
    .requiredOption('--tenant <tenant>', 'its slug or id')
    .option('--entry <id>', 'one entry')
    .option('--subject <id>', 'every entry about a record, such as an approval request')
    .option('--checkpoint <file>', 'that the ledger of an older checkpoint is the beginning of the present one')
    .requiredOption('--out <file>', 'the file to write')
    .description('Proves that entries stand in the ledger, without the ledger.')
    .action((options: Proving) =>
      withDatabase(async (gateway) => {
        const proofs = await prove(gateway, options);
        writeFileSync(options.out, proofs.map(lineText).join(''));
        console.log(`${proofs.length} proofs in ${options.out}.`);
      }),
    );
  ledger
    .command('check-proof')
    .argument('<file>', 'proofs, one a line')
    .option('--key <key>', 'a verifier key that you trust, or a file of such; may be repeated', collect, [])
    .description('Checks proofs from their file alone. Exit code 0 sound, 1 tampered with, 2 unreadable.')
    .action(async (file: string, options: Offline) => {
      process.exitCode = await checkProofFile(file, options);
    });
}

async function verifyDatabase(gateway: Gateway): Promise<void> {
  if (!(await verifyLedgers(gateway, console.log))) process.exitCode = EXIT.TAMPERED;
}

async function prove(gateway: Gateway, options: Proving): Promise<ProofLine[]> {
  const { entry, subject, checkpoint } = options;
  if ([entry, subject, checkpoint].filter((given) => given !== undefined).length !== 1)
    throw new StartupError('Say what to prove: one of --entry, --subject or --checkpoint.');
  const tenantId = await findTenant(gateway, options.tenant);
  const read = <Q extends Queries>(queries: Q): Promise<Answers<Q>> => gateway.read(tenantId, queries);
  if (checkpoint !== undefined) return [proven(await proveConsistency(tenantId, read, lastNote(checkpoint)))];
  const { entries } = await read({
    entries: entry
      ? select(LedgerEntry, { id: uuid(entry) })
      : select(LedgerEntry, { subjectId: subject! }, { orderBy: ['id'] }),
  });
  if (entries.length === 0) throw new StartupError(`There is no entry of ${entry ?? subject} here.`);
  const lines: ProofLine[] = [];
  for (const { id } of entries) lines.push(proven(await proveEntry(tenantId, read, id)));
  return lines;
}

function proven(line: ProofLine | null): ProofLine {
  if (!line) throw new StartupError('No checkpoint covers this yet: try again in some seconds, while a worker runs.');
  return line;
}

/** The newest checkpoint of a file, read with our own keys: it is one of ours, or there is nothing to prove. */
function lastNote(file: string): { size: number; note: string } {
  const keys = openLedgerKeys(readConfig(process.env, projectRoot()).ledgerKey);
  const note = notesOf(file).at(-1)!;
  const opened = openCheckpoint(
    note,
    keys.map(({ verifierKey }) => trustedKey(verifierKey)!),
  );
  if (!opened.ok) throw new StartupError(`${file}: the checkpoint is none of this installation's: ${opened.why}.`);
  return { size: opened.checkpoint.size, note };
}

function uuid(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return text;
  throw new StartupError(`--entry ${text} is not the id of an entry.`);
}

function instant(name: string, text: string | undefined): Date | null {
  if (text === undefined) return null;
  const at = new Date(text);
  if (Number.isNaN(at.getTime()))
    throw new StartupError(`${name} ${text} is not a date: write it as 2026-10-01 or 2026-10-01T00:00:00Z.`);
  return at;
}

async function withDatabase(work: (gateway: Gateway) => Promise<void>): Promise<void> {
  const root = projectRoot();
  const stop = stopSignal();
  const database = await borrowDatabase(readConfig(process.env, root), root);
  const gateway = new Gateway({ url: database.applicationUrl, poolSize: 1, prepare: false });
  try {
    await assertMigrated(database);
    await unlessStopped(work(gateway), stop);
  } finally {
    await gateway.end();
    await database.release();
  }
}
