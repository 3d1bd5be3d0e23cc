import { startMicrosoft } from '../../src/sandbox/microsoft/mount.js';
import { DEFAULT_SETTINGS } from '../../src/sandbox/microsoft/settings.js';
import { call, CARD, OID, payload, TID, useMicrosoft } from './microsoft.kit.js';

describe('the simulated Teams and mail, and faults', () => {
  const m = useMicrosoft();

  describe('the Workflows webhook', () => {
    const post = (json: unknown, url = m.sample.workflowUrl) => call(m.running.base, 'POST', url, { json });
    const failedRuns = () => m.running.simulator.world.store.all('run').filter((run) => run.state === 'Failed');

    it('answers 202 with nothing, and the card stands in the channel', async () => {
      const answer = await post(payload(CARD));
      expect([answer.status, answer.json.text]).toEqual([202, '']);
      const [message] = m.running.simulator.world.store.all('message');
      expect(m.running.simulator.people.buttons(message!.id)).toEqual([
        { title: 'Open decision', url: 'https://countersign.example/d/42' },
      ]);
      expect(m.running.simulator.world.log.count('card.posted')).toBe(1);
    });

    it.each([
      { what: 'no version', card: { ...CARD, version: undefined }, reason: /version/ },
      { what: 'a version that clients do not know', card: { ...CARD, version: '1.6' }, reason: /above 1.5/ },
      {
        what: 'Action.Submit',
        card: { ...CARD, actions: [{ type: 'Action.Submit', title: 'Yes' }] },
        reason: /malformed/,
      },
      { what: 'a mention that is not in the text', card: { ...CARD, body: [] }, reason: /mention/ },
      {
        what: 'more than 28 KB',
        card: {
          ...CARD,
          body: [
            { type: 'TextBlock', text: 'x'.repeat(15_000) },
            { type: 'TextBlock', text: 'x'.repeat(15_000) },
          ],
        },
        reason: /too large/,
      },
    ])('accepts $what all the same, and the run fails unseen', async ({ card, reason }) => {
      expect((await post(payload(card))).status).toBe(202);
      expect(failedRuns().map((run) => run.reason)).toEqual([expect.stringMatching(reason)]);
      expect(m.running.simulator.world.store.all('message')).toEqual([]);
    });

    it('refuses what the trigger can tell: payload, signature, flow, pace', async () => {
      expect((await post({ text: 'hello' })).status).toBe(400);
      expect((await post(payload(CARD), m.sample.workflowUrl.replace(/sig=.*/, 'sig=x'))).status).toBe(401);
      m.running.simulator.people.setWorkflow(TID, 'deleted');
      expect((await post(payload(CARD))).status).toBe(404);
      m.running.simulator.people.setWorkflow(TID, 'on');
      m.now = new Date(m.now.getTime() + 1000);
      const statuses = [];
      for (let number = 0; number < 5; number += 1) statuses.push((await post(payload(CARD))).status);
      expect(statuses).toEqual([202, 202, 202, 202, 429]);
      expect((await post({}, 'https://contoso.webhook.office.com/webhookb2/x')).status).toBe(410);
    });

    it('keeps the signature out of the log', async () => {
      await post(payload(CARD));
      const signature = new URL(m.sample.workflowUrl).searchParams.get('sig')!;
      expect(JSON.stringify(m.running.simulator.world.log.list('workflow.trigger'))).not.toContain(signature);
    });
  });

  describe('mail', () => {
    const json = {
      message: {
        subject: 'A handoff is yours',
        body: { contentType: 'Text', content: 'Open it.' },
        toRecipients: [{ emailAddress: { address: 'dana@northwind-managed.onmicrosoft.com' } }],
      },
      saveToSentItems: false,
    };

    it('goes out from the one mailbox with 202, and from no other', async () => {
      expect((await m.graph('POST', `/users/${m.sample.mailbox}/sendMail`, { json })).status).toBe(202);
      const other = await m.graph('POST', '/users/dana@northwind-managed.onmicrosoft.com/sendMail', { json });
      expect([other.status, other.json.error.code]).toEqual([403, 'ErrorAccessDenied']);
      expect(m.running.simulator.world.log.count('mail.sent')).toBe(1);
    });
  });

  describe('faults', () => {
    it('throttles by resource units: warns from 80 %, then 429 until the minute is over', async () => {
      m.running.simulator.world.settings = { ...DEFAULT_SETTINGS, unitsPerMinute: 10 };
      m.now = new Date(Math.ceil((m.now.getTime() + 1) / 60_000) * 60_000);
      const answers = [];
      for (let number = 0; number < 11; number += 1) answers.push(await m.graph('GET', `/drives/${m.drive}`));
      expect(answers.map((one) => one.status)).toEqual([...Array(10).fill(200), 429]);
      expect([answers[7]!.headers.get('ratelimit-remaining'), answers[8]!.headers.get('ratelimit-remaining')]).toEqual([
        null,
        '1',
      ]);
      expect(Number(answers[10]!.headers.get('retry-after'))).toBe(60);
      m.now = new Date(m.now.getTime() + 60_000);
      expect((await m.graph('GET', `/drives/${m.drive}`)).status).toBe(200);
    });

    it('fails after doing: the file is there though the answer is 500', async () => {
      m.running.simulator.world.faults.arm({ operation: 'content.put', kind: 'status', status: 500, at: 'after' });
      expect((await m.put('brief.md', 'x')).status).toBe(500);
      expect(m.running.simulator.world.log.count('file.created')).toBe(1);
      expect((await m.graph('GET', m.atPath('brief.md'))).status).toBe(200);
    });

    it('fails before doing, resets, cuts and garbles', async () => {
      const { faults } = m.running.simulator.world;
      faults.arm({ operation: 'content.put', kind: 'status', status: 503, form: 'html', retryAfter: '7' });
      const page = await m.put('a.md', 'x');
      expect([page.status, page.headers.get('retry-after'), page.json.text?.startsWith('<!DOCTYPE')]).toEqual([
        503,
        '7',
        true,
      ]);
      faults.arm({ operation: 'content.put', kind: 'reset', at: 'after' });
      await expect(m.put('b.md', 'x')).rejects.toThrow();
      faults.arm({ operation: 'content.put', kind: 'cut' });
      await expect(m.put('c.md', 'x')).rejects.toThrow();
      faults.arm({ operation: 'content.put', kind: 'malformed' });
      await expect(m.put('d.md', 'x')).rejects.toThrow();
      faults.arm({ operation: 'item.get', kind: 'slow', delayMs: 50, path: 'b.md' });
      expect((await m.graph('GET', m.atPath('b.md'))).status).toBe(200);
      expect(m.running.simulator.world.log.count('file.created')).toBe(3);
    });

    it('repeats random faults from the seed', async () => {
      const draw = async () => {
        const other = await startMicrosoft({ seed: 42 });
        other.simulator.world.faults.arm({ chance: 0.5, times: 0, kind: 'status', status: 500 });
        const statuses = [];
        for (let number = 0; number < 12; number += 1)
          statuses.push((await call(other.base, 'GET', '/drives/x')).status);
        await other.close();
        return statuses;
      };
      const first = await draw();
      expect(await draw()).toEqual(first);
      expect(new Set(first).size).toBe(2);
    });

    it('answers 501 to what it does not simulate, and 400 to a body that Graph would not take', async () => {
      expect((await m.graph('GET', '/me')).status).toBe(501);
      expect((await m.graph('GET', `${m.atPath('a')}:?$filter=x`)).status).toBe(501);
      expect((await call(m.running.base, 'GET', 'https://api.example.com/')).status).toBe(501);
      const wrong = await m.graph('POST', `/drives/${m.drive}/root/children`, {
        json: { name: 'a', folder: {}, surprise: 1 },
      });
      expect(wrong.json.error.message).toContain("'surprise'");
      expect((await m.graph('GET', `/drives/${m.drive}/root:/%zz`)).status).toBeGreaterThanOrEqual(400);
    });

    it('gives the ids that support asks for', async () => {
      const missing = await m.graph('GET', m.atPath('none.md'), { headers: { 'client-request-id': OID } });
      const { innerError } = missing.json.error;
      expect([missing.headers.get('client-request-id'), innerError['client-request-id']]).toEqual([OID, OID]);
      expect(innerError['request-id']).toBe(missing.headers.get('request-id'));
    });

    it('is driven over HTTP, by JSON alone', async () => {
      const control = (method: string, path: string, json?: unknown, type = 'application/json') =>
        fetch(`${m.running.base}/control/${path}`, {
          method,
          ...(json ? { body: JSON.stringify(json), headers: { 'content-type': type } } : {}),
        });
      expect((await control('POST', 'faults', { operation: 'drive.get', kind: 'status', status: 423 })).status).toBe(
        201,
      );
      expect((await m.graph('GET', `/drives/${m.drive}`)).status).toBe(423);
      expect((await control('POST', 'faults', { kind: 'nonsense' })).status).toBe(400);
      expect((await control('POST', 'acts/revokeTokens', { tid: TID }, 'text/plain')).status).toBe(415);
      expect((await control('POST', 'acts/revokeTokens', { tid: TID })).status).toBe(200);
      expect((await control('POST', 'acts/nonsense', {})).status).toBe(404);
      expect((await m.graph('GET', `/drives/${m.drive}`)).status).toBe(401);
      const log = (await (await control('GET', 'log?operation=drive.get')).json()) as { value: unknown[] };
      expect(log.value.length).toBeGreaterThanOrEqual(2);
      expect(JSON.stringify(log)).not.toContain(m.token);
    });
  });
});
