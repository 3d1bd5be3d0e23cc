import type { Changes } from '../../src/core/changes.js';
import { SubscriptionContext } from '../../src/core/graphql/subscription.js';
import { SignalStream } from '../../src/core/signal-stream.js';
import { UNWATCHED } from '../../src/core/telemetry/telemetry.js';

/** How a look that fails so is counted. */
async function counted(error: Error): Promise<(readonly string[])[]> {
  const ended: (readonly string[])[] = [];
  const changes = { subscribe: () => new SignalStream(() => undefined) } as unknown as Changes;
  const begin = () => ({ watch: UNWATCHED as never, ended: (codes: readonly string[]) => void ended.push(codes) });
  const renew = async (): Promise<never> => {
    throw error;
  };
  const context = new SubscriptionContext('tenant', changes, renew, begin);
  const looks = context.watch(['Handoff'], async () => ({ mark: '', value: null }));
  await expect(looks.next()).rejects.toBe(error);
  return ended;
}

test.each([
  {
    what: 'a statement that lasted too long',
    error: Object.assign(new Error('x'), { code: '57014' }),
    code: 'UNAVAILABLE',
  },
  { what: 'a lost connection', error: Object.assign(new Error('x'), { code: 'ECONNRESET' }), code: 'UNAVAILABLE' },
  { what: 'what nobody expects', error: new Error('x'), code: 'INTERNAL_SERVER_ERROR' },
])('a look that fails by $what is counted as the client is told', async ({ error, code }) => {
  expect(await counted(error)).toEqual([[code]]);
});
