// What the ledger costs: a governed mutation over HTTP with its ledger row and the sealer at work, against the same
// pipeline without either. node bench/ledger.mjs [--rounds 12] [--json]: starts the product on its own PostgreSQL in a
// temporary folder; 16 clients in a process of their own; 1 tenant and 20; alternating slices; medians of ratios.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from '../scripts/prepare.mjs';

const CLIENTS = 16;
const SLICE_MS = 4000;
const SETTLE_MS = 200;
const argument = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? fallback : Number(process.argv[at + 1]);
};
/** Processor seconds that a server of PostgreSQL and its connections have used, ended ones too; Linux alone. */
function databaseSeconds(postmaster) {
  const TICKS = 100;
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    let stat;
    try {
      stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    } catch {
      continue;
    }
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent, user, system, endedUser, endedSystem] = [1, 11, 12, 13, 14].map((at) => fields[at]);
    if (Number(pid) === postmaster) ticks += user + system + endedUser + endedSystem;
    else if (parent === postmaster) ticks += user + system;
  }
  return ticks / TICKS;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** One request over a connection that stays open. */
function post(agent, address, token, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(`${address}/graphql`, {
      agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve(JSON.parse(Buffer.concat(parts).toString('utf8'))));
    });
    request.end(JSON.stringify(body));
  });
}

const REVISE = `mutation ($input: ReviseStatementInput!) { reviseStatement(input: $input) {
  __typename ... on Handoff { id revision } ... on Refused { findings { code } } } }`;

/** The clients: each line on standard input is an order to work for so many milliseconds. */
async function work() {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CLIENTS });
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    const { address, targets, milliseconds } = JSON.parse(line);
    const until = performance.now() + milliseconds;
    let done = 0;
    // Each client has handoffs of its own: the lock of one would otherwise be what is measured.
    await Promise.all(
      Array.from({ length: CLIENTS }, async (_, client) => {
        const own = targets.filter((_target, n) => n % CLIENTS === client);
        for (let turn = 0; performance.now() < until; turn++) {
          const target = own[turn % own.length];
          const { handoffId, statementId, revision, token } = target;
          const input = { handoffId, statementId, expectedRevision: revision, text: `Revised the ${turn}th time.` };
          const answer = await post(agent, address, token, { query: REVISE, variables: { input } });
          const row = answer.data?.reviseStatement;
          if (row?.__typename !== 'Handoff') throw new Error(JSON.stringify(answer));
          target.revision = row.revision;
          done += 1;
        }
      }),
    );
    console.log(JSON.stringify({ done, revisions: targets.map(({ revision }) => revision) }));
  }
}

async function measure() {
  build();
  const load = (path) => import(`../dist/src/${path}.js`);
  const { run } = await load('cli/serve');
  const { readConfig } = await load('core/config');
  const { readTenantFile, provision } = await load('cli/tenant-files');
  const { requestSandboxToken } = await load('sandbox/identity/client');
  const { newId } = await load('core/id');
  const { Sealer } = await load('core/ledger/sealer');
  const { openLedgerKeys } = await load('core/ledger/key-files');
  const { createLog } = await load('core/log');
  const rounds = argument('rounds', 12);
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  chmodSync(folder, 0o711);
  const config = {
    ...readConfig({ COUNTERSIGN_DATA: folder, REQUESTS_PER_MINUTE: '1000000', LOG_LEVEL: 'error' }, root),
    port: 0,
  };
  const stop = new AbortController().signal;
  const running = await run({ config, root, api: true, worker: false, prepare: true, stop });
  const { app, address } = running;
  const agent = new http.Agent({ keepAlive: true });
  const sample = readTenantFile(join(root, 'tenants/northwind-managed.yaml'));
  const deal = JSON.parse(readFileSync(join(root, 'samples/halopsa/managed-network-healthy.json'), 'utf8'));
  let deals = 8000;

  /** A tenant with so many handoffs, each with a statement to revise. */
  async function tenant(slug, handoffs) {
    const configuration = JSON.parse(JSON.stringify(sample.parsed.configuration));
    Object.assign(configuration.tenant, { id: newId(), entraTid: newId(), slug });
    for (const person of configuration.people) {
      person.id = newId();
      person.accounts = person.accounts.map((account) => ({ ...account, oid: newId() }));
    }
    await provision(app, { ...sample, parsed: { ...sample.parsed, configuration } });
    const seller = configuration.people.find(({ roles }) => roles.includes('SALES_MANAGER'));
    const { accessToken: token } = await requestSandboxToken(address, `${seller.key}@${slug}`);
    const ask = async (query, input) => {
      const { data, errors } = await post(agent, address, token, { query, variables: { input } });
      const row = Object.values(data ?? {})[0];
      if (row?.__typename !== 'Handoff') throw new Error(JSON.stringify(errors ?? data));
      return row;
    };
    const targets = [];
    for (let n = 0; n < handoffs; n++) {
      deals += 1;
      const client = { client_id: deals, client_name: `Client ${deals} Ltd` };
      Object.assign(deal.opportunity, { id: deals }, client);
      Object.assign(deal.quotation, { id: deals, ticket_id: deals }, client);
      const imported = await ask(
        'mutation ($input: ImportDealInput!) { importDeal(input: $input) { __typename ... on Handoff { id revision } } }',
        { payload: JSON.stringify(deal), serviceTemplate: 'managed-network' },
      );
      const added = await ask(
        'mutation ($input: AddStatementInput!) { addStatement(input: $input) { __typename ... on Handoff { id revision statements { id } } } }',
        {
          handoffId: imported.id,
          expectedRevision: imported.revision,
          kind: 'DEPENDENCY',
          text: 'To be revised.',
          source: 'A call.',
        },
      );
      const { id: handoffId, revision, statements } = added;
      targets.push({ handoffId, statementId: statements.at(-1).id, revision, token });
    }
    return targets;
  }

  const clients = spawn(process.execPath, [fileURLToPath(import.meta.url), '--clients'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const answers = createInterface({ input: clients.stdout })[Symbol.asyncIterator]();
  const [key] = openLedgerKeys(config.ledgerKey);
  const tenants = async () => (await app.registry.all()).map(({ tenantId }) => tenantId);
  const newSealer = () => new Sealer({ gateway: app.gateway, key, tenants, log: createLog('error') });

  const pidFile = readdirSync(folder, { recursive: true }).find((name) => name.endsWith('postmaster.pid'));
  const postmaster = Number(readFileSync(join(folder, pidFile), 'utf8').split('\n')[0]);
  const usedSeconds = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6 + databaseSeconds(postmaster);
  };

  /** Mutations a second, and processor time of server and database for each; what is left to seal at the end of a slice counts as its own work. */
  async function slice(targets, withLedger) {
    app.pipeline.options.record = withLedger ? undefined : () => [];
    const sealer = newSealer();
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const started = performance.now();
    const used = usedSeconds();
    if (withLedger) sealer.start();
    clients.stdin.write(`${JSON.stringify({ address, targets, milliseconds: SLICE_MS })}\n`);
    const { value } = await answers.next();
    if (value === undefined) throw new Error('The clients have ended.');
    const { done, revisions } = JSON.parse(value);
    if (withLedger) {
      await sealer.stop();
      await newSealer().pass();
    }
    const seconds = (performance.now() - started) / 1000;
    for (const [n, revision] of revisions.entries()) targets[n].revision = revision;
    return { rate: done / seconds, cost: ((usedSeconds() - used) * 1e6) / done };
  }

  async function compare(targets) {
    const pairs = [];
    await slice(targets, true);
    await slice(targets, false);
    for (let round = 0; round < rounds; round++) {
      const first = round % 2 === 0;
      const a = await slice(targets, first);
      const b = await slice(targets, !first);
      pairs.push(first ? { on: a, off: b } : { on: b, off: a });
    }
    const of = (read) => median(pairs.map(read));
    return {
      withPerSecond: Math.trunc(of(({ on }) => on.rate)),
      withoutPerSecond: Math.trunc(of(({ off }) => off.rate)),
      ratio: Number(of(({ on, off }) => on.rate / off.rate).toPrecision(3)),
      // On a machine that does other things as well this is the steadier figure.
      microsecondsWith: Math.trunc(of(({ on }) => on.cost)),
      microsecondsWithout: Math.trunc(of(({ off }) => off.cost)),
      costRatio: Number(of(({ on, off }) => on.cost / off.cost).toPrecision(3)),
    };
  }

  const result = { node: process.version, clients: CLIENTS, rounds, sliceMs: SLICE_MS };
  const one = await tenant('bench-one', CLIENTS);
  result.oneTenant = await compare(one);
  const many = [];
  for (let n = 0; n < 20; n++) many.push(...(await tenant(`bench-${n}`, 4)));
  // Client by client in turn through the tenants, so that all clients work in all of them.
  result.twentyTenants = await compare(many.toSorted((a, b) => (a.handoffId < b.handoffId ? -1 : 1)));
  clients.stdin.end();
  agent.destroy();
  await running.stop();
  rmSync(folder, { recursive: true, force: true });
  const told = (found) =>
    `${found.ratio} of the throughput (${found.withPerSecond} against ${found.withoutPerSecond} a second) at ${found.costRatio} times the processor time (${found.microsecondsWith} against ${found.microsecondsWithout} µs)`;
  console.log(
    process.argv.includes('--json')
      ? JSON.stringify(result)
      : `ledger and sealer against none: ${told(result.oneTenant)} with 1 tenant, ${told(result.twentyTenants)} with 20; Node ${result.node}, ${CLIENTS} clients over HTTP, medians of ${rounds} alternating slices`,
  );
}

await (process.argv.includes('--clients') ? work() : measure());
