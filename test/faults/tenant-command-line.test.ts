import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, cpSync, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Client } from 'pg';
import { heldAt } from '../kit/tenant-life.js';
import { operation } from '../kit/operation.js';
import {
  ask,
  asSuperuser,
  countersign,
  dataFolder,
  discard,
  expectSentence,
  type Instance,
  launch,
  pause,
  startPart,
} from './command-line-kit.js';

jest.setTimeout(120_000);

const SLUG = 'northwind-managed';
const SOFIA = `sofia.sales@${SLUG}`;
const NORTHWIND = 'f5057fee-4c3e-4459-82dd-21250b729601';

/** An installation that works, and one with the same keys that a tenant is restored into. */
const [first, second] = [dataFolder(), dataFolder()];
const [here, there] = [{ COUNTERSIGN_DATA: first }, { COUNTERSIGN_DATA: second }];
const [backup, handover] = [join(first, 'backup'), join(first, 'handover')];
let working: Instance;
let restored: Instance;

function superuserUrl(data: string): string {
  const text = readFileSync(join(data, 'postgres/credentials.json'), 'utf8');
  const { superuser } = JSON.parse(text) as { superuser: string };
  const port = readFileSync(join(data, 'postgres/port'), 'utf8').trim();
  return `postgresql://postgres:${superuser}@127.0.0.1:${port}/countersign`;
}

/** The sessions of a command that is to be killed: those of the running instance wait for the same tables. */
const DOOMED = 'doomed';

/** Runs a command beside a running instance and kills it with SIGKILL when it comes to write a table. */
async function killedAt(data: string, table: string, args: readonly string[]): Promise<void> {
  let child: ChildProcess | undefined;
  const run = async (): Promise<void> => {
    child = launch(args, { COUNTERSIGN_DATA: data, PGAPPNAME: DOOMED });
    await once(child, 'exit');
  };
  // With its session: what it has sent already, COMMIT included, would be done after its death.
  const kill = async (pids: readonly number[], client: Client, ended: Promise<unknown>): Promise<void> => {
    child?.kill('SIGKILL');
    await client.query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [pids]);
    await ended;
  };
  await heldAt(superuserUrl(data), table, 'share', run, kill, DOOMED);
  expect([args, child?.signalCode]).toEqual([args, 'SIGKILL']);
}

const rowsOf = async (data: string, table: string): Promise<number> =>
  (await asSuperuser(data, `select count(*)::int as n from ${table} where tenant_id = '${NORTHWIND}'`))[0]!.n as number;

const stateOf = async (data: string): Promise<unknown> =>
  (await asSuperuser(data, `select state from tenant where tenant_id = '${NORTHWIND}'`))[0]?.state;

const run = async (args: readonly string[], environment: Record<string, string>): Promise<string> => {
  const { code, out, err } = await countersign(args, environment);
  expect({ args, code, err }).toEqual({ args, code: 0, err: '' });
  return out;
};

beforeAll(async () => {
  working = await startPart('start', 'Ctrl-C stops', { ...here, PORT: '0' });
  await run(['import', 'halopsa', resolve('samples/halopsa/managed-network-healthy.json'), '--as', SOFIA], here);
  await run(['migrate', 'up'], there);
  cpSync(join(first, 'keys'), join(second, 'keys'), { recursive: true });
});
afterAll(async () => {
  for (const instance of [working, restored]) await instance?.stop();
  await discard(first, second);
});

it('exports beside the running instance; its ledger verifies by the file alone', async () => {
  expectSentence(
    await countersign(['tenants', 'export', 'nobody', '--out', backup], here),
    /^There is no tenant nobody/,
  );
  const out = await run(['tenants', 'export', SLUG, '--out', backup], here);
  expect(out).toMatch(/^northwind-managed: \d+ rows of \d+ tables and \d+ documents in \S+\.\nDigest \w{64}: keep it/);
  const [key] = (await run(['ledger', 'key'], here)).split('\n');
  await run(['ledger', 'verify', join(backup, 'ledger.ndjson'), '--key', key!], here);
  expectSentence(await countersign(['tenants', 'export', SLUG, '--out', backup], here), /is not empty/);
});

it('restores into another installation, also after a kill; people sign in, nothing parked is sent', async () => {
  // A worker of its own would take what is due: what waits in this backup was due long ago.
  await asSuperuser(
    first,
    `insert into outbox_effect (tenant_id, id, kind, aggregate_type, aggregate_id, effect_key, payload, effect_class, state,
       attempts, strikes, created_at, next_attempt_at, fencing_token, in_doubt, is_begun)
     values ('${NORTHWIND}', gen_random_uuid(), 'brief.store', 'Handoff', gen_random_uuid(), 'waits', '{}', 'PUT', 'DEAD',
       8, 8, now(), now(), 8, false, false)`,
  );
  const waiting = join(first, 'waiting');
  const digest = /Digest (\w{64})/.exec(await run(['tenants', 'export', SLUG, '--out', waiting], here))![1]!;
  restored = await startPart('serve', '/graphql', { ...there, PORT: '0', LOG_LEVEL: 'info' });
  await killedAt(second, 'handoff', ['tenants', 'restore', waiting]);
  expect(await stateOf(second)).toBeUndefined();
  expectSentence(
    await countersign(['tenants', 'restore', waiting, '--digest', 'f'.repeat(64)], there),
    /manifest\.json has the digest \w{64}, not f{64}\.$/,
  );
  expect(await run(['tenants', 'restore', waiting, '--digest', digest], there)).toMatch(
    /^northwind-managed is back as it was at \S+, in epoch 2\.\n\d+ side effects are parked/,
  );
  const token = (await run(['token', SOFIA], there)).trim();
  expect((await ask(restored.address, token, operation('me'))).data).toMatchObject({ me: { handle: 'sofia.sales' } });
  const parked = `select count(*)::int as n from outbox_effect where state = 'PARKED' and reason = 'RESTORED' and tenant_id = '${NORTHWIND}'`;
  const before = await asSuperuser(second, parked);
  await restored.stop();
  restored = await startPart('start', 'Ctrl-C stops', { ...there, PORT: '0' });
  await pause(2000);
  expect(await asSuperuser(second, parked)).toEqual(before);
  expect(before[0]!.n).toBeGreaterThan(0);
  expect(await run(['ledger', 'verify'], there)).toMatch(new RegExp(`^${NORTHWIND}: \\d+ entries, all sound$`, 'm'));
  expectSentence(await countersign(['tenants', 'restore', waiting], there), /is in this database/);
});

it('refuses a tampered export with the name of the file', async () => {
  appendFileSync(join(backup, 'tables/person.ndjson'), '{}\n');
  expectSentence(
    await countersign(['tenants', 'restore', backup], there),
    /tables\/person\.ndjson is not the file that was/,
  );
});

it('offboards and exports, also after a kill, and ends every session', async () => {
  const token = (await run(['token', SOFIA], here)).trim();
  const me = (): Promise<any> => ask(working.address, token, operation('me')); // oxlint-disable-line typescript/no-explicit-any -- a test reads whatever it asked for
  expect((await me()).data).not.toBeNull();
  await killedAt(first, 'api_key', ['tenants', 'offboard', SLUG]);
  expect(await stateOf(first)).toBe('ACTIVE');
  expect(await run(['tenants', 'offboard', SLUG], here)).toBe(`${SLUG} is CLOSED.\n`);
  expect((await me()).errors[0].extensions.code).toBe('FORBIDDEN');
  // A refusal is an entry of the ledger: after the export it would make another one needed.
  expectSentence(await countersign(['tenants', 'suspend', NORTHWIND], here), /^The tenant is closed/);
  const offboard = ['tenants', 'offboard', SLUG, '--export', handover];
  // Killed while it exports: the lock holds who reads the rows.
  await heldAt(
    superuserUrl(first),
    'handoff',
    'access exclusive',
    () => countersign(offboard, { ...here, PGAPPNAME: DOOMED }),
    (pids, client) => client.query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [pids]),
    DOOMED,
  );
  expect(existsSync(join(handover, 'manifest.json'))).toBe(false);
  expect(await run(offboard, here)).toMatch(/^northwind-managed is CLOSED already\.\nnorthwind-managed: \d+ rows/);
  expect(await run(offboard, here)).toMatch(/holds its complete export already\.\n$/);
});

it('erases, also after a kill; a start does not bring it back', async () => {
  const erase = ['tenants', 'erase', SLUG, '--yes', SLUG, '--export', handover];
  expectSentence(
    await countersign(['tenants', 'erase', SLUG, '--yes', 'other', '--export', handover], here),
    /^--yes other is not northwind-managed: nothing was erased\.$/,
  );
  await killedAt(first, 'person', erase);
  expect(await stateOf(first)).toBe('ERASING');
  expect(await rowsOf(first, 'handoff')).toBe(0);
  expect(await rowsOf(first, 'person')).toBeGreaterThan(0);
  expectSentence(await countersign(['tenants', 'resume', NORTHWIND], here), /^There is no tenant/);
  expect(await run(erase, here)).toMatch(/^northwind-managed is erased\./);
  expect(await run(erase, here)).toMatch(/^northwind-managed is erased\./);
  expect([await stateOf(first), await rowsOf(first, 'person'), await rowsOf(first, 'ledger_entry')]).toEqual([
    'ERASED',
    0,
    0,
  ]);
  expect(existsSync(join(first, 'documents', NORTHWIND))).toBe(false);
  await working.stop();
  working = await startPart('start', 'Ctrl-C stops', { ...here, PORT: '0' });
  expect(await rowsOf(first, 'person')).toBe(0);
  expectSentence(
    await countersign(['tenants', 'apply', resolve('tenants/northwind-managed.yaml')], here),
    /^northwind-managed was erased here/,
  );
  expectSentence(await countersign(['tenants', 'restore', handover], here), /^northwind-managed was erased here at/);
  // The other sample tenant works as before.
  expect((await run(['ledger', 'verify'], here)).trim().split('\n')).toHaveLength(1);
});
