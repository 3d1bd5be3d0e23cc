// The field of a run: every server that is compared, started over one stage and shown to answer and to write the same.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changeRequest, COMPARED, COMPUTED, readRequest } from './comparison.mjs';
import { difference, grown, plainAnswer, rowCounts, writtenRows } from './equal.mjs';
import { send } from './graphql.mjs';
import { root } from './product.mjs';
import { recordedChange, recordedRead } from './recorded.mjs';
import { startServer } from './servers.mjs';
import { CHANGES, copyUnits } from './units.mjs';

const RIVALS = join(root, 'bench', 'rivals');
const POOL = 10;

/** Handoffs of each reader that are asked for one by one. */
const ONES = 20;

/** Installs the rivals' packages where their lock file says another thing than what is there. */
export function installRivals(log) {
  const lock = readFileSync(join(RIVALS, 'package-lock.json'), 'utf8');
  const mark = join(RIVALS, 'node_modules', '.bench-lock');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return;
  log('installing the rivals into bench/rivals/node_modules');
  const options = ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const { status } = spawnSync('npm', options, { cwd: RIVALS, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('npm ci in bench/rivals did not work.');
  writeFileSync(mark, lock);
}

/** Whether an operation changes something. */
export const isChange = (name) => CHANGES.includes(name);

/**
 * Starts the servers that these operations are compared over, records for the limit what ours sends, and answers `{ servers,
 * requests, statements, close }`: by operation and server what a connection sends, and how many statements it takes.
 */
export async function openField({ stage, operations, connections, log }) {
  const servers = {};
  const close = () => Promise.all(Object.values(servers).map((server) => server.stop()));
  try {
    const names = new Set(operations.flatMap((name) => COMPARED[name]));
    servers.ours = await stage.ours();
    for (const name of ['tenancy-off', 'abilities-off', 'compile-off'])
      if (names.has(name)) servers[name] = await stage.ours(name);
    await stage.asSuperuser((client) => prepareRival(client, stage.appUrl));
    const settings = { databaseUrl: stage.appUrl, poolSize: POOL };
    for (const name of ['postgraphile', 'dataloader', 'typeorm']) {
      if (!names.has(name)) continue;
      const nodeOptions = name === 'postgraphile' ? ['-r', join(RIVALS, 'polyfill.cjs')] : [];
      servers[name] = await startServer({ name, file: join(RIVALS, `${name}.mjs`), settings, nodeOptions });
    }
    const readers = stage.readers.slice(0, connections);
    const ids = operations.includes('one') ? await idsOf(servers.ours, readers) : [];
    const field = { stage, servers, readers, ids, connections, counts: {}, log };
    const replays = await recordAll(field, operations);
    const replaysFile = join(stage.folder, 'replays.json');
    writeFileSync(replaysFile, JSON.stringify(replays));
    servers.limit = await startServer({
      name: 'limit',
      file: join(root, 'bench', 'servers', 'limit.mjs'),
      settings: { ...settings, replaysFile },
    });
    for (const name of operations) {
      if (isChange(name)) await checkChange(field, name);
      else await checkRead(field, name);
      log(`${name}: ${COMPARED[name].join(', ')} ${isChange(name) ? 'write' : 'answer'} the same`);
    }
    return { ...field, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The function that PostGraphile serves for a change, and the right of its role to call it. */
async function prepareRival(client, appUrl) {
  await client.query(readFileSync(join(RIVALS, 'submit-evidence.sql'), 'utf8'));
  const role = decodeURIComponent(new URL(appUrl).username);
  await client.query(`grant usage on schema bench_api to "${role}"`);
  await client.query(`grant execute on all functions in schema bench_api to "${role}"`);
}

/** The handoffs of each reader's newest page. */
async function idsOf(server, readers) {
  const ids = [];
  for (const [at, reader] of readers.entries()) {
    const { text } = await send(server.url, readRequest('ours', 'page', reader, at));
    ids.push(
      JSON.parse(text)
        .data.handoffs.edges.slice(0, ONES)
        .map(({ node }) => node.id),
    );
  }
  return ids;
}

/** What a reader sends for a read: one request, or one for each of their handoffs. */
export function requestsOf({ readers, ids }, server, name, at) {
  const place = at % readers.length;
  const variables = name === 'one' ? ids[place].map((id) => ({ id })) : [{}];
  return variables.map((values) => readRequest(server, name, readers[place], place, values));
}

/** Each is asked once before it is recorded: what a process reads once, the limit is spared as well. */
async function recordAll(field, operations) {
  const { servers, readers, stage, counts } = field;
  const replays = {};
  for (const name of operations.filter((one) => COMPUTED.includes(one)))
    for (const [at, reader] of readers.entries()) {
      const request = readRequest('ours', name, reader, at);
      await send(servers.ours.url, request);
      const { answer, statements } = await servers.ours.record(() => send(servers.ours.url, request));
      plainAnswer(answer.text);
      const key = `${name}:${at}`;
      replays[key] = recordedRead({ key, tenant: reader.tenant, statements, answer: answer.text });
    }
  for (const name of operations.filter(isChange))
    for (const [at, unit] of stage.units[name].entries()) {
      const [earlier, copy] = await stage.asSuperuser((client) => copyUnits(client, unit, 2));
      assertChanged(name, 'ours', await send(servers.ours.url, changeRequest('ours', unit, at, earlier)));
      const request = changeRequest('ours', unit, at, copy);
      const { answer, statements } = await servers.ours.record(() => send(servers.ours.url, request));
      assertChanged(name, 'ours', answer);
      const key = `${name}:${at}`;
      replays[key] = recordedChange({ key, unit, copy, statements, answer: answer.text });
      (counts[name] ??= {}).ours = statements.length;
    }
  return replays;
}

/** A variant that still names the tenant would measure nothing. */
function assertVariant(server, statements) {
  if (server === 'tenancy-off' && statements.some(({ text }) => text.includes('app.tenant_id')))
    throw new Error('tenancy-off names the tenant in a statement that bench/servers/ours.mjs does not know');
}

function assertChanged(name, server, { status, text }) {
  if (status !== 200 || text.includes('"errors"') || text.includes('"Refused"'))
    throw new Error(`${name} by ${server}: ${status} ${text.slice(0, 1000)}`);
}

/** Every server's answer to three readers: of ours and the limit the same bytes, of the others the same data. */
async function checkRead(field, name) {
  const { servers, counts } = field;
  counts[name] = {};
  for (const at of [0, 1, field.readers.length - 1]) {
    const texts = {};
    for (const server of COMPARED[name]) {
      const [request] = requestsOf(field, server, name, at);
      const { answer, statements } = await servers[server].record(() => send(servers[server].url, request));
      if (answer.status !== 200)
        throw new Error(`${name} by ${server}: ${answer.status} ${answer.text.slice(0, 2000)}`);
      texts[server] = answer.text;
      counts[name][server] = server === 'limit' && statements.length === 1 ? 2 : statements.length;
    }
    for (const [server, text] of Object.entries(texts)) {
      const isExact = !['postgraphile', 'dataloader', 'typeorm'].includes(server);
      const found = isExact ? difference(texts.ours, text) : difference(plainAnswer(texts.ours), plainAnswer(text));
      if (found) throw new Error(`${name}: ${server} answers another thing than ours ${found}`);
    }
  }
}

/** What every server writes for a copy of its own: ours and the limit the same rows, the others as many in each table. */
async function checkChange(field, name) {
  const { servers, stage, counts } = field;
  const [unit] = stage.units[name];
  const tables = await stage.asSuperuser(uuidTables);
  const seen = {};
  for (const server of COMPARED[name]) {
    seen[server] = await stage.asSuperuser(async (client) => {
      const [copy] = await copyUnits(client, unit, 1);
      const before = await rowCounts(client, unit.tenant.id);
      const request = changeRequest(server, unit, 0, copy);
      const { answer, statements } = await servers[server].record(() => send(servers[server].url, request));
      assertVariant(server, statements);
      assertChanged(name, server, answer);
      counts[name][server] = statements.length;
      const rows = await writtenRows(client, unit, tables, copy);
      return { grown: grown(before, await rowCounts(client, unit.tenant.id)), rows };
    });
  }
  for (const [server, { grown: tally, rows }] of Object.entries(seen)) {
    if (tally !== seen.ours.grown) throw new Error(`${name}: ours wrote ${seen.ours.grown}, ${server} ${tally}`);
    const found = server === 'postgraphile' ? null : difference(seen.ours.rows, rows);
    if (found) throw new Error(`${name}: ${server} wrote other rows than ours ${found}`);
  }
}

/** Tables whose rows can name a handoff, save the ledger and what is written about whole tenants. */
async function uuidTables(client) {
  const { rows } = await client.query(
    `select c.relname as table, array_agg(a.attname::text) as names
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.atttypid = 'uuid'::regtype
        and exists (select 1 from pg_attribute t where t.attrelid = c.oid and t.attname = 'tenant_id')
      group by c.relname order by 1`,
  );
  return rows;
}
