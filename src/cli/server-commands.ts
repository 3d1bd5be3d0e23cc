import type { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationSchemaText } from '../catalogue/configuration.schema.js';
import { readConfig } from '../core/config.js';
import { writeSchema } from '../schema.js';
import { personName } from '../sandbox/identity/person.js';
import { sandboxPeople } from '../sandbox/people.js';
import { matrixText } from './access-matrix.js';
import { projectRoot } from './project-root.js';
import { run, type Running, type RunOptions } from './serve.js';

/** How long a stop may take before the process ends anyway, in milliseconds. */
const STOP_WITHIN = 25_000;

/** `start`, `serve`, `worker`: what runs; `schema`, `matrix`: what is written from the code. */
export function registerServerCommands(program: Command): void {
  program
    .command('start')
    .description('Everything in one process: database, migrations, tenants/*.yaml, identity provider, API and worker.')
    .action(() => serveUntilStopped({ api: true, worker: true, prepare: true }, true));
  program
    .command('serve')
    .description('The API alone, on a database that is migrated.')
    .action(() => serveUntilStopped({ api: true, worker: false, prepare: false }, false));
  program
    .command('worker')
    .description('The worker alone: does what the outbox asks.')
    .action(() => serveUntilStopped({ api: false, worker: true, prepare: false }, false));
  program
    .command('schema')
    .description('Writes schema/schema.graphql and tenants/tenant.schema.json.')
    .action(() => {
      writeSchema(join(projectRoot(), 'schema/schema.graphql'));
      writeFileSync(join(projectRoot(), 'tenants/tenant.schema.json'), configurationSchemaText());
    });
  program
    .command('matrix')
    .description('Writes docs/access-matrix.md.')
    .action(() => writeFileSync(join(projectRoot(), 'docs/access-matrix.md'), matrixText()));
}

async function serveUntilStopped(parts: Pick<RunOptions, 'api' | 'worker' | 'prepare'>, greet: boolean): Promise<void> {
  const root = projectRoot();
  const config = readConfig(process.env, root);
  const running = await run({
    ...parts,
    config: greet && !process.env.LOG_LEVEL ? { ...config, logLevel: 'warn' } : config,
    root,
    say: (line) => console.log(line),
  });
  if (greet) await welcome(running, config.identity.kind === 'sandbox');
  await untilStopped(running);
}

async function welcome(running: Running, sandbox: boolean): Promise<void> {
  const { address, app } = running;
  if (sandbox) {
    const people = await sandboxPeople(app.gateway, app.registry);
    console.log(`Sign-in     the sandbox's own OpenID provider at ${address}/sandbox/identity`);
    console.log('\nSample people:');
    for (const person of people) console.log(`  ${personName(person).padEnd(44)} ${person.roles.join(', ')}`);
    const first = people[0];
    if (first) console.log(`\nA token for any of them:\n  npm run --silent countersign token ${personName(first)}`);
    console.log('\nOne handoff all the way, told step by step:\n  npm run demo');
  }
  console.log('\nCtrl-C stops everything.');
}

/** Waits for a signal, then stops in order: not ready, drained, worker, pool, database. */
async function untilStopped(running: Running): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  const limit = setTimeout(() => process.exit(1), STOP_WITHIN);
  await running.stop();
  clearTimeout(limit);
  process.exit(0);
}
