// The limit: what plain node:http and pg can do at best. A read is one statement that builds the answer's text, sent with its
// tenant in one round trip; a change is the same lock, the same reads and the same rows as ours in two flushes, without any
// decision. No GraphQL, no sign-in, no abilities: tenant and operation are told in headers.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import pg from 'pg';
import { announce, settings } from './child.mjs';
import { recorderOf } from './recorder.mjs';
import { READS } from './limit-reads.mjs';
import { replayOf } from './limit-replay.mjs';
import { oneTrip } from './one-trip.mjs';

const { databaseUrl, poolSize, replaysFile } = settings;
const replays = JSON.parse(readFileSync(replaysFile, 'utf8'));
const recorder = recorderOf(pg);
const pool = new pg.Pool({ connectionString: databaseUrl, max: poolSize });
const changes = Object.fromEntries(Object.entries(replays).map(([key, replay]) => [key, replayOf(replay)]));

const SET_TENANT = "select set_config('app.tenant_id', $1, true)";

const read = ({ text, name }, tenant, variables) =>
  connected(async (client) => {
    const set = { name: 'set_tenant', text: SET_TENANT, values: [tenant] };
    const rows = await oneTrip(client, [set, { name, text, values: [tenant, ...Object.values(variables)] }]);
    return rows[1]?.[0] ?? null;
  });

const replay = (key, copy) => connected((client) => changes[key](client, copy));

async function connected(work) {
  const client = await pool.connect();
  try {
    const answer = await work(client);
    client.release();
    return answer;
  } catch (error) {
    // Its transaction is still open: when a slice ends, the load tool sends the last change a second time.
    client.release(true);
    throw error;
  }
}

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    const { 'x-operation': name, 'x-tenant': tenant, 'x-replay': key, 'x-copy': copy } = request.headers;
    const work = key ? replay(key, Number(copy)) : read(READS[name], tenant, JSON.parse(body).variables ?? {});
    work.then(
      (text) => {
        response.writeHead(200, {
          'content-type': 'application/json; charset=utf-8',
          'content-length': Buffer.byteLength(text),
        });
        response.end(text);
      },
      (error) => {
        console.error(error);
        response.writeHead(500).end(String(error));
      },
    );
  });
});
server.listen(0, '127.0.0.1', () => announce(`http://127.0.0.1:${server.address().port}/`, recorder));
