import { Role } from '../../src/identity/roles.js';
import { startServer, type TestServer } from '../kit/server.js';
import { openSuite, type Suite } from '../kit/suite.js';
import type { World } from '../kit/world.js';

/** The bad inputs of reliability 3.1: each a 4xx, or 200 with a coded error; never a 5xx, a stack or an internal word. */
let suite: Suite;
let server: TestServer;
let world: World;
let auth: Record<string, string>;

beforeAll(async () => {
  suite = await openSuite();
  server = await startServer(suite);
  world = await suite.tenant((configuration) => void (configuration.tenant.slug = 'bad-input'));
  auth = { authorization: `Bearer ${await server.token(world, Role.REVOPS_ADMIN)}` };
});
afterAll(async () => {
  await server.close();
  await suite.close();
});

const invite = `mutation($input: InviteMemberInput!) { inviteMember(input: $input) { __typename } }`;
const sound = { handle: 'bad.input', name: 'N', email: 'n@example.com', roles: ['SALES_MANAGER'], oid: 'x' };

function coded(answer: Awaited<ReturnType<TestServer['send']>>, code?: string): void {
  expect(answer.status).toBeLessThan(500);
  expect(answer.text).not.toMatch(/at .*\.(js|ts):\d+|node_modules|\/work\/|password|select .* from/i);
  const codes = (answer.json?.errors ?? []).map((e: { extensions?: { code?: string } }) => e.extensions?.code);
  expect(codes.length).toBeGreaterThan(0);
  for (const one of codes) expect(one).toMatch(/^[A-Z_]+$/);
  expect(codes).not.toContain('INTERNAL_SERVER_ERROR');
  if (code) expect(codes).toContain(code);
}

describe('documents', () => {
  const chain = (n: number): string =>
    Array.from({ length: n }, (_, i) => `fragment F${i} on Person { id ...F${i + 1} ...F${i + 1} }`).join(' ');
  it.each(
    (<[string, unknown, string?][]>[
      ['an unclosed brace', { query: '{' }, 'GRAPHQL_PARSE_FAILED'],
      ['NUL in the text', { query: '{ me\u0000 { id } }' }, 'GRAPHQL_PARSE_FAILED'],
      ['2,001 tokens', { query: `{ ${'me '.repeat(2001)} }` }, 'GRAPHQL_PARSE_FAILED'],
      [
        'an integer of 2,000 digits',
        { query: `{ people(first: ${'9'.repeat(2000)}) { edges { cursor } } }` },
        'GRAPHQL_VALIDATION_FAILED',
      ],
      ['a lone surrogate in a name', { query: '{ m\ud800e { id } }' }, 'GRAPHQL_PARSE_FAILED'],
      [
        'a fragment cycle',
        { query: '{ me { ...A } } fragment A on Person { id ...B } fragment B on Person { ...A }' },
        'GRAPHQL_VALIDATION_FAILED',
      ],
      ['a chain of 100 doubling fragments', { query: `{ me { ...F0 } } ${chain(100)} fragment F100 on Person { id }` }],
      [
        '31 aliases',
        { query: `{ ${Array.from({ length: 31 }, (_, i) => `a${i}: me { id }`).join(' ')} }` },
        'QUERY_TOO_COSTLY',
      ],
      [
        '21 aliased mutations',
        {
          query: `mutation { ${Array.from({ length: 21 }, (_, i) => `m${i}: revokeApiKey(input: {apiKeyId: "x"}) { __typename }`).join(' ')} }`,
        },
        'QUERY_TOO_COSTLY',
      ],
      ['51 directives', { query: `{ me { id ${'@include(if: true) '.repeat(51)} } }` }],
      [
        '900 unknown fields',
        { query: `{ ${Array.from({ length: 900 }, (_, i) => `x${i}`).join(' ')} }` },
        'GRAPHQL_VALIDATION_FAILED',
      ],
      ['a page of 100000 by literal', { query: '{ people(first: 100000) { edges { cursor } } }' }],
      [
        'a page of 100000 by variable',
        { query: 'query($n: Int!) { people(first: $n) { edges { node { id } } } }', variables: { n: 100_000 } },
      ],
      [
        'a page of 100000 by default',
        { query: 'query($n: Int = 100000) { people(first: $n) { edges { node { id } } } }' },
      ],
      ['a page of 0', { query: '{ people(first: 0) { edges { cursor } } }' }, 'BAD_USER_INPUT'],
      ['a negative page', { query: '{ people(first: -1) { edges { cursor } } }' }, 'BAD_USER_INPUT'],
      ['a page of "5"', { query: '{ people(first: "5") { edges { cursor } } }' }, 'GRAPHQL_VALIDATION_FAILED'],
      ['a cursor that is none', { query: '{ people(after: "xyz") { edges { cursor } } }' }, 'BAD_USER_INPUT'],
      ['an operation that is not there', { query: 'query A { me { id } }', operationName: 'B' }],
      ['an operation named __proto__', { query: 'query A { me { id } }', operationName: '__proto__' }],
      ['no operation', { query: 'fragment A on Person { id }' }],
      ['introspection of a wrong type, guessing', { query: '{ mee { id } }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ]).map(([name, body, code]) => ({ name, body, code })),
  )('$name', async ({ body, code }) => coded(await server.send(body, auth), code));

  it('gives no suggestions', async () => {
    expect((await server.send({ query: '{ peoples { edges { cursor } } }' }, auth)).text).not.toMatch(/did you mean/i);
  });
});

describe('transport', () => {
  it.each<[string, string, Record<string, string>]>([
    ['an array batch', '[{"query":"{ me { id } }"}]', {}],
    ['null', 'null', {}],
    ['a string', '"x"', {}],
    ['an empty array', '[]', {}],
    ['an empty body', '', {}],
    ['a trailing comma', '{"query":"{ me { id } }",}', {}],
    ['a form', 'query={me{id}}', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['text', '{"query":"{ me { id } }"}', { 'content-type': 'text/plain' }],
    ['__proto__ in the body', '{"query":"{ me { id } }","__proto__":{"x":1}}', {}],
    ['__proto__ in the variables', `{"query":${JSON.stringify(invite)},"variables":{"__proto__":{"input":1}}}`, {}],
    ['3 MB', JSON.stringify({ query: '{ me { id } }', variables: { x: 'x'.repeat(3_000_000) } }), {}],
  ])('%s', async (_name, body, headers) => {
    const answer = await server.send(body, { ...auth, ...headers });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.text).not.toMatch(/at .*\.(js|ts):\d+|node_modules/);
  });

  it('refuses a GET mutation and a GET query without preflight', async () => {
    const get = (query: string, headers: Record<string, string> = {}) =>
      fetch(`${server.address}/graphql?query=${encodeURIComponent(query)}`, { headers: { ...auth, ...headers } });
    expect((await get('{ me { id } }')).status).toBe(400);
    expect(
      (
        await get('mutation { revokeApiKey(input: {apiKeyId: "x"}) { __typename } }', {
          'apollo-require-preflight': '1',
        })
      ).status,
    ).toBe(405);
  });

  it('answers an unknown path in JSON', async () => {
    const answer = await fetch(`${server.address}/nothing`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
  });

  it.each(['short', 'with space in it', 'ä'.repeat(10), 'x'.repeat(201)])(
    'refuses the Idempotency-Key %j',
    async (key) => {
      const headers = { ...auth, 'idempotency-key': Buffer.from(key, 'utf8').toString('latin1') };
      coded(await server.send({ query: '{ me { id } }' }, headers), 'BAD_USER_INPUT');
    },
  );
});

describe('values', () => {
  it.each(
    (<[string, Record<string, unknown>, string?][]>[
      ['NUL in text', { name: 'a\u0000b' }, 'BAD_USER_INPUT'],
      ['a lone surrogate', { name: 'a\ud800b' }, 'BAD_USER_INPUT'],
      ['a name of 121 characters', { name: 'x'.repeat(121) }, 'BAD_USER_INPUT'],
      ['an empty name', { name: '' }, 'BAD_USER_INPUT'],
      ['an address that is none', { email: 'nobody' }, 'BAD_USER_INPUT'],
      ['no role', { roles: [] }, 'BAD_USER_INPUT'],
      ['a role twice', { roles: ['SALES_MANAGER', 'SALES_MANAGER'] }, 'BAD_USER_INPUT'],
      ['the role of programs', { roles: ['INTEGRATOR'] }, 'BAD_USER_INPUT'],
      ['a role that is none', { roles: ['GOD'] }],
      ['a field that is none', { admin: true }],
      ['a number for text', { name: 5 }],
      ['a million entries', { roles: Array.from({ length: 100_000 }, () => 'SALES_MANAGER') }, 'BAD_USER_INPUT'],
    ]).map(([name, change, code]) => ({ name, change, code })),
  )('$name', async ({ change, code }) => {
    coded(await server.send({ query: invite, variables: { input: { ...sound, ...change } } }, auth), code);
    expect(await world.rows('select 1 from person where tenant_id = $1 and handle = $2', [sound.handle])).toEqual([]);
  });

  it.each(['NaN', '1e400', '1.5', '2147483648', '"1"', 'null', '-0.5', '01'])('a revision of %s', async (text) => {
    const variables = `{"input":{"personId":"019ab000-0000-7000-8000-000000000000","expectedRevision":${text}}}`;
    const query = 'mutation($input: MemberInput!) { suspendMember(input: $input) { __typename } }';
    coded(await server.send(`{"query":${JSON.stringify(query)},"variables":${variables}}`, auth));
  });

  it.each(['not-a-uuid', '{019ab000-0000-7000-8000-000000000000}', '', "' or 1=1 --"])(
    'an id of %j',
    async (personId) => {
      coded(
        await server.send(
          {
            query: 'mutation($input: MemberInput!) { suspendMember(input: $input) { __typename } }',
            variables: { input: { personId, expectedRevision: 1 } },
          },
          auth,
        ),
        'BAD_USER_INPUT',
      );
    },
  );

  it('names the field and the remedy', async () => {
    const { json } = await server.send({ query: invite, variables: { input: { ...sound, email: 'nobody' } } }, auth);
    expect(json.errors[0].extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'email',
      remedy: expect.any(String),
    });
  });
});

describe('sign-in', () => {
  it('asks for a token, with 401', async () => {
    const answer = await server.send({ query: '{ me { id } }' });
    expect(answer.status).toBe(401);
    coded(answer, 'UNAUTHENTICATED');
  });

  it.each([
    'Bearer x',
    'Basic eDp5',
    'Bearer',
    'Bearer cs_0_0_0',
    `Bearer cs_${'0'.repeat(32)}_${'0'.repeat(32)}_${'A'.repeat(43)}`,
  ])('refuses %j', async (authorization) => {
    const answer = await server.send({ query: '{ me { id } }' }, { authorization });
    expect(answer.status).toBe(401);
    coded(answer, 'UNAUTHENTICATED');
  });

  it('refuses an API key without an Idempotency-Key for mutations, and never lets it administer', async () => {
    const { json } = await server.send(
      {
        query:
          'mutation { createApiKey(input: {name: "key", scopes: ["handoffs:read"]}) { ... on ApiKey { id secret } } }',
      },
      auth,
    );
    const key = { authorization: `Bearer ${json.data.createApiKey.secret as string}` };
    coded(await server.send({ query: invite, variables: { input: sound } }, key));
    coded(
      await server.send({ query: invite, variables: { input: sound } }, { ...key, 'idempotency-key': 'abcdefgh' }),
      'FORBIDDEN',
    );
    expect((await server.send({ query: '{ tenant { slug } }' }, key)).json.data).toEqual({
      tenant: { slug: 'bad-input' },
    });
  });

  it('logs no token, no key and no variable', async () => {
    const secret = auth.authorization!.slice(7);
    await server.send({ query: invite, variables: { input: { ...sound, email: 'canary-7391@example' } } }, auth);
    const lines = server.logged.join('\n');
    expect(lines).not.toContain(secret);
    expect(lines).not.toContain('canary-7391');
    expect(lines).toMatch(/"req"/);
  });
});
