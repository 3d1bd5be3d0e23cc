import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { validateXML } from 'xmllint-wasm';
import { metadataXml, serviceDocument } from '../../src/odata/metadata.js';
import { acceptsGzip, checkVersions, checkXmlFormat, jsonFormat, preferences } from '../../src/odata/negotiate.js';
import { isOnRecord, openToken, sealToken } from '../../src/odata/skip-token.js';
import { Slots } from '../../src/odata/slots.js';
import { makeFeedSecret, parseBasic, parseCredentials, userOfKey } from '../../src/odata/keys/feed-key.secret.js';
import { addressOf, FEED_PATH } from '../../src/odata/resource.js';
import { DATASETS } from '../../src/reporting/datasets.js';
import { BARE, FULL, resolved, statusOf } from './odata.kit.js';

const TENANT = '01920000-0000-7000-8000-000000000001';
const OTHER = '01920000-0000-7000-8000-000000000002';
/** What Power Query sends (powerquery-m, odata-feed). */
const POWER_QUERY =
  'application/json;odata.metadata=minimal;q=1.0,application/json;odata=minimalmetadata;q=0.9,application/atomsvc+xml;q=0.8,application/atom+xml;q=0.8,application/xml;q=0.7,text/plain;q=0.7';

const sample = (name: string): string => readFileSync(resolve('test/odata-samples', name), 'utf8');

describe('$metadata', () => {
  it.each([
    { reader: 'everything', model: FULL },
    { reader: 'no class', model: BARE },
  ])('for a reader of $reader is CSDL by the schema of OASIS', async ({ model }) => {
    const { errors } = await validateXML({
      xml: [{ fileName: 'metadata.xml', contents: metadataXml(model) }],
      schema: [{ fileName: 'edmx.xsd', contents: sample('edmx.xsd') }],
      preload: [{ fileName: 'edm.xsd', contents: sample('edm.xsd') }],
    });
    expect(errors).toEqual([]);
  });

  it('has every set, and of columns and their words those that the reader sees', () => {
    const bare = metadataXml(BARE);
    const full = metadataXml(FULL);
    for (const { name, entity } of DATASETS)
      expect(bare).toContain(`<EntitySet Name="${name}" EntityType="Countersign.${entity}">`);
    for (const hidden of ['MarginBps', 'ShortfallMinor', 'ErosionBps']) {
      expect(full).toContain(`Name="${hidden}"`);
      expect(bare).not.toContain(hidden);
    }
    expect(full).toContain('<Property Name="OpenedAt" Type="Edm.DateTimeOffset" Nullable="false" Precision="3">');
    expect(full).toContain(
      '<NavigationProperty Name="Client" Type="Countersign.Client"><ReferentialConstraint Property="ClientId" ReferencedProperty="Id"/>',
    );
  });

  it('names nothing twice, and leads nowhere that is not there', () => {
    for (const { columns, navigations, key } of FULL.sets.values()) {
      const names = [...columns.map(({ name }) => name), ...navigations.keys()];
      expect(new Set(names).size).toBe(names.length);
      expect(key.nullable).toBe(false);
      for (const { to, from } of navigations.values()) {
        const target = FULL.sets.get(to)!;
        expect(columns.find(({ name }) => name === from)!.type).toBe(target.key.type);
      }
    }
  });

  it('stands beside a service document with every set', () => {
    const document = serviceDocument(FULL, 'https://x.example/odata/v4', false) as { value: { name: string }[] };
    expect(document).toMatchObject({ '@odata.context': 'https://x.example/odata/v4/$metadata' });
    expect(document.value.map(({ name }) => name)).toEqual(DATASETS.map(({ name }) => name));
  });
});

describe('what is agreed on', () => {
  const minimal = { metadata: 'minimal', ieee754Compatible: false };
  it.each([
    { accept: undefined, format: undefined, found: minimal },
    { accept: POWER_QUERY, format: undefined, found: minimal },
    { accept: '*/*', format: undefined, found: minimal },
    { accept: 'application/xml', format: 'json', found: minimal },
    { accept: 'application/json;odata.metadata=none', format: undefined, found: { ...minimal, metadata: 'none' } },
    {
      accept: 'application/json;IEEE754Compatible=true',
      format: undefined,
      found: { ...minimal, ieee754Compatible: true },
    },
    { accept: 'application/json;odata.metadata=full, application/json;q=0.5', format: undefined, found: minimal },
  ])('Accept $accept and $format', ({ accept, format, found }) => expect(jsonFormat(accept, format)).toEqual(found));

  it.each([
    { accept: 'application/atom+xml', format: undefined },
    { accept: 'application/json;odata.metadata=full', format: undefined },
    { accept: 'application/json;q=0', format: undefined },
    { accept: 'application/json', format: 'atom' },
    { accept: 'application/json;odata=verbose', format: undefined },
  ])('is 406 for $accept and $format', ({ accept, format }) =>
    expect(statusOf(() => jsonFormat(accept, format))).toBe(406),
  );

  it('reads what a page may have, and packs when asked to', () => {
    expect(preferences('odata.maxpagesize=20').pageRows).toBe(20);
    expect(preferences('respond-async, maxpagesize=20').pageRows).toBe(20);
    expect(preferences(['a=b', 'odata.maxpagesize="7"']).pageRows).toBe(7);
    expect(preferences('odata.maxpagesize=1000000').pageRows).toBe(5000);
    for (const none of [
      undefined,
      'odata.maxpagesize=0',
      'odata.maxpagesize=-1',
      'odata.maxpagesize=x',
      'xmaxpagesize=3',
    ])
      expect(preferences(none).pageRows).toBeNull();
    expect([
      acceptsGzip('gzip, deflate'),
      acceptsGzip('deflate'),
      acceptsGzip('gzip;q=0'),
      acceptsGzip(undefined),
    ]).toEqual([true, false, false, false]);
  });

  it('is OData 4.0', () => {
    for (const version of ['4.0', '4.01'])
      expect(statusOf(() => checkVersions({ 'odata-maxversion': version }))).toBe(200);
    expect(statusOf(() => checkVersions({ 'odata-maxversion': '3.0' }))).toBe(400);
    expect(statusOf(() => checkVersions({ maxdataserviceversion: '3.0' }))).toBe(200);
    expect(statusOf(() => checkXmlFormat('json'))).toBe(406);
    expect(statusOf(() => checkXmlFormat('xml'))).toBe(200);
  });
});

describe('addresses', () => {
  it('are cut before they are decoded', () => {
    expect(addressOf(`${FEED_PATH}/Tiers('a%2Fb')?$filter=Key%20eq%20'a%26b'&x=1`)).toEqual({
      segments: ["Tiers('a/b')"],
      options: [
        ['$filter', "Key eq 'a&b'"],
        ['x', '1'],
      ],
    });
  });

  it.each([
    { path: '', status: 200 },
    { path: '/', status: 200 },
    { path: '/$metadata', status: 200 },
    { path: '/Handoffs', status: 200 },
    { path: '/Handoffs/', status: 200 },
    { path: '/Handoffs/$count', status: 200 },
    { path: '/Handoffs(01920000-0000-7000-8000-000000000001)', status: 200 },
    { path: '/Handoffs(Id=01920000-0000-7000-8000-000000000001)', status: 200 },
    { path: "/Tiers('it''s')", status: 200 },
    { path: '/Dates(2026-01-01)', status: 200 },
    { path: '/Dates(2026-02-30)', status: 400 },
    { path: "/Handoffs('x')", status: 400 },
    { path: '/Handoffs(Number=1)', status: 400 },
    { path: '/Handoffs(', status: 404 },
    { path: '/handoffs', status: 404 },
    { path: '/Handoffs/Number', status: 404 },
    { path: '/Handoffs/$nothing', status: 404 },
    { path: '/Handoffs/$ref', status: 501 },
    { path: '/Handoffs(01920000-0000-7000-8000-000000000001)/Client', status: 501 },
    { path: '/$batch', status: 501 },
    { path: '/$crossjoin(Handoffs,Kpis)', status: 501 },
    { path: '/$nothing', status: 404 },
    { path: '/%ff', status: 400 },
    { path: `/Handoffs?$filter=${'x'.repeat(9000)}`, status: 414 },
  ])('$path is $status', ({ path, status }) => expect(statusOf(() => resolved(path))).toBe(status));
});

describe('a $skiptoken', () => {
  const secret = Buffer.alloc(32, 7);
  const continuation = {
    set: 'Handoffs',
    texts: { $filter: "Number eq 'é'" },
    left: 12,
    size: 5,
    count: '90',
    after: ['a', null],
    asked: { by: OTHER, at: '2026-11-23T14:00:00.000Z' },
  };

  it('gives back what was sealed', () => {
    const token = sealToken(secret, TENANT, continuation);
    expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(openToken(secret, TENANT, token)).toEqual(continuation);
  });

  it('opens for nobody else, and not after any change', () => {
    const token = sealToken(secret, TENANT, continuation);
    expect(statusOf(() => openToken(secret, OTHER, token))).toBe(400);
    expect(statusOf(() => openToken(Buffer.alloc(32, 8), TENANT, token))).toBe(400);
    for (let at = 0; at < token.length; at++) {
      const digit = token[at] === 'A' ? 'B' : 'A';
      const changed = `${token.slice(0, at)}${digit}${token.slice(at + 1)}`;
      // The last digit of Base64 has spare bits, which change no byte.
      if (Buffer.from(changed, 'base64url').equals(Buffer.from(token, 'base64url'))) continue;
      expect(statusOf(() => openToken(secret, TENANT, changed))).toBe(400);
    }
    for (const text of ['', 'x', '%00', 'A'.repeat(100)])
      expect(statusOf(() => openToken(secret, TENANT, text))).toBe(400);
  });
});

describe('the pages that follow', () => {
  const at = '2026-11-23T14:00:00.000Z';
  it.each([
    { asked: { by: OTHER, at }, now: '2026-11-23T15:00:00.000Z', is: true },
    { asked: { by: OTHER, at }, now: '2026-11-23T15:00:00.001Z', is: false },
    { asked: { by: TENANT, at }, now: at, is: false },
    { asked: { by: OTHER, at: null }, now: at, is: false },
    { asked: null, now: at, is: false },
  ])('belong to a question on record, of $asked, at $now: $is', ({ asked, now, is }) =>
    expect(isOnRecord(asked, OTHER, new Date(now))).toBe(is),
  );
});

describe('credentials', () => {
  it('carry their tenant, and are kept as a digest', () => {
    const { secret, secretHash } = makeFeedSecret(Buffer.alloc(32, 1));
    const user = userOfKey(TENANT, OTHER);
    expect(parseCredentials(user, secret)).toEqual({ tenantId: TENANT, keyId: OTHER, secretHash });
    expect(secretHash).toMatch(/^[0-9a-f]{64}$/);
    for (const [name, password] of [
      ['', secret],
      [user, ''],
      [`${user}x`, secret],
      [user, `${secret}x`],
      [user.toUpperCase(), secret],
    ])
      expect(parseCredentials(name!, password!)).toBeNull();
  });

  it('are read from a Basic header alone', () => {
    expect(parseBasic(`Basic ${Buffer.from('a:b:c').toString('base64')}`)).toEqual({ user: 'a', password: 'b:c' });
    expect(parseBasic(`basic  ${Buffer.from(':').toString('base64')}`)).toEqual({ user: '', password: '' });
    for (const header of [
      'Basic',
      'Basic !',
      'Bearer abc',
      `Basic ${Buffer.from('ab').toString('base64')}`,
      `Basic ${'A'.repeat(2000)}`,
    ])
      expect(parseBasic(header)).toBeNull();
  });
});

describe('places', () => {
  it('are so many at a time, the others wait in line, and too many are refused', async () => {
    const slots = new Slots(2, 1, 10_000);
    const [first, second] = await Promise.all([slots.take('a'), slots.take('a')]);
    const order: string[] = [];
    const third = slots.take('a').then((release) => {
      order.push('third');
      return release;
    });
    await expect(slots.take('a')).rejects.toMatchObject({ status: 429, details: { retryAfter: 5 } });
    (await slots.take('b'))();
    order.push('freed');
    first();
    first();
    (await third)();
    expect(order).toEqual(['freed', 'third']);
    second();
    const again = await Promise.all([slots.take('a'), slots.take('a')]);
    for (const release of again) release();
  });

  it('are not waited for longer than is said', async () => {
    const slots = new Slots(1, 5, 20);
    const release = await slots.take('a');
    await expect(slots.take('a')).rejects.toMatchObject({ status: 429 });
    release();
    (await slots.take('a'))();
  });
});
