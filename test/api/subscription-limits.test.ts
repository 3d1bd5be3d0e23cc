import { operation } from '../kit/operation.js';
import { startServer } from '../kit/server.js';
import { RawSocket } from '../kit/socket.js';
import type { World } from '../kit/world.js';
import { SHORT, Stage } from './subscriptions.kit.js';

const DOCUMENT = operation('approval-inbox-changed');

let stage: Stage;
let world: World;

beforeAll(async () => {
  stage = await Stage.open();
});
beforeEach(async () => {
  world = await stage.suite.tenant();
});
afterAll(() => stage.close());

describe('what may be asked', () => {
  const aliases = Array.from({ length: 200 }, (_, n) => `a${n}: total`).join(' ');
  const tokens = 'total '.repeat(2100);

  it.each([
    { how: 'a query', query: '{ me { id } }', code: 'BAD_REQUEST' },
    {
      how: 'a mutation',
      query: 'mutation { __typename }',
      code: 'BAD_REQUEST',
    },
    { how: 'the schema', query: '{ __schema { types { name } } }', code: 'BAD_REQUEST' },
    { how: '200 aliases', query: `subscription { approvalInboxChanged { ${aliases} } }`, code: 'QUERY_TOO_COSTLY' },
    { how: '2,100 tokens', query: `subscription { approvalInboxChanged { ${tokens} } }`, code: 'GRAPHQL_PARSE_FAILED' },
    { how: 'half a document', query: 'subscription {', code: 'GRAPHQL_PARSE_FAILED' },
    { how: 'nothing', query: '', code: 'GRAPHQL_PARSE_FAILED' },
    {
      how: 'an unknown field',
      query: 'subscription { approvalInboxChangd { total } }',
      code: 'GRAPHQL_VALIDATION_FAILED',
    },
    {
      how: 'two roots',
      query: `subscription { a: approvalInboxChanged { total } b: approvalInboxChanged { total } }`,
      code: 'GRAPHQL_VALIDATION_FAILED',
    },
    { how: 'the root type', query: 'subscription { __typename }', code: /GRAPHQL_VALIDATION_FAILED/ },
    {
      how: 'two operations and no name',
      query: `${SHORT.replace('{', 'A {')} ${SHORT.replace('{', 'B {')}`,
      code: 'BAD_USER_INPUT',
    },
    {
      how: 'a variable of another type',
      query: SHORT.replace('{', '($n: Int!) {'),
      variables: { n: 'x' },
      code: /BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED/,
    },
    {
      how: 'NUL in a variable',
      query: 'subscription($s: Boolean! = true) { approvalInboxChanged { total @include(if: $s) } }',
      variables: { s: true, other: '\u0000' },
      code: 'BAD_USER_INPUT',
    },
  ])('not $how', async ({ query, code, variables }) => {
    const socket = await stage.signedIn(world);
    socket.subscribe('1', query, variables ? { variables } : {});
    const codes = await socket.refused('1');
    expect(codes).toEqual([typeof code === 'string' ? code : expect.stringMatching(code)]);
    expect(JSON.stringify(socket.messages)).not.toMatch(/Did you mean|node_modules|\.ts:|select .* from/);
    // The socket itself is sound.
    socket.subscribe('2', SHORT);
    await socket.heard(({ type, id }) => type === 'next' && id === '2');
    socket.socket.close();
  });

  it('only trusted documents where the setting says so', async () => {
    const strict = await startServer(stage.suite, { ...stage.provider.settings, DRAIN_SECONDS: '0' });
    try {
      const socket = await RawSocket.signedIn(strict.address, await stage.provider.token(world, 'freda.finance'));
      socket.subscribe('1', SHORT);
      expect(await socket.refused('1')).toEqual(['DOCUMENT_NOT_TRUSTED']);
      socket.subscribe('2', DOCUMENT);
      await socket.heard(({ type, id }) => type === 'next' && id === '2');
    } finally {
      await strict.close();
    }
  });

  it('no subscription over HTTP', async () => {
    const { json, status } = await stage.server.send(
      { query: SHORT },
      { authorization: `Bearer ${await stage.provider.token(world, 'freda.finance')}` },
    );
    expect([status, json.errors[0].extensions.code]).toEqual([400, 'BAD_REQUEST']);
  });
});

describe('how much may be asked', () => {
  it('a message of 64 KiB at the most', async () => {
    const socket = await stage.signedIn(world);
    socket.subscribe('1', `${SHORT} # ${'x'.repeat(70_000)}`);
    expect(await socket.closed).toMatchObject({ code: 1009 });
  });

  it('text alone, and only what the protocol knows', async () => {
    const binary = await stage.signedIn(world);
    binary.socket.send(Buffer.from('{}'), { binary: true });
    expect(await binary.closed).toMatchObject({ code: 1003 });
    const strange = await stage.signedIn(world);
    strange.socket.send('{"type":"start","id":"1"}');
    expect(await strange.closed).toMatchObject({ code: 4400 });
  });

  it('ten subscriptions a socket', async () => {
    const socket = await stage.signedIn(world);
    for (let n = 1; n <= 11; n++) socket.subscribe(String(n), SHORT);
    expect(await socket.refused('11')).toEqual(['RATE_LIMITED']);
    for (let n = 1; n <= 10; n++) await socket.heard((m) => m.type === 'next' && m.id === String(n));
    socket.say({ type: 'complete', id: '3' });
    socket.subscribe('12', SHORT);
    await socket.heard((m) => m.type === 'next' && m.id === '12');
    socket.socket.close();
  });

  it('not a flood: too many messages end the socket', async () => {
    const socket = await stage.signedIn(world);
    for (let n = 0; n < 1000; n++) socket.subscribe(`f${n}`, SHORT);
    expect(await socket.closed).toMatchObject({ code: 1008 });
    expect(socket.messages.filter(({ type }) => type === 'next').length).toBeLessThanOrEqual(10);
  });

  it('ten sockets a person', async () => {
    const token = await stage.provider.token(world, 'freda.finance');
    const sockets = await Promise.all(
      Array.from({ length: 10 }, () => RawSocket.signedIn(stage.server.address, token)),
    );
    const one = await RawSocket.open(stage.server.address);
    one.say({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
    expect(await one.closed).toMatchObject({ code: 1013, reason: expect.stringMatching(/^RATE_LIMITED/) });
    sockets[0]!.socket.close();
    await sockets[0]!.closed;
    (await RawSocket.signedIn(stage.server.address, token)).socket.close();
    for (const { socket } of sockets) socket.close();
  });

  it('as many requests a minute as over HTTP', async () => {
    const slow = await startServer(stage.suite, {
      ...stage.provider.settings,
      TRUSTED_DOCUMENTS: 'off',
      REQUESTS_PER_MINUTE: '3',
      DRAIN_SECONDS: '0',
    });
    try {
      const socket = await RawSocket.signedIn(slow.address, await stage.provider.token(world, 'freda.finance'));
      for (const id of ['1', '2', '3']) socket.subscribe(id, SHORT);
      expect(await socket.refused('3')).toEqual(['RATE_LIMITED']);
    } finally {
      await slow.close();
    }
  });
});
