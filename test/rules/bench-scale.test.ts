import { type Found, verdictsOf } from '../../bench/kit/scale-report.mjs';

const size = (tenants: number, pages: number, rate: number, startSeconds = 1) => ({
  tenants,
  handoffs: tenants * 1000,
  startSeconds,
  operations: { page: { pages, statements: 2, rate, p50: 1, p99: 2 } },
});

const broken = (found: Found): string[] => verdictsOf(found).flatMap(({ what, isKept }) => (isKept ? [] : [what]));

describe('the promises of growth', () => {
  it('are kept at their very edges', () =>
    expect(broken({ sizes: [size(1, 1000, 100), size(10, 1200, 71), size(100, 1350, 50)] })).toEqual([]));

  it.each([
    { why: 'pages', sizes: [size(1, 1000, 100), size(10, 1351, 100)], says: /pages read/ },
    { why: 'a decade', sizes: [size(1, 1000, 100), size(10, 1000, 69)], says: /a decade/ },
    { why: 'the whole', sizes: [size(1, 1, 100), size(10, 1, 70), size(100, 1, 49)], says: /end to end/ },
    { why: 'the start', sizes: [size(1, 1, 100), size(10, 1, 100, 5)], says: /Start of an API process/ },
  ])('are broken by $why', ({ sizes, says }) => {
    const found = broken({ sizes });
    expect(found.length).toBe(1);
    expect(found[0]).toMatch(says);
  });

  it('hold for the memory and for several processes', () => {
    const memory = { minutes: 60, answered: 1, early: 100, most: 130 };
    expect(broken({ memory: { ...memory, late: 115 }, processes: { faults: [] } })).toEqual([]);
    expect(
      broken({ memory: { ...memory, late: 116 }, processes: { faults: ['one thing was done twice'] } }).length,
    ).toBe(2);
  });

  it('say nothing of what did not run', () => expect(verdictsOf({ sizes: [] })).toEqual([]));
});
