import { KeptTexts } from '../../src/core/kept-texts.js';

const digests = (texts: KeptTexts, tenant: string): string[] => [...texts.of(tenant).keys()];

describe('texts that a process keeps', () => {
  it('are known to their own tenant alone', () => {
    const texts = new KeptTexts(10, 3);
    texts.keep('ours', 'd1', 'a text');
    expect(texts.of('ours').get('d1')).toBe('a text');
    expect(digests(texts, 'theirs')).toEqual([]);
  });

  it('are the last few of a tenant', () => {
    const texts = new KeptTexts(10, 2);
    for (const digest of ['d1', 'd2', 'd1', 'd3']) texts.keep('ours', digest, `text of ${digest}`);
    expect([...texts.of('ours')]).toEqual([
      ['d2', 'text of d2'],
      ['d3', 'text of d3'],
    ]);
  });

  it('may be one of a tenant', () => {
    const texts = new KeptTexts(10, 1);
    for (const digest of ['d1', 'd2']) texts.keep('ours', digest, 'text');
    expect(digests(texts, 'ours')).toEqual(['d2']);
  });

  it('are of the tenants that were asked last', () => {
    const texts = new KeptTexts(2, 3);
    for (const tenant of ['a', 'b', 'a', 'c']) texts.keep(tenant, 'd', 'text');
    expect(['a', 'b', 'c'].map((tenant) => digests(texts, tenant).length)).toEqual([1, 0, 1]);
  });

  it('stay what a query was told of them, whatever is kept meanwhile', () => {
    const texts = new KeptTexts(1, 1);
    texts.keep('ours', 'd1', 'first');
    const told = texts.of('ours');
    texts.keep('ours', 'd2', 'second');
    texts.keep('theirs', 'd3', 'third');
    expect([...told]).toEqual([['d1', 'first']]);
  });
});
