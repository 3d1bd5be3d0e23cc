import 'reflect-metadata';
import { Command } from 'commander';
import { registerDataCommands } from './cli/data-commands.js';
import { registerDemo } from './cli/demo-command.js';
import { registerServerCommands } from './cli/server-commands.js';
import { StartupError } from './core/startup-error.js';

const program = new Command('countersign').description(
  'The gate between closed-won and kickoff for managed service providers.',
);
registerServerCommands(program);
registerDataCommands(program);
registerDemo(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof StartupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
