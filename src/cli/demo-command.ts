import { randomInt, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import { type Config, readConfig } from '../core/config.js';
import { StartupError } from '../core/startup-error.js';
import { CAST } from '../sandbox/demo/cast.js';
import { playDeal } from '../sandbox/demo/deal-chapter.js';
import { playSequel } from '../sandbox/demo/sequel.js';
import { playStory } from '../sandbox/demo/story.js';
import { type Ask, type Step, Teller, type TellerOptions } from '../sandbox/demo/teller.js';
import { seeCards } from '../sandbox/demo/workplace.js';
import { requestSandboxToken, SandboxTokenError } from '../sandbox/identity/client.js';
import { serverAddress } from './address.js';
import { type Database, openDatabase, runningServer } from './database.js';
import { playLedger } from './demo-ledger.js';
import { pagesOf, workplaceBeside } from './demo-workplace.js';
import { GraphQLClient } from './graphql-client.js';
import { projectRoot } from './project-root.js';
import { run, type Running } from './serve.js';
import { stopSignal, unlessStopped } from './stop-signal.js';

const TENANT = 'northwind-managed';
const STRANGER = 'stella.sales@harbor-it';

/**
 * `demo`: plays the main job over HTTP and GraphQL alone, against a running instance or one that it starts; at the end it
 * exports the ledger from the database, where this command can reach it.
 */
export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('Plays one handoff all the way, as the personas would.')
    .option('--json', 'prints one JSON object a step')
    .option('--deal <number>', 'takes one opportunity of the simulated HaloPSA all the way, such as 2205')
    .action(({ json, deal }: { json?: boolean; deal?: string }) => demo(json ? printJson : printStory, deal));
}

async function demo(tell: (step: Step) => void, deal?: string): Promise<void> {
  if (deal !== undefined && !/^[1-9]\d{0,8}$/.test(deal))
    throw new StartupError(`--deal is "${deal}": give the number of an opportunity, such as 2205.`);
  const root = projectRoot();
  const own = (await isRunning(serverAddress())) ? null : await startOne(root);
  const played = (running: Running | null): Promise<void> =>
    deal === undefined ? play(root, running, tell) : playOne(root, running, Number(deal), tell);
  try {
    await (own ? unlessStopped(played(own.running), own.stop) : played(null));
  } catch (error) {
    throw error instanceof StartupError
      ? error
      : new StartupError(`The story went another way: ${(error as Error).message}`, { cause: error });
  } finally {
    await own?.running.stop();
  }
}

/** What every story needs, its steps counted through. */
function telling(root: string, url: string, told: (step: Step) => void): TellerOptions & { readonly now: Date } {
  let count = 0;
  return {
    now: new Date(),
    document: (operation: string) => readFileSync(join(root, `schema/operations/${operation}.graphql`), 'utf8'),
    ask: overHttp(url),
    tell: (step) => told({ ...step, step: (count += 1) }),
  };
}

/** One deal that stands in the simulated HaloPSA. */
async function playOne(
  root: string,
  own: Running | null,
  opportunityId: number,
  told: (step: Step) => void,
): Promise<void> {
  const url = own?.address ?? serverAddress();
  const options = telling(root, url, told);
  const workplace = await workplaceBeside(url, TENANT, new Teller(options));
  if (!workplace)
    throw new StartupError(`${TENANT} is not connected to the simulators: start Countersign with \`npm start\`.`);
  const number = await playDeal({ ...options, workplace, opportunityId });
  await seeCards(new Teller(options), workplace, number, pagesOf(url, TENANT));
}

/** The story, what comes after it, and the ledger of both. */
async function play(root: string, own: Running | null, told: (step: Step) => void): Promise<void> {
  const url = own?.address ?? serverAddress();
  const options = {
    ...telling(root, url, told),
    sample: readFileSync(join(root, 'samples/halopsa/managed-network-below-floor.json'), 'utf8'),
    opportunityId: randomInt(1_000_000, 900_000_000),
  };
  const workplace = await workplaceBeside(url, TENANT, new Teller(options));
  const { requestId, number } = await playStory({ ...options, workplace });
  await playSequel({
    ...options,
    workplace,
    usedRequestId: requestId,
    tenantFile: readFileSync(join(root, `tenants/${TENANT}.yaml`), 'utf8'),
    pause: () => setTimeout(200),
    download: (persona, path) => download(url, persona, path),
  });
  if (workplace) await seeCards(new Teller(options), workplace, number, pagesOf(url, TENANT));
  const config = readConfig(process.env, root);
  const database = own?.database ?? (await databaseBeside(config, root));
  if (database) await playLedger({ config, database, tenant: TENANT, tell: options.tell });
}

/** The database of the instance that runs already; null where this command cannot reach it, or not sign as it does. */
async function databaseBeside(config: Config, root: string): Promise<Database | null> {
  if (config.database.kind === 'external') return config.ledgerKey.files.length > 0 ? openDatabase(config, root) : null;
  return process.env.COUNTERSIGN_URL ? null : runningServer(config.dataRoot);
}

async function isRunning(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3000) })).ok;
  } catch {
    return false;
  }
}

/** A free port: whatever holds the usual one is not ours. */
async function startOne(root: string): Promise<{ running: Running; stop: AbortSignal }> {
  const config = { ...readConfig({ ...process.env, PORT: '0' }, root), logLevel: 'warn' };
  const stop = stopSignal();
  return { running: await run({ config, root, api: true, worker: true, prepare: true, stop }), stop };
}

/** Each persona with a token of their own, asked for once. */
function overHttp(url: string): Ask {
  const clients = new Map<string, GraphQLClient>();
  return async (persona, document, variables) => {
    const client =
      clients.get(persona) ??
      new GraphQLClient(url, await tokenOf(url, persona === CAST.stranger ? STRANGER : `${persona}@${TENANT}`));
    clients.set(persona, client);
    return client.send(document, { ...variables }, { 'idempotency-key': randomUUID() });
  };
}

async function download(url: string, persona: string, path: string): Promise<Uint8Array | null> {
  const authorization = `Bearer ${await tokenOf(url, `${persona}@${TENANT}`)}`;
  const answer = await fetch(`${url}${path}`, { headers: { authorization } });
  return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
}

async function tokenOf(url: string, person: string): Promise<string> {
  try {
    return (await requestSandboxToken(url, person)).accessToken;
  } catch (error) {
    if (error instanceof SandboxTokenError) throw new StartupError(error.message);
    throw error;
  }
}

function printJson(step: Step): void {
  console.log(JSON.stringify(step));
}

const MARKS: Readonly<Record<Step['outcome'], string>> = {
  DONE: 'done   ',
  REFUSED: 'refused',
  DENIED: 'denied ',
  READ: 'read   ',
};

function printStory({ step, persona, operation, outcome, findings, told }: Step): void {
  console.log(`${String(step).padStart(3)}  ${MARKS[outcome]}  ${persona.padEnd(16)} ${told}  (${operation})`);
  if (outcome === 'DONE' || outcome === 'READ') return;
  for (const { code, path, remedy } of findings.slice(0, 5))
    console.log(`${' '.repeat(32)}${code} at ${path}: ${remedy}`);
  if (findings.length > 5) console.log(`${' '.repeat(32)}... and ${findings.length - 5} more`);
}
