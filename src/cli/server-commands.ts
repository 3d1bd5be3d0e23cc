import type { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationSchemaText } from '../catalogue/configuration.schema.js';
import { type Config, readConfig } from '../core/config.js';
import { createLog } from '../core/log.js';
import { writeSchema } from '../schema.js';
import { SANDBOX_HALOPSA_PATH } from '../sandbox/halopsa/mount.js';
import { personName } from '../sandbox/identity/person.js';
import { MICROSOFT_PATH } from '../sandbox/microsoft/constants.js';
import { sandboxPeople } from '../sandbox/people.js';
import { matrixText } from './access-matrix.js';
import { projectRoot } from './project-root.js';
import { run, type Running, type RunOptions } from './serve.js';
import { stopped, stopSignal } from './stop-signal.js';

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
  const log = createLog(greet && !process.env.LOG_LEVEL ? 'warn' : config.logLevel);
  // Beside structured logs a line for a person would be none that a collector can read.
  const say = greet ? (line: string) => console.log(line) : (line: string) => log.info(line);
  const stop = stopSignal();
  const running = await run({ ...parts, config, root, log, stop, say });
  if (greet) await welcome(running, config);
  await stopped(stop);
  say('Stopping ...');
  const limit = setTimeout(() => process.exit(1), STOP_WITHIN);
  await running.stop();
  clearTimeout(limit);
  process.exit(0);
}

async function welcome(running: Running, { identity, sampleConnections }: Config): Promise<void> {
  const { address, app } = running;
  if (identity.kind === 'sandbox') {
    const people = await sandboxPeople(app.gateway, app.registry);
    console.log(`Sign-in     the sandbox's own OpenID provider at ${address}/sandbox/identity`);
    console.log(`HaloPSA     simulated, with a page to act in it at ${address}${SANDBOX_HALOPSA_PATH}/`);
    console.log(`Microsoft   simulated 365, with a page of its files and cards at ${address}${MICROSOFT_PATH}/`);
    console.log('\nSample people:');
    for (const person of people) console.log(`  ${personName(person).padEnd(44)} ${person.roles.join(', ')}`);
    const first = people[0];
    if (first) console.log(`\nA token for any of them:\n  npm run --silent countersign token ${personName(first)}`);
    console.log('\nOne handoff all the way, told step by step:\n  npm run demo');
    if (sampleConnections)
      console.log(
        '\nOr by hand: press "Mark as won" in the HaloPSA of northwind-managed, and let the sample people do the rest:\n  npm run demo -- --deal 2205',
      );
  } else {
    console.log(`Sign-in     ${identity.kind === 'oidc' ? identity.issuer : `Entra ID at ${identity.authorityHost}`}`);
  }
  console.log('\nCtrl-C stops everything.');
}
