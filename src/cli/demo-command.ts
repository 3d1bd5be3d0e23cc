import type { Command } from 'commander';

/** `demo`. */
export function registerDemo(program: Command): void {
  program.command('demo');
}
