import type { Command } from 'commander';
import { registerSandboxHalopsa } from './sandbox-halopsa.js';

/** `sandbox`: what people do in the simulated systems of a running sandbox. */
export function registerSandboxCommands(program: Command): void {
  const sandbox = program.command('sandbox').description('Acts in the simulated systems of a running sandbox.');
  registerSandboxHalopsa(sandbox);
}
