import { Desk, DRAW, EXPORT, json, type Json, PACK, PERIOD, sha256 } from './audit.kit.js';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.close());

const codeOf = ({ bytes }: { bytes: Buffer }): string =>
  JSON.parse(bytes.toString()).errors[0].extensions.code as string;
const findingsOf = ({ bytes }: { bytes: Buffer }): string[] =>
  (JSON.parse(bytes.toString()).errors[0].extensions.findings as Json[]).map(({ code }) => code as string);

describe('the file of a population', () => {
  it('has every request of the period, counted in the ledger, and each line proves itself', async () => {
    const { data } = await desk.ask('audrey.audit', EXPORT, { population: 'APPROVAL_REQUESTS', ...PERIOD });
    const { id, url, rows, idsSha256 } = data.exportPopulation;
    const { status, bytes, headers } = await desk.take(url as string, 'audrey.audit');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    const text = bytes.toString('utf8');
    const lines = text.slice(1).split('\r\n').slice(0, -1);
    const columns = lines[0]!.split(',');
    expect(columns.at(-1)).toBe('row_sha256');
    expect(rows).toBe(lines.length - 1);
    for (const line of lines.slice(1)) {
      const end = line.lastIndexOf(',');
      expect(line.slice(end + 1)).toBe(sha256(line.slice(0, end)));
    }
    const found = lines.slice(1).map((line) => line.split(','));
    const value = (name: string): string =>
      found.find(([own]) => own === desk.story.requestId)![columns.indexOf(name)]!;
    expect(value('requester_handle')).toBe('sofia.sales');
    expect(value('approver_handles').split(' ')).toHaveLength(Number(value('approvers_needed')));
    expect(value('requester_among_approvers')).toBe('NO');
    expect(value('state')).toBe('USED');
    expect(value('effect')).toBe('submitHandoff');
    expect(value('approved_before_effect')).toBe('YES');
    expect(idsSha256).toBe(
      sha256(
        found
          .map(([own]) => `${own}\n`)
          .toSorted()
          .join(''),
      ),
    );
    const asked = (await desk.entries('exportPopulation')).at(-1);
    expect(asked.body).toMatchObject({ rows, idsSha256, population: 'APPROVAL_REQUESTS' });
    const taken = (await desk.entries('takeExport')).at(-1);
    expect(taken).toMatchObject({
      outcome: 'DONE',
      subject: { id },
      body: { rows, sha256: sha256(bytes), bytes: bytes.length },
    });
  });

  it('of overrides has the granted exception and who was in it', async () => {
    const { data } = await desk.ask('ravi.revops', EXPORT, { population: 'OVERRIDES', ...PERIOD });
    const { bytes } = await desk.take(data.exportPopulation.url as string, 'ravi.revops');
    const lines = bytes.toString('utf8').split('\r\n');
    const line = lines.find((one) => one.includes(desk.story.requestId))!;
    expect(line).toContain(',EXCEPTION,');
    expect(line).toContain('sofia.sales');
    expect(line).toContain('freda.finance');
  });

  it('is refused for a period that is not over, and to who is no auditor', async () => {
    const open = await desk.ask('audrey.audit', EXPORT, {
      population: 'OVERRIDES',
      ...PERIOD,
      to: '2026-12-24T00:00:00.000Z',
    });
    expect(open.data.exportPopulation.findings).toEqual([{ code: 'PERIOD_NOT_OVER' }]);
    const sales = await desk.ask('sofia.sales', EXPORT, { population: 'OVERRIDES', ...PERIOD });
    expect(sales.errors[0].extensions.code).toBe('FORBIDDEN');
  });
});

describe('an address', () => {
  const made = async (): Promise<string> =>
    (await desk.ask('audrey.audit', PACK, { requestId: desk.story.requestId })).data.makeEvidencePack.url as string;

  it('needs a token, the token of who asked, and the secret', async () => {
    const url = await made();
    const nobody = await desk.take(url, null);
    expect([nobody.status, codeOf(nobody)]).toEqual([401, 'UNAUTHENTICATED']);
    const other = await desk.take(url, 'ravi.revops');
    expect([other.status, codeOf(other)]).toEqual([404, 'NOT_FOUND']);
    const sales = await desk.take(url, 'sofia.sales');
    expect([sales.status, codeOf(sales)]).toEqual([403, 'FORBIDDEN']);
    const [path, secret] = url.split('?secret=') as [string, string];
    const guessed = await desk.take(`${path}?secret=${secret.slice(0, -2)}AA`, 'audrey.audit');
    expect([guessed.status, codeOf(guessed)]).toEqual([404, 'NOT_FOUND']);
    for (const bare of [path, `${path}?secret=`, `${path}?secret=x`, '/exports/x?secret=x'])
      expect((await desk.take(bare, 'audrey.audit')).status).toBe(404);
    const refusals = (await desk.entries('takeExport')).filter(({ outcome }) => outcome !== 'DONE');
    expect(refusals.map(({ outcome, body }) => [outcome, body.findings?.[0].code])).toEqual([
      ['REFUSED', 'NOT_YOURS'],
      ['DENIED', undefined],
      ['REFUSED', 'NOT_YOURS'],
    ]);
    expect((await desk.take(url, 'audrey.audit')).status).toBe(200);
  });

  it('is nothing to another tenant', async () => {
    const url = await made();
    const stranger = await desk.suite.tenant((changed) => void (changed.tenant.slug = 'another-msp'));
    const found = await desk.take(url, 'audrey.audit', stranger);
    expect([found.status, codeOf(found)]).toEqual([404, 'NOT_FOUND']);
  });

  it('works once', async () => {
    const url = await made();
    expect((await desk.take(url, 'audrey.audit')).status).toBe(200);
    const again = await desk.take(url, 'audrey.audit');
    expect([again.status, codeOf(again), findingsOf(again)]).toEqual([410, 'GONE', ['ALREADY_TAKEN']]);
  });

  it('hands out one file to two who come at once', async () => {
    const url = await made();
    const both = await Promise.all([desk.take(url, 'audrey.audit'), desk.take(url, 'audrey.audit')]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 410]);
  });

  it('ends after its minutes', async () => {
    const url = await made();
    desk.suite.clock.advanceHours(0.25);
    const late = await desk.take(url, 'audrey.audit');
    expect([late.status, findingsOf(late)]).toEqual([410, ['EXPIRED']]);
  });

  it('is told once, and its secret is in no log and no table', async () => {
    const { data } = await desk.ask('audrey.audit', PACK, { requestId: desk.story.requestId });
    const { id, url } = data.makeEvidencePack;
    const secret = (url as string).split('=')[1]!;
    const list = await desk.ask('audrey.audit', 'query { auditExports(first: 100) { edges { node { id url } } } }', {});
    const row = (list.data.auditExports.edges as Json[]).find(({ node }) => node.id === id);
    expect(row.node.url).toBeNull();
    await desk.take(url as string, 'audrey.audit');
    const stored = JSON.stringify(await desk.world.rows('select * from audit_export where tenant_id = $1'));
    expect(stored).not.toContain(secret);
    expect(JSON.stringify(await desk.entries('takeExport'))).not.toContain(secret);
  });
});

describe('a sample', () => {
  it('is drawn again by its seed, and packed whole', async () => {
    const of = { population: 'OVERRIDES', ...PERIOD };
    const first = (await desk.ask('audrey.audit', DRAW, { ...of, size: 3 })).data.drawSample;
    expect(first.seed).toMatch(/^[0-9a-f]{32}$/);
    const { data } = await desk.ask('audrey.audit', EXPORT, of);
    const again = (
      await desk.ask('audrey.audit', DRAW, { exportId: data.exportPopulation.id, size: 3, seed: first.seed })
    ).data.drawSample;
    expect({ ...again, id: '' }).toEqual({ ...first, id: '' });
    expect((await desk.entries('drawSample')).map(({ body }) => body.seed)).toEqual([first.seed, first.seed]);
    const pack = await desk.packOf({ sampleId: first.id });
    const told = json(pack, 'sample.json');
    const keys = told.items.map(({ id }: Json) => sha256(`${told.seed}${id}`));
    expect(keys).toEqual(keys.toSorted());
    for (const { id, requestId } of told.items)
      expect(Object.keys(pack)).toContain(requestId ? `requests/${requestId}/votes.json` : `waivers/${id}/ledger.json`);
  });
});
