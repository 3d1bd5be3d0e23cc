import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAULTS } from '../../src/sandbox/halopsa/faults.js';
import { HaloClient, type Json } from '../kit/halopsa.js';

let client: HaloClient;

beforeEach(async () => {
  client = await HaloClient.start();
});
afterEach(() => client.close());

const PROJECT = [{ tickettype_id: 5, summary: '[H-7] Rollout', client_id: 12, donotapplytemplateintheapi: true }];

/** How many projects there are, counted from inside. */
function projects(): number {
  return client.halo.store.all('ticket').filter(({ tickettype_id }) => tickettype_id === 5).length;
}

/** Sends a project; answers the status, or that no answer came. */
async function send(): Promise<number | 'NO_ANSWER'> {
  try {
    return (await client.post('/Projects', PROJECT)).status;
  } catch {
    return 'NO_ANSWER';
  }
}

describe('a scripted fault', () => {
  it.each([
    { what: 'a 429 before', fault: FAULTS.throttled('7'), told: 429, done: 0 },
    { what: 'a 500 before', fault: FAULTS.failsBefore(), told: 500, done: 0 },
    { what: 'an HTML page before', fault: FAULTS.htmlPage(), told: 502, done: 0 },
    { what: 'a reset before', fault: FAULTS.resetBefore(), told: 'NO_ANSWER', done: 0 },
    { what: 'a 500 after', fault: FAULTS.failsAfter(), told: 500, done: 1 },
    { what: 'a reset after', fault: FAULTS.resetAfter(), told: 'NO_ANSWER', done: 1 },
    { what: 'a hanging answer', fault: FAULTS.hangsAfter(), told: 'NO_ANSWER', done: 1 },
    { what: 'half an answer', fault: FAULTS.cutAnswer(), told: 'NO_ANSWER', done: 1 },
    { what: 'a slow answer', fault: FAULTS.slowAnswer(50), told: 200, done: 1 },
    { what: 'a pause', fault: FAULTS.slow(50), told: 200, done: 1 },
  ])('$what strikes once, with its effect or without', async ({ fault, told, done }) => {
    client.halo.faults.add({ ...fault, method: 'POST', path: '/projects' });
    expect(await send()).toBe(told);
    expect(projects()).toBe(done);
    const [entry] = client.halo.log.list({ path: '/Projects' });
    expect(entry).toMatchObject({ method: 'POST', effects: done ? [{ change: 'CREATED', kind: 'PROJECT' }] : [] });
    expect(await send()).toBe(200);
    expect(projects()).toBe(done + 1);
  });

  it('is answered at once and done when it is released', async () => {
    client.halo.faults.add({ ...FAULTS.doneLate(), path: '/Projects' });
    expect(await send()).toBe(504);
    expect(projects()).toBe(0);
    expect((await client.control('POST', 'faults/release')).status).toBe(200);
    expect(projects()).toBe(1);
    expect(client.halo.log.list({ path: '/Projects' })).toMatchObject([
      { status: 504, effects: [{ kind: 'PROJECT' }] },
    ]);
  });

  it('says when to come again', async () => {
    client.halo.faults.add({ ...FAULTS.throttled('7'), path: '/Status' });
    expect((await client.get('/Status')).headers.get('retry-after')).toBe('7');
  });

  it('drops a field in silence', async () => {
    client.halo.faults.add({ ...FAULTS.drops('client_id'), path: '/Projects' });
    const { status, body } = await client.post('/Projects', PROJECT);
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('client_id');
    expect(client.halo.log.list({ path: '/Projects' })[0]?.dropped).toEqual(['client_id']);
  });

  it('strikes after some have passed, by what the body holds, and until it is cleared', async () => {
    client.halo.faults.add({ ...FAULTS.failsBefore(), body: 'H-7', after: 1, times: null });
    expect([await send(), await send(), await send()]).toEqual([200, 500, 500]);
    expect((await client.post('/Projects', [{ ...PROJECT[0], summary: 'Other' }])).status).toBe(200);
    client.halo.faults.clear();
    expect(await send()).toBe(200);
  });

  it('strikes by chance, the same way for the same seed', async () => {
    const run = async (): Promise<(number | 'NO_ANSWER')[]> => {
      client.halo.configure({ seed: 42 });
      client.halo.faults.clear();
      client.halo.faults.add({ ...FAULTS.failsAfter(), chance: 0.3, times: null });
      const told: (number | 'NO_ANSWER')[] = [];
      for (let number = 0; number < 30; number += 1) told.push(await send());
      return told;
    };
    const [one, two] = [await run(), await run()];
    expect(one).toEqual(two);
    expect(new Set(one)).toEqual(new Set([200, 500]));
  });

  it('strikes the token endpoint', async () => {
    client.halo.faults.add({ ...FAULTS.failsBefore(503), path: '/auth/token' });
    expect((await client.askToken()).status).toBe(503);
    expect((await client.askToken()).status).toBe(200);
  });
});

describe('the control calls', () => {
  it('script faults and settings, and show the log, over HTTP', async () => {
    expect((await client.control('POST', 'faults', { path: '/Projects', breaks: { kind: 'RESET' } })).status).toBe(200);
    expect(await send()).toBe('NO_ANSWER');
    const log = (await client.control('GET', 'log?method=POST&path=/Projects')).body as unknown as Json[];
    expect(log).toMatchObject([{ status: null, fault: 'RESET', effects: [{ kind: 'PROJECT' }] }]);
    expect((await client.control('PATCH', 'settings', { pageCap: 2 })).body).toMatchObject({ pageCap: 2 });
    expect(await client.rows('/Status')).toHaveLength(2);
    expect((await client.control('DELETE', 'log')).status).toBe(200);
    expect(client.halo.log.list()).toEqual([]);
    const sample = JSON.parse(readFileSync('samples/halopsa/managed-network-healthy.json', 'utf8')) as Json;
    expect((await client.control('POST', 'deals', { deal: sample, id: 7001, stage: 3 })).body).toEqual({ id: 7001 });
    expect((await client.get('/Opportunities/7001')).body).toMatchObject({ pipeline_stage_name: 'Proposal' });
    await client.control('POST', 'reset');
    expect((await client.get('/Opportunities/7001')).status).toBe(404);
  });

  it.each([
    { path: 'faults', body: { breakz: 1 }, message: 'additional' },
    { path: 'faults', body: { breaks: { kind: 'EXPLODE' } }, message: 'kind' },
    { path: 'acts/dance', body: {}, message: 'there are win' },
    { path: 'acts/win', body: {}, message: 'id=<number>' },
    { path: 'acts/task', body: { id: 2205 }, message: 'no task' },
    { path: 'deals', body: { deal: { id: 1 } }, message: 'quotation' },
    { path: 'webhooks', body: { always: 'MAYBE' }, message: 'always' },
  ])('refuse what they cannot take at $path', async ({ path, body, message }) => {
    const answer = await client.control('POST', path, body);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.body.message).toContain(message);
    expect((await client.control('PATCH', 'settings', { pagecap: 1 })).body.message).toContain('pagecap');
    expect((await client.control('PATCH', 'settings', { pageCap: 'many' })).body.message).toContain('number');
  });

  it.each([
    { why: 'another host name', headers: { host: 'evil.example' }, status: 421 },
    { why: "another page's form", headers: { origin: 'https://evil.example' }, status: 403 },
  ])('are not there for $why', async ({ headers, status }) => {
    const url = `${client.simulator.origin}/sandbox/halopsa/acme-msp/control/reset`;
    const answered = await new Promise<number | undefined>((resolve, reject) => {
      request(url, { method: 'POST', headers }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(answered).toBe(status);
  });

  it('a page shows what stands there, and its buttons act', async () => {
    const page = `${client.simulator.origin}/sandbox/halopsa/acme-msp/`;
    await client.project({ summary: '<b>H-1</b>' });
    const response = await fetch(page);
    const html = await response.text();
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(html).toContain('Acme – managed network');
    expect(html).toContain('&lt;b&gt;H-1&lt;/b&gt;');
    const act = (id: string) =>
      fetch(`${page}control/acts/win`, { method: 'POST', body: new URLSearchParams({ id }), redirect: 'manual' });
    expect((await act('2206')).status).toBe(303);
    expect((await client.get('/Opportunities/2206')).body).toMatchObject({ status_name: 'Won' });
    expect(await (await act('2206')).text()).toContain('does not allow');
  });
});

describe('what is kept', () => {
  it('outlives the process, but for what was never answered', async () => {
    const stateFolder = mkdtempSync(join(tmpdir(), 'countersign-halopsa-'));
    const first = await HaloClient.start({ stateFolder });
    const { projectId } = await first.project();
    await first.control('POST', 'acts/delete', { id: 2209 });
    await first.close();
    // A process that ends while it writes leaves half a line.
    appendFileSync(join(stateFolder, 'acme-msp.ndjson'), '["put","ticket",{"id":1,"sum');
    const second = await HaloClient.start({ stateFolder });
    const { body } = await second.get(`/Projects/${projectId}?includedetails=true`);
    const gone = await second.get('/Opportunities/2209');
    const next = await second.project();
    await second.close();
    rmSync(stateFolder, { recursive: true });
    expect(body).toMatchObject({
      summary: '[H-1] Rollout',
      milestones: [{ tickets: [{ ticket_name: '[H-1/T-01] Install' }] }],
    });
    expect(gone.status).toBe(404);
    expect(next.projectId).toBeGreaterThan(projectId);
  });
});
