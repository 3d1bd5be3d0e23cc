import type { Client } from 'graphql-ws';
import { castVote } from '../../src/approval/approval.commands.js';
import { ballot, cast, open } from '../command/approval.kit.js';
import { operation } from '../kit/operation.js';
import { startServer } from '../kit/server.js';
import { RawSocket, socketClient } from '../kit/socket.js';
import type { World } from '../kit/world.js';
import { pause, SHORT, Stage, told } from './subscriptions.kit.js';

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

describe('approvalInboxChanged', () => {
  it('tells the figures at once, and within a second after a vote by another process', async () => {
    const { freda, femi } = await cast(world);
    const { id } = await open(world);
    const client: Client = socketClient(stage.server.address, await stage.provider.token(world, 'freda.finance'));
    const stream = client.iterate<{ approvalInboxChanged: Record<string, unknown> }>({ query: DOCUMENT });
    const next = async (): Promise<Record<string, unknown>> => (await stream.next()).value.data.approvalInboxChanged;
    expect(await next()).toEqual({
      total: 1,
      awaitingMe: 1,
      dueWithin24h: 1,
      requestedByMe: 0,
      byKind: [{ kind: 'TEST_EXCEPTION', count: 1 }],
    });
    await stage.listening();
    await freda.done(castVote, ballot(id));
    const since = performance.now();
    await stage.tell(world, 'ApprovalRequest');
    expect(await next()).toMatchObject({ total: 1, awaitingMe: 0 });
    expect(performance.now() - since).toBeLessThan(1000);
    await femi.done(castVote, ballot(id));
    await stage.tell(world, 'ApprovalRequest');
    expect(await next()).toMatchObject({ total: 0, awaitingMe: 0, byKind: [] });
    await stream.return?.(undefined);
    await client.dispose();
  });

  it('says nothing when nothing has changed, or something else has', async () => {
    const socket = await stage.subscribed(world);
    await stage.listening();
    await stage.tell(world, 'ApprovalRequest', 'Handoff');
    await pause(300);
    await open(world);
    await stage.tell(world, 'Alert');
    await pause(300);
    expect(told(socket)).toEqual([{ total: 0, awaitingMe: 0, requestedByMe: 0 }]);
    await stage.tell(world, 'Handoff');
    await socket.heard((m) => m.payload?.data?.approvalInboxChanged?.total === 1);
    socket.socket.close();
  });

  it('tells each one their own figures', async () => {
    await open(world);
    const [freda, sofia] = [await stage.signedIn(world, 'freda.finance'), await stage.signedIn(world, 'sofia.sales')];
    for (const socket of [freda, sofia]) {
      socket.subscribe('1', SHORT);
      await socket.heard(({ type }) => type === 'next');
      socket.socket.close();
    }
    expect(told(freda)).toEqual([{ total: 1, awaitingMe: 1, requestedByMe: 0 }]);
    expect(told(sofia)).toEqual([{ total: 1, awaitingMe: 0, requestedByMe: 1 }]);
  });

  it('never tells of another tenant, not even that something happened there', async () => {
    const other = await stage.suite.tenant();
    const socket = await stage.subscribed(other, 'freda.finance');
    await stage.listening();
    await open(world);
    await stage.tell(world, 'ApprovalRequest', 'Handoff', 'Person');
    await pause(300);
    expect(told(socket)).toEqual([{ total: 0, awaitingMe: 0, requestedByMe: 0 }]);
    socket.socket.close();
  });

  it('records what an auditor is shown before it is sent, and nothing that is not sent', async () => {
    const reads = async (): Promise<number> =>
      (
        await world.rows("select count(*)::int as n from ledger_entry where tenant_id = $1 and action = 'readRecords'")
      )[0]!.n as number;
    const socket = await stage.subscribed(world, 'audrey.audit');
    expect(await reads()).toBe(1);
    await stage.listening();
    await stage.tell(world, 'Handoff');
    await pause(300);
    expect([told(socket).length, await reads()]).toEqual([1, 1]);
    socket.socket.close();
  });

  it('ends with `complete`, and looks no more', async () => {
    const socket = await stage.subscribed(world);
    await stage.listening();
    socket.say({ type: 'complete', id: '1' });
    await open(world);
    await stage.tell(world, 'Handoff');
    await pause(300);
    expect(told(socket)).toHaveLength(1);
    socket.socket.close();
  });

  it('goes on when the connection that hears the changes is cut', async () => {
    const { id } = await open(world);
    const socket = await stage.subscribed(world);
    await stage.listening();
    await stage.cutListeners();
    const { freda } = await cast(world);
    await freda.done(castVote, ballot(id));
    // Heard by nobody, perhaps: whoever connects again tells everybody to look.
    await socket.heard((m) => m.payload?.data?.approvalInboxChanged?.awaitingMe === 0, 3000);
    await stage.listening();
    await open(world);
    await stage.tell(world, 'Handoff');
    await socket.heard((m) => m.payload?.data?.approvalInboxChanged?.total === 2, 1000);
    socket.socket.close();
  });
});

it('a server that stops says goodbye to every socket, and closes', async () => {
  const other = await startServer(stage.suite, { ...stage.provider.settings, DRAIN_SECONDS: '0' });
  const sockets = await Promise.all(
    ['freda.finance', 'femi.finance'].map(async (key) =>
      RawSocket.signedIn(other.address, await stage.provider.token(world, key)),
    ),
  );
  sockets[0]!.subscribe('1', DOCUMENT);
  await sockets[0]!.heard(({ type }) => type === 'next');
  const since = performance.now();
  await other.close();
  expect(performance.now() - since).toBeLessThan(3000);
  for (const { closed } of sockets) expect(await closed).toEqual({ code: 1001, reason: 'Going away' });
  expect(await stage.listeners()).toBeLessThanOrEqual(1);
});
