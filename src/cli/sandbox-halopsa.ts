import type { Command } from 'commander';
import { StartupError } from '../core/startup-error.js';
import { SANDBOX_HALOPSA_PATH } from '../sandbox/halopsa/mount.js';
import { ACTS } from '../sandbox/halopsa/people.js';
import type { HaloState } from '../sandbox/halopsa/state.js';
import { serverAddress } from './address.js';

/** `sandbox halopsa [act] [name=value...]`: acts as the people in a running sandbox's HaloPSA, or shows what it holds. */
export function registerSandboxHalopsa(sandbox: Command): void {
  sandbox
    .command('halopsa')
    .description('Acts as people in the simulated HaloPSA of a tenant; without an act, shows what stands in it.')
    .argument('[act]', `one of ${Object.keys(ACTS).join(', ')}`)
    .argument('[input...]', 'what the act needs, as name=value, for example id=2205')
    .option('--tenant <slug>', "the tenant's short name", 'northwind-managed')
    .addHelpText('after', () => `\nActs:\n${actLines()}`)
    .action((act: string | undefined, input: readonly string[], { tenant }: { tenant: string }) =>
      act === undefined ? show(tenant) : perform(tenant, act, input),
    );
}

function actLines(): string {
  return Object.entries(ACTS)
    .map(([name, { parameters, description }]) => `  ${`${name} ${parameters.join(' ')}`.padEnd(32)}${description}`)
    .join('\n');
}

async function show(tenant: string): Promise<void> {
  const state = (await ask(tenant, 'GET', 'state')) as HaloState;
  console.log(`${serverAddress()}${SANDBOX_HALOPSA_PATH}/${tenant}/`);
  for (const { id, summary, pipeline_stage_name, status_name } of state.opportunities)
    console.log(`opportunity ${String(id).padEnd(10)}${[status_name, pipeline_stage_name, summary].join(', ')}`);
  for (const { id, summary, status_name, tasks } of state.projects)
    console.log(`project     ${String(id).padEnd(10)}${[status_name, `${tasks.length} tasks`, summary].join(', ')}`);
}

async function perform(tenant: string, act: string, input: readonly string[]): Promise<void> {
  const fields = input.map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw new StartupError(`"${pair}" is no name=value: write, for example, id=2205.`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  const done = (await ask(tenant, 'POST', `acts/${encodeURIComponent(act)}`, Object.fromEntries(fields))) as HaloRow;
  console.log([done.id, done.status_name, done.summary].filter((part) => part !== undefined).join(', '));
}

type HaloRow = Readonly<Record<'id' | 'status_name' | 'summary', string | number | undefined>>;

async function ask(tenant: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const url = `${serverAddress()}${SANDBOX_HALOPSA_PATH}/${tenant}/control/${path}`;
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  } catch {
    throw new StartupError(`No server answers at ${serverAddress()}: start one with npm start.`);
  }
  const answer = (await response.json().catch(() => ({}))) as { message?: string };
  if (response.ok) return answer;
  throw new StartupError(answer.message ?? `${serverAddress()} has no simulated HaloPSA (status ${response.status}).`);
}
