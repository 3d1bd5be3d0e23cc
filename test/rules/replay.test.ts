import fc from 'fast-check';
import { positionText, readPosition, Replay } from '../../src/core/replica/position.js';

const place = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });

describe('a place in the log', () => {
  it('is read as it is written', () => {
    fc.assert(fc.property(place, (one) => readPosition(positionText(one)) === one));
    expect([readPosition('16/B374D848'), readPosition('16/b374d848')]).toEqual([0x16b374d848n, 0x16b374d848n]);
  });

  it.each([{ text: '' }, { text: '1' }, { text: '1/2/3' }, { text: "0/1'" }, { text: '123456789/0' }, { text: '0/G' }])(
    'is none: "$text"',
    ({ text }) => expect(readPosition(text)).toBeNull(),
  );
});

/** What may happen, in any order: commits here, elsewhere with and without a notice, replay, and asking in two halves. */
type Step =
  | { readonly kind: 'commit' | 'notice' | 'tell' | 'foreign'; readonly tenant: 'a' | 'b' }
  | { readonly kind: 'ask' | 'answer' | 'forget' }
  | { readonly kind: 'replay'; readonly share: number };

const tenant = fc.constantFrom('a' as const, 'b' as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('commit' as const, 'notice' as const, 'tell' as const, 'foreign' as const),
    tenant,
  }),
  fc.record({ kind: fc.constantFrom('ask' as const, 'answer' as const, 'forget' as const) }),
  fc.record({ kind: fc.constant('replay' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
);

describe('a replica', () => {
  it('is never read by a tenant before it shows all that the tenant has written or was told of', () => {
    let served = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const replay = new Replay(1000);
        let [log, replayed] = [0n, 0n];
        const seen = { a: 0n, b: 0n };
        let asked: { notice: number; at: bigint } | null = null;
        for (const one of steps) {
          if (one.kind === 'commit') replay.wrote(one.tenant, (seen[one.tenant] = log += 8n));
          // Committed by another process, and not heard of here.
          else if (one.kind === 'foreign') log += 8n;
          else if (one.kind === 'notice') {
            seen[one.tenant] = log += 8n;
            replay.noticed(one.tenant);
          } else if (one.kind === 'tell') replay.observed(one.tenant, (seen[one.tenant] = log += 8n));
          else if (one.kind === 'ask') asked = { notice: replay.lastNotice, at: log };
          else if (one.kind === 'answer' && asked) {
            replay.sampled(0, asked.at, asked.notice);
            replay.reached(replayed);
            asked = null;
          } else if (one.kind === 'forget') replay.forget();
          else if (one.kind === 'replay') replayed += BigInt(Math.floor(Number(log - replayed) * one.share));
          for (const who of ['a', 'b'] as const) {
            if (!replay.serves(who, 500)) continue;
            served++;
            if (seen[who] > replayed) return false;
          }
        }
        return true;
      }),
      { numRuns: 2000 },
    );
    expect(served).toBeGreaterThan(100);
  });

  it('is not read before it was ever whole, nor once its last whole state is older than the bound', () => {
    const replay = new Replay(1000);
    expect(replay.serves('a', 0)).toBe(false);
    replay.sampled(0, 8n, 0);
    replay.reached(7n);
    expect(replay.serves('a', 0)).toBe(false);
    replay.reached(8n);
    expect([replay.serves('a', 1000), replay.serves('a', 1001)]).toEqual([true, false]);
    replay.forget();
    expect(replay.serves('a', 0)).toBe(false);
  });

  it('keeps little of a long wait', () => {
    const replay = new Replay(1000);
    for (let n = 1; n <= 100_000; n++) {
      replay.sampled(n, BigInt(n), 0);
      replay.reached(0n);
    }
    replay.reached(100_000n);
    expect(replay.serves('a', 100_000)).toBe(true);
  });
});
