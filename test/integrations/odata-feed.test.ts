import { request } from 'node:http';
import { OData } from '@odata/client';
import { DATASETS } from '../../src/reporting/datasets.js';
import type { EdmType } from '../../src/reporting/dataset.js';
import { FeedClass } from '../../src/odata/keys/feed-key.entity.js';
import { Role } from '../../src/identity/roles.js';
import { startServer, type TestServer } from '../kit/server.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';
import { ask, asSuperuser, type Credentials, feedKey, fill, PUBLIC, readAll } from './odata.kit.js';

/** What Power Query sends with every request (powerquery-m, odata-feed). */
const POWER_QUERY = {
  'user-agent': 'Microsoft.Data.Mashup (https://go.microsoft.com/fwlink/?LinkID=304225)',
  'odata-maxversion': '4.0',
  maxdataserviceversion: '3.0',
  'accept-encoding': 'gzip, deflate',
  accept:
    'application/json;odata.metadata=minimal;q=1.0,application/json;odata=minimalmetadata;q=0.9,application/atomsvc+xml;q=0.8,application/atom+xml;q=0.8,application/xml;q=0.7,text/plain;q=0.7',
};
const CASES = 2_300;

let suite: Suite;
let server: TestServer;
let world: World;
let key: Credentials;
let margin: Credentials;

beforeAll(async () => {
  suite = await openSuite();
  server = await startServer(suite, { PUBLIC_URL: PUBLIC });
  world = await suite.tenant();
  await fill(world, { KpiCases: CASES, Handoffs: 60 });
  key = await feedKey(world);
  margin = await feedKey(world, Role.FINANCE_APPROVER, [FeedClass.MARGIN]);
}, 60_000);
afterAll(async () => {
  await server.close();
  await suite.close();
});

const get = (path: string, headers: Readonly<Record<string, string>> = key.headers) => ask(server, path, headers);
const follow = (
  path: string,
  headers: Readonly<Record<string, string>> = key.headers,
  between?: (pages: number) => Promise<void>,
) => readAll(server, path, headers, between);

describe('as Power Query reads it', () => {
  const headers = (): Record<string, string> => ({ ...POWER_QUERY, ...key.headers });

  it('from the root to the last page', async () => {
    const root = await get('/', headers());
    expect(root.status).toBe(200);
    expect(root.headers.get('content-type')).toMatch(/^application\/json;odata\.metadata=minimal/);
    expect(root.json).toMatchObject({ '@odata.context': `${PUBLIC}/odata/v4/$metadata` });
    expect(root.json.value.map(({ name }: { name: string }) => name)).toEqual(DATASETS.map(({ name }) => name));

    const metadata = await get('/$metadata', headers());
    expect(metadata.headers.get('content-type')).toMatch(/^application\/xml/);
    expect(metadata.text).toContain('<EntitySet Name="KpiCases"');

    const preview = await get('/KpiCases?$top=0', headers());
    expect(preview.json).toEqual({ '@odata.context': `${PUBLIC}/odata/v4/$metadata#KpiCases`, value: [] });

    const first = await get(
      '/KpiCases?$top=1000&$select=Id,KpiKey,Numerator&$filter=CountsAt%20ge%202026-01-01T00:00:00Z',
      headers(),
    );
    expect(first.headers.get('content-encoding')).toBe('gzip');
    expect(first.json['@odata.context']).toBe(`${PUBLIC}/odata/v4/$metadata#KpiCases(Id,KpiKey,Numerator)`);
    expect(first.json.value).toHaveLength(1000);
    expect(Object.keys(first.json.value[0])).toEqual(['Id', 'KpiKey', 'Numerator']);
    expect(first.json['@odata.nextLink']).toBeUndefined();
  });

  it('has one OData-Version header on every answer, and a body of the protocol with every refusal', async () => {
    const calls: { path: string; method?: string; status: number; headers?: Record<string, string>; body?: string }[] =
      [
        { path: '', status: 200 },
        { path: '/', status: 200 },
        { path: '/$metadata', status: 200 },
        { path: '/Handoffs/$count', status: 200 },
        { path: '/countersign.pbids', status: 200 },
        { path: '/', status: 401, headers: {} },
        { path: '/Nothing', status: 404 },
        { path: '/Handoffs?$filter=Nothing eq 1', status: 400 },
        { path: '/Handoffs?$apply=x', status: 501 },
        { path: '/Handoffs', method: 'POST', status: 405, body: '{}' },
        { path: '/Handoffs', method: 'DELETE', status: 405 },
        { path: '/Handoffs', method: 'PATCH', status: 405, body: '<a/>' },
        { path: '/$batch', method: 'POST', status: 501, body: '--x' },
        { path: '/Handoffs', method: 'POST', status: 413, body: 'x'.repeat(100_000) },
        { path: `/Handoffs?$filter=${'x'.repeat(8200)}`, status: 414 },
        { path: '/Handoffs', status: 406, headers: { ...key.headers, accept: 'application/atom+xml' } },
        { path: '/%ff', status: 400 },
      ];
    for (const { path, method = 'GET', status, headers: given = key.headers, body } of calls) {
      const answer = await raw(`/odata/v4${path.replaceAll(' ', '%20')}`, method, given, body);
      const versions = answer.rawHeaders.filter((name, n) => n % 2 === 0 && name.toLowerCase() === 'odata-version');
      expect({ path, method, status: answer.status, versions: versions.length }).toEqual({
        path,
        method,
        status,
        versions: 1,
      });
      if (status >= 400 && path !== '/%ff')
        expect(JSON.parse(answer.text)).toEqual({
          error: expect.objectContaining({ code: expect.any(String), message: expect.any(String) }),
        });
      if (status === 405) expect(answer.headers.allow).toBe('GET, HEAD');
      if (status === 401) expect(answer.headers['www-authenticate']).toBe('Basic realm="Countersign", charset="UTF-8"');
    }
    const head = await raw('/odata/v4/Handoffs', 'HEAD', key.headers);
    expect([head.status, head.text]).toEqual([200, '']);
  });

  it('gives Power BI Desktop a file to connect by, without a secret', async () => {
    const { json, headers: found } = await get('/countersign.pbids', {});
    expect(found.get('content-disposition')).toContain('countersign.pbids');
    expect(json.connections[0].details).toEqual({ protocol: 'odata', address: { url: `${PUBLIC}/odata/v4` } });
  });
});

/** A request without a client's own ideas: every header as it came. */
function raw(
  path: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<{ status: number; rawHeaders: string[]; headers: Record<string, unknown>; text: string }> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(server.address);
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        headers:
          body === undefined
            ? headers
            : { ...headers, 'content-type': 'text/x', 'content-length': String(Buffer.byteLength(body)) },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () =>
          resolve({ status: response.statusCode!, rawHeaders: response.rawHeaders, headers: response.headers, text }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

describe('every row', () => {
  const TYPES: Readonly<Record<EdmType, (value: unknown) => boolean>> = {
    'Edm.Guid': (value) => typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value),
    'Edm.String': (value) => typeof value === 'string',
    'Edm.Boolean': (value) => typeof value === 'boolean',
    'Edm.Int32': Number.isInteger,
    'Edm.Int64': Number.isInteger,
    'Edm.Decimal': (value) => typeof value === 'number',
    'Edm.Date': (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value),
    'Edm.DateTimeOffset': (value) =>
      typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value),
  };

  it.each(DATASETS.map((dataset) => ({ name: dataset.name, dataset })))(
    'of $name is what $metadata says',
    async ({ dataset }) => {
      const everything = await feedKey(world, Role.FINANCE_APPROVER, [FeedClass.MARGIN]);
      const columns = dataset.columns.filter(({ sees }) => sees !== 'PERSONAL');
      const { rows } = await follow(`/${dataset.name}?$top=200`, everything.headers);
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) {
        expect(Object.keys(row)).toEqual(columns.map(({ name }) => name));
        for (const { name, type, nullable } of columns) {
          const isRight = row[name] === null ? nullable : TYPES[type](row[name]);
          if (!isRight) throw new Error(`${dataset.name}.${name} is ${JSON.stringify(row[name])}`);
        }
      }
    },
  );

  it('of a key without classes has neither columns nor rows of theirs', async () => {
    const bare = await follow('/KpiCases?$filter=true');
    const full = await follow('/KpiCases?$filter=true', margin.headers);
    expect([bare.rows.length, full.rows.length]).toEqual([CASES / 2, CASES]);
    expect(Object.keys((await get('/Handoffs?$top=1')).json.value[0])).not.toContain('MarginBps');
    expect((await get('/$metadata')).text).not.toContain('MarginBps');
    expect((await get('/$metadata', margin.headers)).text).toContain('MarginBps');
    expect((await get('/People?$top=1', margin.headers)).json.value[0]).not.toHaveProperty('Name');
  });
});

describe('pages', () => {
  it.each([
    { query: '', size: 700 },
    { query: '$orderby=CountsAt desc&$filter=Numerator gt 0', size: 333 },
    { query: '$orderby=SpanFromOn,KpiKey desc', size: 501 },
    { query: '$orderby=SpanFromOn desc,Client/Name', size: 450 },
    { query: '$top=1500&$skip=100&$orderby=KpiKey', size: 400 },
  ])('of $query are the whole, in order, each row once', async ({ query, size }) => {
    const path = `/KpiCases?${encodeURI(query)}${query === '' ? '' : '&'}$count=true`;
    const prefer = { ...margin.headers, prefer: `odata.maxpagesize=${size}` };
    const first = await get(path, prefer);
    expect(first.headers.get('preference-applied')).toBe(`odata.maxpagesize=${size}`);
    const whole = await follow(path, { ...margin.headers, prefer: 'odata.maxpagesize=5000' });
    const paged = await follow(path, prefer);
    expect(paged.rows.map(({ Id }) => Id)).toEqual(whole.rows.map(({ Id }) => Id));
    expect(paged.sizes.every((rows, n) => rows === (n < paged.pages - 1 ? size : rows))).toBe(true);
    expect(new Set(paged.rows.map(({ Id }) => Id)).size).toBe(paged.rows.length);
    const count = Number(
      (await get(`/KpiCases/$count${query.includes('$filter') ? '?$filter=Numerator%20gt%200' : ''}`, margin.headers))
        .text,
    );
    expect(first.json['@odata.count']).toBe(count);
    const next = first.json['@odata.nextLink'] as string;
    expect(next.startsWith(`${PUBLIC}/odata/v4/KpiCases?$skiptoken=`)).toBe(true);
    expect((await get(next, prefer)).json['@odata.count']).toBe(count);
  });

  it('end as one consistent state or later while rows are written', async () => {
    const before = new Set((await follow('/SlaEvents')).rows.map(({ Id }) => Id));
    const headers = { ...key.headers, prefer: 'odata.maxpagesize=3' };
    const { rows, pages } = await follow('/SlaEvents', headers, async (page) => {
      await asSuperuser(world, async (client) => {
        // As the projector does: the rows of a handoff are deleted and written anew, and new ones come.
        await client.query('begin');
        await client.query(
          'create temporary table again on commit drop as select * from fact_sla_event where tenant_id = $1',
          [world.tenantId],
        );
        await client.query('delete from fact_sla_event where tenant_id = $1', [world.tenantId]);
        await client.query('update again set escalations = escalations + 1');
        await client.query('insert into fact_sla_event select * from again');
        await client.query('commit');
        await client.query(
          `insert into fact_sla_event (tenant_id, id, handoff_id, clock, started_at, late, client_caused, escalations)
            values ($1, $2, $1, 'NEW', '2026-01-01', false, false, 0)`,
          [
            world.tenantId,
            `${page % 2 === 0 ? 'ffffffff' : '00000000'}-0000-7000-8000-${String(page).padStart(12, '0')}`,
          ],
        );
      });
    });
    const seen = rows.map(({ Id }) => Id as string);
    expect(pages).toBeGreaterThan(3);
    expect(new Set(seen).size).toBe(seen.length);
    expect([...before].filter((id) => !seen.includes(id as string))).toEqual([]);
    // What came behind the place that was reached was read as well; what came before it was not.
    expect(seen.filter((id) => id.startsWith('ffffffff')).length).toBeGreaterThan(0);
    expect(seen.filter((id) => id.startsWith('00000000-0000-7'))).toEqual([]);
  });

  it('are read by a client that was not written here', async () => {
    const client = OData.New4({
      serviceEndpoint: `${server.address}/odata/v4/`,
      credential: { username: margin.user, password: margin.secret },
      commonHeaders: { Prefer: 'odata.maxpagesize=500' },
    });
    const found: { Id: string; Numerator: number }[] = [];
    let token: string | null = null;
    do {
      const params = client.newParam();
      if (token === null)
        params
          .filter(client.newFilter().property('Numerator').ge(1_000_000_007))
          .orderby('KpiKey', 'desc')
          .select(['Id', 'Numerator']);
      else params.custom('$skiptoken', token);
      const page = (await client.newRequest({ collection: 'KpiCases', params })) as unknown as {
        value: typeof found;
        '@odata.nextLink'?: string;
      };
      found.push(...page.value);
      const next = page['@odata.nextLink'];
      token = next === undefined ? null : new URL(next).searchParams.get('$skiptoken');
    } while (token !== null);
    expect(found).toHaveLength(CASES - 1);
    expect(new Set(found.map(({ Id }) => Id)).size).toBe(CASES - 1);
    const [one] = found;
    expect(
      await client.newRequest({
        collection: 'KpiCases',
        params: client.newParam().filter(client.newFilter().property('Numerator').eq(one!.Numerator)),
      }),
    ).toMatchObject({ value: [{ Id: one!.Id }] });
  });
});

describe('one row, and what belongs to it', () => {
  it('is found by its key', async () => {
    const [row] = (await get('/Handoffs?$top=1&$select=Id,Number')).json.value;
    const found = await get(`/Handoffs(${row.Id})?$select=Number`);
    expect(found.json).toEqual({
      '@odata.context': `${PUBLIC}/odata/v4/$metadata#Handoffs(Number)/$entity`,
      Number: row.Number,
    });
    expect((await get(`/Handoffs(Id=${row.Id})?$format=application/json;odata.metadata=none`)).json).not.toHaveProperty(
      '@odata.context',
    );
    expect((await get('/Dates(2026-01-05)')).json).toMatchObject({ Day: '2026-01-05', Weekday: 1 });
    expect((await get("/Tiers('k1')")).json).toMatchObject({ Key: 'k1', Name: 'Word 1' });
    expect((await get(`/Handoffs(${world.tenantId})`)).status).toBe(404);
  });

  it('brings the row that a navigation leads to, or null', async () => {
    suite.statements.length = 0;
    const { json } = await get('/Handoffs?$expand=Client($select=Name),Tier&$select=Id,ClientId,TierKey&$top=40');
    expect(json['@odata.context']).toBe(
      `${PUBLIC}/odata/v4/$metadata#Handoffs(Id,ClientId,TierKey,Client(Name),Tier())`,
    );
    for (const { TierKey, Client, Tier } of json.value) {
      expect(Client).toEqual({ Name: expect.stringMatching(/^Client \d$/) });
      expect(Tier).toEqual({ Key: TierKey, Name: expect.stringContaining('Word') });
    }
    const { json: cases } = await get('/KpiCases?$expand=Team&$top=60', margin.headers);
    expect(cases.value.filter(({ Team }: { Team: unknown }) => Team === null).length).toBeGreaterThan(0);
    const filtered = await get(
      "/KpiCases?$filter=Client/Name eq 'Client 2'&$expand=Client&$top=9".replaceAll(' ', '%20'),
    );
    for (const { Client } of filtered.json.value) expect(Client.Name).toBe('Client 2');
    expect(filtered.json.value.length).toBeGreaterThan(0);
  });

  it('writes numbers of 64 bits as text for whoever asks', async () => {
    const headers = { ...key.headers, accept: 'application/json;IEEE754Compatible=true' };
    const { json } = await get('/KpiCases?$top=1&$count=true', headers);
    expect(json['@odata.count']).toMatch(/^\d+$/);
    expect(json.value[0].Numerator).toMatch(/^\d+$/);
  });
});
