import { zipSync } from 'fflate';
import { createServer } from 'node:http';
import { DEFAULT_SETTINGS } from '../../src/sandbox/microsoft/settings.js';
import { quickXorHash } from '../../src/sandbox/microsoft/sharepoint/quick-xor.js';
import { call, TID, useMicrosoft } from './microsoft.kit.js';

describe('the simulated SharePoint', () => {
  const m = useMicrosoft();

  describe('files', () => {
    it('hashes as SharePoint does', () => {
      const hashes = ['', '\u004a', 'hello world'].map((text) => quickXorHash(Buffer.from(text)));
      expect(hashes).toEqual([
        'AAAAAAAAAAAAAAAAAAAAAAAAAAA=',
        'SgAAAAAAAAAAAAAAAQAAAAAAAAA=',
        'aCgDG9jwBhDc4Q1yawMZAAAAAAA=',
      ]);
      expect(quickXorHash(Buffer.from('b5b4', 'hex'))).toBe('taAFAAAAAAAAAAAAAgAAAAAAAAA=');
    });

    it('makes folders once: 409 the second time, 404 below one that is missing', async () => {
      const json = { name: 'HO-1', folder: {}, '@microsoft.graph.conflictBehavior': 'fail' };
      const made = await m.graph('POST', `/drives/${m.drive}/root/children`, { json });
      const again = await m.graph('POST', `/drives/${m.drive}/root/children`, { json: { ...json, name: 'ho-1' } });
      expect([made.status, again.status, again.json.error.code]).toEqual([201, 409, 'nameAlreadyExists']);
      expect((await m.put('HO-1/brief.md', '# Brief')).status).toBe(201);
      expect((await m.put('HO-2/brief.md', '# Brief')).json.error.code).toBe('itemNotFound');
    });

    it('keeps versions, and tells content from metadata by cTag and eTag', async () => {
      const first = await m.put('brief.md', 'one');
      const second = await m.put('brief.md', 'two!');
      expect([first.status, second.status]).toEqual([201, 200]);
      expect(first.json.file.hashes).toEqual({ quickXorHash: quickXorHash(Buffer.from('one')) });
      m.running.simulator.people.addColumn(TID, 'HandoffVersion', 'number');
      const fields = await m.graph('PATCH', `/drives/${m.drive}/items/${first.json.id}/listItem/fields`, {
        json: { HandoffVersion: 2 },
      });
      expect([fields.status, fields.json]).toEqual([
        200,
        expect.objectContaining({ HandoffVersion: 2, _UIVersionString: '3.0' }),
      ]);
      const item = await m.graph(
        'GET',
        `${m.atPath('brief.md')}:?$select=id,eTag,cTag&$expand=listItem($expand=fields)`,
      );
      expect(item.json.cTag).toBe(second.json.cTag);
      expect(item.json.eTag).not.toBe(second.json.eTag);
      expect(item.json.listItem.fields.HandoffVersion).toBe(2);
      const versions = await m.graph('GET', `/drives/${m.drive}/items/${first.json.id}/versions`);
      expect(versions.json.value.map((one: { id: string; size: number }) => [one.id, one.size])).toEqual([
        ['3.0', 4],
        ['2.0', 4],
        ['1.0', 3],
      ]);
      const old = await m.graph('GET', `/drives/${m.drive}/items/${first.json.id}/versions/1.0/content`);
      expect(old.status).toBe(302);
      const bytes = await call(m.running.base, 'GET', old.headers.get('location')!);
      expect(bytes.json.text).toBe('one');
    });

    it('refuses an unknown column and a value of another type', async () => {
      const { json } = await m.put('brief.md', 'one');
      m.running.simulator.people.addColumn(TID, 'HandoffVersion', 'number');
      const patch = (fields: unknown) =>
        m.graph('PATCH', `/drives/${m.drive}/items/${json.id}/listItem/fields`, { json: fields });
      expect((await patch({ Nope: 1 })).json.error.code).toBe('invalidRequest');
      expect((await patch({ HandoffVersion: 'two' })).status).toBe(400);
    });

    it('answers 412 to an eTag that is old or has lost its quotes', async () => {
      const { json } = await m.put('brief.md', 'one');
      expect((await m.put('brief.md', 'two', { 'if-match': json.eTag as string })).status).toBe(200);
      const stale = await m.put('brief.md', 'three', { 'if-match': json.eTag as string });
      expect([stale.status, stale.json.error.code]).toEqual([412, 'resourceModified']);
      const bare = (await m.graph('GET', m.atPath('brief.md'))).json.eTag.replaceAll('"', '') as string;
      expect((await m.put('brief.md', 'three', { 'if-match': bare })).status).toBe(412);
    });

    it('alters Office files and leaves them readable; Markdown stays as sent', async () => {
      const docx = Buffer.from(zipSync({ 'word/document.xml': Buffer.from('<w/>') }));
      const stored = await m.put('brief.docx', docx);
      expect(stored.json.size).toBeGreaterThan(docx.length);
      expect(stored.json.file.hashes.quickXorHash).not.toBe(quickXorHash(docx));
      expect((await m.put('brief.md', '# x')).json.size).toBe(3);
    });

    it('locks what somebody has open', async () => {
      await m.put('brief.md', 'one');
      m.running.simulator.people.hold(TID, 'brief.md', true);
      expect((await m.put('brief.md', 'two')).json.error.code).toBe('resourceLocked');
      m.running.simulator.people.hold(TID, 'brief.md', false);
      expect((await m.put('brief.md', 'two')).status).toBe(200);
    });

    it.each([
      { name: 'a%3Ab.md' },
      { name: '%20a.md' },
      { name: 'con' },
      { name: '~$a.docx' },
      { name: `${'a'.repeat(401)}.md` },
    ])('refuses the name $name', async ({ name }) => {
      expect((await m.put(name, 'x')).status).toBe(400);
    });

    it('takes # and % in names when they are encoded', async () => {
      const made = await m.put(encodeURIComponent('50% #1.md'), 'x');
      expect([made.status, made.json.name]).toEqual([201, '50% #1.md']);
      expect((await fetch(made.json.webUrl.replace('https:/', m.running.base))).status).toBe(200);
    });

    it('shares by link once per type, as far as the policy goes', async () => {
      const { json } = await m.put('brief.md', 'x');
      const link = (scope: string) =>
        m.graph('POST', `/drives/${m.drive}/items/${json.id}/createLink`, { json: { type: 'view', scope } });
      const [made, again, anonymous] = [
        await link('organization'),
        await link('organization'),
        await link('anonymous'),
      ];
      expect([made.status, again.status, anonymous.status]).toEqual([201, 200, 403]);
      expect(again.json.link.webUrl).toBe(made.json.link.webUrl);
    });

    it('follows changes by delta, and asks for a new start when the link is too old', async () => {
      const start = (await m.graph('GET', `/drives/${m.drive}/root/delta?token=latest`)).json[
        '@odata.deltaLink'
      ] as string;
      await m.put('brief.md', 'x');
      await m.put('old.md', 'x');
      m.running.simulator.people.remove(TID, 'old.md');
      const changes = await m.graph('GET', start);
      expect(changes.json.value.map((one: { deleted?: object }) => Boolean(one.deleted))).toEqual([false, true]);
      m.running.simulator.people.expireDeltaLinks();
      const old = await m.graph('GET', changes.json['@odata.deltaLink'] as string);
      expect([old.status, old.json.error.code]).toEqual([410, 'resyncRequired']);
    });

    it('pages children with an absolute link', async () => {
      for (const name of ['a', 'b', 'c']) await m.put(`${name}.txt`, name);
      const first = await m.graph('GET', `/drives/${m.drive}/root/children?$top=2`);
      const rest = await m.graph('GET', first.json['@odata.nextLink'] as string);
      expect([first.json.value.length, rest.json.value.length, rest.json['@odata.nextLink']]).toEqual([
        2,
        1,
        undefined,
      ]);
    });

    it('hides a fresh folder for a while when told to, though its name is taken', async () => {
      m.running.simulator.world.settings = { ...DEFAULT_SETTINGS, freshItemDelayMs: 5_000 };
      const json = { name: 'HO-1', folder: {} };
      await m.graph('POST', `/drives/${m.drive}/root/children`, { json });
      expect((await m.graph('GET', m.atPath('HO-1'))).status).toBe(404);
      expect((await m.graph('POST', `/drives/${m.drive}/root/children`, { json })).status).toBe(409);
      m.now = new Date(m.now.getTime() + 5_000);
      expect((await m.graph('GET', m.atPath('HO-1'))).status).toBe(200);
    });
  });

  describe('upload sessions', () => {
    const UNIT = 327_680;
    const content = Buffer.alloc(UNIT * 2 + 100, 7);
    const open = async (name = 'big.pdf', item: object = {}) => {
      const json = { item: { '@microsoft.graph.conflictBehavior': 'replace', ...item } };
      return (await m.graph('POST', `${m.atPath(name)}:/createUploadSession`, { json })).json.uploadUrl as string;
    };
    const range = (url: string, first: number, last: number, headers: Record<string, string> = {}) =>
      call(m.running.base, 'PUT', url, {
        bytes: content.subarray(first, last + 1),
        headers: { 'content-range': `bytes ${first}-${last}/${content.length}`, ...headers },
      });

    it('takes ranges in order, tells what is missing, and is resumed', async () => {
      const url = await open();
      expect(new URL(url).hostname).toBe(m.sample.siteHost);
      const first = await range(url, 0, UNIT - 1);
      expect([first.status, first.json.nextExpectedRanges]).toEqual([202, [`${UNIT}-${content.length - 1}`]]);
      expect((await range(url, 0, UNIT - 1)).status).toBe(416);
      expect((await call(m.running.base, 'GET', url)).json.nextExpectedRanges).toEqual([
        `${UNIT}-${content.length - 1}`,
      ]);
      const last = await range(url, UNIT, content.length - 1);
      expect([last.status, last.json.size, last.json.file.hashes.quickXorHash]).toEqual([
        201,
        content.length,
        quickXorHash(content),
      ]);
      expect((await call(m.running.base, 'GET', url)).status).toBe(404);
    });

    it('refuses a token on the upload address', async () => {
      const url = await open();
      expect((await range(url, 0, UNIT - 1, { authorization: `Bearer ${m.token}` })).status).toBe(401);
    });

    it('notices odd ranges only at the end', async () => {
      const url = await open();
      expect((await range(url, 0, 999)).status).toBe(202);
      expect((await range(url, 1000, content.length - 1)).status).toBe(400);
    });

    it('fails by default on a name that is taken, at the last range', async () => {
      await m.put('big.pdf', 'small');
      const json = { item: {} };
      const { uploadUrl } = (await m.graph('POST', `${m.atPath('big.pdf')}:/createUploadSession`, { json })).json;
      await range(uploadUrl as string, 0, UNIT - 1);
      expect((await range(uploadUrl as string, UNIT, content.length - 1)).json.error.code).toBe('nameAlreadyExists');
    });

    it('is lost and expires', async () => {
      const [lost, late] = [await open(), await open('late.pdf')];
      m.running.simulator.people.loseUploadSessions(TID);
      expect((await range(lost, 0, UNIT - 1)).status).toBe(404);
      const fresh = await open('late.pdf');
      m.now = new Date(m.now.getTime() + 16 * 60_000);
      expect((await range(fresh, 0, UNIT - 1)).status).toBe(404);
      expect((await range(late, 0, UNIT - 1)).status).toBe(404);
    });
  });

  it('tells subscribers of changes, after their address has echoed the token', async () => {
    const heard: unknown[] = [];
    const listener = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://x');
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        if (body) heard.push(JSON.parse(body));
        const echo = url.pathname === '/deaf' ? 'no' : (url.searchParams.get('validationToken') ?? '');
        response.writeHead(200, { 'content-type': 'text/plain' }).end(echo);
      });
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as { port: number };
    const json = {
      changeType: 'updated',
      notificationUrl: `http://127.0.0.1:${port}/hear`,
      resource: `drives/${m.drive}/root`,
      expirationDateTime: new Date(m.now.getTime() + 3_600_000).toISOString(),
      clientState: 'kept',
    };
    const made = await m.graph('POST', '/subscriptions', { json });
    expect(made.status).toBe(201);
    expect(
      (await m.graph('POST', '/subscriptions', { json: { ...json, notificationUrl: `http://127.0.0.1:${port}/deaf` } }))
        .json.error.code,
    ).toBe('ValidationError');
    expect(
      (await m.graph('POST', '/subscriptions', { json: { ...json, expirationDateTime: '2100-01-01T00:00:00Z' } }))
        .status,
    ).toBe(400);
    await m.put('brief.md', 'x');
    await m.running.simulator.settled();
    expect(heard).toEqual([
      { value: [expect.objectContaining({ clientState: 'kept', subscriptionId: made.json.id })] },
    ]);
    expect((await m.graph('DELETE', `/subscriptions/${made.json.id}`)).status).toBe(204);
    listener.close();
  });
});
