import 'reflect-metadata';
import { Command } from 'commander';
import { registerArtefactCommands } from './cli/artefact-commands.js';
import { registerAuditCommands } from './cli/audit-commands.js';
import { registerDataCommands } from './cli/data-commands.js';
import { registerDemo } from './cli/demo-command.js';
import { registerKeyCommands } from './cli/keys-commands.js';
import { registerLedgerCommands } from './cli/ledger-commands.js';
import { registerPowerBiCommands } from './cli/powerbi-commands.js';
import { registerReportingCommands } from './cli/reporting-commands.js';
import { registerSandboxCommands } from './cli/sandbox-commands.js';
import { registerServerCommands } from './cli/server-commands.js';
import { AppError } from './core/error.js';
import { tuneHeap } from './core/heap.js';
import { StartupError } from './core/startup-error.js';

tuneHeap();

// A reader such as `head` may close the pipe early: that is no fault, and an order to stop like any other.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(0);
});

const program = new Command('countersign').description(
  'The gate between closed-won and kickoff for managed service providers.',
);
registerServerCommands(program);
registerDataCommands(program);
registerLedgerCommands(program);
registerAuditCommands(program);
registerArtefactCommands(program);
registerKeyCommands(program);
registerReportingCommands(program);
registerDemo(program);
registerSandboxCommands(program);
registerPowerBiCommands(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof StartupError) && !(error instanceof AppError)) throw error;
  console.error(error instanceof AppError ? [error.message, error.details.remedy].join(' ').trim() : error.message);
  process.exitCode = 1;
}
