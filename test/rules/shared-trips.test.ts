import fc from 'fast-check';
import { SharedTrips } from '../../src/core/shared-trips.js';

class Lost extends Error {}
const options = { few: 2, most: 4, isOfOne: (error: unknown) => !(error instanceof Lost) };
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Trips that end when they are told to; each passenger is answered ten times their number, and a negative one is refused. */
function station() {
  const left: { readonly all: readonly number[]; readonly arrive: (error?: Error) => void }[] = [];
  const travel = async (all: readonly number[]): Promise<readonly number[]> => {
    await new Promise<void>((resolve, reject) =>
      left.push({ all, arrive: (error) => (error ? reject(error) : resolve()) }),
    );
    const faulty = all.find((one) => one < 0);
    if (faulty !== undefined) throw new Error(`not ${faulty}`);
    return all.map((one) => one * 10);
  };
  return { left, travel };
}

test('whoever comes while few are under way leaves alone and at once; the others wait and leave together', async () => {
  const { left, travel } = station();
  const trips = new SharedTrips<number, number>(options);
  const answers = Promise.all([1, 2, 3, 4, 5].map((one) => trips.join(one, travel)));
  expect(left.map(({ all }) => all)).toEqual([[1], [2]]);
  left[1]!.arrive();
  await soon();
  expect(left.map(({ all }) => all)).toEqual([[1], [2], [3, 4, 5]]);
  for (const { arrive } of left) arrive();
  expect(await answers).toEqual([10, 20, 30, 40, 50]);
});

test('a full trip leaves however many are under way, and comes back for no more', async () => {
  const { left, travel } = station();
  const trips = new SharedTrips<number, number>(options);
  const answers = Promise.all([1, 2, 3, 4, 5, 6, 7].map((one) => trips.join(one, travel)));
  expect(left.map(({ all }) => all)).toEqual([[1], [2], [3, 4, 5, 6]]);
  left[2]!.arrive();
  await soon();
  expect(left).toHaveLength(3);
  left[0]!.arrive();
  await soon();
  expect(left.map(({ all }) => all)).toEqual([[1], [2], [3, 4, 5, 6], [7]]);
  for (const { arrive } of left) arrive();
  expect(await answers).toEqual([10, 20, 30, 40, 50, 60, 70]);
});

test('a fault of one is told to that one; what befell the trip is told to all, who are not taken again', async () => {
  const { left, travel } = station();
  const trips = new SharedTrips<number, number>({ ...options, few: 1 });
  const first = trips.join(1, travel);
  const answers = Promise.allSettled([2, -3, 4].map((one) => trips.join(one, travel)));
  left[0]!.arrive();
  await first;
  await soon();
  left[1]!.arrive();
  await soon();
  expect(left.map(({ all }) => all)).toEqual([[1], [2, -3, 4], [2], [-3], [4]]);
  for (const { arrive } of left) arrive();
  expect(await answers).toEqual([
    { status: 'fulfilled', value: 20 },
    { status: 'rejected', reason: new Error('not -3') },
    { status: 'fulfilled', value: 40 },
  ]);

  await soon();
  const again = trips.join(5, travel);
  const lost = Promise.allSettled([6, 7].map((one) => trips.join(one, travel)));
  left[5]!.arrive();
  await again;
  await soon();
  left[6]!.arrive(new Lost());
  expect((await lost).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(left).toHaveLength(7);
});

test('whatever comes, everyone gets their own answer, and nobody is left behind', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: -2, max: 40 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 8 }),
      async (comers, few, most) => {
        const trips = new SharedTrips<number, number>({ ...options, few, most });
        const travel = async (all: readonly number[]): Promise<readonly number[]> => {
          expect(all.length).toBeLessThanOrEqual(most);
          await soon();
          if (all.some((one) => one < 0)) throw new Error('a fault');
          return all.map((one) => one * 10);
        };
        const answers = comers.map(async (one, at) => {
          if (at % 3 === 0) await soon();
          return trips.join(one, travel).catch(() => 'refused');
        });
        expect(await Promise.all(answers)).toEqual(comers.map((one) => (one < 0 ? 'refused' : one * 10)));
      },
    ),
  );
});
