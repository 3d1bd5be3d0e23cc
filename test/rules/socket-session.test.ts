import { CLOSE, SocketSession } from '../../src/core/graphql/socket-session.js';
import { moment } from './handoff.kit.js';

const { actor } = moment();
const soon = (): Date => new Date(Date.now() + 20);
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const closings: number[] = [];
const session = (): SocketSession => new SocketSession((code) => void closings.push(code));
/** Timers for which the process would stay up. */
const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

beforeEach(() => void (closings.length = 0));

test('a socket ends with its token, and keeps no process up until then', async () => {
  const before = timers();
  session().begin(actor, soon(), () => 0);
  expect(timers()).toBe(before);
  await pause(60);
  expect(closings).toEqual([CLOSE.FORBIDDEN]);
});

test('one that has closed waits for its token no longer, also when it closed while the token was looked at', async () => {
  const open = session();
  open.begin(actor, soon(), () => 0);
  open.end();
  const early = session();
  early.end();
  early.begin(actor, soon(), () => 0);
  expect(early.actor).toBe(actor);
  await pause(60);
  expect(closings).toEqual([]);
});
