import fc from 'fast-check';
import { SignalStream } from '../../src/core/signal-stream.js';

const settled = async <T>(promise: Promise<T>): Promise<T | 'waiting'> =>
  Promise.race([promise, new Promise<'waiting'>((resolve) => setImmediate(() => resolve('waiting')))]);

describe('a stream of signals', () => {
  it('answers once at the start, and then waits', async () => {
    const stream = new SignalStream(() => undefined);
    expect(await stream.next()).toEqual({ done: false, value: undefined });
    expect(await settled(stream.next())).toBe('waiting');
  });

  it('makes one answer of any number of signals that nobody waited for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1000 }), async (signals) => {
        const stream = new SignalStream(() => undefined);
        for (let n = 0; n < signals; n++) stream.signal();
        expect((await stream.next()).done).toBe(false);
        const next = stream.next();
        expect(await settled(next)).toBe('waiting');
        stream.signal();
        expect((await next).done).toBe(false);
      }),
      { numRuns: 20 },
    );
  });

  it('ends whoever waits at once, and tells so once', async () => {
    let ended = 0;
    const stream = new SignalStream(() => (ended += 1));
    await stream.next();
    const waiting = stream.next();
    await stream.return();
    await stream.return();
    stream.signal();
    expect([(await waiting).done, (await stream.next()).done, ended]).toEqual([true, true, 1]);
  });
});
