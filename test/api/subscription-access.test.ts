import { newId } from '../../src/core/id.js';
import { suspendMember } from '../../src/identity/member.commands.js';
import { createApiKey } from '../../src/identity/tenant.commands.js';
import { open } from '../command/approval.kit.js';
import { RawSocket } from '../kit/socket.js';
import type { World } from '../kit/world.js';
import { SHORT, Stage, told } from './subscriptions.kit.js';

let stage: Stage;
let world: World;

beforeAll(async () => {
  stage = await Stage.open();
});
beforeEach(async () => {
  world = await stage.suite.tenant();
});
afterAll(() => stage.close());

describe('who may listen', () => {
  const sign = async (payload: unknown): Promise<{ code: number; reason: string }> => {
    const socket = await RawSocket.open(stage.server.address);
    socket.say({ type: 'connection_init', payload });
    return socket.closed;
  };

  it.each([
    { how: 'nothing', payload: undefined },
    { how: 'no authorization', payload: {} },
    { how: 'another scheme', payload: { authorization: 'Basic abc' } },
    { how: 'no token at all', payload: { authorization: 'Bearer x.y.z' } },
    { how: 'a number', payload: { authorization: 7 } },
    { how: 'two', payload: { authorization: ['Bearer a', 'Bearer b'] } },
    { how: 'an unknown API key', payload: { authorization: `Bearer cs_${newId()}` } },
  ])('not by $how', async ({ payload }) => {
    const { code, reason } = await sign(payload);
    expect(code).toBe(4403);
    expect(reason).toMatch(/^UNAUTHENTICATED: /);
  });

  it('not by a token that is forged or over, and no byte of it comes back', async () => {
    const token = await stage.provider.token(world, 'freda.finance');
    for (const wrong of [`${token.slice(0, -6)}AAAAAA`, await stage.provider.token(world, 'freda.finance', -120)]) {
      const { code, reason } = await sign({ authorization: `Bearer ${wrong}` });
      expect(code).toBe(4403);
      expect(reason).not.toContain(wrong.slice(0, 12));
      expect(stage.server.logged.join()).not.toContain(wrong.slice(-20));
    }
  });

  it('not before signing in: an operation without it ends the socket', async () => {
    const socket = await RawSocket.open(stage.server.address);
    socket.subscribe('1', SHORT);
    expect(await socket.closed).toMatchObject({ code: 4401 });
  });

  it('nobody who opens a socket and says nothing', async () => {
    const socket = await RawSocket.open(stage.server.address);
    expect(await socket.closed).toMatchObject({ code: 4408 });
  });

  it('until the token ends: the socket is closed while open', async () => {
    const socket = await RawSocket.signedIn(
      stage.server.address,
      await stage.provider.token(world, 'freda.finance', 2),
    );
    socket.subscribe('1', SHORT);
    await socket.heard(({ type }) => type === 'next');
    expect(await socket.closed).toEqual({ code: 4403, reason: 'UNAUTHENTICATED: The access token has expired.' });
  });

  it('no member who was suspended meanwhile: the next event ends the socket and tells nothing', async () => {
    const socket = await stage.subscribed(world);
    await stage.listening();
    const freda = await world.idOf('freda.finance');
    const [{ revision }] = (await world.rows('select revision from person where tenant_id = $1 and id = $2', [
      freda,
    ])) as [{ revision: number }];
    await (await world.as('ravi.revops')).done(suspendMember, { personId: freda, expectedRevision: revision });
    await open(world);
    await stage.tell(world, 'Person');
    expect(await socket.closed).toMatchObject({ code: 4403, reason: expect.stringMatching(/^FORBIDDEN: /) });
    expect(told(socket)).toHaveLength(1);
  });

  it('a program with the scope, and none without it', async () => {
    const admin = await world.as('ravi.revops');
    const key = async (scopes: string[]): Promise<string> => {
      const result = await admin.run(createApiKey, { name: `k ${scopes.length}`, scopes, days: 1 });
      return (result as { secret: string }).secret;
    };
    const reader = await RawSocket.signedIn(stage.server.address, await key(['handoffs:read', 'documents:free']));
    reader.subscribe('1', SHORT);
    await reader.heard(({ type }) => type === 'next');
    expect(told(reader)).toEqual([{ total: 0, awaitingMe: 0, requestedByMe: 0 }]);
    const importer = await RawSocket.signedIn(stage.server.address, await key(['deals:import']));
    importer.subscribe('1', SHORT);
    expect(await importer.refused('1')).toEqual(['FORBIDDEN']);
    for (const { socket } of [reader, importer]) socket.close();
  });

  it.each([
    { origin: 'https://evil.example', status: '403' },
    { origin: 'null', status: '403' },
    { origin: 'garbage', status: '403' },
  ])('no page of $origin', async ({ origin, status }) => {
    await expect(RawSocket.open(stage.server.address, { headers: { origin } })).rejects.toThrow(status);
  });

  it('a page of our own', async () => {
    const socket = await RawSocket.open(stage.server.address, { headers: { origin: stage.server.address } });
    socket.socket.close();
  });

  it.each([
    { path: '/', status: '404' },
    { path: '/graphql/x', status: '404' },
    { path: '/sandbox/identity', status: '404' },
  ])('on no other path: $path', async ({ path, status }) => {
    await expect(RawSocket.open(stage.server.address, { path })).rejects.toThrow(status);
  });

  it('in no other protocol', async () => {
    await expect(RawSocket.open(stage.server.address, { protocol: 'graphql-ws' })).rejects.toThrow(/subprotocol/);
  });
});
