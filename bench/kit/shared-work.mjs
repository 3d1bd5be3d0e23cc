// Two API processes and three workers on one database: they answer alike, double nothing, and share the load.
import { Agent, createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { ask } from './ask.mjs';
import { load, root } from './product.mjs';
import { startServer } from './servers.mjs';

const { databaseClock } = await load('src/core/clock');
const { newId } = await load('src/core/id');
const { HintSender } = await load('src/core/outbox/hints');
const { enqueue } = await load('src/core/outbox/message');
const { checkReporting } = await load('src/reporting/check');

const WORKERS = 3;
/** How long the workers may take for everything. */
const WITHIN_MS = 300_000;

/**
 * Asks both APIs the same reads, makes the same changes at both at once, enqueues effects in all tenants, and waits for the
 * workers. Answers what was counted; `faults` is empty when it is as it must be.
 */
export async function sharedWork({ stage, apis, reads, changes, effects, log }) {
  const faults = [];
  const agent = new Agent({ keepAlive: true });
  const received = new Map();
  const receiver = createServer((request, response) => {
    const { 'x-worker': worker, 'x-effect': effect } = request.headers;
    received.set(effect, [...(received.get(effect) ?? []), worker]);
    request.resume();
    response.writeHead(201).end();
  });
  await new Promise((listening) => receiver.listen(0, '127.0.0.1', listening));
  const workers = [];
  try {
    for (let n = 1; n <= WORKERS; n++)
      workers.push(
        await startServer({
          name: `worker ${n}`,
          file: join(root, 'bench', 'servers', 'worker.mjs'),
          settings: {
            root,
            name: String(n),
            databaseUrl: stage.appUrl,
            folder: stage.folder,
            receiver: `http://127.0.0.1:${receiver.address().port}`,
          },
        }),
      );
    const answers = await answeredAlike({ agent, apis, reads, faults });
    const made = await changedOnce({ agent, apis, changes, faults });
    const keys = await enqueueEffects(stage, effects);
    log(`asked ${answers} reads and ${made} changes of two APIs, enqueued ${keys.length} effects`);
    const isDone = async () => received.size >= keys.length && (await pending(stage)) === 0;
    for (const until = Date.now() + WITHIN_MS; Date.now() < until && !(await isDone());) await pause(250);
    // Whoever does something twice does it now.
    await pause(2000);

    const missing = keys.filter((key) => !received.has(key)).length;
    const doubled = keys.filter((key) => (received.get(key) ?? []).length > 1).length;
    if (missing > 0) faults.push(`${missing} effects were not done`);
    if (doubled > 0) faults.push(`${doubled} effects were done twice`);
    const shares = {};
    for (const by of received.values()) for (const worker of by) shares[worker] = (shares[worker] ?? 0) + 1;
    for (let n = 1; n <= WORKERS; n++)
      if ((shares[n] ?? 0) < keys.length / WORKERS / 10)
        faults.push(`worker ${n} did ${shares[n] ?? 0} of ${keys.length} effects`);
    const sealed = await sealedOnce(stage, faults);
    const compared = await projectedRight(stage, faults);
    return { answers, changes: made, effects: keys.length, shares, ...sealed, compared, faults };
  } finally {
    for (const worker of workers) await worker.stop();
    agent.destroy();
    await new Promise((closed) => {
      receiver.close(closed);
      receiver.closeAllConnections();
    });
  }
}

async function answeredAlike({ agent, apis, reads, faults }) {
  for (const { name, request } of reads) {
    const answers = await Promise.all(apis.map(({ url }) => ask(agent, url, request)));
    if (answers.some(({ text }) => text.includes('"errors":')))
      faults.push(`${name} was refused: ${answers[0].text.slice(0, 300)}`);
    if (new Set(answers.map(({ text }) => text)).size > 1) faults.push(`${name} is answered in two ways`);
  }
  return reads.length;
}

/** Both APIs are sent the same change at once under one idempotency key: one makes it, and both say so. */
async function changedOnce({ agent, apis, changes, faults }) {
  for (const { request, count } of changes) {
    const headers = { ...request.headers, 'idempotency-key': newId() };
    const before = await count();
    const answers = await Promise.all(apis.map(({ url }) => ask(agent, url, { ...request, headers })));
    const again = await ask(agent, apis[0].url, { ...request, headers });
    const made = (await count()) - before;
    if (made !== 1)
      faults.push(`a change that was sent three times was made ${made} times: ${answers[0].text.slice(0, 300)}`);
    // One that is still under way elsewhere may be refused; once it has been made, all answers are the same.
    const isRight = ({ text }) => text === again.text || text.includes('IDEMPOTENCY');
    if (!answers.every(isRight)) faults.push('a change that was sent again was answered in another way');
  }
  return changes.length;
}

async function enqueueEffects({ tenants, gateway }, count) {
  const connection = gateway();
  const { hint } = new HintSender(connection, pino({ level: 'silent' }));
  const keys = [];
  for (let n = 0; n < count; n++) {
    const tenantId = tenants[n % tenants.length].id;
    const effectKey = newId();
    const message = {
      kind: 'bench.effect',
      aggregate: { type: 'Handoff', id: newId() },
      effectKey,
      payload: {},
      vendor: 'HALOPSA',
    };
    const { now } = await connection.read(tenantId, { now: databaseClock.now() });
    await connection.transaction(tenantId, (tx) => tx.commit(enqueue([message], now, newId)));
    hint(tenantId);
    keys.push(effectKey);
  }
  return keys;
}

/** Entries that wait for a sealer, and tenants whose reports are behind, in all tenants. */
const pending = ({ asSuperuser }) =>
  asSuperuser(async (client) => {
    const { rows } = await client.query(
      `select (select count(*) from ledger_pending)::int + (select count(*) from ledger_head h
        left join reporting_progress p using (tenant_id)
        where p.rebuilt_to is not null or p.projected_seq is distinct from h.seq)::int as n`,
    );
    return rows[0].n;
  });

/** Every entry has one number of its tenant's ledger, and no number is left out. */
const sealedOnce = ({ asSuperuser }, faults) =>
  asSuperuser(async (client) => {
    const { rows } = await client.query(
      `select (select count(*) from ledger_entry)::int as entries, (select count(*) from ledger_seal)::int as seals,
        (select count(*) from (select tenant_id from ledger_seal group by tenant_id
          having count(*) <> max(seq) or count(distinct entry_id) <> count(*)) t)::int as broken`,
    );
    const [{ entries, seals, broken }] = rows;
    if (entries !== seals || broken > 0)
      faults.push(`${entries} entries of the ledgers have ${seals} numbers; ${broken} ledgers have gaps`);
    return { sealed: seals };
  });

async function projectedRight({ tenants, gateway }, faults) {
  const connection = gateway();
  let compared = 0;
  for (const { id } of tenants) {
    const { isBuilt, handoffs, differences } = await checkReporting(connection, id);
    if (!isBuilt || differences.length > 0) faults.push(`the reports of a tenant differ in ${differences.length} rows`);
    compared += handoffs;
  }
  return compared;
}
