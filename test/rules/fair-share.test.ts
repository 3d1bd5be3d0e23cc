import fc from 'fast-check';
import { FairShare, type Leave } from '../../src/core/fair-share.js';

const options = { what: 'requests', places: 4, share: 2, line: 3, patience: 40 };
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('one name holds its share and no more; the rest is there for the others at once', async () => {
  const share = new FairShare(options);
  const first = await share.enter('a');
  await share.enter('a');
  let isIn = false;
  const third = share.enter('a').then((leave) => ((isIn = true), leave));
  await Promise.all([share.enter('b'), share.enter('b')]);
  await soon();
  expect([isIn, share.inUse]).toEqual([false, 4]);
  first();
  first();
  await third;
  expect([isIn, share.inUse]).toEqual([true, 4]);
});

test('a free place goes to the names in turn, not to whoever asked most', async () => {
  const share = new FairShare({ ...options, places: 1, share: 1 });
  const served: string[] = [];
  const ask = async (name: string): Promise<void> => {
    const leave = await share.enter(name);
    served.push(name);
    await soon();
    leave();
  };
  const leave = await share.enter('x');
  const asked = ['a', 'a', 'a', 'b', 'c'].map(ask);
  leave();
  await Promise.all(asked);
  expect(served).toEqual(['a', 'b', 'c', 'a', 'a']);
});

test('whoever waits too long, or finds the line full, is told when to come again', async () => {
  const share = new FairShare(options);
  await Promise.all([share.enter('a'), share.enter('a')]);
  const waiting = [1, 2, 3].map(() => share.enter('a').catch((error: unknown) => error));
  const busy = {
    code: 'BUSY',
    details: { field: 'request', retryAfterSeconds: 1, remedy: expect.stringMatching(/again in 1 second/) },
  };
  await expect(share.enter('a')).rejects.toMatchObject(busy);
  expect(await Promise.all(waiting)).toEqual([busy, busy, busy].map((one) => expect.objectContaining(one)));
  expect(share.inUse).toBe(2);
});

test('whatever comes and goes, no share and no total is exceeded, and everyone who may wait gets in', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 40 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 6 }),
      async (names, most, places) => {
        const share = new FairShare({ what: 'requests', places, share: most, line: 40, patience: 10_000 });
        const held = new Map<string, number>();
        let done = 0;
        const ask = async (name: string): Promise<void> => {
          const leave: Leave = await share.enter(name);
          held.set(name, (held.get(name) ?? 0) + 1);
          expect(held.get(name)).toBeLessThanOrEqual(most);
          expect([...held.values()].reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(places);
          await soon();
          held.set(name, held.get(name)! - 1);
          done += 1;
          leave();
        };
        await Promise.all(names.map(ask));
        expect([done, share.inUse]).toEqual([names.length, 0]);
      },
    ),
    { numRuns: 50 },
  );
});
